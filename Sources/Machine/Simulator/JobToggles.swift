import Activity
import Architecture
import Mapping
import Ternary
import Workload

/// Walks the operands of one job in the order of the array, and counts what toggles.
///
/// The order depends on the loop nest alone, and on no stall.
struct JobToggles {
  private let job: Job
  private let architecture: Architecture
  private let array: ArrayToggles
  private let weights: [UInt8]
  private let rowBytes: Int
  /// X with every token padded to whole k-tiles.
  private let activations: [Int8]
  private let lanes: Int
  private let group: Int
  private let weightStationary: Bool
  /// Two chunks of weight words: the one at hand, and the one before.
  private let words: Storage<Int8>
  private let wordBytes: Int
  /// The most words of a chunk.
  private let chunkWords: Int
  private var half = 0
  /// The weight word at the array.
  private var lastWord: UnsafePointer<Int8>
  private var results: ResultBeats

  init(
    _ job: Job, weights: TritMatrix, activations: [Int8], on architecture: Architecture
  ) {
    self.job = job
    self.architecture = architecture
    array = ArrayToggles(architecture)
    self.weights = weights.bytes
    rowBytes = weights.rowBytes
    lanes = architecture.parameters.lanes
    group = architecture.parameters.tokensPerWeight
    weightStationary = architecture.parameters.dataflow == .weightStationary
    self.activations = Self.padded(
      architecture.activations(activations), job.shape, stride: job.kTiles * lanes)
    wordBytes = (array.weightBytes + 63) / 64 * 64
    chunkWords = min(architecture.weightHalfWords, job.kTiles)
    // The last one is zero: what the array holds after reset.
    words = Storage(count: (2 * chunkWords + 1) * wordBytes, zero: 0)
    lastWord = UnsafePointer(words.pointer + 2 * chunkWords * wordBytes)
    results = ResultBeats(job, on: architecture)
  }

  private static func padded(_ values: [Int8], _ shape: MatmulShape, stride: Int) -> [Int8] {
    var padded = [Int8](repeating: 0, count: shape.m * stride)
    for token in 0..<shape.m {
      padded.replaceSubrange(
        token * stride..<token * stride + shape.k,
        with: values[token * shape.k..<(token + 1) * shape.k])
    }
    return padded
  }

  /// What was counted so far; what the bus reads is counted elsewhere.
  var toggles: Toggles {
    var toggles = array.total
    toggles.writeBeats = results.toggles
    return toggles
  }

  /// Takes the operands of all token blocks and n-tiles.
  mutating func run() {
    for first in stride(from: 0, to: job.shape.m, by: job.tokenBlock) {
      for nTile in 0..<job.nTiles { run(tile: nTile, block: first) }
    }
  }

  /// Takes the operands of one n-tile of the token block that begins with token `first`.
  mutating func run(tile nTile: Int, block first: Int) {
    let tokens = min(job.tokenBlock, job.shape.m - first)
    var kBase = 0
    while kBase < job.kTiles {
      let count = min(chunkWords, job.kTiles - kBase)
      let chunk = unpack(nTile: nTile, kBase: kBase, count: count)
      countWeights(chunk, count: count, groups: ceilDivide(tokens, group))
      // Either dataflow visits every pair once.
      if weightStationary {
        for k in 0..<count {
          for token in stride(from: 0, to: tokens, by: group) {
            take(chunk, k, kBase, count, nTile, token, tokens, first)
          }
        }
      } else {
        for token in stride(from: 0, to: tokens, by: group) {
          for k in 0..<count { take(chunk, k, kBase, count, nTile, token, tokens, first) }
        }
      }
      kBase += count
    }
  }

  private mutating func unpack(nTile: Int, kBase: Int, count: Int) -> UnsafePointer<Int8> {
    let chunk = words.pointer + half * chunkWords * wordBytes
    half ^= 1
    let rows = architecture.parameters.rows
    let present = min(rows, job.shape.n - nTile * rows)
    weights.withUnsafeBufferPointer { weights in
      for k in 0..<count {
        array.unpack(
          weights.baseAddress! + nTile * rows * rowBytes, rowBytes: rowBytes, rows: present,
          from: (kBase + k) * lanes, columns: job.shape.k, into: chunk + k * wordBytes)
      }
    }
    return UnsafePointer(chunk)
  }

  /// The weights at the array: the words of the chunk in order, once or for every group of tokens.
  private mutating func countWeights(
    _ chunk: UnsafePointer<Int8>, count: Int, groups: Int
  ) {
    var inside: UInt64 = 0
    for k in 1..<max(count, 1) {
      inside += array.distance(chunk + (k - 1) * wordBytes, chunk + k * wordBytes)
    }
    let last = chunk + (count - 1) * wordBytes
    let passes = UInt64(weightStationary ? 1 : groups)
    var changes = array.distance(lastWord, chunk) + inside * passes
    if passes > 1 { changes += array.distance(last, chunk) * (passes - 1) }
    array.add(weights: changes)
    lastWord = last
  }

  private mutating func take(
    _ chunk: UnsafePointer<Int8>, _ k: Int, _ kBase: Int, _ count: Int, _ nTile: Int, _ token: Int,
    _ tokens: Int, _ first: Int
  ) {
    let (lastOfChunk, lastChunk) = (k == count - 1, kBase + count == job.kTiles)
    let stride = job.kTiles * lanes
    let operand = Operand(
      valid: true, first: weightStationary || k == 0,
      resume: kBase != 0 || (weightStationary && k != 0), last: weightStationary || lastOfChunk,
      emit: lastOfChunk && lastChunk, tokens: min(group, tokens - token), token: token)
    activations.withUnsafeBufferPointer { activations in
      array.add(
        .init(
          weights: chunk + k * wordBytes,
          activations: activations.baseAddress! + (first + token) * stride + (kBase + k) * lanes,
          stride: stride),
        operand)
    }
    guard operand.emit else { return }
    for index in 0..<operand.tokens {
      results.append(array.running.pointer + index * array.rowStride, nTile: nTile)
    }
  }
}

/// The beats of results in the order in which they are written.
private struct ResultBeats {
  private let job: Job
  private let rows: Int
  private let resultBytes: Int
  private let busBytes: Int
  private var beats: [UInt8]
  private var last: [UInt8]
  private(set) var toggles: UInt64 = 0

  init(_ job: Job, on architecture: Architecture) {
    self.job = job
    rows = architecture.parameters.rows
    resultBytes = architecture.resultBytes
    busBytes = architecture.parameters.busBytes
    beats = Array(repeating: 0, count: architecture.outputTileBytes)
    last = Array(repeating: 0, count: architecture.parameters.busBytes)
  }

  /// Appends the results of one token in n-tile `nTile`.
  mutating func append(_ sums: UnsafePointer<Int32>, nTile: Int) {
    let tileRows = nTile == job.nTiles - 1 ? job.lastRows : rows
    for row in 0..<rows {
      if let requantisation = job.requantisation {
        // Rows that do not exist have sums of zero.
        let value = row < tileRows ? requantisation.value(sums[row], row: nTile * rows + row) : 0
        beats[row] = UInt8(bitPattern: value)
      } else {
        let value = UInt32(bitPattern: sums[row])
        for byte in 0..<4 {
          beats[4 * row + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
        }
      }
    }
    for beat in 0..<ceilDivide(resultBytes * tileRows, busBytes) {
      for byte in 0..<busBytes {
        let value = beats[beat * busBytes + byte]
        toggles += UInt64((value ^ last[byte]).nonzeroBitCount)
        last[byte] = value
      }
    }
  }
}
