import Architecture
import Machine
import Mapping
import Oracle
import TestSupport
import Testing
import Workload

@Suite("Requantisation")
struct RequantisationTests {
  @Test("At every rounding boundary of every shift the value is the oracle's", arguments: 0...47)
  func boundaries(shift: Int) {
    for multiplier: UInt16 in [1, 2, 3, 255, 32_768, 65_535] {
      let requantisation = Requantisation(multipliers: .all(multiplier), shift: shift)
      for value in -130...129 {
        // The sum whose product is next to value + 1/2, and its neighbours.
        let product = (2 * Int64(value) + 1) << Int64(shift) / 2
        for step: Int64 in -1...1 {
          let sum = Int32(clamping: product / Int64(multiplier) + step)
          let expected = Oracle.requantise(sum, multiplier: multiplier, shift: shift)
          #expect(
            requantisation.value(sum, row: 0) == expected,
            "\(sum) * \(multiplier) / 2^\(shift)")
        }
      }
    }
  }

  @Test("The ends of the range", arguments: [Int32.min, -1, 0, 1, .max])
  func ends(sum: Int32) {
    for multiplier: UInt16 in [0, 1, 65_535] {
      for shift in 0...47 {
        #expect(
          Requantisation(multipliers: .all(multiplier), shift: shift).value(sum, row: 0)
            == Oracle.requantise(sum, multiplier: multiplier, shift: shift))
      }
    }
  }

  @Test("The multiplier for a largest sum makes it 127, and nothing below saturates")
  func largest() {
    for largest: UInt32 in [1, 2, 126, 127, 128, 1000, 877_824, 1 << 31] {
      let requantisation = Requantisation(largest: largest)
      let sum = Int32(clamping: largest)
      #expect(requantisation.value(sum, row: 0) == 127, "\(largest)")
      #expect(requantisation.value(-sum, row: 0) == -127, "\(largest)")
    }
    #expect(Requantisation(largest: 0).value(0, row: 0) == 0)
  }

  @Test("A job of all activations with a multiplier per row gives the oracle's values")
  func machine() throws {
    let architecture = try smallArchitecture {
      ($0.rows, $0.lanes, $0.output, $0.multiplierBufferWords) = (16, 1, .int8, 8)
      ($0.accumulatorDepth, $0.activationBufferWords) = (64, 128)
    }
    var random = SplitMix64(seed: 1)
    for shift in [0, 1, 6, 7, 8, 15, 16, 22, 23, 24, 47] {
      let shape = MatmulShape(m: 256, n: 50, k: 1)
      let multipliers = (0..<shape.n).map { _ in
        UInt16.random(in: 0...UInt16(min(65_535, 4 << shift)), using: &random)
      }
      let matmul = try MatmulCase(
        shape, on: architecture, trits: Array(repeating: 1, count: shape.n),
        activations: (-128...127).map { Int8($0) },
        requantisation: Requantisation(multipliers: .rows(multipliers), shift: shift))
      #expect(try matmul.run().outputs == matmul.expected, "shift \(shift)")
    }
  }

  @Test("What an architecture and a job want of each other")
  func mismatches() throws {
    let shape = MatmulShape(m: 1, n: 11, k: 1)
    let some = Requantisation(multipliers: .all(1), shift: 0)
    let int8 = try smallArchitecture { ($0.output, $0.multiplierBufferWords) = (.int8, 4) }
    #expect(throws: MappingError.requantisation(output: "int8")) { try Job(shape, on: int8) }
    #expect(throws: MappingError.requantisation(output: "int32")) {
      try Job(shape, on: smallArchitecture(), requantisation: some)
    }
    let rows = Requantisation(multipliers: .rows(Array(repeating: 1, count: 11)), shift: 0)
    let error = #expect(throws: MappingError.self) {
      try Job(shape, on: int8, requantisation: rows)
    }
    #expect(
      error?.description
        == "a multiplier for each of N = 11 outputs does not fit: one half of the multiplier buffer "
        + "holds 10; raise multiplier_buffer_words")
  }
}
