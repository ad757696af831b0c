/// The header of a safetensors file: eight bytes of length and a JSON object that places every
/// tensor in the data behind it.
///
/// The tensors must tile the data: no overlap, no gap, nothing left over. A file that was cut,
/// padded or damaged in its offsets can therefore not be read as something else.
struct SafetensorsHeader {
  /// Bytes before the data: the length field and the JSON text.
  let size: Int
  let tensors: [String: TensorEntry]
  /// The texts of `__metadata__`.
  let metadata: [String: String]

  /// Larger headers are refused, as the format's own implementation does.
  static let maximumLength = 100_000_000

  /// The length of the JSON text, from the first eight bytes of a file of `fileSize` bytes.
  static func length(
    file: String, prefix: [UInt8], fileSize: Int
  ) throws(ModelFileError) -> Int {
    guard prefix.count == 8 else {
      throw ModelFileError(
        file: file, place: "header length",
        problem: "expected 8 bytes, found a file of \(fileSize)")
    }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(maximumLength, fileSize - 8)) else {
      throw ModelFileError(
        file: file, place: "header length",
        problem: "expected at most \(min(maximumLength, fileSize - 8)) bytes, found \(length)")
    }
    return Int(length)
  }

  /// - Parameter dataSize: Bytes of the file behind the header.
  init(file: String, json: [UInt8], dataSize: Int) throws(ModelFileError) {
    guard json.first == UInt8(ascii: "{") else {
      throw ModelFileError(
        file: file, place: "header", problem: "expected a JSON object, found no `{` at its start")
    }
    var entries: [TensorEntry] = []
    var metadata: [String: String] = [:]
    for member in try JSONObject(file: file, parsing: json, offset: 8).members {
      if member.key == "__metadata__" {
        metadata = try Self.metadata(member.value, file: file)
      } else {
        entries.append(try Self.entry(member, file: file))
      }
    }
    try Self.checkTiling(entries, dataSize: dataSize, file: file)
    var tensors: [String: TensorEntry] = [:]
    for entry in entries where tensors.updateValue(entry, forKey: entry.name) != nil {
      throw ModelFileError(
        file: file, place: entry.name, problem: "expected distinct names, found an equivalent one")
    }
    size = 8 + json.count
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(
    _ value: JSONValue, file: String
  ) throws(ModelFileError) -> [String: String] {
    let object = try JSONObject(file: file, path: "__metadata__", value)
    var metadata: [String: String] = [:]
    for member in object.members { metadata[member.key] = try object.string(member.key) }
    return metadata
  }

  private static func entry(
    _ member: JSONValue.Member, file: String
  ) throws(ModelFileError) -> TensorEntry {
    let fields = try JSONObject(file: file, path: member.key, member.value)
    let known = ["dtype", "shape", "data_offsets"]
    if let stranger = fields.members.first(where: { !known.contains($0.key) }) {
      throw ModelFileError(
        file: file, place: member.key,
        problem: "expected dtype, shape and data_offsets, found \"\(stranger.key)\"")
    }
    guard let type = TensorType(rawValue: try fields.string("dtype")) else {
      throw fields.mismatch("dtype", expected: "a type of the safetensors format")
    }
    let shape = try sizes(fields, "shape")
    let offsets = try sizes(fields, "data_offsets")
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw ModelFileError(
        file: file, place: "\(member.key).data_offsets",
        problem: "expected a begin and an end not before it, found \(offsets)")
    }
    var bytes = type.size
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw ModelFileError(
          file: file, place: "\(member.key).shape",
          problem: "expected a tensor that fits in memory, found \(shape)")
      }
      bytes = product
    }
    guard offsets[1] - offsets[0] == bytes else {
      throw ModelFileError(
        file: file, place: member.key,
        problem: "expected \(bytes) bytes for \(type.rawValue) \(shape), "
          + "found \(offsets[1] - offsets[0])")
    }
    return TensorEntry(
      name: member.key, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func sizes(_ fields: JSONObject, _ key: String) throws(ModelFileError) -> [Int] {
    var sizes: [Int] = []
    for element in try fields.array(key) {
      guard case .integer(let size) = element, size >= 0 else {
        throw ModelFileError(
          file: fields.file, place: "\(fields.path).\(key)",
          problem: "expected integers of 0 or more, found \(element.summary)")
      }
      sizes.append(size)
    }
    return sizes
  }

  private static func checkTiling(
    _ entries: [TensorEntry], dataSize: Int, file: String
  ) throws(ModelFileError) {
    var end = 0
    // Empty tensors sort before the tensor that starts at the same byte.
    for entry in entries.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard entry.range.lowerBound == end else {
        throw ModelFileError(
          file: file, place: "\(entry.name).data_offsets",
          problem: "expected a tensor that begins at byte \(end) of the data, where the one before "
            + "ends, found \(entry.range.lowerBound)")
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw ModelFileError(
        file: file, problem: "expected \(end) bytes of data, found \(dataSize)")
    }
  }
}
