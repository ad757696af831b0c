package import Yams

extension Architecture {
  /// Values for some keys of an architecture file, to be put into the parameters of any design.
  package struct Setting: Sendable {
    /// The keys in the order of the file, with their values as an architecture file writes them.
    package let values: [(keyPath: String, text: String)]
    private let keys: [Key]
    private let source: Parameters

    /// The keys of an architecture file that a design can be varied in: all that describe it.
    package static let keyPaths = Key.allCases.filter { $0 != .name && $0 != .description }
      .map(\.rawValue)

    /// Reads `scalars` as an architecture file would that says the rest as `base` does.
    ///
    /// Each value is checked alone; whether the combination is legal depends on the design it is
    /// put into.
    ///
    /// - Throws: ``ArchitectureError`` without a position for a value that no design can have.
    /// - Precondition: The keys are of ``keyPaths``, each at most once.
    package init(
      _ scalars: [(keyPath: String, scalar: Node.Scalar)], base: Architecture
    ) throws(ArchitectureError) {
      var file = try ArchitectureFile(yaml: base.yaml, file: "")
      let given = Dictionary(
        uniqueKeysWithValues: scalars.map { path, scalar in
          guard let key = Key(rawValue: path) else { preconditionFailure("no key \(path)") }
          return (key, scalar)
        })
      // A memory model says all about the DRAM: what the base says of one goes.
      if given[.memoryModel] != nil { file.remove(Key.optional) }
      for (key, scalar) in given { file.replace(key, with: scalar) }
      do throws(ArchitectureError) {
        source = try Parameters(file)
        let isGiven = {
          given[$0] != nil || given[.memoryModel] != nil && Key.optional.contains($0)
        }
        keys = Key.allCases.filter(isGiven)
        for key in keys { try source.requireLegal(key) }
      } catch {
        throw ArchitectureError(
          keyPath: error.keyPath, expected: error.expected, found: error.found)
      }
      values = keys.map { [source] in ($0.rawValue, source.text(of: $0)) }
    }

    /// `value` as an architecture file writes it for a key that holds a number: rounded to an integer
    /// or to the decimals that the key has. `nil` for keys that hold none.
    package static func text(_ value: Double, for keyPath: String) -> String? {
      switch Key(rawValue: keyPath) {
      case .clockMHz, .memoryEnergyLow, .memoryEnergyTypical, .memoryEnergyHigh: return "\(value)"
      case .memoryBandwidth:
        return Int(exactly: (1000 * value).rounded()).map { decimal(thousandths: $0) }
      case .accumulatorBits: return Int(exactly: value.rounded()).map { "\($0)" }
      case let key?:
        return key.integers.flatMap { _ in Int(exactly: value.rounded()) }.map { "\($0)" }
      case nil: return nil
      }
    }

    /// Puts the values into `parameters`.
    package func apply(to parameters: inout Parameters) {
      for key in keys { parameters.copy(key, from: source) }
    }
  }
}

extension Architecture.Parameters {
  /// All that decides what a design does and costs: each key with its value as a file writes it.
  package var design: [(keyPath: String, text: String)] {
    Architecture.Setting.keyPaths.map { ($0, text(of: Key(rawValue: $0)!)) }
  }

  fileprivate mutating func copy(_ key: Key, from other: Self) {
    switch key {
    case .name: name = other.name
    case .description: description = other.description
    case .rows: rows = other.rows
    case .lanes: lanes = other.lanes
    case .tokensPerWeight: tokensPerWeight = other.tokensPerWeight
    case .activationBits: activationBits = other.activationBits
    case .weightCoding: weightCoding = other.weightCoding
    case .datapath: datapath = other.datapath
    case .treeRegisterEvery: treeRegisterEvery = other.treeRegisterEvery
    case .dataflow: dataflow = other.dataflow
    case .zeroGating: zeroGating = other.zeroGating
    case .laneCounters: laneCounters = other.laneCounters
    case .weightBufferWords: weightBufferWords = other.weightBufferWords
    case .activationBufferWords: activationBufferWords = other.activationBufferWords
    case .accumulatorDepth: accumulatorDepth = other.accumulatorDepth
    case .accumulatorBits: accumulatorBits = other.accumulatorBits
    case .output: output = other.output
    case .multiplierBufferWords: multiplierBufferWords = other.multiplierBufferWords
    case .outputQueueDepth: outputQueueDepth = other.outputQueueDepth
    case .jobQueueDepth: jobQueueDepth = other.jobQueueDepth
    case .busBytes: busBytes = other.busBytes
    case .outstandingReads: outstandingReads = other.outstandingReads
    case .clockMHz: clockMHz = other.clockMHz
    case .technology: technology = other.technology
    case .sramFlavour: sramFlavour = other.sramFlavour
    case .memoryKind: memory.kind = other.memory.kind
    case .memoryLatency: memory.latencyCycles = other.memory.latencyCycles
    case .memoryBandwidth: memory.milliBytesPerCycle = other.memory.milliBytesPerCycle
    case .memoryModel, .memoryDRAM, .memoryChannels: memory.dram = other.memory.dram
    case .memoryEnergyLow: memory.picojoulesPerBit.low = other.memory.picojoulesPerBit.low
    case .memoryEnergyTypical:
      memory.picojoulesPerBit.typical = other.memory.picojoulesPerBit.typical
    case .memoryEnergyHigh: memory.picojoulesPerBit.high = other.memory.picojoulesPerBit.high
    }
  }
}
