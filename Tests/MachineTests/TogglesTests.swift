import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

/// Toggles that are counted from values, against the stepped model's registers, and against trees of
/// plain numbers.
@Suite("Toggles")
struct TogglesTests {
  private typealias Datapath = Architecture.Parameters.Datapath

  /// Architectures of every datapath with awkward sizes: words that fill no vector, odd levels, groups
  /// of tokens, both dataflows and codings.
  static let architectures: [Architecture] =
    coveringArchitectures()
    + Datapath.allCases.enumerated().compactMap { index, datapath in
      try? smallArchitecture {
        $0.datapath = datapath
        ($0.rows, $0.lanes) = [(1, 7), (17, 12), (3, 1), (2, 33), (16, 16)][index % 5]
        $0.zeroGating = true
        $0.dataflow = index % 2 == 0 ? .weightStationary : .outputStationary
        $0.tokensPerWeight = index % 3 == 0 ? 2 : 1
        ($0.accumulatorDepth, $0.activationBufferWords) = (4, 64)
        $0.accumulatorBits = index % 4 == 0 ? 14 : nil
        $0.treeRegisterEvery = 2
      }
    }

  @Test("Registers and buses toggle as the stepped model's do", arguments: architectures)
  func registers(architecture: Architecture) throws {
    for seed in 0..<2 {
      var random = SplitMix64(seed: seed)
      let matmul = try MatmulCase(
        architecture.drawnShape(using: &random, limit: 150), on: architecture, seed: seed)
      let watcher = Watcher(architecture)
      _ = try matmul.run(on: matmul.bench(watcher, .stalling(percent: 20, seed: 5)))
      let found = Simulator(architecture).toggles(
        of: matmul.job, weights: matmul.weights, activations: matmul.activations)
      #expect(found.sums == watcher.sums, "\(matmul.job.shape)")
      #expect(found.partialSums == watcher.partialSums, "\(matmul.job.shape)")
      #expect(found.readBeats == watcher.readBeats, "\(matmul.job.shape)")
      #expect(found.writeBeats == watcher.writeBeats, "\(matmul.job.shape)")
    }
  }

  @Test("Operands, terms and levels toggle as they do in plain numbers", arguments: architectures)
  func trees(architecture: Architecture) throws {
    for seed in 2..<4 {
      var random = SplitMix64(seed: seed)
      let matmul = try MatmulCase(
        architecture.drawnShape(using: &random, limit: 40), on: architecture, seed: seed)
      let found = Simulator(architecture).toggles(
        of: matmul.job, weights: matmul.weights, activations: matmul.activations)
      let expected = PlainToggles(matmul)
      #expect(found.weights == expected.weights, "\(matmul.job.shape)")
      #expect(found.activations == expected.activations, "\(matmul.job.shape)")
      #expect(found.terms == expected.terms, "\(matmul.job.shape)")
      #expect(found.levels == expected.levels, "\(matmul.job.shape)")
      #expect(found.results == expected.results, "\(matmul.job.shape)")
    }
  }

  @Test(
    "A sample of all is exact, one of a tenth is close, and so is the density of drawn operands")
  func estimates() throws {
    let architecture = try Architecture.sample(named: "default")
    let matmul = try MatmulCase(MatmulShape(m: 2, n: 640, k: 768), on: architecture, seed: 7)
    let simulator = Simulator(architecture)
    func toggles(_ counting: ToggleCounting) -> Toggles {
      simulator.toggles(
        of: matmul.job, weights: matmul.weights, activations: matmul.activations,
        counting: counting)
    }
    let exact = toggles(.exact)
    #expect(toggles(.sampled(share: 1, seed: 3)) == exact)
    let sampled = toggles(.sampled(share: 0.1, seed: 3))
    #expect(sampled != exact && sampled == toggles(.sampled(share: 0.1, seed: 3)))
    for estimate in [sampled, toggles(.density)] {
      // A tenth of 40 n-tiles and of 640 outputs: the fewer bits, the further off.
      let places = [
        (estimate.terms, exact.terms, 0.02), (estimate.levels[0], exact.levels[0], 0.02),
        (estimate.weights, exact.weights, 0.02),
        (estimate.partialSums, exact.partialSums, 0.1),
      ]
      for (found, expected, tolerance) in places {
        #expect(
          abs(Double(found) / Double(expected) - 1) < tolerance, "\(found) for \(expected)")
      }
    }
  }

  @Test("A sample has three n-tiles at least, each of which is one of those of the whole")
  func samples() throws {
    let architecture = try Architecture.sample(named: "default")
    // 5 n-tiles: a tenth would be one.
    let matmul = try MatmulCase(MatmulShape(m: 2, n: 80, k: 768), on: architecture, seed: 7)
    let simulator = Simulator(architecture)
    func sample(_ share: Double) throws -> ToggleSample {
      guard
        case .sampled(let sample) = simulator.switching(
          in: matmul.job, weights: matmul.weights, activations: matmul.activations,
          counting: .sampled(share: share, seed: 3))
      else { throw TestFailure() }
      return sample
    }
    let (few, all) = (try sample(0.1), try sample(1))
    #expect(few.tiles.count >= 3 && few.population == 5)
    #expect(all.tiles.count == 5 && all.population == 5)
    #expect(few.readBeats == all.readBeats && few.readBeats > 0)
    #expect(few.tiles.allSatisfy { $0.readBeats == 0 && $0.terms > 0 })
    #expect(few.tiles.allSatisfy(all.tiles.contains))
  }
}

