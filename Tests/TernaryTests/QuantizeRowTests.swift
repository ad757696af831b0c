import CTernaryKernels
import TestSupport
import Testing
import Workload

/// One body of `setun_quantize_row`, called on guarded memory.
struct QuantizeBody: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let function: @Sendable (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Int8>?) -> Float

  /// The bodies that this processor can run.
  static let all: [QuantizeBody] = {
    var bodies = [QuantizeBody(testDescription: "generic", function: setun_quantize_row_generic)]
    #if arch(x86_64)
      if setun_avx2_available() != 0 {
        bodies.append(QuantizeBody(testDescription: "avx2", function: setun_quantize_row_avx2))
      }
    #endif
    return bodies
  }()

  func quantize(_ values: [Float], atStart: Bool = false) -> (scale: Float, quantized: [Int8]) {
    let input = GuardedBuffer(values, at: atStart ? .start : .end)
    let output = GuardedBuffer(
      [Int8](repeating: 0x5A, count: values.count), at: atStart ? .start : .end)
    let scale = function(input.elements.baseAddress, values.count, output.elements.baseAddress)
    #expect(output.surroundingsAreIntact, "\(trail)")
    return (scale, Array(output.elements))
  }
}

@Suite struct QuantizeRowTests {
  /// The definition, in Swift's arithmetic.
  private func expected(_ values: [Float]) -> (scale: Float, quantized: [Int8]) {
    let amax = values.reduce(1e-5) { max($0, abs($1)) }
    let reciprocal = 1 / amax
    let scale = reciprocal * 127
    let quantized = values.map { value in
      let scaled = value * scale
      return Int8(min(max(scaled.rounded(.toNearestOrEven), -128), 127))
    }
    return (scale, quantized)
  }

  @Test("Every size and magnitude gives the bits of the definition", arguments: QuantizeBody.all)
  func definition(body: QuantizeBody) throws {
    var random = SplitMix64(seed: 51)
    let magnitudes: [Float] = [
      .leastNonzeroMagnitude, 1e-38, 1e-6, 1e-5, 1.1e-5, 0.3, 1, 127, 3e4, 1e38,
      .greatestFiniteMagnitude,
    ]
    try withEvery("count", in: awkwardSizes + [32, 64, 96, 128]) { count in
      try withEvery("magnitude", in: magnitudes) { magnitude in
        // Random numbers as fractions, because a range of twice the largest number overflows.
        var values = random.floats(count, magnitude: 1).map { $0 * magnitude }
        values[Int(random.next() % UInt64(count))] = -magnitude
        let (scale, quantized) = body.quantize(values, atStart: count % 2 == 0)
        let (expectedScale, expectedQuantized) = expected(values)
        #expect(scale.bitPattern == expectedScale.bitPattern, "\(trail)")
        #expect(quantized == expectedQuantized, "\(trail)")
      }
    }
  }

  @Test("Ties go to the even neighbour", arguments: QuantizeBody.all)
  func ties(body: QuantizeBody) {
    // The largest is 127, so the scale is 1: 32 values fill a vector, 7 are left over.
    let values = [127] + (0..<38).map { Float($0) / 2 - 8 }
    let (scale, quantized) = body.quantize(values)
    #expect(scale == 1)
    #expect(
      quantized == [
        127, -8, -8, -7, -6, -6, -6, -5, -4, -4, -4, -3, -2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2, 3, 4,
        4, 4, 5, 6, 6, 6, 7, 8, 8, 8, 9, 10, 10, 10,
      ])
  }

  /// Scales that PyTorch 2 computes as `127 / amax` of a float32 tensor; the first differs from
  /// the correctly rounded quotient.
  @Test(
    "The scale is rounded twice, as PyTorch does",
    arguments: [
      (3.0, 0x4229_5556), (27798.630859375, 0x3B95_B3F2), (0, 0x4B41_C960), (127, 0x3F80_0000),
    ] as [(Float, UInt32)])
  func scale(amax: Float, bits: UInt32) throws {
    try withEvery("body", in: QuantizeBody.all) { body in
      #expect(body.quantize([0, amax, 0]).scale.bitPattern == bits, "\(trail)")
    }
  }

  @Test("Results reach ±127 and never −128", arguments: QuantizeBody.all)
  func range(body: QuantizeBody) throws {
    var random = SplitMix64(seed: 52)
    try withEvery("draw", in: 0..<2000) { _ in
      // Any positive finite number, subnormals included, that is not raised to 1e-5.
      let amax = Float(bitPattern: UInt32(random.next() % 0x7F80_0000))
      guard amax >= 1e-5 else { return }
      let (_, quantized) = body.quantize([amax, -amax])
      #expect(quantized == [127, -127], "\(trail), amax = \(amax)")
    }
  }

  @Test("A row with a value that is not finite has no scale", arguments: QuantizeBody.all)
  func notFinite(body: QuantizeBody) throws {
    let bad: [Float] = [.infinity, -.infinity, .nan, -.nan, .signalingNaN]
    try withEvery("count", in: [1, 8, 33]) { count in
      try withEvery("value", in: bad) { value in
        try withEvery("index", in: 0..<count) { index in
          var values = [Float](repeating: 1, count: count)
          values[index] = value
          let (scale, quantized) = body.quantize(values)
          #expect(scale.isNaN, "\(trail)")
          #expect(quantized == [Int8](repeating: 0, count: count), "\(trail)")
        }
      }
    }
  }

  @Test("An empty row has the scale of zeros", arguments: QuantizeBody.all)
  func empty(body: QuantizeBody) {
    let (scale, quantized) = body.quantize([])
    #expect(scale.bitPattern == 0x4B41_C960)
    #expect(quantized.isEmpty)
  }

  @Test("The selected body computes the definition")
  func selection() {
    let values: [Float] = [0.25, -1, 0.5]
    var quantized = [Int8](repeating: 0, count: 3)
    #expect(setun_quantize_row_select()(values, 3, &quantized) == 127)
    #expect(quantized == [32, -127, 64])
  }
}
