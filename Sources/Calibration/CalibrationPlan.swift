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
  /// - Parameter datapaths: Those that are wanted.
  public static func standard(
    _ datapaths: [Architecture.Parameters.Datapath] = Architecture.Parameters.Datapath.allCases
  ) -> CalibrationPlan {
    CalibrationPlan(
      families: datapaths.flatMap { datapath in
        [1, 2, 3].map { family(datapath, every: $0, lanesArePowerOfTwo: nil) }
          + [true, false].map { family(datapath, every: 0, lanesArePowerOfTwo: $0) }
      })
  }

  private static func family(
    _ datapath: Architecture.Parameters.Datapath, every: Int, lanesArePowerOfTwo: Bool?
  ) -> Family {
    // Multipliers and large tables are as large as many lanes of a tree.
    let isLarge = [.int8MAC, .lookup3, .lookup4].contains(datapath)
    let (training, heldOut): ([Int], [Int]) =
      switch lanesArePowerOfTwo {
      case true?: isLarge ? ([8, 32], [16]) : ([8, 16, 64], [32])
      case false?: isLarge ? ([12, 20, 31], [24]) : ([12, 20, 31, 48], [24, 40])
      case nil: isLarge ? ([8, 12, 20, 32], [16, 27]) : ([8, 12, 20, 32, 64], [16, 27, 48])
      }
    func designs(_ lanes: [Int], rows: [Int]) -> [ArrayDesign] {
      lanes.flatMap { lanes in
        rows.map {
          ArrayDesign(datapath: datapath, rows: $0, lanes: lanes, registerEvery: every)
        }
      }
    }
    let isShared = datapath.group > 1
    return Family(
      datapath: datapath, registerEvery: every, lanesArePowerOfTwo: lanesArePowerOfTwo,
      training: designs(training, rows: isShared ? [1, 6] : [2]),
      heldOut: designs(heldOut, rows: [3]))
  }
}
