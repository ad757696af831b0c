import ModelFile
import Testing

@testable import Reference

@Suite("Quantised activations")
struct QuantizedActivationsTests {
  @Test("equal the recorded vectors: ties, a zero row, values under the clamp")
  func vectors() throws {
    let file = try SafetensorsFile(path: Files.golden("unit_vectors.safetensors"))
    let inputs = try file.floats("act.x", shape: [6, 32])
    let activations = try #require(QuantizedActivations(quantizing: inputs, columns: 32))
    #expect(activations.values == (try file.int8s("act.q")))
    #expect(activations.scales == (try file.floats("act.scale")))
    #expect(activations.tokens == 6)
  }

  @Test("round ties to even and reach 127 but not −128")
  func ties() throws {
    // With 127 as the largest magnitude the scale is exactly 1.
    let inputs: [Float] = [127, -127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5, -126.5]
    let activations = try #require(QuantizedActivations(quantizing: inputs, columns: inputs.count))
    #expect(activations.scales == [1])
    #expect(activations.values == [127, -127, 0, 2, 2, 0, -2, -2, 126, -126])
  }

  @Test("of a row of zeros are zero, with the scale of the smallest magnitude")
  func zeros() throws {
    let activations = try #require(
      QuantizedActivations(quantizing: [0, -0.0, 0, 1, 2, 4], columns: 3))
    #expect(activations.values == [0, 0, 0, 32, 64, 127])
    #expect(activations.scales == [1.27e7, 31.75])
  }

  @Test("have a scale that is rounded twice")
  func twoRoundings() throws {
    var differing = 0
    for step in 1...1000 {
      let largest = 1 + Float(step) / 1024
      let activations = try #require(QuantizedActivations(quantizing: [largest], columns: 1))
      // The reciprocal and its product with 127, each rounded to single from the exact value:
      // doubles hold them exactly enough that no double rounding shows.
      let reciprocal = Float(1 / Double(largest))
      #expect(activations.scales == [Float(Double(reciprocal) * 127)], "largest \(largest)")
      if activations.scales != [127 / largest] { differing += 1 }
    }
    #expect(differing > 100, "one rounding would do as well: the test cannot tell")
  }

  @Test("equal the rounded exact products for rows of any length")
  func property() throws {
    var generator = SplitMix(state: 7)
    for columns in [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023] {
      let inputs = (0..<3 * columns).map { _ in Float(generator.signed()) * 0x1p-40 }
      let activations = try #require(QuantizedActivations(quantizing: inputs, columns: columns))
      for index in inputs.indices {
        // A product of two singles is exact in double precision.
        let product = Float(Double(inputs[index]) * Double(activations.scales[index / columns]))
        let below = product.rounded(.down)
        let fraction = product - below
        let isEven = Int(below) % 2 == 0
        let expected = Int(below) + (fraction > 0.5 || fraction == 0.5 && !isEven ? 1 : 0)
        #expect(Int(activations.values[index]) == expected, "columns \(columns), index \(index)")
      }
    }
  }

  @Test("do not exist for infinite values and NaN")
  func notFinite() {
    for value in [Float.infinity, -.infinity, .nan] {
      #expect(QuantizedActivations(quantizing: [1, 2, 3, value], columns: 2) == nil)
    }
    #expect(QuantizedActivations(quantizing: [.greatestFiniteMagnitude], columns: 1) != nil)
  }
}

/// A small generator with a seed, so that a failure repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number in ±2⁴⁷, in which small magnitudes are frequent.
  mutating func signed() -> Int {
    Int(truncatingIfNeeded: next()) >> Int.random(in: 16...60, using: &self)
  }
}
