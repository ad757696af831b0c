internal import Workload

/// How a sweep is cut into blocks, the unit of work and of writing.
///
/// Block `b` belongs to shard `b % shards + 1`, whatever the search.
struct BlockPlan: Sendable {
  /// Where the points of blocks come from.
  enum Kind: Sendable {
    /// Positions in order, each the number of a point or, with a permutation, of one drawn.
    case positions(count: Int, Permutation?)
    /// A generation each.
    case generations(Int)
  }

  let kind: Kind
  /// Positions of a block.
  let blockSize: Int
  let shards: Int

  static let mostPositions = 4096

  init(_ sweep: Sweep) {
    shards = sweep.shard.count
    let space = sweep.space
    let positions: Int
    switch space.search {
    case .exhaustive:
      positions = space.count
      kind = .positions(count: positions, nil)
    case .random(let points, let seed):
      positions = points
      kind = .positions(count: positions, Permutation(of: space.count, seed: seed))
    case .nsga2(_, let generations, _):
      positions = 0
      kind = .generations(generations)
    }
    // Small spaces are cut finer, so that every thread of every shard has something to do.
    blockSize = min(Self.mostPositions, max(1, positions / (64 * shards)))
  }

  /// All blocks.
  var count: Int {
    switch kind {
    case .positions(let count, _): (count + blockSize - 1) / blockSize
    case .generations(let generations): generations * shards
    }
  }

  /// The blocks of `shard`; all for one that stands for all.
  func blocks(of shard: Shard) -> StrideTo<Int> {
    shard.isAll
      ? stride(from: 0, to: count, by: 1)
      : stride(from: shard.index - 1, to: count, by: shard.count)
  }

  /// The number of blocks of `shard`.
  func count(of shard: Shard) -> Int {
    shard.isAll ? count : (count - (shard.index - 1) + shard.count - 1) / shard.count
  }

  /// The block of a generation of `shard`.
  func generation(_ generation: Int, of shard: Shard) -> Int {
    generation * shards + shard.index - 1
  }

  /// The points of a block of positions.
  func points(of block: Int) -> [Int] {
    guard case .positions(let count, let permutation) = kind else {
      preconditionFailure("generations have no positions")
    }
    let positions = block * blockSize..<min(count, (block + 1) * blockSize)
    guard let permutation else { return Array(positions) }
    return positions.map { permutation[$0] }
  }
}

/// Numbers from 0 on in an order drawn from a seed, without a table of them.
///
/// A Feistel network of four rounds on the next larger even number of bits, applied until the result
/// is in range (cycle walking: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
struct Permutation: Sendable {
  let count: Int
  private let halfBits: Int
  private let keys: [UInt64]

  /// - Precondition: `count` is positive.
  init(of count: Int, seed: UInt64) {
    precondition(count > 0)
    self.count = count
    let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
    halfBits = max(1, (bits + 1) / 2)
    keys = (1...4).map { SplitMix64.mixed(seed &+ $0 &* 0x9e37_79b9_7f4a_7c15) }
  }

  subscript(position: Int) -> Int {
    precondition(0..<count ~= position)
    var value = UInt64(position)
    repeat { value = shuffled(value) } while value >= count
    return Int(value)
  }

  private func shuffled(_ value: UInt64) -> UInt64 {
    let mask = (UInt64(1) << halfBits) - 1
    var (left, right) = (value >> halfBits, value & mask)
    for key in keys { (left, right) = (right, left ^ (SplitMix64.mixed(right ^ key) & mask)) }
    return left << halfBits | right
  }
}
