import Foundation
import Testing

@testable import Reference

@Suite("Numerics")
struct NumericsTests {
  @Test("quantise activations to the largest code of their bits", arguments: 2...7)
  func activations(bits: Int) throws {
    let largest = Float((1 << (bits - 1)) - 1)
    // With the largest code as the largest magnitude the scale is 1: codes are rounded inputs.
    let inputs: [Float] = [largest, -largest, 0.5, -0.5, 0.49, 0]
    let activations = try #require(
      QuantizedActivations(quantizing: inputs, columns: inputs.count, bits: bits, on: .single))
    #expect(abs(activations.scales[0] - 1) < 1e-6)
    #expect(activations.values == [Int8(largest), Int8(-largest), 0, 0, 0, 0])
    let zeros = try #require(
      QuantizedActivations(quantizing: [0, 0, 1, 2], columns: 2, bits: bits, on: .single))
    #expect(zeros.values[0] == 0 && zeros.values[3] == Int8(largest))
    for stranger in [Float.nan, .infinity, -.infinity] {
      #expect(
        QuantizedActivations(quantizing: [1, stranger], columns: 2, bits: bits, on: .single) == nil)
    }
  }

  @Test("wrap sums to the accumulator as the sum of wrapped parts does", arguments: [8, 9, 15, 31])
  func wrapping(bits: Int) {
    let numerics = Numerics(accumulatorBits: bits)
    let modulus = Int64(1) << Int64(bits)
    for seed in 0..<200 {
      let parts = (0..<5).map { Int32((seed * 7_919 + $0 * 15_485_863) % 80_000_001 - 40_000_000) }
      var accumulator: Int64 = 0
      for part in parts {
        accumulator = (accumulator + Int64(part)) % modulus
        if accumulator >= modulus / 2 { accumulator -= modulus }
        if accumulator < -modulus / 2 { accumulator += modulus }
      }
      #expect(numerics.results([parts.reduce(0, +)]) == [Int32(accumulator)], "\(parts)")
    }
    #expect(Numerics.published.results([.min, .max]) == [.min, .max])
  }

  @Test("requantise outputs to 255 steps, the largest exactly")
  func requantised() {
    let sums: [Int32] = [127_000, -127_000, 500, 501, 499, -1500, 0, 63_490]
    let results = Numerics(requantisesOutputs: true).results(sums)
    for (sum, result) in zip(sums, results) {
      // A step is 1,000; the 16-bit multiplier adds a relative 2^-16.
      #expect((sum - result).magnitude <= 502, "\(sum) became \(result)")
    }
    #expect(Set(results.map { ($0 + 500) / 1000 }).isSubset(of: Set(-127...127)))
    #expect(Numerics(requantisesOutputs: true).results([0, 0]) == [0, 0])
  }

  @Test("round keys and values per head")
  func keyValues() {
    var values: [Float] = [7, -3.4, 0.6, 0.4, 0.07, -0.034, 0, 0, 0, 0, 0, 0]
    Numerics(keyValueBits: 4).roundKeyValues(&values, headSize: 4)
    let expected: [Float] = [7, -3, 1, 0, 0.07, -0.03, 0, 0, 0, 0, 0, 0]
    for (value, expected) in zip(values, expected) { #expect(abs(value - expected) < 1e-6) }
    var untouched: [Float] = [1.23456, 2]
    Numerics.published.roundKeyValues(&untouched, headSize: 2)
    #expect(untouched == [1.23456, 2])
  }

  @Test("decide on the perplexity: enough bits change nothing, too few ruin it")
  func perplexity() throws {
    let model = try Models.builtIn.get()
    let text = try String(contentsOfFile: Files.builtIn + "/kjv_val.txt", encoding: .utf8)
    let tokens = Array(try model.tokenizer.encode(String(text.prefix(1500))).prefix(257))
    func value(_ numerics: Numerics) throws -> Double {
      try model.computing(with: numerics).perplexity(of: tokens).value
    }
    let published = try model.perplexity(of: tokens).value
    #expect(try value(.published) == published)
    // 128 · 1,024 products fit in 18 bits.
    #expect(try value(Numerics(accumulatorBits: 18)) == published)
    #expect(try value(Numerics(accumulatorBits: 11)) > 5 * published)
    let four = try value(Numerics(activationBits: 4))
    #expect(four > published && four < 1.3 * published)
    #expect(try value(Numerics(activationBits: 2)) > four)
    #expect(try value(Numerics(keyValueBits: 2)) > published)
    #expect(abs(try value(Numerics(requantisesOutputs: true)) / published - 1) < 0.05)
  }

  @Test(
    "have a short name",
    arguments: [
      (Numerics.published, "a8 acc32"),
      (
        Numerics(activationBits: 4, accumulatorBits: 16, requantisesOutputs: true, keyValueBits: 3),
        "a4 acc16 int8 kv3"
      ),
    ])
  func description(numerics: Numerics, text: String) {
    #expect(numerics.description == text)
  }
}
