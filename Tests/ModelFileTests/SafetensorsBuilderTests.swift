import Testing

@testable import ModelFile

@Suite("A safetensors file under construction")
struct SafetensorsBuilderTests {
  private var builder: SafetensorsBuilder {
    var builder = SafetensorsBuilder()
    builder.add("q", shape: [3], int8s: [-128, 0, 127])
    builder.add("x\"\\\n", shape: [1, 2], floats: [1.5, -0.0])
    builder.add("acc", shape: [1], int32s: [-2])
    builder.add("none", shape: [0, 4], floats: [])
    return builder
  }

  @Test("has the bytes that the format asks for")
  func bytes() {
    let header =
      #"{"x\"\\\u000a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
      + #""acc":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"#
      + #""none":{"dtype":"F32","shape":[0,4],"data_offsets":[12,12]},"#
      + #""q":{"dtype":"I8","shape":[3],"data_offsets":[12,15]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let data: [UInt8] =
      [0, 0, 0xC0, 0x3F, 0, 0, 0, 0x80] + [0xFE, 0xFF, 0xFF, 0xFF] + [0x80, 0, 0x7F]
    let expected: [UInt8] = SafetensorsWriter.file(header: padded, data: data)
    #expect(builder.bytes == expected)
  }

  @Test("is read back as it was written")
  func roundTrip() throws {
    let file = try SafetensorsFile(path: "f", bytes: builder.bytes)
    #expect(file.tensors.count == 4)
    let floats = try file.floats("x\"\\\n", shape: [1, 2])
    #expect(floats == [1.5, 0] && floats[1].sign == .minus)
    #expect(try file.int32s("acc", shape: [1]) == [-2])
    #expect(try file.int8s("q", shape: [3]) == [-128, 0, 127])
    #expect(try file.floats("none", shape: [0, 4]).isEmpty)
  }

  @Test("without tensors is a file too")
  func empty() throws {
    #expect(
      try SafetensorsFile(path: "f", bytes: SafetensorsBuilder().bytes).tensors.isEmpty)
  }
}
