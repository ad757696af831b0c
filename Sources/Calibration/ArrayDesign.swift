public import Architecture

/// One tree array: the parameters of `setun_tree_array`.
public struct ArrayDesign: Hashable, Sendable {
  public typealias Datapath = Architecture.Parameters.Datapath

  public var datapath: Datapath
  public var rows: Int
  public var lanes: Int
  public var tokens: Int
  public var registerEvery: Int
  public var zeroGating: Bool

  public init(
    datapath: Datapath, rows: Int, lanes: Int, tokens: Int = 1, registerEvery: Int,
    zeroGating: Bool = true
  ) {
    self.datapath = datapath
    self.rows = rows
    self.lanes = lanes
    self.tokens = tokens
    self.registerEvery = registerEvery
    self.zeroGating = zeroGating
  }

  /// A name for tables and files: `xor_popcount-2x16x1-r2`.
  public var name: String {
    "\(datapath.rawValue)-\(rows)x\(lanes)x\(tokens)-r\(registerEvery)"
      + (zeroGating ? "" : "-ungated")
  }

  /// Bits of a sum.
  var sumBits: Int {
    // The smallest that holds 128 · lanes and its negation.
    (128 * lanes).bitWidth - (128 * lanes).leadingZeroBitCount + 1
  }
}

extension Architecture.Parameters.Datapath {
  /// Bits of a term, as ``Toggles`` lists them.
  var termBits: Int {
    switch self {
    case .xorPopcount, .carrySave, .carryIn, .splitSign: 8
    case .negate: 9
    case .lookup2: 9
    case .lookup3, .lookup4: 10
    case .bitSerial: 1
    case .int8MAC: 16
    }
  }

  /// What the trees of one row add; a list for each tree.
  ///
  /// - Parameter step: Which bit of the activations is there, the sign first; only of `bit_serial`.
  func terms(weights: [Int], activations: [Int], step: Int) -> [[Int]] {
    let pairs = zip(weights, activations)
    switch self {
    case .xorPopcount, .carrySave, .carryIn:
      return [pairs.map { $0 == 0 ? 0 : $0 > 0 ? $1 : ~$1 }]
    case .negate, .int8MAC: return [pairs.map { $0 * $1 }]
    case .splitSign: return [pairs.map { $0 > 0 ? $1 : 0 }, pairs.map { $0 < 0 ? $1 : 0 }]
    case .lookup2, .lookup3, .lookup4:
      return [
        stride(from: 0, to: weights.count, by: group).map { first in
          let lanes = first..<min(first + group, weights.count)
          let sum = lanes.reduce(0) { $0 + weights[$1] * activations[$1] }
          let highest = lanes.last { weights[$0] != 0 }
          return highest.map { weights[$0] < 0 ? ~(-sum) : sum } ?? 0
        }
      ]
    case .bitSerial:
      return [
        pairs.map { $0 > 0 ? $1 >> (7 - step) & 1 : 0 },
        pairs.map { $0 < 0 ? $1 >> (7 - step) & 1 : 0 },
      ]
    }
  }
}
