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

  @Test("with a scale for each group of outputs uses the group's", arguments: [1, 2, 3, 5, 17])
  func rowGroups(size: Int) {
    var generator = SplitMix(state: 9)
    let (rows, columns, tokens) = (17, 33, 2)
    let trits = (0..<rows * columns).map { _ in Int8.random(in: -1...1, using: &generator) }
    let values = (0..<tokens * columns).map { _ in Int8.random(in: -127...127, using: &generator) }
    let scales = (0..<(rows + size - 1) / size).map { 0.5 + Float($0) }
    let layer = LinearLayer(
      name: "layer", weights: TritMatrix(rows: rows, columns: columns, trits: trits),
      scale: .rowGroups(scales, rowsPerGroup: size))
    let activations = QuantizedActivations(
      tokens: tokens, columns: columns, values: values, scales: [2, 8])
    let sums = layer.accumulators(for: activations)
    let outputs = layer.outputs(sums, scales: activations.scales)
    #expect(layer.sumsPerOutput == 1 && sums.count == tokens * rows)
    for index in sums.indices {
      // Powers of two and small sums: exact, whatever the order.
      let scale = 0.5 + Float(index % rows / size)
      #expect(outputs[index] == Float(sums[index]) * scale / activations.scales[index / rows])
    }
  }

  @Test(
    "with scales for each group of inputs ends its sums with the group",
    arguments: [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129])
  func inputGroups(size: Int) {
    var generator = SplitMix(state: UInt64(size))
    for (rows, columns, tokens) in [(3, 129, 2), (1, 1, 1), (5, 65, 3)] {
      let trits = (0..<rows * columns).map { _ in Int8.random(in: -1...1, using: &generator) }
      let values = (0..<tokens * columns).map { _ in Int8.random(in: -128...127, using: &generator)
      }
      let groups = (columns + size - 1) / size
      let scales = (0..<rows * groups).map { _ in Float.random(in: 0.5...2, using: &generator) }
      let layer = LinearLayer(
        name: "layer", weights: TritMatrix(rows: rows, columns: columns, trits: trits),
        scale: .inputGroups(scales, columnsPerGroup: size))
      #expect(layer.sumsPerOutput == groups)
      let activations = QuantizedActivations(
        tokens: tokens, columns: columns, values: values,
        scales: (0..<tokens).map { 3 + Float($0) })
      let sums = layer.accumulators(for: activations)
      let outputs = layer.outputs(sums, scales: activations.scales)
      #expect(sums.count == tokens * rows * groups && outputs.count == tokens * rows)
      for token in 0..<tokens {
        for row in 0..<rows {
          var output: Double = 0
          var magnitude: Double = 0
          for group in 0..<groups {
            var sum = 0
            for column in group * size..<min(columns, (group + 1) * size) {
              sum += Int(trits[row * columns + column]) * Int(values[token * columns + column])
            }
            #expect(sums[(token * rows + row) * groups + group] == Int32(sum))
            output += Double(sum) * Double(scales[row * groups + group])
            magnitude += Double(sum.magnitude) * 2
          }
          let found = Double(outputs[token * rows + row]) * Double(activations.scales[token])
          #expect(abs(found - output) <= 1e-5 * magnitude + 1e-12)
        }
      }
    }
  }

  @Test("needs as many scales as its groups")
  func scaleCounts() {
    #expect(WeightScale.multiply(1).fits(rows: 7, columns: 9))
    #expect(WeightScale.rowGroups([1, 2, 3], rowsPerGroup: 3).fits(rows: 7, columns: 9))
    #expect(!WeightScale.rowGroups([1, 2], rowsPerGroup: 3).fits(rows: 7, columns: 9))
    #expect(!WeightScale.rowGroups([1], rowsPerGroup: 0).fits(rows: 7, columns: 9))
    #expect(WeightScale.inputGroups([1, 2, 3, 4], columnsPerGroup: 5).fits(rows: 2, columns: 9))
    #expect(!WeightScale.inputGroups([1, 2, 3], columnsPerGroup: 5).fits(rows: 2, columns: 9))
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
