public import Architecture

/// The designs that a calibration measures: some to fit, others to hold the fit against.
public struct CalibrationPlan: Sendable {
  /// One model to be fitted.
  public struct Family: Sendable {
    public let datapath: Architecture.Parameters.Datapath
    public let registerEvery: Int
    /// Of which lanes it is the model; `nil` for all.
    public let lanesArePowerOfTwo: Bool?
    /// Of which arrays; `nil` where gating makes no difference.
    public let zeroGating: Bool?
    public let training: [ArrayDesign]
    /// Other sizes, and what a size of the training says of several rows and tokens.
    public let heldOut: [ArrayDesign]
  }

  public let families: [Family]
  /// The accelerators whose blocks are measured, or `nil` for arrays alone.
  let accelerators: AcceleratorPlan?

  /// The designs that are measured on the data of the training.
  var training: Set<ArrayDesign> { Set(families.flatMap(\.training)) }

  /// Those that are measured on held-out data: all that are held out, and every second size of a
  /// training.
  var heldOut: Set<ArrayDesign> {
    Set(
      families.flatMap { family in
        let sizes = Set(family.training.map(\.lanes)).sorted()
        return family.heldOut
          + family.training.filter { sizes.firstIndex(of: $0.lanes)! % 2 == 0 }
      })
  }

  /// Every design once, the largest first.
  public var designs: [ArrayDesign] {
    training.union(heldOut).sorted {
      ($0.rows * $0.lanes * $0.tokens, $0.name) > ($1.rows * $1.lanes * $1.tokens, $1.name)
    }
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
        (datapath.canBeUngated ? [true, false] : [nil]).flatMap { zeroGating in
          [1, 2, 3].map {
            family(datapath, every: $0, lanesArePowerOfTwo: nil, zeroGating)
          }
            + [true, false].map {
              family(datapath, every: 0, lanesArePowerOfTwo: $0, zeroGating)
            }
        }
      }, accelerators: blocks ? try .standard() : nil)
  }

  private static func family(
    _ datapath: Architecture.Parameters.Datapath, every: Int, lanesArePowerOfTwo: Bool?,
    _ zeroGating: Bool?
  ) -> Family {
    // Rows and tokens are as many trees, each synthesised as if it stood alone, which one design
    // shows; tables are shared by rows.
    let sharesTables = datapath.group > 1
    // Multipliers and tables are as large as many lanes of a tree, and what has no registers may take
    // synthesis minutes or hours.
    let isLarge = datapath == .int8MAC || zeroGating == false
    let most =
      switch (every, datapath) {
      case (0, .splitSign): 12
      case (0, .negate): 16
      case (0, .carrySave): 32
      default: sharesTables ? 24 : isLarge ? 32 : 128
      }
    let isSmall = most < 18
    let lanes: (training: [Int], heldOut: [Int]) =
      switch lanesArePowerOfTwo {
      // Others than these are few, and take synthesis minutes.
      case true?:
        (isSmall ? [4, 8, 16] : [8, 16, 32, 64], datapath == .xorPopcount ? [128] : [])
      case false?:
        isSmall ? ([6, 12], [9]) : ([12, 20, 24, 48], sharesTables ? [13, 22] : [14, 28, 40])
      case nil: ([8, 12, 16, 24, 32, 48, 64], sharesTables ? [13, 22] : [18, 28, 56])
      }
    func designs(_ lanes: [Int], rows: [Int], tokens: Int = 1) -> [ArrayDesign] {
      lanes.filter { $0 <= most }.flatMap { lanes in
        rows.map {
          ArrayDesign(
            datapath: datapath, rows: $0, lanes: lanes, tokens: tokens, registerEvery: every,
            zeroGating: zeroGating ?? true)
        }
      }
    }
    return Family(
      datapath: datapath, registerEvery: every, lanesArePowerOfTwo: lanesArePowerOfTwo,
      zeroGating: zeroGating,
      training: designs(lanes.training, rows: sharesTables ? [1, 3] : [1]),
      heldOut: designs(lanes.heldOut, rows: sharesTables ? [2] : [1])
        + designs(datapath == .xorPopcount ? [lanes.training[1]] : [], rows: [3], tokens: 2))
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
