import Activity
import Architecture
import Machine
import Mapping
import Ternary
import TestSupport
import Testing
import Workload

/// The closed form against the cycle-level model, against itself without skipping, and against
/// numbers that are derived by hand in `LatencyTests`.
@Suite("Closed form")
struct ClosedFormTests {
  @Test("Every event equals the model's, on drawn architectures and descriptors", arguments: 0..<4)
  func drawn(part: Int) throws {
    var pairs = 0
    for number in 0..<8 {
      let outcome = try ClosedFormCampaign(seed: 4).run(architecture: 8 * part + number)
      pairs += outcome.pairs
      for difference in outcome.differences { Issue.record("\(difference)") }
    }
    #expect(pairs == 8 * ClosedFormCampaign.jobsPerArchitecture)
  }

  @Test("Every event equals the model's, with real operands", arguments: Architecture.sampleNames)
  func samples(name: String) throws {
    let architecture = try Architecture.sample(named: name)
    for (m, n, k) in [(1, 1, 1), (2, 7, 17), (9, 33, 255), (5, 129, 780)] {
      try check(MatmulCase(MatmulShape(m: m, n: n, k: k), on: architecture, seed: m))
    }
  }

  @Test("Every event equals the model's, at the edges", arguments: try extremeArchitectures())
  func extremes(architecture: Architecture) throws {
    for seed in 0..<3 {
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: 800)
      try check(MatmulCase(shape, on: architecture, seed: seed))
    }
  }

  @Test("A memory that is slower than the host's accesses before the job")
  func slowMemory() throws {
    // A beat costs 229 cycles, more than the host needs for the descriptor.
    let architecture = try smallArchitecture { $0.memory.milliBytesPerCycle = 35 }
    try check(MatmulCase(MatmulShape(m: 2, n: 7, k: 30), on: architecture, seed: 1))
  }

  private func check(_ matmul: MatmulCase) throws {
    let expected = matmul.job.countingLanes(
      try matmul.run().counts, weights: matmul.weights, on: matmul.architecture)
    let found = try ClosedForm(matmul.architecture).counts(
      of: matmul.job, weights: matmul.weights.counts)
    for event in Event.allCases {
      #expect(found[event] == expected[event], "\(event), \(matmul.job.shape)")
    }
  }

  @Test("Counts that are derived by hand")
  func byHand() throws {
    let architecture = try smallArchitecture { $0.memory.milliBytesPerCycle = 8000 }
    let closedForm = try ClosedForm(architecture)
    let one = try closedForm.counts(of: Job(MatmulShape(m: 1, n: 5, k: 12), on: architecture))
    #expect(one[.cycles] == 31)
    #expect(one[.stallActivation] == 13)
    #expect(one[.stallDrain] == 16)
    let three = try closedForm.counts(of: Job(MatmulShape(m: 3, n: 5, k: 12), on: architecture))
    #expect(three[.cycles] == 42)
    #expect(three[.stallOutput] == 5)
    // Of 3 × 60 products, 20 with a weight of +1 and 10 with one of −1 for each token.
    let weighted = try closedForm.counts(
      of: Job(MatmulShape(m: 3, n: 5, k: 12), on: architecture),
      weights: .init(minusOnes: 10, zeros: 30, plusOnes: 20))
    #expect(weighted[.laneAdd] == 60)
    #expect(weighted[.laneSubtract] == 30)
    #expect(weighted[.laneSkip] == 90)
  }

  @Test(
    "What repeats is counted as if it were played",
    arguments: Architecture.sampleNames, [1, 3, 19])
  func repeats(name: String, tokens: Int) throws {
    let sample = try Architecture.sample(named: name)
    // The sample, with rows that 4 KiB is no multiple of, and with other bandwidths.
    for change in 0..<4 {
      var parameters = sample.parameters
      let beat = 1000 * parameters.busBytes
      switch change {
      case 0: break
      case 1: (parameters.rows, parameters.outputQueueDepth) = (24, 3)
      case 2: parameters.memory.milliBytesPerCycle = 3 * beat / 2
      default: (parameters.memory.milliBytesPerCycle, parameters.tokensPerWeight) = (2 * beat, 2)
      }
      if change == 3 {
        parameters.activationBufferWords *= 2
        parameters.accumulatorDepth = (parameters.accumulatorDepth + 1) / 2 * 2
      }
      let architecture = try Architecture(parameters: parameters)
      let closedForm = try ClosedForm(architecture)
      for (n, k) in [(2560, 640), (1023, 255), (65, 780)] {
        let job = try Job(MatmulShape(m: tokens, n: n, k: k), on: architecture)
        let place = Testbench<Machine>.Placement(job)
        let descriptor = Descriptor(
          job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
        let played = try closedForm.counts(of: descriptor, skipsRepeats: false)
        #expect(try closedForm.counts(of: descriptor) == played, "\(job.shape), change \(change)")
      }
    }
  }

  @Test("There is none with a DRAM behind the port")
  func dram() throws {
    let architecture = try smallArchitecture {
      $0.memory.dram = .init(standard: .hbm2, channels: 1)
    }
    #expect(throws: ClosedFormError.dram("hbm2")) { try ClosedForm(architecture) }
    #expect(
      ClosedFormError.dram("hbm2").description
        == "closed form: expected an ideal memory, found memory.model dram (hbm2); run the "
        + "cycle-level model instead")
  }

  @Test("There is none of a job that the hardware refuses")
  func refusedJob() throws {
    let closedForm = try ClosedForm(smallArchitecture())
    #expect(throws: ClosedFormError.job(.size)) { try closedForm.counts(of: Descriptor()) }
    #expect(
      ClosedFormError.job(.size).description
        == "closed form: expected a job that fits the architecture, found one that it ends with "
        + "the error size")
  }

  @Test("Sums can only overflow accumulators that are narrower than derived")
  func overflow() throws {
    func mayOverflow(bits: Int?, kTiles: Int) throws -> Bool {
      let architecture = try smallArchitecture { $0.accumulatorBits = bits }
      var descriptor = Descriptor()
      descriptor.kTiles = kTiles
      return try ClosedForm(architecture).mayOverflow(descriptor)
    }
    #expect(try !mayOverflow(bits: nil, kTiles: 13))
    #expect(try !mayOverflow(bits: 32, kTiles: 13))
    // 128 · 12 · 2 = 3072 needs 13 bits, 128 · 12 · 3 = 4608 needs 14.
    #expect(try !mayOverflow(bits: 13, kTiles: 2))
    #expect(try mayOverflow(bits: 13, kTiles: 3))
  }
}
