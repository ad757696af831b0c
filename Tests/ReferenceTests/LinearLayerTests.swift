import Ternary
import Testing
import Workload

@testable import Reference

@Suite("A ternary layer")
struct LinearLayerTests {
  private static let sizes = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023]

  private func layer(rows: Int, columns: Int, trits: [Int8]) -> LinearLayer {
    LinearLayer(
      name: "layer", weights: TritMatrix(rows: rows, columns: columns, trits: trits),
      scale: .multiply(1))
  }

  @Test("sums products exactly for any number of inputs, outputs and tokens", arguments: sizes)
  func products(columns: Int) {
    var generator = SplitMix(state: UInt64(columns))
    for (rows, tokens) in [(1, 1), (3, 2), (5, 3)] {
      let trits = (0..<rows * columns).map { _ in Int8.random(in: -1...1, using: &generator) }
      let values = (0..<tokens * columns).map { _ in Int8.random(in: -128...127, using: &generator)
      }
      let activations = QuantizedActivations(
        tokens: tokens, columns: columns, values: values,
        scales: Array(repeating: 1, count: tokens))
      var expected: [Int32] = []
      for token in 0..<tokens {
        for row in 0..<rows {
          var sum = 0
          for column in 0..<columns {
            sum += Int(trits[row * columns + column]) * Int(values[token * columns + column])
          }
          expected.append(Int32(sum))
        }
      }
      let sums = layer(rows: rows, columns: columns, trits: trits).accumulators(for: activations)
      #expect(sums == expected, "\(tokens)×\(rows)×\(columns)")
    }
  }

  @Test("reaches the largest sum: all −1 times all −128", arguments: sizes)
  func extremes(columns: Int) {
    let negative = layer(
      rows: 2, columns: columns, trits: Array(repeating: -1, count: 2 * columns))
    let activations = QuantizedActivations(
      tokens: 1, columns: columns, values: Array(repeating: -128, count: columns), scales: [1])
    #expect(
      negative.accumulators(for: activations) == [Int32(128 * columns), Int32(128 * columns)])
  }

  @Test("scales its sums by either convention, in the order of transformers")
  func scales() {
    #expect(WeightScale.multiply(0.75).output(row: 0, sum: 3, activationScale: 2) == 1.125)
    #expect(WeightScale.divide(0.75).output(row: 0, sum: 3, activationScale: 2) == 2)
    #expect(WeightScale.multiply(0.75).factors == [0.75])
    #expect(WeightScale.divide(0.75).factors == [1 / 0.75])
  }

  @Test("takes a measurable time")
  func time() throws {
    let model = try Models.odd.get()
    let layer = model.linearLayers[0]
    let activations = try #require(
      QuantizedActivations(
        quantizing: Array(repeating: 1, count: 4 * layer.weights.columns),
        columns: layer.weights.columns))
    let seconds = layer.measuredSeconds(for: activations, repetitions: 3)
    #expect(seconds.count == 3 && seconds == seconds.sorted())
    #expect(seconds.allSatisfy { $0 > 0 && $0 < 1 })
  }
}
