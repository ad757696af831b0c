import ModelFile
import Testing

@Suite("The header of a GGUF file")
struct GGUFHeaderTests {
  /// A file with a value of every type and two tensors.
  private func sample() -> GGUFWriter {
    var writer = GGUFWriter()
    writer.values = [
      ("u8", 0, [200]), ("i8", 1, [0xFE]), ("u16", 2, littleEndian(UInt16(60_000))),
      ("i16", 3, littleEndian(Int16(-3))), ("u32", 4, littleEndian(UInt32(4_000_000_000))),
      ("i32", 5, littleEndian(Int32(-5))), ("f32", 6, littleEndian(Float(1.5).bitPattern)),
      ("bool", 7, [1]), ("string", 8, GGUFWriter.string("wörd")),
      (
        "array", 9,
        littleEndian(UInt32(8)) + littleEndian(UInt64(2))
          + GGUFWriter.string("a") + GGUFWriter.string("")
      ),
      ("u64", 10, littleEndian(UInt64.max)), ("i64", 11, littleEndian(Int64(-7))),
      ("f64", 12, littleEndian(Double(0.1).bitPattern)),
    ]
    writer.addFloats("first", [3, 2], [1, 2, 3, 4, 5, 6])
    writer.add("second", 1, [5], [0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B, 0x01, 0x00, 0x00, 0x80])
    return writer
  }

  private func error(_ writer: GGUFWriter) -> String { error(writer.file) }

  private func error(_ bytes: [UInt8]) -> String {
    do {
      _ = try GGUFFile(path: "f", bytes: bytes)
      return ""
    } catch { return error.description }
  }

  @Test("gives metadata and tensors", arguments: [2, 3] as [UInt32])
  func sampleFile(version: UInt32) throws {
    var writer = sample()
    writer.version = version
    let file = try GGUFFile(path: "f", bytes: writer.file)
    #expect(file.version == Int(version))
    let expected: [(String, GGUFValue)] = [
      ("u8", .uint8(200)), ("i8", .int8(-2)), ("u16", .uint16(60_000)), ("i16", .int16(-3)),
      ("u32", .uint32(4_000_000_000)), ("i32", .int32(-5)), ("f32", .float32(1.5)),
      ("bool", .bool(true)), ("string", .string("wörd")), ("array", .strings(["a", ""])),
      ("u64", .uint64(.max)), ("i64", .int64(-7)), ("f64", .float64(0.1)),
    ]
    #expect(file.metadata.entries.map(\.key) == expected.map(\.0))
    #expect(file.metadata.entries.map(\.value) == expected.map(\.1))
    #expect(file.tensors["first"]?.shape == [2, 3])
    #expect(file.tensors["second"]?.type == .f16)
    #expect(try file.floats("first") == [1, 2, 3, 4, 5, 6])
    #expect(try file.floats("second") == [1, -2, 65504, 0x1p-24, -0.0])
  }

  @Test("gives values of the type that is asked for, or says what they are")
  func typedValues() throws {
    let metadata = try GGUFFile(path: "f", bytes: sample().file).metadata
    #expect(try metadata.integer("u16", in: 0...100_000) == 60_000)
    #expect(try metadata.positiveFloat("f64") == 0.1)
    #expect(try metadata.flag("bool", default: false))
    #expect(try metadata.flag("none", default: true))
    #expect(try metadata.strings("array") == ["a", ""])
    let failures: [(() throws -> Void, String)] = [
      (
        { _ = try metadata.integer("i32", in: 0...9) },
        "f: i32: expected an integer in 0...9, found -5"
      ),
      (
        { _ = try metadata.integer("u64", in: 0...9) },
        "f: u64: expected an integer in 0...9, found 18446744073709551615"
      ),
      ({ _ = try metadata.string("f32") }, "f: f32: expected a string, found 1.5"),
      ({ _ = try metadata.string("none") }, "f: none: expected a string, found no such key"),
      ({ _ = try metadata.positiveFloat("i8") }, "f: i8: expected a float above 0, found -2"),
      ({ _ = try metadata.flag("u8", default: true) }, "f: u8: expected a bool, found 200"),
      (
        { _ = try metadata.strings("string") },
        "f: string: expected an array of strings, found \"wörd\""
      ),
      (
        { _ = try metadata.integers("array") },
        "f: array: expected an array of integers, found an array of 2 string"
      ),
      (
        { _ = try metadata.floats("array") },
        "f: array: expected an array of floats, found an array of 2 string"
      ),
    ]
    for (body, text) in failures {
      #expect { try body() } throws: { "\($0)" == text }
    }
  }

