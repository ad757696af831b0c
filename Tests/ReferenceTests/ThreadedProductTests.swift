import ModelFile
import Ternary
import Testing

@testable import Reference

@Suite("Products and models on several threads")
struct ThreadedProductTests {
  @Test("have the sums of one thread, in both codings of weights", arguments: [1, 2, 3])
  func products(threads: Int) {
    let pool = WorkerPool(threads: threads)
    var generator = SplitMix(state: 5)
    // Large enough for several parts: by rows, and by tokens where there are many of them.
    for (rows, columns, tokens) in [(600, 1023, 1), (331, 513, 5), (140, 70, 200)] {
      let trits = (0..<rows * columns).map { _ in Int8.random(in: -1...1, using: &generator) }
      let values = (0..<tokens * columns).map { _ in Int8.random(in: -128...127, using: &generator)
      }
      let matrix = TritMatrix(rows: rows, columns: columns, trits: trits)
      for weights in [matrix, matrix.packedAsTriples()] {
        var sums = [Int32](repeating: 7, count: tokens * rows)
        sums.withUnsafeMutableBufferPointer { sums in
          values.withUnsafeBufferPointer { values in
            weights.withKernelBytes { bytes in
              KernelProduct(
                weights: bytes, rows: rows, columns: columns, activations: values.baseAddress!,
                sums: sums.baseAddress!
              ).run(tokens: tokens, on: pool)
            }
          }
        }
        // A few sums by definition, spread over all parts.
        for index in stride(from: 0, to: sums.count, by: max(1, sums.count / 500)) {
          let (token, row) = index.quotientAndRemainder(dividingBy: rows)
          var expected = 0
          for column in 0..<columns {
            expected += Int(trits[row * columns + column]) * Int(values[token * columns + column])
          }
          #expect(Int(sums[index]) == expected, "\(tokens)×\(rows)×\(columns), sum \(index)")
        }
      }
    }
  }

  @Test("give the same logits, bit for bit")
  func models() throws {
    let model = try Models.builtIn.get()
    let tokens = (0..<70).map { $0 * 37 % model.configuration.vocabularySize }
    var expected: [Logits]?
    for threads in [1, 2, 3] {
      var session = Session(model.running(on: WorkerPool(threads: threads)))
      let logits = [try session.forward(tokens), try session.forward([3])]
      #expect(logits == expected ?? logits, "\(threads) threads")
      expected = logits
    }
  }

  @Test("with an int8 head give other logits, near those of the stored one")
  func int8Head() throws {
    let model = try Models.builtIn.get()
    var stored = Session(model)
    var int8 = Session(model.scoring(with: .int8))
    let exact = try stored.forward([1, 2, 3]).values
    let near = try int8.forward([1, 2, 3]).values
    let largest = exact.map(\.magnitude).max() ?? 0
    let difference = zip(exact, near).map { ($0 - $1).magnitude }.max() ?? 0
    #expect(difference > 0 && difference < 0.05 * largest)
  }
}