private struct TestFailure: Error {}

/// The model, and what changes in its registers and on its buses.
private final class Watcher: Device {
  private let machine: Machine
  private let busBytes: Int
  private let tree: Range<Int>
  private let accumulator: Range<Int>
  private let masks: (sum: UInt32, partial: UInt32)
  private var words: [UInt32]
  private var read: [UInt8]
  private var written: [UInt8]
  private(set) var sums: UInt64 = 0
  private(set) var partialSums: UInt64 = 0
  private(set) var readBeats: UInt64 = 0
  private(set) var writeBeats: UInt64 = 0

  init(_ architecture: Architecture) {
    machine = Machine(architecture)
    busBytes = architecture.parameters.busBytes
    let layout = ProbeLayout(architecture)
    tree = layout[.treeSum]
    accumulator = layout[.accumulator]
    func mask(_ bits: Int) -> UInt32 { UInt32(truncatingIfNeeded: (1 as UInt64) << bits - 1) }
    masks = (mask(architecture.sumBits), mask(architecture.accumulatorBits))
    words = machine.probeWords()
    read = Array(repeating: 0, count: busBytes)
    written = read
  }

  var outputs: PortOutputs { machine.outputs }
  var operandsTaken: UInt64 { machine.operandsTaken }
  func probeWords() -> [UInt32] { machine.probeWords() }

  func step(_ inputs: PortInputs) {
    if inputs.rvalid { readBeats += Self.changes(inputs.rdata, &read) }
    if machine.outputs.wvalid && inputs.wready {
      writeBeats += Self.changes(machine.outputs.wdata, &written)
    }
    machine.step(inputs)
    let new = machine.probeWords()
    sums += tree.reduce(0) {
      $0 + UInt64(((new[$1] ^ words[$1]) & masks.sum).nonzeroBitCount)
    }
    partialSums += accumulator.reduce(0) {
      $0 + UInt64(((new[$1] ^ words[$1]) & masks.partial).nonzeroBitCount)
    }
    words = new
  }

  private static func changes(_ data: UnsafeRawPointer, _ last: inout [UInt8]) -> UInt64 {
    var changes = 0
    for byte in last.indices {
      let value = data.load(fromByteOffset: byte, as: UInt8.self)
      changes += (value ^ last[byte]).nonzeroBitCount
      last[byte] = value
    }
    return UInt64(changes)
  }
}

/// Toggles by their definition: lists of numbers, and the bits in which each differs from the one
/// before.
private struct PlainToggles {
  var weights: UInt64 = 0
  var activations: UInt64 = 0
  var terms: UInt64 = 0
  var levels: [UInt64] = []
  var results: UInt64 = 0

  private let parameters: Architecture.Parameters
  private var word: [Int]
  private var values: [Int]
  /// Of every token, row and tree its levels, terms first.
  private var trees: [[[Int]]] = []

  init(_ matmul: MatmulCase) {
    let architecture = matmul.architecture
    parameters = architecture.parameters
    let job = matmul.job
    word = Array(repeating: 0, count: parameters.rows * parameters.lanes)
    values = Array(repeating: 0, count: parameters.tokensPerWeight * parameters.lanes)
    var result = [Int](repeating: 0, count: parameters.tokensPerWeight * parameters.rows)
    let width = architecture.accumulatorBits
    for block in stride(from: 0, to: job.shape.m, by: job.tokenBlock) {
      let tokens = min(job.tokenBlock, job.shape.m - block)
      let groups = stride(from: 0, to: tokens, by: parameters.tokensPerWeight)
      for tile in 0..<job.nTiles {
        for kBase in stride(from: 0, to: job.kTiles, by: architecture.weightHalfWords) {
          let chunk = kBase..<min(kBase + architecture.weightHalfWords, job.kTiles)
          let order =
            parameters.dataflow == .weightStationary
            ? chunk.flatMap { k in groups.map { (k, $0) } }
            : groups.flatMap { group in chunk.map { ($0, group) } }
          for (k, group) in order {
            let present =
              block + group..<min(block + group + parameters.tokensPerWeight, block + tokens)
            take(matmul, tile: tile, k: k, tokens: present)
            guard k == job.kTiles - 1 else { continue }
            let sums = Self.sums(matmul, tile: tile, tokens: present, parameters, bits: width)
            results += Self.distance(result, sums, bits: width)
            result = sums
          }
        }
      }
    }
  }

