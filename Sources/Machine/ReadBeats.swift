import Architecture
private import CTernaryKernels
import Mapping
import Ternary
import Workload

/// What toggles on the read data bus in one job: the beats of multipliers, weights and activations in
/// the order in which the load unit requests them.
///
/// Follows the program of `LoadUnit`, which no stall changes.
struct ReadBeats {
  /// Bytes in memory, and how many bits change from each beat to the next.
  private struct Image {
    let bytes: [UInt8]
    /// Of each beat, the changes from the first one to it.
    let changes: [UInt64]

    init(_ bytes: [UInt8], busBytes: Int) {
      self.bytes = bytes
      var total: UInt64 = 0
      changes = bytes.withUnsafeBufferPointer { bytes in
        stride(from: 0, to: bytes.count, by: busBytes).map { first in
          if first > 0 {
            total += setun_bytes_distance(
              bytes.baseAddress! + first, bytes.baseAddress! + first - busBytes, busBytes, 0xff)
          }
          return total
        }
      }
    }
  }

  private let busBytes: Int
  private let activations: Image
  private let weights: Image
  private let multipliers: Image
  private var last: [UInt8]
  private(set) var toggles: UInt64 = 0

  init(
    _ job: Job, weights: TritMatrix, activations: [Int8], on architecture: Architecture
  ) {
    busBytes = architecture.parameters.busBytes
    self.activations = Image(
      job.activationImage(activations, on: architecture), busBytes: busBytes)
    self.weights = Image(job.weightImage(weights, on: architecture), busBytes: busBytes)
    multipliers = Image(job.multiplierImage(on: architecture), busBytes: busBytes)
    last = Array(repeating: 0, count: busBytes)
    run(job, on: architecture)
  }

  private mutating func run(_ job: Job, on architecture: Architecture) {
    read(multipliers, from: 0, count: multipliers.changes.count)
    let blockWords = { (first: Int) in
      max(0, min(job.tokenBlock, job.shape.m - first)) * job.kTiles
    }
    let beats = architecture.activationBeats
    var word = 0
    for first in stride(from: 0, to: job.shape.m, by: job.tokenBlock) {
      // Beside the weights of a block the activations of the next one are read, slice by slice; before
      // the second chunk of the first block its own.
      var left = blockWords(first + job.tokenBlock)
      var chunk = 0
      let chunks = job.nTiles * ceilDivide(job.kTiles, architecture.weightHalfWords)
      for tile in 0..<job.nTiles {
        for kBase in stride(from: 0, to: job.kTiles, by: architecture.weightHalfWords) {
          let words = min(architecture.weightHalfWords, job.kTiles - kBase)
          read(
            weights, from: (tile * job.kTiles + kBase) * architecture.weightBeats,
            count: words * architecture.weightBeats)
          chunk += 1
          if first == 0 && chunk == 1 {
            read(activations, from: 0, count: blockWords(0) * beats)
            word = blockWords(0)
          }
          let slice = chunk == chunks ? left : min(job.activationSlice, left)
          read(activations, from: word * beats, count: slice * beats)
          word += slice
          left -= slice
        }
      }
    }
  }

  private mutating func read(_ image: Image, from first: Int, count: Int) {
    guard count > 0 else { return }
    let (start, end) = (first * busBytes, (first + count - 1) * busBytes)
    toggles += setun_bytes_distance(
      Array(image.bytes[start..<start + busBytes]), last, busBytes, 0xff)
    toggles += image.changes[first + count - 1] - image.changes[first]
    last.replaceSubrange(0..<busBytes, with: image.bytes[end..<end + busBytes])
  }
}
