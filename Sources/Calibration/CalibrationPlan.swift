public import Architecture

/// The designs that a calibration measures: some to fit, others to hold the fit against.
public struct CalibrationPlan: Sendable {
  /// One model to be fitted.
  public struct Family: Sendable {
    public let datapath: Architecture.Parameters.Datapath
    public let registerEvery: Int
    /// Of which lanes it is the model; `nil` for all.
    public let lanesArePowerOfTwo: Bool?
    public let training: [ArrayDesign]
    public let heldOut: [ArrayDesign]

    /// `xor_popcount /2`.
    public var name: String {
      let lanes = lanesArePowerOfTwo.map { $0 ? ", 2^n lanes" : ", other lanes" } ?? ""
      return "\(datapath.rawValue) /\(registerEvery)\(lanes)"
    }
  }

  public let families: [Family]
  /// The accelerators whose blocks are measured, or `nil` for arrays alone.
  let accelerators: AcceleratorPlan?

  /// Every design, each once.
  public var designs: [ArrayDesign] {
    var seen: Set<ArrayDesign> = []
    return families.flatMap { $0.training + $0.heldOut }.filter { seen.insert($0).inserted }
  }

  /// The plan that the technology files of the project were made with.
  ///
  /// Sizes that synthesis adds up in another way than powers of two are fitted apart where there are
  /// no registers. The lookups share tables between rows, so that rows vary too.
  ///
  /// - Parameters:
  ///   - datapaths: Those that are wanted.
  ///   - blocks: Whether the blocks around the array are measured too.
  /// - Throws: ``CalibrationError`` when a design is none.
  public static func standard(
    _ datapaths: [Architecture.Parameters.Datapath] = Architecture.Parameters.Datapath.allCases,
    blocks: Bool = true
  ) throws(CalibrationError) -> CalibrationPlan {
    CalibrationPlan(
      families: datapaths.flatMap { datapath in
        pipelinings(of: datapath).map { family(datapath, every: $0, lanesArePowerOfTwo: nil) }
          + [true, false].map { family(datapath, every: 0, lanesArePowerOfTwo: $0) }
      }, accelerators: blocks ? try .standard() : nil)
  }

  /// Every third level registered is left to the datapaths that are cheap to synthesise.
  private static func pipelinings(of datapath: Architecture.Parameters.Datapath) -> [Int] {
    [.xorPopcount, .carryIn, .negate].contains(datapath) ? [1, 2, 3] : [1, 2]
  }

  private static func family(
    _ datapath: Architecture.Parameters.Datapath, every: Int, lanesArePowerOfTwo: Bool?
  ) -> Family {
    let (training, heldOut) = lanes(of: datapath, lanesArePowerOfTwo: lanesArePowerOfTwo)
    func designs(
      _ lanes: [Int], rows: [Int], tokens: Int = 1, zeroGating: Bool = true
    ) -> [ArrayDesign] {
      lanes.flatMap { lanes in
        rows.map {
          ArrayDesign(
            datapath: datapath, rows: $0, lanes: lanes, tokens: tokens, registerEvery: every,
            zeroGating: zeroGating)
        }
      }
    }
    // What gating saves is one term, which one design shows; several tokens are that many arrays.
    let ungated = datapath.canBeUngated ? lanesArePowerOfTwo == true ? [16, 8] : [12, 15] : []
    let shared = datapath == .xorPopcount ? [lanesArePowerOfTwo == true ? 16 : 15] : []
    return Family(
      datapath: datapath, registerEvery: every, lanesArePowerOfTwo: lanesArePowerOfTwo,
      training: designs(training, rows: datapath.group > 1 ? [1, 6] : [2])
        + designs(Array(ungated.prefix(1)), rows: [2], zeroGating: false),
      heldOut: designs(heldOut, rows: [3])
        + designs(Array(ungated.dropFirst()), rows: [3], zeroGating: false)
        + designs(shared, rows: [3], tokens: 2))
  }

  /// Lanes of the training, and others.
  private static func lanes(
    of datapath: Architecture.Parameters.Datapath, lanesArePowerOfTwo: Bool?
  ) -> (training: [Int], heldOut: [Int]) {
    // Multipliers and large tables are as large as many lanes of a tree; of products that are
    // negated in place, 64 without registers are hours of work for the synthesis.
    let isLarge = [.int8MAC, .lookup3, .lookup4].contains(datapath)
    switch (lanesArePowerOfTwo, datapath) {
    case (true?, .negate): return ([8, 16], [32])
    case (true?, _): return isLarge ? ([8, 32], [16]) : ([8, 16, 64], [32])
    case (false?, .xorPopcount), (false?, .carryIn): return ([12, 20, 48], [18, 36])
    case (false?, _): return isLarge ? ([12, 20], [18]) : ([12, 20, 48], [36])
    case (nil, .xorPopcount), (nil, .carryIn): return ([8, 12, 32, 64], [15, 24, 48])
    case (nil, _): return isLarge ? ([8, 12, 32], [24]) : ([8, 12, 64], [15, 48])
    }
  }
}

extension Architecture.Parameters.Datapath {
  /// Whether `zero_gating` makes a difference: where the weight selects anyway it makes none.
  fileprivate var canBeUngated: Bool {
    switch self {
    case .xorPopcount, .carrySave, .carryIn, .negate, .int8MAC: true
    case .splitSign, .lookup2, .lookup3, .lookup4, .bitSerial: false
    }
  }
}