  /// The whole sums of an n-tile for some tokens, wrapped; zeros where there is no token or row.
  private static func sums(
    _ matmul: MatmulCase, tile: Int, tokens: Range<Int>, _ parameters: Architecture.Parameters,
    bits: Int
  ) -> [Int] {
    let shape = matmul.job.shape
    return (0..<parameters.tokensPerWeight * parameters.rows).map { index in
      let (token, row) = (
        tokens.lowerBound + index / parameters.rows,
        tile * parameters.rows + index % parameters.rows
      )
      guard tokens.contains(token) && row < shape.n else { return 0 }
      let sum = (0..<shape.k).reduce(0) {
        $0 + Int(matmul.trits[row * shape.k + $1]) * Int(matmul.operands[token * shape.k + $1])
      }
      return (sum << (64 - bits)) >> (64 - bits)
    }
  }

  private mutating func take(_ matmul: MatmulCase, tile: Int, k: Int, tokens: Range<Int>) {
    let (shape, rows, lanes) = (matmul.job.shape, parameters.rows, parameters.lanes)
    let newWord = (0..<rows * lanes).map { index in
      let (row, column) = (tile * rows + index / lanes, k * lanes + index % lanes)
      return row < shape.n && column < shape.k ? Int(matmul.trits[row * shape.k + column]) : 0
    }
    let newValues = (0..<parameters.tokensPerWeight * lanes).map { index in
      let (token, column) = (tokens.lowerBound + index / lanes, k * lanes + index % lanes)
      return tokens.contains(token) && column < shape.k
        ? Int(matmul.operands[token * shape.k + column]) : 0
    }
    weights += Self.distance(word, newWord, bits: 2)
    activations += Self.distance(values, newValues, bits: parameters.activationBits)
    (word, values) = (newWord, newValues)
    let steps = parameters.datapath == .bitSerial ? parameters.activationBits : 1
    for step in 0..<steps { countTrees(step) }
  }

  private mutating func countTrees(_ step: Int) {
    let lanes = parameters.lanes
    var new: [[[Int]]] = []
    for token in 0..<parameters.tokensPerWeight {
      for row in 0..<parameters.rows {
        let operands = zip(
          word[row * lanes..<(row + 1) * lanes], values[token * lanes..<(token + 1) * lanes])
        for terms in terms(operands.map { ($0, $1) }, step) { new.append(Self.tree(terms)) }
      }
    }
    for (index, tree) in new.enumerated() {
      for (level, sums) in tree.enumerated() {
        let old = trees.isEmpty ? sums.map { _ in 0 } : trees[index][level]
        // The last value of a level of odd length is passed on as it is.
        let count = level == 0 ? sums.count : tree[level - 1].count / 2
        let changes = Self.distance(
          Array(old.prefix(count)), Array(sums.prefix(count)), bits: termBits + level)
        if level == 0 {
          terms += changes
        } else {
          if levels.count < level { levels.append(0) }
          levels[level - 1] += changes
        }
      }
    }
    trees = new
  }

  private var termBits: Int {
    switch parameters.datapath {
    case .xorPopcount, .carrySave, .carryIn, .splitSign: parameters.activationBits
    case .negate, .lookup2: parameters.activationBits + 1
    case .lookup3, .lookup4: parameters.activationBits + 2
    case .bitSerial: 1
    case .int8MAC: parameters.activationBits + 8
    }
  }

  /// What the trees of a row add.
  private func terms(_ operands: [(w: Int, x: Int)], _ step: Int) -> [[Int]] {
    func bit(_ value: Int) -> Int { value >> (parameters.activationBits - 1 - step) & 1 }
    switch parameters.datapath {
    case .xorPopcount, .carrySave, .carryIn:
      return [operands.map { [-1: -$0.x - 1, 0: 0, 1: $0.x][$0.w]! }]
    case .negate, .int8MAC: return [operands.map { $0.w * $0.x }]
    case .splitSign:
      return [operands.map { $0.w == 1 ? $0.x : 0 }, operands.map { $0.w == -1 ? $0.x : 0 }]
    case .bitSerial:
      return [
        operands.map { $0.w == 1 ? bit($0.x) : 0 }, operands.map { $0.w == -1 ? bit($0.x) : 0 },
      ]
    case .lookup2, .lookup3, .lookup4:
      let group = parameters.datapath.group
      return [
        stride(from: 0, to: operands.count, by: group).map { first in
          let part = operands[first..<min(first + group, operands.count)]
          let sum = part.reduce(0) { $0 + $1.w * $1.x }
          return part.last { $0.w != 0 }?.w == -1 ? sum - 1 : sum
        }
      ]
    }
  }

  /// A tree's terms and the sums of each of its levels.
  private static func tree(_ terms: [Int]) -> [[Int]] {
    var levels = [terms]
    while let below = levels.last, below.count > 1 {
      levels.append(
        stride(from: 0, to: below.count, by: 2).map {
          below[$0..<min($0 + 2, below.count)].reduce(0, +)
        })
    }
    return levels
  }

  private static func distance(_ old: [Int], _ new: [Int], bits: Int) -> UInt64 {
    zip(old, new).reduce(0) { $0 + UInt64((($1.0 ^ $1.1) & (1 << bits - 1)).nonzeroBitCount) }
  }
}
