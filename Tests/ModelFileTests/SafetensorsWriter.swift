/// A safetensors file under construction, for tests; knows nothing of the reader.
struct SafetensorsWriter {
  struct Tensor {
    var name: String
    var type: String
    var shape: [Int]
    var bytes: [UInt8]
  }

  var tensors: [Tensor] = []

  mutating func add(_ name: String, _ type: String, _ shape: [Int], _ bytes: [UInt8]) {
    tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// Floats that are exact in bfloat16.
  mutating func addBF16(_ name: String, _ shape: [Int], _ values: [Float]) {
    add(name, "BF16", shape, values.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) })
  }

  var headerText: String {
    var end = 0
    let entries = tensors.map { tensor in
      let begin = end
      end += tensor.bytes.count
      return #""\#(tensor.name)":{"dtype":"\#(tensor.type)","shape":\#(tensor.shape),"#
        + #""data_offsets":[\#(begin),\#(end)]}"#
    }
    return "{" + entries.joined(separator: ",") + "}"
  }

  var file: [UInt8] { Self.file(header: headerText, data: tensors.flatMap(\.bytes)) }

  /// A file with any header, right or wrong.
  static func file(header: String, data: [UInt8]) -> [UInt8] {
    littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
  }
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
