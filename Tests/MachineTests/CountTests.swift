import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Counters of the machine")
struct CountTests {
  @Test("Every count but the stalls follows from the sizes", arguments: Architecture.sampleNames)
  func samples(name: String) throws {
    let architecture = try Architecture.sample(named: name)
    for (m, n, k) in [(1, 1, 1), (2, 7, 17), (9, 33, 255), (5, 129, 780)] {
      try check(
        MatmulCase(MatmulShape(m: m, n: n, k: k), on: architecture, seed: m), .ideal)
    }
  }

  @Test(
    "Every count but the stalls follows from the sizes, at the edges",
    arguments: try extremeArchitectures())
  func extremes(architecture: Architecture) throws {
    try checkDrawn(architecture, seeds: 0..<6)
  }

  @Test(
    "Every count but the stalls follows from the sizes, on drawn architectures", arguments: 0..<24)
  func drawn(seed: Int) throws {
    try checkDrawn(drawnArchitecture(seed: seed), seeds: seed..<seed + 2)
  }

  private func checkDrawn(_ architecture: Architecture, seeds: Range<Int>) throws {
    for seed in seeds {
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: 1500)
      let matmul = try MatmulCase(shape, on: architecture, seed: seed)
      try check(matmul, .pausing(percent: seed % 3 * 30, seed: seed))
    }
  }

  private func check(_ matmul: MatmulCase, _ behaviour: ExternalMemory.Behaviour) throws {
    let counts = try matmul.run(behaviour).counts
    let expected = ExpectedCounts(matmul).counts
    let context = "\(matmul.job.shape), \(matmul.architecture.parameters)"
    for event in ExpectedCounts.timeless {
      #expect(counts[event] == expected[event], "\(event), \(context)")
    }
    #expect(counts[.busy] + counts.stalls == counts[.cycles], "\(context)")
    let job = matmul.job
    // The laws again, without a walk.
    #expect(counts[.outputResult] == UInt64(job.shape.m * job.nTiles))
    #expect(counts[.activationBufferRead] == UInt64(job.shape.m * job.nTiles * job.kTiles))
    #expect(counts[.weightBytesRead] == UInt64(job.tokenBlocks * job.weightBytes))
    #expect(counts[.activationBytesRead] == UInt64(job.activationBytes))
    #expect(counts[.accumulatorRead] == counts[.accumulatorWrite])
  }

  @Test("A burst ends at 4 KiB and after 256 beats")
  func bursts() throws {
    // 4-byte beats: a row of 1,030 lanes is 258 beats from the start of a page, 1,032 bytes.
    let architecture = try smallArchitecture {
      ($0.rows, $0.lanes, $0.busBytes) = (1, 1030, 4)
      $0.activationBufferWords = 10
    }
    let k = 5 * 1030
    let matmul = try MatmulCase(MatmulShape(m: 1, n: 1, k: k), on: architecture, seed: 1)
    #expect(matmul.job.activationBytes == 5 * 1032)
    let counts = try matmul.run().counts
    // X is 5,160 bytes: 4 bursts of 1,024 bytes up to the page's end, 1 of 1,024 and one of 40.
    // W is a chunk of three words of 65 beats, 780 bytes, and one of two: a burst each.
    #expect(counts[.readBurst] == 6 + 2)
    #expect(counts[.writeBurst] == 1)
  }

  @Test(
    "A narrow accumulator wraps and counts how often",
    arguments: [.outputStationary, .weightStationary] as [Architecture.Parameters.Dataflow])
  func overflows(dataflow: Architecture.Parameters.Dataflow) throws {
    let architecture = try smallArchitecture {
      ($0.rows, $0.lanes, $0.accumulatorBits, $0.dataflow) = (3, 2, 9, dataflow)
    }
    let matmul = try MatmulCase(MatmulShape(m: 5, n: 7, k: 23), on: architecture, seed: 2)
    // Sums of two products, one after the other, in 9 bits.
    var overflows = 0
    for token in 0..<5 {
      for row in 0..<7 {
        var partial = 0
        for first in stride(from: 0, to: 23, by: 2) {
          for k in first..<min(first + 2, 23) {
            partial += Int(matmul.trits[row * 23 + k]) * Int(matmul.activations[token * 23 + k])
          }
          if !(-256...255).contains(partial) {
            overflows += 1
            partial -= partial.signum() * 512
          }
        }
        #expect(matmul.expected[token * 7 + row] == Int32(partial))
      }
    }
    let result = try matmul.run()
    #expect(overflows > 10 && result.counts[.accumulatorOverflow] == UInt64(overflows))
    #expect(result.outputs == matmul.expected)
  }

  @Test("A longer latency and a slower memory add stalls and nothing else")
  func slowerMemory() throws {
    let shape = MatmulShape(m: 7, n: 17, k: 65)
    let fast = try MatmulCase(shape, on: smallArchitecture(), seed: 1).run().counts
    let slow = try MatmulCase(
      shape,
      on: smallArchitecture {
        ($0.memory.latencyCycles, $0.memory.milliBytesPerCycle) = (100, 1000)
      }, seed: 1
    ).run().counts
    for event in ExpectedCounts.timeless { #expect(slow[event] == fast[event], "\(event)") }
    #expect(slow[.cycles] > 5 * fast[.cycles])
    // No faster than the bytes can move.
    let bytes = [Event.weightBytesRead, .activationBytesRead, .outputBytesWritten]
      .reduce(0) { $0 + slow[$1] }
    #expect(slow[.cycles] >= bytes)
  }
}
