import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Workload

/// What a job must count whatever the memory does, found by walking its loop nest and its bursts
/// one by one.
struct ExpectedCounts {
  /// The counts that do not depend on time.
  private(set) var counts = EventCounts()
  static let timeless: [Event] = [
    .busy, .stallSetup, .weightBufferRead, .weightBufferWrite, .activationBufferRead,
    .activationBufferWrite, .laneAdd, .laneSubtract, .laneSkip, .accumulatorRead,
    .accumulatorWrite, .outputResult, .weightBytesRead, .activationBytesRead, .outputBytesWritten,
    .readBurst, .writeBurst, .requantisation, .multiplierBufferRead, .multiplierBufferWrite,
    .multiplierBytesRead,
  ]

  private let matmul: MatmulCase
  private var parameters: Architecture.Parameters { matmul.architecture.parameters }

  init(_ matmul: MatmulCase) {
    self.matmul = matmul
    counts[.stallSetup] = 1
    let place = Testbench<Machine>.Placement(matmul.job)
    let job = matmul.job
    if job.multiplierBytes > 0 {
      read(place.m, job.multiplierBytes, .multiplierBytesRead, .multiplierBufferWrite)
    }
    let wordBytes = job.activationBytes / (job.shape.m * job.kTiles)
    var x = place.x
    func loadActivations(_ words: Int) {
      read(x, words * wordBytes, .activationBytesRead, .activationBufferWrite)
      x += UInt64(words * wordBytes)
    }
    var tokensLeft = job.shape.m
    var firstToken = 0
    loadActivations(min(job.tokenBlock, tokensLeft) * job.kTiles)
    while tokensLeft > 0 {
      let tokens = min(job.tokenBlock, tokensLeft)
      tokensLeft -= tokens
      var wordsLeft = min(job.tokenBlock, tokensLeft) * job.kTiles
      for (index, chunk) in chunks.enumerated() {
        let bytes = job.weightBytes / (job.nTiles * job.kTiles)
        let first = chunk.nTile * job.kTiles + chunk.kTiles.lowerBound
        read(
          place.w + UInt64(first * bytes), chunk.kTiles.count * bytes, .weightBytesRead,
          .weightBufferWrite)
        compute(tokens, chunk)
        let isLast = index == chunks.count - 1
        let slice = isLast ? wordsLeft : min(job.activationSlice, wordsLeft)
        if slice > 0 { loadActivations(slice) }
        wordsLeft -= slice
      }
      for token in firstToken..<firstToken + tokens { store(token, at: place.y) }
      firstToken += tokens
    }
    countLanes()
  }

  private struct Chunk {
    let nTile: Int
    let kTiles: Range<Int>
  }

  /// The chunks of one token block, in order.
  private var chunks: [Chunk] {
    let half = parameters.weightBufferWords / 2
    return (0..<matmul.job.nTiles).flatMap { nTile in
      stride(from: 0, to: matmul.job.kTiles, by: half).map { first in
        Chunk(nTile: nTile, kTiles: first..<min(first + half, matmul.job.kTiles))
      }
    }
  }

  private mutating func compute(_ tokens: Int, _ chunk: Chunk) {
    let groups = (tokens + parameters.tokensPerWeight - 1) / parameters.tokensPerWeight
    let kTiles = chunk.kTiles.count
    let interval = parameters.datapath == .bitSerial ? parameters.activationBits : 1
    counts.add(groups * kTiles * interval, to: .busy)
    counts.add(tokens * kTiles, to: .activationBufferRead)
    let isFirst = chunk.kTiles.lowerBound == 0
    let isFinished = chunk.kTiles.upperBound == matmul.job.kTiles
    switch parameters.dataflow {
    case .outputStationary:
      counts.add(groups * kTiles, to: .weightBufferRead)
      counts.add(isFirst ? 0 : groups, to: .accumulatorRead)
      counts.add(isFinished ? 0 : groups, to: .accumulatorWrite)
    case .weightStationary:
      counts.add(kTiles, to: .weightBufferRead)
      counts.add(groups * (isFirst ? kTiles - 1 : kTiles), to: .accumulatorRead)
      counts.add(groups * (isFinished ? kTiles - 1 : kTiles), to: .accumulatorWrite)
    }
    guard isFinished else { return }
    counts.add(tokens, to: .outputResult)
    guard matmul.job.requantisation != nil else { return }
    counts.add(tokens * parameters.rows, to: .requantisation)
    if matmul.job.multiplierBytes > 0 { counts.add(groups, to: .multiplierBufferRead) }
  }

  /// Reads a contiguous range, beat by beat.
  private mutating func read(_ address: UInt64, _ byteCount: Int, _ bytes: Event, _ writes: Event) {
    counts.add(byteCount, to: bytes)
    counts.add(byteCount / parameters.busBytes, to: writes)
    counts.add(bursts(address, byteCount), to: .readBurst)
  }

  /// The rows of each n-tile that exist, in whole beats.
  private mutating func store(_ token: Int, at y: UInt64) {
    let job = matmul.job
    let tileBytes = job.outputStride / job.nTiles
    for nTile in 0..<job.nTiles {
      let rows = min(parameters.rows, job.shape.n - nTile * parameters.rows)
      let valueBytes = parameters.output == .int8 ? 1 : 4
      let beats = (valueBytes * rows + parameters.busBytes - 1) / parameters.busBytes
      let address = y + UInt64(token * job.outputStride + nTile * tileBytes)
      counts.add(beats * parameters.busBytes, to: .outputBytesWritten)
      counts.add(bursts(address, beats * parameters.busBytes), to: .writeBurst)
    }
  }

  /// The bursts of a contiguous range: a new one at every 4 KiB and after 256 beats.
  private func bursts(_ address: UInt64, _ byteCount: Int) -> Int {
    var bursts = 0
    var beats = 0
    for beat in stride(from: address, to: address + UInt64(byteCount), by: parameters.busBytes) {
      if beats == 0 || beats == 256 || beat % 4096 == 0 {
        bursts += 1
        beats = 0
      }
      beats += 1
    }
    return bursts
  }

  /// Every weight once per token; lanes and rows that pad a tile hold zeros and are skipped.
  private mutating func countLanes() {
    guard parameters.laneCounters else { return }
    let m = matmul.job.shape.m
    let all = Int(counts[.activationBufferRead]) * parameters.rows * parameters.lanes
    let added = matmul.trits.count { $0 == 1 } * m
    let subtracted = matmul.trits.count { $0 == -1 } * m
    counts.add(added, to: .laneAdd)
    counts.add(subtracted, to: .laneSubtract)
    counts.add(all - added - subtracted, to: .laneSkip)
  }
}
