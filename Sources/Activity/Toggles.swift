/// Bits that change at named places of the RTL, summed over a run.
///
/// Each place holds a sequence of values; counted is the Hamming distance from every value to the one
/// before it, in two's complement at the width that the RTL gives it. Before the first value all bits
/// are zero, as after reset. Where nothing new arrives nothing changes, so that a sequence has one
/// value for each operand (eight in `bit_serial`), however long the pauses between them are.
///
/// An operand is a weight word with the activation words of the tokens that share it. *Terms* are what
/// the tree of a datapath adds, for each token, row and lane:
///
/// | datapath | terms, bits each |
/// | --- | --- |
/// | `xor_popcount`, `carry_save`, `carry_in` | activation, inverted under −1, 0 under 0; 8 |
/// | `negate` | activation times trit; 9 |
/// | `split_sign` | activation under +1, and activation under −1, else 0; two of 8 |
/// | `lookup_g` | one for each group of g lanes: the dot product of the group if its highest trit that is not 0 is +1, the same inverted (−x − 1) if it is −1; 8 + ⌈log₂ g⌉ |
/// | `bit_serial` | the bit of this cycle under +1, and under −1; two of 1 |
/// | `int8_mac` | activation times trit; 16 |
///
/// A *level* ℓ ≥ 1 of the tree adds the terms, or the sums of the level before, two by two; its sums are ℓ
/// bits wider than a term. An odd one at the end is passed on to the next level as it is, and is not
/// counted in this one. Levels end with the one that leaves a single sum. `split_sign` and `bit_serial` have a tree for each sign. In
/// `carry_save`, whose compressors keep no such sums, these stand for what the compressors do.
public struct Toggles: Equatable, Sendable, Codable {
  /// Activations at the array: `activations_i` of `setun_tree_array`, all tokens.
  public var activations: UInt64 = 0
  /// Trits at the array, two bits each: `weights_i` of `setun_tree_array`.
  public var weights: UInt64 = 0
  /// Terms, over tokens, rows and lanes.
  public var terms: UInt64 = 0
  /// Sums of each level of the tree, level 1 first, over tokens and rows.
  public var levels: [UInt64] = []
  /// Dot products: `sums_o` of `setun_tree_array`.
  public var sums: UInt64 = 0
  /// Running partial sums: `acc_q` of `setun_accumulators`.
  public var partialSums: UInt64 = 0
  /// Finished results, as wide as partial sums: `result_o` when `result_valid_o`.
  public var results: UInt64 = 0
  /// Beats read: `m_axi_rdata` when `m_axi_rvalid`.
  public var readBeats: UInt64 = 0
  /// Beats written: `m_axi_wdata` when `m_axi_wvalid` and `m_axi_wready`.
  public var writeBeats: UInt64 = 0

  /// All zero.
  public init() {}

  public static func + (left: Toggles, right: Toggles) -> Toggles {
    var sum = left
    sum.activations += right.activations
    sum.weights += right.weights
    sum.terms += right.terms
    for (level, count) in right.levels.enumerated() {
      if level < sum.levels.count { sum.levels[level] += count } else { sum.levels.append(count) }
    }
    sum.sums += right.sums
    sum.partialSums += right.partialSums
    sum.results += right.results
    sum.readBeats += right.readBeats
    sum.writeBeats += right.writeBeats
    return sum
  }

  public static func += (left: inout Toggles, right: Toggles) { left = left + right }
}
