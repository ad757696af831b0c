import Architecture
import Energy

/// Rows on what engines for ternary products take of an FPGA, beside Setun's nearest designs.
///
/// No parameter gives the published figures: they are what a tool made of a source.
struct FPGARows {
  private static let source = "github.com/MerlijnW70/bitnet-kv260, Vivado, Kria K26"

  /// What Vivado makes of the engine in base 3, and what Setun's flow makes of its source.
  private static let base3 = (
    luts: (published: 4_179.0, synthesised: 3_903.0),
    flipFlops: (published: 1_829.0, synthesised: 1_814.0)
  )

  /// What engines have too, but for the decoder of weights, which is a part of the load unit.
  private static let blocks: [Block] = [
    .treeArray, .weightBuffer, .activationBuffer, .accumulators, .outputStage,
  ]

  /// Setun's nearest design: one row, a register after every second level, 16 bytes a beat.
  private struct Engine {
    let architecture: Architecture
    let use: FPGAUse
    let target: FPGATarget

    init(_ name: String, _ change: (inout Architecture.Parameters) -> Void) throws {
      var parameters = try Architecture.sample(named: "tiny").parameters
      parameters.name = name
      (parameters.rows, parameters.busBytes, parameters.treeRegisterEvery) = (1, 16, 2)
      (parameters.weightBufferWords, parameters.outputQueueDepth) = (4, 8)
      (parameters.accumulatorBits, parameters.laneCounters) = (32, false)
      change(&parameters)
      architecture = try Architecture(parameters: parameters)
      guard let target = try FPGATarget(named: "xck26") else {
        throw PublishedError("xck26: expected a device, found none")
      }
      self.target = target
      use = try FPGAUse(architecture, on: target)
    }

    /// Of the blocks that the published engine has too.
    func total(_ resource: FPGAResource) -> Estimate<Pieces> {
      use.total(resource, of: FPGARows.blocks)
        + part(resource, .decodedBytes, .block(.loadUnit))
    }

    func part(
      _ resource: FPGAResource, _ term: FPGATerm, _ part: FPGAPart
    ) -> Estimate<Pieces> {
      target.technology.use(of: resource, for: term, in: part, of: architecture)
    }
  }

  var rows: [PublishedRow] {
    get throws {
      let base3 = try Engine("engine-base-3") {
        ($0.lanes, $0.tokensPerWeight, $0.weightCoding) = (80, 2, .fiveInEight)
        ($0.activationBufferWords, $0.accumulatorDepth) = (348, 4)
      }
      let twoBit = try Engine("engine-two-bit") {
        $0.lanes = 64
        ($0.activationBufferWords, $0.accumulatorDepth) = (216, 1)
      }
      return [
        row(.luts, of: base3, published: Self.base3.luts.published, Self.lookups(of: base3)),
        row(
          .flipFlops, of: base3, published: Self.base3.flipFlops.published, Self.registers),
        row(.multipliers, of: base3, published: 0, Self.multipliers(of: base3)),
        row(.luts, of: twoBit, published: 1_353, [Self.plainWeights]),
        row(.flipFlops, of: twoBit, published: 787, [Self.oneToken]),
      ]
    }
  }

  /// What is counted.
  private enum Count: String {
    case luts = "LUT"
    case flipFlops = "FF"
    case multipliers = "DSP"

    var name: String { self == .flipFlops ? "flip-flops" : "\(rawValue)s" }

    var resources: [FPGAResource] {
      switch self {
      case .luts: [.lut, .lutRAM]
      case .flipFlops: [.ff]
      case .multipliers: [.dsp]
      }
    }
  }

  private func row(
    _ count: Count, of engine: Engine, published: Double, _ reasons: [String]
  ) -> PublishedRow {
    let parameters = engine.architecture.parameters
    let coding = parameters.weightCoding == .fiveInEight ? "base 3" : "two bits"
    let kind = parameters.weightCoding == .fiveInEight ? "base-3" : "two-bit"
    let own = count.resources.map(engine.total)
    return PublishedRow(
      name: "bitnet-kv260.\(kind).\(count.name.lowercased())",
      title: "engine of \(parameters.lanes) weights in \(coding), \(count.name)",
      source: Self.source, unit: count.rawValue, published: published, decimals: 0, computed: nil,
      formula: nil,
      own: Figure(
        own.dropFirst().reduce(own[0], +), unit: count.rawValue,
        source: "one row of \(parameters.lanes) lanes, \(engine.target.technology.name)"),
      reasons: [Self.counted] + reasons)
  }

  // MARK: Reasons

  private static let counted =
    "Of Setun's nearest design the blocks are counted that the engine has too: tree array, decoder, "
    + "accumulators, both buffers and output queue."

  private static func lookups(of engine: Engine) -> [String] {
    let decoder = engine.part(.lut, .decodedBytes, .block(.loadUnit)).typical
    let missing = engine.part(.lut, .maskedBits, .sideBand).typical
    let bytes = Double(engine.architecture.parameters.busBytes)
    let (source, tables) = (Self.base3.luts.synthesised, 22.0)
    let all = (engine.total(.lut) + engine.total(.lutRAM)).typical
    let alike = all - missing - (decoder - bytes * tables)
    return [
      "The engine's source takes \(source.fixed(0)) LUTs in the flow that Setun's figures are fitted "
        + "to, \(Self.difference(source, from: Self.base3.luts.published)) than in Vivado.",
      "Setun holds the activations of a token that is missing at zero, in \(missing.fixed(0)) LUTs; "
        + "the engine leaves that to its software.",
      "Its decoder divides by 3 in logic, \((decoder / bytes).fixed(0)) LUTs a byte of the bus; the "
        + "engine's takes about \(tables.fixed(0)), in tables.",
      "Without the first, and with a decoder as small, Setun's takes \(alike.fixed(0)): "
        + "\(Self.difference(alike, from: source)) than the engine in the same flow.",
    ]
  }

  /// `7% less`.
  private static func difference(_ value: Double, from other: Double) -> String {
    "\((100 * abs(value / other - 1)).fixed(0))% \(value < other ? "less" : "more")"
  }

  private static let registers = [
    "The engine's source takes \(base3.flipFlops.synthesised.fixed(0)) flip-flops in Setun's flow.",
    "It registers its decoded weights and the first level of its trees, Setun every second level.",
  ]

  private static func multipliers(of engine: Engine) -> [String] {
    let count = engine.use.total(.dsp, of: [.loadUnit, .controller]).typical
    return [
      "Ternary products need none. Setun's addresses, in load unit and controller, which are not "
        + "counted, take \(count.fixed(0))."
    ]
  }

  private static let plainWeights =
    "Two-bit weights need no decoder, and one token none that is missing: nothing of the other "
    + "engine's difference is left."

  private static let oneToken =
    "The engine registers the first level of its tree, Setun every second level."
}
