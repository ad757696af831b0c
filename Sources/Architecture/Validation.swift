extension Architecture.Parameters {
  /// Checks every value alone, in the order of the file, and then the combinations.
  func validate() throws(ArchitectureError) {
    for key in Key.allCases { try requireLegal(key) }

    let products = rows * lanes * tokensPerWeight
    try require(
      products <= Key.mostProducts, .lanes,
      expected: "rows * lanes * tokens_per_weight up to \(Key.mostProducts)",
      found: "\(rows) * \(lanes) * \(tokensPerWeight) = \(products)")
    try require(
      activationBufferWords % (2 * tokensPerWeight) == 0, .activationBufferWords,
      expected: "a multiple of 2 * tokens_per_weight, \(2 * tokensPerWeight)")
    try require(
      derivedAccumulatorBits <= Key.mostAccumulatorBits, .activationBufferWords,
      expected: "at most \(mostActivationBufferWords) words of \(lanes) lanes, "
        + "so that a partial sum fits \(Key.mostAccumulatorBits) bits")
    try require(
      accumulatorDepth % tokensPerWeight == 0, .accumulatorDepth,
      expected: "a multiple of tokens_per_weight, \(tokensPerWeight)")
    try require(
      output == .int8 || multiplierBufferWords == 0, .multiplierBufferWords,
      expected: "0, since output int32 multiplies nothing")

    let energy = memory.picojoulesPerBit
    try require(
      energy.low <= energy.high, .memoryEnergyHigh, expected: "at least low, \(energy.low)")
    try require(
      (energy.low...energy.high).contains(energy.typical), .memoryEnergyTypical,
      expected: "a number from low, \(energy.low), to high, \(energy.high)")
  }

  /// Checks the value of `key` alone.
  func requireLegal(_ key: Key) throws(ArchitectureError) { try require(isLegal(key), key) }

  /// Whether the value of `key` is legal, whatever the others are.
  private func isLegal(_ key: Key) -> Bool {
    switch key {
    case .name: Self.isIdentifier(name) { "a"..."z" ~= $0 || "0"..."9" ~= $0 || $0 == "-" }
    case .technology:
      Self.isIdentifier(technology) {
        "a"..."z" ~= $0 || "A"..."Z" ~= $0 || "0"..."9" ~= $0 || $0 == "-" || $0 == "_"
      }
    case .description: Self.isText(description, of: Key.descriptionLength)
    case .memoryKind: Self.isText(memory.kind, of: Key.nameLength)
    case .rows: key.admits(rows)
    case .lanes: key.admits(lanes)
    case .tokensPerWeight:
      key.admits(tokensPerWeight) && tokensPerWeight.nonzeroBitCount == 1
    case .activationBits: key.admits(activationBits)
    case .treeRegisterEvery: key.admits(treeRegisterEvery)
    case .weightBufferWords: key.admits(weightBufferWords) && weightBufferWords % 2 == 0
    case .activationBufferWords:
      key.admits(activationBufferWords) && activationBufferWords % 2 == 0
    case .accumulatorBits: accumulatorBits.map(Key.accumulatorWidths.contains) ?? true
    case .multiplierBufferWords:
      key.admits(multiplierBufferWords) && multiplierBufferWords % 2 == 0
    case .jobQueueDepth: key.admits(jobQueueDepth)
    case .accumulatorDepth: key.admits(accumulatorDepth)
    case .outputQueueDepth: key.admits(outputQueueDepth)
    case .busBytes: key.admits(busBytes) && busBytes.nonzeroBitCount == 1
    case .outstandingReads: key.admits(outstandingReads)
    case .clockMHz: Key.clocksMHz.contains(clockMHz)
    case .memoryLatency: key.admits(memory.latencyCycles)
    case .memoryBandwidth: Key.milliBytesPerCycle.contains(memory.milliBytesPerCycle)
    case .memoryChannels: memory.dram.map { key.admits($0.channels) } ?? true
    case .memoryEnergyLow: Key.picojoulesPerBit.contains(memory.picojoulesPerBit.low)
    case .memoryEnergyTypical: Key.picojoulesPerBit.contains(memory.picojoulesPerBit.typical)
    case .memoryEnergyHigh: Key.picojoulesPerBit.contains(memory.picojoulesPerBit.high)
    // Their types hold legal values only.
    case .weightCoding, .datapath, .dataflow, .zeroGating, .laneCounters, .output, .sramFlavour,
      .memoryModel,
      .memoryDRAM:
      true
    }
  }

  /// The most words of the activation buffer with which a partial sum still fits.
  private var mostActivationBufferWords: Int {
    // activationMagnitude * lanes * words / (2 * tokensPerWeight) may be at most 2³¹ − 1.
    ((1 << (Key.mostAccumulatorBits - 1)) - 1) / (activationMagnitude * lanes) * 2 * tokensPerWeight
  }

  private func require(
    _ condition: Bool, _ key: Key, expected: @autoclosure () -> String? = nil,
    found: @autoclosure () -> String? = nil
  ) throws(ArchitectureError) {
    guard !condition else { return }
    throw ArchitectureError(
      keyPath: key.rawValue, expected: expected() ?? key.legal, found: found() ?? text(of: key))
  }

  private static func isIdentifier(_ text: String, of legal: (Unicode.Scalar) -> Bool) -> Bool {
    Key.nameLength.contains(text.unicodeScalars.count) && text.unicodeScalars.allSatisfy(legal)
  }

  private static func isText(_ text: String, of length: ClosedRange<Int>) -> Bool {
    // Most text, in less time, many bytes at once: sweeps check millions of architectures.
    let isASCII = text.utf8.withContiguousStorageIfAvailable { bytes in
      bytes.reduce(0 as UInt8) { $0 | (0x20...0x7e ~= $1 ? 0 : 1) } == 0
    }
    if isASCII == true { return length.contains(text.utf8.count) }
    return length.contains(text.unicodeScalars.count)
      && text.unicodeScalars.allSatisfy(\.isPrintable)
  }
}

extension Key {
  fileprivate func admits(_ value: Int) -> Bool { integers?.contains(value) ?? false }
}
