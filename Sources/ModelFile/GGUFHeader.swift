/// The header of a GGUF file: metadata, and where every tensor lies in the data behind it.
///
/// Read whole and checked whole: versions 2 and 3, little-endian. Tensors may leave gaps, which the
/// alignment makes, but never overlap. Source: the GGUF specification of ggml.
struct GGUFHeader {
  let version: Int
  let metadata: GGUFMetadata
  let tensors: [String: GGUFTensor]

  private static let magic: UInt32 = 0x4655_4747
  private static let maximumDimensions = 4

  init(_ file: InputFile) throws(ModelFileError) {
    var cursor = GGUFCursor(file)
    let magic = try cursor.integer("the magic number", as: UInt32.self)
    guard magic == Self.magic else {
      throw cursor.error(at: 0, "expected `GGUF`, found \(Self.hexadecimal(magic))")
    }
    version = try Self.version(&cursor)
    // The shortest entries: one-byte values, and tensors without name and dimensions.
    let tensorCount = try cursor.count("the number of tensors", minimumBytes: 24)
    let valueCount = try cursor.count("the number of metadata values", minimumBytes: 13)
    metadata = try Self.metadata(&cursor, count: valueCount)
    tensors = try Self.tensors(&cursor, count: tensorCount, alignment: Self.alignment(metadata))
  }

  private static func version(_ cursor: inout GGUFCursor) throws(ModelFileError) -> Int {
    let start = cursor.position
    let version = try cursor.integer("the version", as: UInt32.self)
    guard version == 2 || version == 3 else {
      let found =
        [2, 3].contains(version.byteSwapped)
        ? "\(version.byteSwapped) in big-endian order (big-endian files are not supported)"
        : "\(version)"
      throw cursor.error(at: start, "expected version 2 or 3, found \(found)")
    }
    return Int(version)
  }

  private static func metadata(
    _ cursor: inout GGUFCursor, count: Int
  ) throws(ModelFileError) -> GGUFMetadata {
    var metadata = GGUFMetadata(file: cursor.file.path)
    for _ in 0..<count {
      let start = cursor.position
      let key = try cursor.string("a metadata key")
      guard metadata.add(key, try cursor.value(of: key)) else {
        throw cursor.error(at: start, "expected each metadata key once, found \(key) again")
      }
    }
    return metadata
  }

  private static func alignment(_ metadata: GGUFMetadata) throws(ModelFileError) -> Int {
    let key = "general.alignment"
    guard metadata[key] != nil else { return 32 }
    let alignment = try metadata.integer(key, in: 1...1 << 20)
    guard alignment.nonzeroBitCount == 1 else {
      throw metadata.mismatch(key, expected: "a power of two")
    }
    return alignment
  }

  /// A tensor with its offset from the start of the data, which is not known before the last one.
  private struct Entry {
    let name: String
    let type: GGUFTensorType
    let shape: [Int]
    let offset: Int
    let bytes: Int
  }

  private static func tensors(
    _ cursor: inout GGUFCursor, count: Int, alignment: Int
  ) throws(ModelFileError) -> [String: GGUFTensor] {
    var entries: [Entry] = []
    for _ in 0..<count { entries.append(try entry(&cursor, alignment: alignment)) }
    let file = cursor.file
    let start = (cursor.position + alignment - 1) & ~(alignment - 1)
    var tensors: [String: GGUFTensor] = [:]
    var last: GGUFTensor?
    for entry in entries.sorted(by: { $0.offset < $1.offset }) {
      guard start <= file.size, entry.bytes <= file.size - start,
        entry.offset <= file.size - start - entry.bytes
      else {
        throw ModelFileError(
          file: file.path, place: entry.name,
          problem: "expected \(entry.bytes) bytes at byte \(entry.offset) of the data, found "
            + "\(max(0, file.size - start)) bytes of data")
      }
      let begin = start + entry.offset
      let tensor = GGUFTensor(
        name: entry.name, type: entry.type, shape: entry.shape, range: begin..<begin + entry.bytes)
      if let last, last.range.upperBound > tensor.range.lowerBound {
        throw ModelFileError(
          file: file.path, place: tensor.name,
          problem: "expected a tensor behind \(last.name), which ends at byte "
            + "\(last.range.upperBound - start) of the data, found byte \(entry.offset)")
      }
      last = tensor
      guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
        throw ModelFileError(
          file: file.path, place: tensor.name, problem: "expected each tensor once, found it again")
      }
    }
    return tensors
  }

  private static func entry(
    _ cursor: inout GGUFCursor, alignment: Int
  ) throws(ModelFileError) -> Entry {
    let name = try cursor.string("a tensor's name")
    let shape = try shape(&cursor, of: name)
    let start = cursor.position
    let number = try cursor.integer("the type of \(name)", as: UInt32.self)
    guard let type = GGUFTensorType(rawValue: number) else {
      throw cursor.error(at: start, "expected the type of \(name), found the unknown \(number)")
    }
    guard let bytes = type.byteCount(shape: shape) else {
      throw ModelFileError(
        file: cursor.file.path, place: name,
        problem: "expected \(type.name) with rows of a multiple of \(type.blockSize), in a tensor "
          + "that fits in memory, found \(shape)")
    }
    let offsetStart = cursor.position
    let offset = try cursor.integer("the offset of \(name)", as: UInt64.self)
    guard let place = Int(exactly: offset), place & (alignment - 1) == 0 else {
      throw cursor.error(
        at: offsetStart,
        "expected the offset of \(name), a multiple of \(alignment), found \(offset)")
    }
    return Entry(name: name, type: type, shape: shape, offset: place, bytes: bytes)
  }

  /// The sizes of a tensor, outermost first.
  private static func shape(
    _ cursor: inout GGUFCursor, of name: String
  ) throws(ModelFileError) -> [Int] {
    let start = cursor.position
    let dimensions = try cursor.integer("the number of dimensions of \(name)", as: UInt32.self)
    guard dimensions <= maximumDimensions else {
      throw cursor.error(
        at: start,
        "expected at most \(maximumDimensions) dimensions of \(name), found \(dimensions)")
    }
    var shape: [Int] = []
    for _ in 0..<dimensions {
      let start = cursor.position
      let size = try cursor.integer("a size of \(name)", as: UInt64.self)
      guard let size = Int(exactly: size), size > 0 else {
        throw cursor.error(at: start, "expected a size of \(name) of 1 or more, found \(size)")
      }
      shape.append(size)
    }
    return shape.reversed()
  }

  private static func hexadecimal(_ number: UInt32) -> String {
    "0x\(String(number.bigEndian, radix: 16))"
  }
}
