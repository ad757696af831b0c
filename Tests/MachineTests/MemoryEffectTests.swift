import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("What a job leaves in memory")
struct MemoryEffectTests {
  static let guardByte: UInt8 = 0xa5

  @Test(
    "Only the rows that exist are written: not the padding, the gaps of a stride or what is around",
    arguments: try extremeArchitectures() + [smallArchitecture()], [0, 30])
  func guarded(architecture: Architecture, percent: Int) throws {
    for seed in 0..<3 {
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: 300)
      let matmul = try MatmulCase(shape, on: architecture, seed: seed)
      let gap = 2 * architecture.parameters.busBytes
      let place = Testbench<Machine>.Placement(matmul.job)
      // A beat of guard before Y, a gap after each token, and guards to the end.
      let y = Int(place.y) + architecture.parameters.busBytes
      let stride = matmul.job.outputStride + gap
      let size = y + shape.m * stride + 4096
      let memory = ExternalMemory(
        architecture, byteCount: size, behaviour: .pausing(percent: percent, seed: seed))
      memory.store(Array(repeating: Self.guardByte, count: size), at: 0)
      let bench = try Testbench(
        Machine(architecture), architecture: architecture, memory: memory)
      var descriptor = bench.load(
        matmul.job, weights: matmul.weights, activations: matmul.activations)
      descriptor.yAddress = UInt64(y)
      descriptor.yStride = UInt32(stride)

      var expected = Array(memory.load(size, at: 0))
      for token in 0..<shape.m {
        for output in 0..<shape.n {
          let tile = output / architecture.parameters.rows
          let row = output % architecture.parameters.rows
          let tileBytes = matmul.job.outputStride / matmul.job.nTiles
          let value = UInt32(bitPattern: matmul.expected[token * shape.n + output])
          for byte in 0..<4 {
            expected[y + token * stride + tile * tileBytes + 4 * row + byte] =
              UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
          }
        }
      }
      try bench.start(descriptor)
      #expect(try bench.finish() == nil)
      let found = Array(memory.load(size, at: 0))
      let wrong = found.indices.filter { found[$0] != expected[$0] }
      #expect(wrong.isEmpty, "\(shape), seed \(seed), Y at \(y)")
    }
  }

  @Test("X in memory is its values token by token, each k-tile padded to whole beats")
  func activationImage() throws {
    // 12 lanes in beats of 8 bytes: 16 bytes a word.
    let architecture = try smallArchitecture()
    let matmul = try MatmulCase(MatmulShape(m: 3, n: 1, k: 17), on: architecture, seed: 1)
    let image = matmul.job.activationImage(matmul.activations, on: architecture)
    #expect(image.count == 3 * 2 * 16)
    for (offset, byte) in image.enumerated() {
      let (token, word, lane) = (offset / 32, offset % 32 / 16, offset % 16)
      let column = word * 12 + lane
      let expected = lane < 12 && column < 17 ? matmul.activations[token * 17 + column] : 0
      #expect(Int8(bitPattern: byte) == expected, "byte \(offset)")
    }
  }

  @Test("W in memory is n-tile, k-tile, row and lane in order, each word padded to whole beats")
  func weightImage() throws {
    // 5 rows of 12 lanes are 60 trits, 15 bytes, in 2 beats of 8.
    let architecture = try smallArchitecture()
    let matmul = try MatmulCase(MatmulShape(m: 1, n: 7, k: 17), on: architecture, seed: 1)
    let image = matmul.job.weightImage(matmul.weights, on: architecture)
    #expect(image.count == 2 * 2 * 16)
    for place in 0..<4 * image.count {
      let code = image[place / 4] >> UInt8(2 * (place % 4)) & 3
      let (word, trit) = (place / 64, place % 64)
      let row = word / 2 * 5 + trit / 12
      let column = word % 2 * 12 + trit % 12
      let isWeight = trit < 60 && row < 7 && column < 17
      let expected = isWeight ? matmul.trits[row * 17 + column] : 0
      #expect(code == UInt8(bitPattern: expected) & 3, "trit \(place)")
    }
  }
}
