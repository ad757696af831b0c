import ModelFile
import Ternary
import TestSupport
import Testing
import Workload

@Suite("A built GGUF file")
struct GGUFBuilderTests {
  @Test("reads back as it was built")
  func roundTrip() throws {
    var random = SplitMix64(seed: 21)
    var builder = GGUFBuilder()
    let entries: [(String, GGUFValue)] = [
      ("general.architecture", .string("bitnet")), ("a", .uint8(1)), ("b", .int8(-1)),
      ("c", .uint16(2)), ("d", .int16(-2)), ("e", .uint32(3)), ("f", .int32(-3)),
      ("g", .uint64(4)), ("h", .int64(-4)), ("i", .float32(0.5)), ("j", .float64(0.25)),
      ("k", .bool(true)), ("l", .strings(["", "x", "é"])), ("m", .int32s([1, 2])),
      ("n", .float32s([])), ("o", .array(.array, [.int32s([7]), .strings([])])),
    ]
    for (key, value) in entries { builder.add(key, value) }
    let floats = random.floats(3 * 64, magnitude: 2)
    let matrix = TritMatrix(rows: 5, columns: 512, trits: random.trits(5 * 512))
    builder.add("f32", .f32, shape: [3, 64]) { floats }
    builder.add("scalar", .f32, shape: [1]) { [1.25] }
    builder.add("q8_0", .q8x0, shape: [3, 64]) { floats }
    for type in [GGUFTensorType.tq1x0, .tq2x0, .i2S] {
      builder.add(type.name, type, rows: 5, columns: 512, scale: 1.5) { matrix }
    }
    let file = try GGUFFile(path: "f", bytes: builder.bytes)
    #expect(file.version == 3)
    #expect(file.metadata.entries.map(\.key) == entries.map(\.0))
    #expect(file.metadata.entries.map(\.value) == entries.map(\.1))
    #expect(try file.floats("f32", shape: [3, 64]) == floats)
    #expect(try file.floats("scalar") == [1.25])
    for (value, rounded) in zip(floats, try file.floats("q8_0")) {
      // Half a step of 2/127, and what rounding the scale to a half adds.
      #expect((value - rounded).magnitude <= 1.01 / 127, "\(value) became \(rounded)")
    }
    for type in [GGUFTensorType.tq1x0, .tq2x0, .i2S] {
      let (weights, scale) = try file.ternary(type.name, rows: 5, columns: 512)
      #expect(weights == matrix, "\(type)")
      #expect(scale == .multiply(1.5), "\(type)")
    }
  }

  @Test("holds sixteen-bit floats that are nearest, half to even")
  func rounding() throws {
    // The value, its half and its bfloat16.
    let cases: [(Float, UInt16, UInt16)] = [
      (0, 0, 0), (-0.0, 0x8000, 0x8000), (1, 0x3C00, 0x3F80), (-2, 0xC000, 0xC000),
      (65504, 0x7BFF, 0x4780), (65519.996, 0x7BFF, 0x4780), (65520, 0x7C00, 0x4780),
      (0x1p-24, 1, 0x3380), (0x1p-25, 0, 0x3300), (0x1.8p-24, 2, 0x33C0),
      (0x1.000002p-25, 1, 0x3300), (0x1.ff8p-15, 0x3FF, 0x3880), (0x1.ffcp-15, 0x400, 0x3880),
      (1 + 0x1p-11, 0x3C00, 0x3F80), (1 + 0x3p-11, 0x3C02, 0x3F80), (1 + 0x1p-8, 0x3C04, 0x3F80),
      (1 + 0x3p-8, 0x3C0C, 0x3F82), (.infinity, 0x7C00, 0x7F80), (-.infinity, 0xFC00, 0xFF80),
      (.greatestFiniteMagnitude, 0x7C00, 0x7F80), (.leastNonzeroMagnitude, 0, 0),
    ]
    var builder = GGUFBuilder()
    builder.add("half", .f16, shape: [cases.count]) { cases.map(\.0) }
    builder.add("brain", .bf16, shape: [cases.count]) { cases.map(\.0) }
    builder.add("nan", .f16, shape: [1]) { [.nan] }
    let file = try GGUFFile(path: "f", bytes: builder.bytes)
    #expect(
      try file.bytes(of: "half", as: [.f16]).bytes == cases.flatMap { littleEndian($0.1) })
    #expect(
      try file.bytes(of: "brain", as: [.bf16]).bytes == cases.flatMap { littleEndian($0.2) })
    #expect(try file.floats("nan")[0].isNaN)
  }

  @Test("keeps every half as it is")
  func halves() throws {
    var writer = GGUFWriter()
    let finite = (UInt16.min...UInt16.max).filter { $0 & 0x7C00 != 0x7C00 }
    writer.add("h", 1, [UInt64(finite.count)], finite.flatMap { littleEndian($0) })
    let values = try GGUFFile(path: "f", bytes: writer.file).floats("h")
    var builder = GGUFBuilder()
    builder.add("h", .f16, shape: [finite.count]) { values }
    let bytes = try GGUFFile(path: "f", bytes: builder.bytes).bytes(of: "h", as: [.f16]).bytes
    #expect(bytes == finite.flatMap { littleEndian($0) })
  }

  @Test("is written a tensor at a time, and a failure to write ends it")
  func streaming() throws {
    struct Full: Error {}
    var builder = GGUFBuilder()
    for index in 0..<3 {
      builder.add("t\(index)", .f32, shape: [index + 1]) { [Float](repeating: 1, count: index + 1) }
    }
    var pieces: [[UInt8]] = []
    builder.write { pieces.append($0) }
    #expect(pieces.count == 4)
    #expect(pieces.allSatisfy { $0.count % 32 == 0 })
    #expect(pieces.flatMap { $0 } == builder.bytes)
    var written = 0
    #expect(throws: Full.self) {
      try builder.write { (piece) throws(Full) in
        if written == 2 { throw Full() }
        written += 1
      }
    }
    #expect(written == 2)
  }
}
