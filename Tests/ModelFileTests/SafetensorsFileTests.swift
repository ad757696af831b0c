import Foundation
import Testing

@testable import ModelFile

@Suite("A safetensors file")
struct SafetensorsFileTests {
  private static var sample: SafetensorsWriter {
    var writer = SafetensorsWriter()
    writer.add(
      "floats", "F32", [2, 1], [Float(1.5), -0.25].flatMap { littleEndian($0.bitPattern) })
    writer.addBF16("short", [3], [1, -2, 0.5])
    writer.add("bytes", "I8", [4], [0x80, 0xFF, 0, 0x7F])
    writer.add("words", "I32", [1], littleEndian(Int32(-70000)))
    writer.add("scalar", "U8", [], [9])
    writer.add("none", "F32", [0, 7], [])
    return writer
  }

  private func error(_ header: String, data: Int = 0) -> String {
    let bytes = SafetensorsWriter.file(header: header, data: Array(repeating: 0, count: data))
    return message { () throws(ModelFileError) in try SafetensorsFile(path: "f", bytes: bytes) }
  }

  @Test("returns the elements that were written, whatever their type")
  func elements() throws {
    let file = try SafetensorsFile(path: "f", bytes: Self.sample.file)
    #expect(file.tensors.count == 6)
    #expect(try file.floats("floats", shape: [2, 1]) == [1.5, -0.25])
    #expect(try file.floats("short") == [1, -2, 0.5])
    #expect(try file.int8s("bytes") == [-128, -1, 0, 127])
    #expect(try file.int32s("words") == [-70000])
    #expect(try file.bytes(of: "scalar", as: [.u8], shape: []).bytes == [9])
    #expect(try file.floats("none", shape: [0, 7]) == [])
  }

  @Test("widens every kind of half exactly")
  func halves() {
    let expected: [(UInt16, Float)] = [
      (0x0000, 0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24),
      (0x83FF, -0x1.ff8p-15), (0x0400, 0x1p-14), (0x3555, 0x1.554p-2), (0x7C00, .infinity),
      (0xFC00, -.infinity),
    ]
    for (bits, value) in expected { #expect(FloatBits.float(half: bits) == value) }
    #expect(FloatBits.float(half: 0x7E00).isNaN)
  }

  @Test("cut at any length is refused")
  func truncated() {
    let bytes = Self.sample.file
    for length in 0..<bytes.count {
      #expect(throws: ModelFileError.self, "cut to \(length) bytes") {
        try SafetensorsFile(path: "f", bytes: Array(bytes.prefix(length)))
      }
    }
  }