  @Test("of a file that is no GGUF, of another version or byte order is refused")
  func foreign() {
    #expect(
      error([])
        == "f: byte 0: expected the magic number of 4 bytes, found the end of the file after 0")
    var writer = sample()
    writer.magic = Array("GGML".utf8)
    #expect(error(writer) == "f: byte 0: expected `GGUF`, found 0x47474d4c")
    writer = sample()
    writer.version = 1
    #expect(error(writer) == "f: byte 4: expected version 2 or 3, found 1")
    writer.version = UInt32(3).byteSwapped
    #expect(
      error(writer) == "f: byte 4: expected version 2 or 3, found 3 in big-endian order "
        + "(big-endian files are not supported)")
  }

  @Test("cut at any byte is refused")
  func truncated() {
    let writer = sample()
    let bytes = writer.file
    for length in 0..<bytes.count {
      #expect(error(Array(bytes.prefix(length))).hasPrefix("f: "), "cut to \(length) bytes")
    }
    #expect(error(bytes) == "")
  }

  @Test("with counts that the file cannot hold is refused before they are used")
  func counts() {
    var writer = GGUFWriter()
    writer.tensorCount = .max
    #expect(
      error(writer)
        == "f: byte 8: expected the number of tensors, at most 0 in what is left of the "
        + "file, found 18446744073709551615")
    writer = GGUFWriter()
    writer.valueCount = 1 << 63
    #expect(
      error(writer).hasPrefix("f: byte 16: expected the number of metadata values, at most 0"))
    writer = GGUFWriter()
    writer.values = [("k", 8, littleEndian(UInt64(100)) + [65])]
    #expect(
      error(writer)
        == "f: byte 37: expected the length of k, at most 1 in what is left of the file, "
        + "found 100")
    writer.values = [("k", 9, littleEndian(UInt32(12)) + littleEndian(UInt64(1) << 61))]
    #expect(error(writer).hasPrefix("f: byte 41: expected the elements of k, at most 0"))
  }

  @Test("with values that mean nothing is refused")
  func strangeValues() {
    var writer = GGUFWriter()
    writer.values = [("k", 13, [0])]
    #expect(error(writer) == "f: byte 33: expected the type of k, 0 to 12, found 13")
    writer.values = [("k", 7, [2])]
    #expect(error(writer) == "f: byte 37: expected k, a bool of 0 or 1, found 2")
    writer.values = [("k", 8, littleEndian(UInt64(2)) + [0xC3, 0x28])]
    #expect(error(writer) == "f: byte 37: expected k in UTF-8, found other bytes")
    writer.values = [("k", 7, [1]), ("k", 7, [1])]
    #expect(error(writer) == "f: byte 38: expected each metadata key once, found k again")
    let deep = (0..<5).flatMap { _ in littleEndian(UInt32(9)) + littleEndian(UInt64(1)) }
    writer.values = [("k", 9, deep)]
    #expect(error(writer).hasSuffix(": expected at most 4 levels of arrays in k"))
    writer.values = []
    for alignment in [0, 3, 48] as [UInt32] {
      writer.values = [("general.alignment", 4, littleEndian(alignment))]
      #expect(error(writer).hasPrefix("f: general.alignment: expected "), "\(alignment)")
    }
  }

  @Test("may ask for another alignment", arguments: [1, 8, 64, 4096])
  func alignment(_ alignment: Int) throws {
    var writer = sample()
    writer.add("general.alignment", UInt32(alignment))
    writer.alignment = alignment
    let file = try GGUFFile(path: "f", bytes: writer.file)
    #expect(try file.floats("second").first == 1)
  }

  @Test("with tensors that cannot be is refused")
  func strangeTensors() {
    func refused(_ change: (inout GGUFWriter.Tensor) -> Void, _ text: String) {
      var writer = GGUFWriter()
      writer.addFloats("t", [4], [1, 2, 3, 4])
      change(&writer.tensors[0])
      #expect(error(writer) == "f: " + text)
    }
    refused({ $0.sizes = [0] }, "byte 37: expected a size of t of 1 or more, found 0")
    refused(
      { $0.sizes = [1 << 63] },
      "byte 37: expected a size of t of 1 or more, found 9223372036854775808")
    refused(
      { $0.sizes = [1, 1, 1, 1, 1] }, "byte 33: expected at most 4 dimensions of t, found 5")
    refused({ $0.type = 37 }, "byte 45: expected the type of t, found the unknown 37")
    refused(
      { $0.type = 35 },
      "t: expected TQ2_0 with rows of a multiple of 256, in a tensor that fits in memory, found [4]"
    )
    refused(
      { $0.sizes = [1 << 40, 1 << 40] },
      "t: expected F32 with rows of a multiple of 1, in a tensor that fits in memory, found "
        + "[1099511627776, 1099511627776]")
    refused({ $0.offset = 16 }, "byte 49: expected the offset of t, a multiple of 32, found 16")
    refused(
      { $0.offset = 1 << 63 },
      "byte 49: expected the offset of t, a multiple of 32, found 9223372036854775808")
    refused(
      { $0.offset = 32 }, "t: expected 16 bytes at byte 32 of the data, found 16 bytes of data")
    refused(
      { $0.offset = (1 << 63) - 32 },
      "t: expected 16 bytes at byte 9223372036854775776 of the data, found 16 bytes of data")
    refused(
      { $0.sizes = [5] }, "t: expected 20 bytes at byte 0 of the data, found 16 bytes of data")
  }

  @Test("with tensors that overlap, or two of a name, is refused")
  func overlaps() {
    var writer = GGUFWriter()
    writer.addFloats("a", [16], Array(repeating: 1, count: 16))
    writer.addFloats("b", [4], [1, 2, 3, 4])
    writer.tensors[1].offset = 32
    #expect(
      error(writer)
        == "f: b: expected a tensor behind a, which ends at byte 64 of the data, found byte 32")
    writer.tensors[1].offset = nil
    writer.tensors[1].name = "a"
    #expect(error(writer) == "f: a: expected each tensor once, found it again")
  }

  @Test("with a vocabulary of a large model is read whole")
  func largeVocabulary() throws {
    var writer = GGUFWriter()
    let words = (0..<128_000).map { "token number \($0)" }
    writer.values = [
      (
        "tokens", 9,
        littleEndian(UInt32(8)) + littleEndian(UInt64(words.count))
          + words.flatMap(GGUFWriter.string)
      )
    ]
    let bytes = writer.file
    let tokens = try GGUFFile(path: "f", bytes: bytes).metadata.strings("tokens")
    #expect(tokens == words)
  }
}
