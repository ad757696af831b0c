import Yams

extension Architecture {
  /// Reads an architecture file: every key of ``Parameters`` in snake case, and no other.
  ///
  /// No key has a default, so that a file says all there is to know about a design.
  /// `bytes_per_cycle` has at most three decimals.
  ///
  /// - Parameter file: The name of the file, for error messages.
  /// - Throws: ``ArchitectureError`` at the first thing that is not as it should be.
  public init(yaml text: String, file: String) throws(ArchitectureError) {
    let contents = try ArchitectureFile(yaml: text, file: file)
    do {
      try self.init(parameters: Parameters(contents))
    } catch {
      var placed = error
      placed.position = contents.position(ofKeyPath: error.keyPath) ?? error.position
      throw placed
    }
  }
}

extension Architecture.Parameters {
  /// Reads the values of a complete file; checks their types only.
  init(_ file: ArchitectureFile) throws(ArchitectureError) {
    try self.init(
      name: file.text(.name),
      description: file.text(.description),
      rows: file.integer(.rows),
      lanes: file.integer(.lanes),
      tokensPerWeight: file.integer(.tokensPerWeight),
      activationBits: file.integer(.activationBits),
      weightCoding: file.choice(.weightCoding),
      datapath: file.choice(.datapath),
      treeRegisterEvery: file.integer(.treeRegisterEvery),
      dataflow: file.choice(.dataflow),
      zeroGating: file.flag(.zeroGating),
      laneCounters: file.flag(.laneCounters),
      weightBufferWords: file.integer(.weightBufferWords),
      activationBufferWords: file.integer(.activationBufferWords),
      accumulatorDepth: file.integer(.accumulatorDepth),
      accumulatorBits: file.scalar(.accumulatorBits).string == "derived"
        ? nil : file.integer(.accumulatorBits),
      output: file.choice(.output),
      multiplierBufferWords: file.integer(.multiplierBufferWords),
      outputQueueDepth: file.integer(.outputQueueDepth),
      jobQueueDepth: file.integer(.jobQueueDepth),
      busBytes: file.integer(.busBytes),
      outstandingReads: file.integer(.outstandingReads),
      clockMHz: file.number(.clockMHz),
      technology: file.text(.technology),
      sramFlavour: file.choice(.sramFlavour),
      memory: Memory(
        kind: file.text(.memoryKind),
        latencyCycles: file.integer(.memoryLatency),
        milliBytesPerCycle: file.thousandths(.memoryBandwidth),
        dram: file.dram(),
        picojoulesPerBit: Memory.Range(
          low: file.number(.memoryEnergyLow),
          typical: file.number(.memoryEnergyTypical),
          high: file.number(.memoryEnergyHigh))))
  }
}

// MARK: - Values by type

extension ArchitectureFile {
  /// The DRAM, or `nil` for an ideal memory, which has no keys of its own.
  fileprivate func dram() throws(ArchitectureError) -> Architecture.Parameters.Memory.DRAM? {
    let model = has(.memoryModel) ? scalar(.memoryModel).string : "ideal"
    guard model == "ideal" || model == "dram" else { throw mismatch(.memoryModel) }
    for key in [Key.memoryDRAM, .memoryChannels] where has(key) != (model == "dram") {
      throw ArchitectureError(
        position: position(ofKeyPath: Key.memoryModel.rawValue), keyPath: key.rawValue,
        expected: model == "dram" ? key.legal : "no such key with the model \(model)",
        found: has(key) ? scalar(key).inWords : "nothing")
    }
    guard model == "dram" else { return nil }
    return try .init(standard: choice(.memoryDRAM), channels: integer(.memoryChannels))
  }

  /// A text; the line break that ends a block scalar is not part of it.
  fileprivate func text(_ key: Key) throws(ArchitectureError) -> String {
    let scalar = scalar(key)
    // `name: 7` and `name: true` are no texts to another YAML reader.
    guard scalar.style != .plain || Node.scalar(scalar).tag == Tag(.str) else {
      throw mismatch(key)
    }
    return scalar.string.last == "\n" ? String(scalar.string.dropLast()) : scalar.string
  }

  /// A decimal integer. Leading zeros are refused: some readers take `010` for eight.
  fileprivate func integer(_ key: Key) throws(ArchitectureError) -> Int {
    let digits = scalar(key).string.trimmingPrefix("-")
    guard scalar(key).style == .plain, digits.isDecimal, digits == "0" || digits.first != "0",
      let value = Int(scalar(key).string)
    else { throw mismatch(key) }
    return value
  }

  /// A finite decimal number.
  fileprivate func number(_ key: Key) throws(ArchitectureError) -> Double {
    let text = scalar(key).string
    guard scalar(key).style == .plain, text.utf8.allSatisfy("+-.0123456789eE".utf8.contains),
      let value = Double(text), value.isFinite
    else { throw mismatch(key) }
    return value
  }

  /// A decimal number with at most three decimals, exactly, times 1000.
  fileprivate func thousandths(_ key: Key) throws(ArchitectureError) -> Int {
    let parts = scalar(key).string.split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? parts[1] : "0"
    guard scalar(key).style == .plain, parts[0].isDecimal, decimals.isDecimal, decimals.count <= 3,
      let value = Int(parts[0] + decimals + String(repeating: "0", count: 3 - decimals.count))
    else { throw mismatch(key) }
    return value
  }

  fileprivate func flag(_ key: Key) throws(ArchitectureError) -> Bool {
    guard scalar(key).style == .plain, let value = Bool(scalar(key).string) else {
      throw mismatch(key)
    }
    return value
  }

  fileprivate func choice<Choice: RawRepresentable<String>>(
    _ key: Key
  ) throws(ArchitectureError) -> Choice {
    guard let value = Choice(rawValue: scalar(key).string) else { throw mismatch(key) }
    return value
  }

  private func mismatch(_ key: Key) -> ArchitectureError {
    ArchitectureError(
      keyPath: key.rawValue, expected: key.legal, found: scalar(key).inWords)
  }
}

extension StringProtocol {
  fileprivate var isDecimal: Bool {
    !isEmpty && utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
