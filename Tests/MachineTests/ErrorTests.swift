import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Jobs that end in an error")
struct ErrorTests {
  /// A descriptor that differs from a good one in one place.
  struct Mistake: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let error: JobError
    let change: @Sendable (inout Descriptor) -> Void

    init(
      _ text: String, _ error: JobError, _ change: @escaping @Sendable (inout Descriptor) -> Void
    ) {
      (testDescription, self.error, self.change) = (text, error, change)
    }
  }

  /// Of the small architecture: 5 rows, 3 tokens of accumulators, 13 words of activations, 8-byte
  /// bus. The good job has 3 tokens, 2 n-tiles and 3 k-tiles, and 48 bytes of outputs a token.
  static let mistakes = [
    Mistake("no tokens", .size) { $0.tokens = 0 },
    Mistake("no n-tiles", .size) { $0.nTiles = 0 },
    Mistake("no k-tiles", .size) { $0.kTiles = 0 },
    Mistake("k-tiles that a half of the buffer does not hold", .size) {
      ($0.kTiles, $0.tokenBlock) = (14, 1)
    },
    Mistake("the most k-tiles that can be written", .size) { $0.kTiles = 65_535 },
    Mistake("no token block", .tokenBlock) { $0.tokenBlock = 0 },
    Mistake("a token block deeper than the accumulators", .tokenBlock) { $0.tokenBlock = 4 },
    Mistake("the largest token block that can be written", .tokenBlock) { $0.tokenBlock = 65_535 },
    Mistake("a token block that a half of the buffer does not hold", .tokenBlock) {
      ($0.kTiles, $0.tokenBlock) = (5, 3)
    },
    Mistake("no last rows", .lastRows) { $0.lastRows = 0 },
    Mistake("more last rows than rows", .lastRows) { $0.lastRows = 6 },
    Mistake("X off a beat", .address) { $0.xAddress += 4 },
    Mistake("W off a beat", .address) { $0.wAddress += 1 },
    Mistake("Y off a beat", .address) { $0.yAddress += 7 },
    Mistake("a stride off a beat", .address) { $0.yStride += 4 },
    Mistake("a stride that makes rows overlap", .address) { $0.yStride -= 8 },
    Mistake("everything, of which sizes come first", .size) {
      $0 = Descriptor()
      $0.xAddress = 1
    },
    Mistake("all but the sizes, of which the block comes first", .tokenBlock) {
      ($0.tokenBlock, $0.lastRows, $0.xAddress) = (0, 0, 1)
    },
    Mistake("last rows and an address, of which the rows come first", .lastRows) {
      ($0.lastRows, $0.xAddress) = (0, 1)
    },
  ]

  @Test("A mistaken descriptor is refused at once, and the next job runs", arguments: mistakes)
  func descriptor(mistake: Mistake) throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 3, n: 7, k: 33), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture))
    var descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    mistake.change(&descriptor)
    try bench.start(descriptor)
    #expect(try bench.finish() == mistake.error)
    // A cycle to look at the descriptor, and nothing else.
    var expected = EventCounts()
    expected[.cycles] = 1
    expected[.stallSetup] = 1
    #expect(bench.device.counters == expected)
    #expect(try matmul.run(on: bench).outputs == matmul.expected)
  }

  @Test("The largest descriptor values that are legal run")
  func largestLegal() throws {
    let architecture = try smallArchitecture()
    for (m, k) in [(1, 13 * 12), (3, 4 * 12), (2, 6 * 12)] {
      let matmul = try MatmulCase(
        MatmulShape(m: m, n: 5, k: k), on: architecture, seed: m)
      #expect(matmul.job.tokenBlock == m && matmul.job.kTiles == k / 12)
      #expect(try matmul.run().outputs == matmul.expected)
    }
  }

  @Test(
    "A bus error anywhere ends the job, and the next one is as on a fresh machine",
    arguments: [0, 70])
  func busErrors(percent: Int) throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 7, n: 17, k: 65), on: smallArchitecture(), seed: 1)
    let place = Testbench<Machine>.Placement(matmul.job)
    let fresh = try matmul.run()
    let operands: [(UInt64, Int, JobError)] = [
      (place.x, matmul.job.activationBytes, .read), (place.w, matmul.job.weightBytes, .read),
      (place.y, matmul.job.outputBytes, .write),
    ]
    for (start, byteCount, error) in operands {
      // The last tile of Y has two of five rows, in the first of its three beats.
      let last = byteCount - (error == .write ? 24 : 8)
      for offset in [0, byteCount / 2 & ~7, last] {
        for response: UInt8 in [2, 3] {
          let bench = try matmul.bench(
            Machine(matmul.architecture), .pausing(percent: percent, seed: offset))
          let address = start + UInt64(offset)
          bench.memory.faults = [.init(addresses: address..<address + 8, response: response)]
          let result = try matmul.run(on: bench)
          #expect(result.error == error, "\(address)")
          #expect(result.counts[.busy] + result.counts.stalls == result.counts[.cycles])
          bench.memory.faults = []
          let next = try matmul.run(on: bench)
          #expect(next.outputs == matmul.expected, "\(address)")
          if percent == 0 { #expect(next.counts == fresh.counts, "\(address)") }
        }
      }
    }
  }

  @Test("A job that reaches past the end of the memory ends with a read or a write error")
  func pastTheEnd() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 3, n: 7, k: 33), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture))
    let good = bench.load(matmul.job, weights: matmul.weights, activations: matmul.activations)
    let end = UInt64(bench.memory.byteCount)
    let changes: [(JobError, (inout Descriptor) -> Void)] = [
      (.read, { $0.xAddress = end }), (.read, { $0.wAddress = end }),
      (.write, { $0.yAddress = end }),
      (.read, { $0.xAddress = (1 << 40) - 8 }), (.read, { $0.wAddress = (1 << 40) - 8 }),
      (.write, { $0.yAddress = (1 << 40) - 8 }),
    ]
    for (index, (error, change)) in changes.enumerated() {
      var descriptor = good
      change(&descriptor)
      try bench.start(descriptor)
      #expect(try bench.finish() == error, "change \(index)")
    }
    #expect(try matmul.run(on: bench).outputs == matmul.expected)
  }

  @Test("An illegal code ends the job wherever it is, padding included")
  func illegalCodes() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 3, n: 7, k: 33), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for offset in 0..<matmul.job.weightBytes {
      let address = descriptor.wAddress + UInt64(offset)
      let byte = bench.memory.load(1, at: address)[0]
      bench.memory.store([0b10 << UInt8(2 * (offset % 4))], at: address)
      try bench.start(descriptor)
      #expect(try bench.finish() == .weightCode, "byte \(offset)")
      bench.memory.store([byte], at: address)
    }
    #expect(try bench.run(descriptor, of: matmul.job).outputs == matmul.expected)
  }

  @Test("A read error and an illegal code in one beat are a read error")
  func readErrorFirst() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 1, n: 5, k: 12), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    let address = descriptor.wAddress
    bench.memory.store([0b10], at: address)
    bench.memory.faults = [.init(addresses: address..<address + 8, response: 2)]
    try bench.start(descriptor)
    #expect(try bench.finish() == .read)
  }

  @Test("After an error has been reported the bus is silent", arguments: 0..<12)
  func silence(seed: Int) throws {
    let architecture = try smallArchitecture {
      $0.outputQueueDepth = 7
      $0.memory.milliBytesPerCycle = 8000
    }
    let matmul = try MatmulCase(
      MatmulShape(m: 7, n: 17, k: 12), on: architecture, seed: 1)
    let bench = try matmul.bench(Machine(architecture), .stalling(percent: 70, seed: UInt64(seed)))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    // The first result is refused while others wait for the store unit.
    let y = descriptor.yAddress
    bench.memory.faults = [.init(addresses: y..<y + 8, response: 2)]
    try bench.start(descriptor)
    #expect(try bench.finish() == .write)
    var busyCycles = 0
    for _ in 0..<300 {
      let outputs = bench.device.outputs
      if outputs.arvalid || outputs.awvalid || outputs.wvalid { busyCycles += 1 }
      try bench.tick()
    }
    #expect(busyCycles == 0)
  }

  @Test("A job that starts at once after a failed one is right", arguments: 0..<12)
  func immediateStart(seed: Int) throws {
    let architecture = try smallArchitecture { $0.outputQueueDepth = 7 }
    let matmul = try MatmulCase(MatmulShape(m: 7, n: 17, k: 12), on: architecture, seed: 1)
    let bench = try matmul.bench(Machine(architecture), .stalling(percent: 70, seed: UInt64(seed)))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    let y = descriptor.yAddress
    bench.memory.faults = [.init(addresses: y..<y + 8, response: 2)]
    try bench.start(descriptor)
    #expect(try bench.finish() == .write)
    bench.memory.faults = []
    // The descriptor is still there: one write starts the job again.
    try bench.write(.control, Register.startBit | Register.clearBit)
    #expect(try bench.finish() == nil)
    #expect(bench.outputs(of: matmul.job, at: descriptor) == matmul.expected)
  }
}
