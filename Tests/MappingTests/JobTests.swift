import Architecture
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Jobs")
struct JobTests {
  static func architectures() throws -> [Architecture] {
    try Architecture.sampleNames.map { try Architecture.sample(named: $0) }
      + extremeArchitectures()
  }

  /// How many groups of `size` cover `count` things: one for each that begins a group.
  private func groups(of size: Int, in count: Int) -> Int {
    (0..<count).count { $0 % size == 0 }
  }

  /// The fewest whole beats that hold `bits`, in bytes.
  private func beatBytes(_ bits: Int, _ busBytes: Int) -> Int {
    (1...).first { 8 * $0 * busBytes >= bits }! * busBytes
  }

  @Test(
    "Tiles and bytes of awkward sizes are those of the definition", arguments: try architectures())
  func tilesAndBytes(architecture: Architecture) throws {
    let parameters = architecture.parameters
    let weightWord = beatBytes(2 * parameters.rows * parameters.lanes, parameters.busBytes)
    let activationWord = beatBytes(8 * parameters.lanes, parameters.busBytes)
    let outputTile = beatBytes(32 * parameters.rows, parameters.busBytes)
    for n in awkwardSizes {
      for k in awkwardSizes where k <= architecture.maxK {
        let job = try Job(MatmulShape(m: 3, n: n, k: k), on: architecture)
        #expect(job.kTiles == groups(of: parameters.lanes, in: k), "k = \(k)")
        #expect(job.nTiles == groups(of: parameters.rows, in: n), "n = \(n)")
        #expect(job.lastRows == (n - 1) % parameters.rows + 1, "n = \(n)")
        #expect(job.weightBytes == job.nTiles * job.kTiles * weightWord, "\(n)×\(k)")
        #expect(job.activationBytes == 3 * job.kTiles * activationWord, "k = \(k)")
        #expect(job.outputStride == job.nTiles * outputTile, "n = \(n)")
        #expect(job.outputBytes == 3 * job.outputStride, "n = \(n)")
      }
    }
  }

  @Test("The token block is the largest that fits", arguments: try architectures())
  func tokenBlock(architecture: Architecture) throws {
    let half = architecture.parameters.activationBufferWords / 2
    for m in awkwardSizes {
      for k in awkwardSizes + [architecture.maxK] where k <= architecture.maxK {
        let job = try Job(MatmulShape(m: m, n: 1, k: k), on: architecture)
        let fits = { (tokens: Int) in
          tokens <= m && tokens <= architecture.parameters.accumulatorDepth
            && tokens * job.kTiles <= half
        }
        #expect(fits(job.tokenBlock) && !fits(job.tokenBlock + 1), "m = \(m), k = \(k)")
        #expect(job.tokenBlocks == groups(of: job.tokenBlock, in: m), "m = \(m), k = \(k)")
      }
    }
  }

  @Test(
    "Slices of activations are the smallest that are loaded in time", arguments: try architectures()
  )
  func activationSlice(architecture: Architecture) throws {
    for n in awkwardSizes {
      for k in awkwardSizes where k <= architecture.maxK {
        let job = try Job(MatmulShape(m: 40, n: n, k: k), on: architecture)
        let half = architecture.parameters.weightBufferWords / 2
        let slices = job.nTiles * groups(of: half, in: job.kTiles)
        let words = job.tokenBlock * job.kTiles
        #expect(job.activationSlice * slices >= words, "\(n)×\(k)")
        #expect((job.activationSlice - 1) * slices < words, "\(n)×\(k)")
      }
    }
  }

  @Test("The fields of a job of the default architecture, worked out by hand")
  func example() throws {
    // 16 rows of 64 lanes: 2 and 1 outputs, 4 × 64 and 1 inputs.
    let job = try Job(
      MatmulShape(m: 70, n: 33, k: 257), on: Architecture.sample(named: "default"))
    #expect((job.nTiles, job.kTiles, job.lastRows) == (3, 5, 1))
    // 32 tokens of accumulators; one half of the activation buffer would hold 256 / 5 = 51.
    #expect((job.tokenBlock, job.tokenBlocks) == (32, 3))
    // 32 * 5 words over 3 n-tiles of one chunk each.
    #expect(job.activationSlice == 54)
    #expect(job.activationBytes == 70 * 5 * 64)
    #expect(job.weightBytes == 3 * 5 * 256)
    #expect(job.outputStride == 3 * 64)
  }

  @Test("K may be as large as half the activation buffer holds", arguments: try architectures())
  func largestK(architecture: Architecture) throws {
    let largest =
      architecture.parameters.activationBufferWords / 2 * architecture.parameters.lanes
    for k in [largest - 1, largest] where k > 0 {
      let job = try Job(MatmulShape(m: 1, n: 1, k: k), on: architecture)
      #expect(job.kTiles == groups(of: architecture.parameters.lanes, in: k), "k = \(k)")
    }
    let error = #expect(throws: MappingError.self) {
      try Job(MatmulShape(m: 1, n: 1, k: largest + 1), on: architecture)
    }
    #expect(error == .tooManyInputs(k: largest + 1, largest: largest))
    #expect(
      try #require(error).description
        == "K = \(largest + 1) inputs do not fit: one half of the activation buffer holds "
        + "\(largest); raise activation_buffer_words or lanes")
  }

  @Test("N may be 65,535 n-tiles", arguments: try architectures())
  func largestN(architecture: Architecture) throws {
    let largest = 65_535 * architecture.parameters.rows
    let job = try Job(MatmulShape(m: 1, n: largest, k: 1), on: architecture)
    #expect((job.nTiles, job.lastRows) == (65_535, architecture.parameters.rows))
    let smaller = try Job(MatmulShape(m: 1, n: largest - 1, k: 1), on: architecture)
    #expect(smaller.nTiles == groups(of: architecture.parameters.rows, in: largest - 1))
    let error = #expect(throws: MappingError.self) {
      try Job(MatmulShape(m: 1, n: largest + 1, k: 1), on: architecture)
    }
    #expect(error == .tooManyOutputs(n: largest + 1, largest: largest))
    #expect(
      try #require(error).description
        == "N = \(largest + 1) outputs do not fit: the n-tile counter holds \(largest); "
        + "raise rows")
  }

  @Test("M may be 65,535 tokens", arguments: try architectures())
  func largestM(architecture: Architecture) throws {
    for m in [65_534, 65_535] {
      #expect(try Job(MatmulShape(m: m, n: 1, k: 1), on: architecture).shape.m == m)
    }
    let error = #expect(throws: MappingError.self) {
      try Job(MatmulShape(m: 65_536, n: 1, k: 1), on: architecture)
    }
    #expect(error == .tooManyTokens(m: 65_536, largest: 65_535))
    #expect(
      try #require(error).description
        == "M = 65536 tokens do not fit: the token counter holds 65535; split the job")
  }
}