  @Test("damaged at any byte of the header is refused or still tiles its data")
  func damaged() throws {
    let bytes = Self.sample.file
    let headerSize = bytes.count - Self.sample.tensors.reduce(0) { $0 + $1.bytes.count }
    for position in 0..<headerSize {
      for mask: UInt8 in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] {
        var damaged = bytes
        damaged[position] ^= mask
        guard let file = try? SafetensorsFile(path: "f", bytes: damaged) else { continue }
        var covered = 0
        for entry in file.tensors.values {
          covered += try file.bytes(of: entry.name, as: [entry.type]).bytes.count
        }
        #expect(covered == bytes.count - headerSize, "byte \(position) xor \(mask)")
      }
    }
  }

  @Test(
    "says what is wrong with its header",
    arguments: [
      ("", 0, "f: header: expected a JSON object, found no `{` at its start"),
      ("[]", 0, "f: header: expected a JSON object, found no `{` at its start"),
      (#"{"a":1}"#, 0, "f: a: expected an object, found 1"),
      (
        #"{"__metadata__":{"x":1}}"#, 0, "f: __metadata__.x: expected a string, found 1"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":0}}"#, 1,
        #"f: a: expected dtype, shape and data_offsets, found "x""#
      ),
      (
        #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1,
        "f: a.dtype: expected a string, found no such key"
      ),
      (
        #"{"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}}"#, 1,
        #"f: a.dtype: expected a type of the safetensors format, found "U9""#
      ),
      (
        #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1,
        "f: a.shape: expected integers of 0 or more, found -1"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, 1,
        "f: a.data_offsets: expected a begin and an end not before it, found [1, 0]"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#, 1,
        "f: a.data_offsets: expected a begin and an end not before it, found [0]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,1]}}"#, 1,
        "f: a.shape: expected a tensor that fits in memory, found [9223372036854775807, 2]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,3]}}"#, 3,
        "f: a: expected 4 bytes for F32 [1], found 3"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
          + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3,
        "f: b.data_offsets: expected a tensor that begins at byte 2 of the data, where the one "
          + "before ends, found 1"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
        "f: a.data_offsets: expected a tensor that begins at byte 0 of the data, where the one "
          + "before ends, found 1"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 2,
        "f: expected 1 bytes of data, found 2"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, 1,
        "f: expected 2 bytes of data, found 1"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
          + #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, 0,
        #"f: byte 61: expected each key once, found "a" again"#
      ),
      (
        #"{"\u00e9":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
          + #""e\u0301":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, 0,
        "f: e\u{301}: expected distinct names, found an equivalent one"
      ),
    ])
  func diagnostics(header: String, data: Int, expected: String) {
    #expect(error(header, data: data) == expected)
  }

  @Test("says when its header is longer than the file or than any header may be")
  func headerLength() {
    let open = { (bytes: [UInt8]) in
      message { () throws(ModelFileError) in try SafetensorsFile(path: "f", bytes: bytes) }
    }
    #expect(open([1, 2]) == "f: header length: expected 8 bytes, found a file of 2")
    #expect(
      open(littleEndian(UInt64(3)) + [0x7B, 0x7D])
        == "f: header length: expected at most 2 bytes, found 3")
    #expect(
      open(Array(repeating: 0xFF, count: 9))
        == "f: header length: expected at most 1 bytes, found 18446744073709551615")
    #expect(
      message { () throws(ModelFileError) in
        try SafetensorsHeader.length(
          file: "f", prefix: littleEndian(UInt64(100_000_001)), fileSize: 200_000_000)
      } == "f: header length: expected at most 100000000 bytes, found 100000001")
  }

  @Test("says which tensor is missing, or of another type or shape")
  func access() throws {
    let file = try SafetensorsFile(path: "f", bytes: Self.sample.file)
    let error = { (body: () throws(ModelFileError) -> [Float]) in message(body) }
    #expect(
      error { () throws(ModelFileError) in try file.floats("x") }
        == "f: x: expected this tensor, found none")
    #expect(
      error { () throws(ModelFileError) in try file.floats("bytes") }
        == "f: bytes: expected F32 or BF16 or F16, found I8")
    #expect(
      error { () throws(ModelFileError) in try file.floats("short", shape: [1, 3]) }
        == "f: short: expected shape [1, 3], found [3]")
  }

  @Test("that gets shorter while it is open is refused when it is read")
  func shrinking() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "setun-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(Self.sample.file).write(to: url)
    let file = try SafetensorsFile(path: url.path)
    #expect(try file.int32s("words") == [-70000])
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(Self.sample.file.count - 3))
    #expect(try file.floats("floats") == [1.5, -0.25])
    // Gone are the only byte of the last tensor with elements and two of the one before it.
    #expect(
      message { () throws(ModelFileError) in try file.int32s("words") }
        == "\(url.path): byte \(Self.sample.file.count - 3): expected 2 more bytes, found the end "
        + "of the file")
  }

  @Test("that cannot be opened or is a directory is refused")
  func unreadable() {
    for path in ["/nonexistent/model.safetensors", "/"] {
      #expect(throws: ModelFileError.self) { try SafetensorsFile(path: path) }
    }
  }
}

/// The text of the error that `body` throws; empty when it throws none.
func message<Value>(_ body: () throws(ModelFileError) -> Value) -> String {
  do {
    _ = try body()
    return ""
  } catch { return error.description }
}
