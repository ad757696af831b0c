import Activity
import Architecture

/// Counts what toggles in a tree array from the values of its operands, as ``Toggles`` defines it.
///
/// Slow and plain: the definition in code, against which faster counts can be held.
struct TreeToggles {
  let array: ArrayDesign
  private(set) var toggles = Toggles()

  private var activations: [Int]
  private var weights: [Int]
  private(set) var sums: [Int]
  /// Of each tree and level, terms first, the values of the last operand.
  private var trees: [[[Int]]] = []

  init(_ array: ArrayDesign) {
    self.array = array
    activations = Array(repeating: 0, count: array.tokens * array.lanes)
    weights = Array(repeating: 0, count: array.rows * array.lanes)
    sums = Array(repeating: 0, count: array.tokens * array.rows)
  }

  /// Takes one operand, and returns its dot products, token by token, row by row.
  ///
  /// - Parameters:
  ///   - weights: −1, 0 and +1, row by row.
  ///   - activations: Token by token.
  mutating func add(weights new: [Int8], activations values: [Int8]) -> [Int] {
    let (old, oldValues) = (weights, activations)
    weights = new.map(Int.init)
    activations = values.map(Int.init)
    toggles.weights += Self.distance(old, weights, bits: 2)
    toggles.activations += Self.distance(oldValues, activations, bits: 8)
    let steps = array.datapath == .bitSerial ? 8 : 1
    for step in 0..<steps {
      var next: [[[Int]]] = []
      for token in 0..<array.tokens {
        for row in 0..<array.rows {
          for terms in array.datapath.terms(
            weights: Array(weights[row * array.lanes..<(row + 1) * array.lanes]),
            activations: Array(activations[token * array.lanes..<(token + 1) * array.lanes]),
            step: step)
          {
            next.append(Self.levels(terms))
          }
        }
      }
      count(next)
      let before = sums
      sums = products(bitsLeft: steps - 1 - step)
      toggles.sums += Self.distance(before, sums, bits: array.sumBits)
    }
    return sums
  }

  private mutating func count(_ next: [[[Int]]]) {
    let bits = array.datapath.termBits
    for (tree, levels) in next.enumerated() {
      for (level, values) in levels.enumerated() {
        let old = tree < trees.count ? trees[tree][level] : values.map { _ in 0 }
        if level == 0 {
          toggles.terms += Self.distance(old, values, bits: bits)
        } else {
          if toggles.levels.count < level { toggles.levels.append(0) }
          // An odd one is passed on, not added.
          let sums = levels[level - 1].count / 2
          toggles.levels[level - 1] += Self.distance(
            Array(old.prefix(sums)), Array(values.prefix(sums)), bits: bits + level)
        }
      }
    }
    trees = next
  }

  /// The dot products with the activations less their lowest bits.
  private func products(bitsLeft: Int) -> [Int] {
    (0..<array.tokens * array.rows).map { index in
      let (token, row) = (index / array.rows, index % array.rows)
      return (0..<array.lanes).reduce(0) { sum, lane in
        sum + weights[row * array.lanes + lane]
          * (activations[token * array.lanes + lane] >> bitsLeft)
      }
    }
  }

  /// The terms, and the sums of each level over them.
  private static func levels(_ terms: [Int]) -> [[Int]] {
    var levels = [terms]
    while levels.last!.count > 1 {
      let below = levels.last!
      levels.append(
        stride(from: 0, to: below.count, by: 2).map {
          below[$0] + ($0 + 1 < below.count ? below[$0 + 1] : 0)
        })
    }
    return levels
  }

  private static func distance(_ old: [Int], _ new: [Int], bits: Int) -> UInt64 {
    let mask = (1 << bits) - 1
    return zip(old, new).reduce(0) { $0 + UInt64((($1.0 ^ $1.1) & mask).nonzeroBitCount) }
  }
}
