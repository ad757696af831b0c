/// A matrix of real numbers with a row for every token, held as its file stores it: the embedding,
/// or the head that turns a hidden row into scores.
///
/// A large vocabulary is over half of a ternary model; as floats it would take twice its file.
public struct EmbeddingTable: Sendable {
  /// Tokens of the vocabulary.
  public let rows: Int
  /// Hidden values.
  public let columns: Int
  public let format: Format
  /// The rows one after another, `rowBytes` each, little-endian.
  public let bytes: [UInt8]

  /// How a row is stored.
  public enum Format: Sendable {
    case f32
    case f16
    case bf16
    /// Blocks of quantised values, which a decoder reads.
    case blocks(RowDecoder)
  }

  /// Reads rows of a type whose values share scales.
  public struct RowDecoder: Sendable {
    /// The type as the file names it: `Q6_K`.
    public let typeName: String
    public let rowBytes: Int
    /// Writes all values of the row that begins at the first pointer.
    public let decode: @Sendable (UnsafeRawPointer, UnsafeMutableBufferPointer<Float>) -> Void

    public init(
      typeName: String, rowBytes: Int,
      decode: @escaping @Sendable (UnsafeRawPointer, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
      self.typeName = typeName
      self.rowBytes = rowBytes
      self.decode = decode
    }
  }

  /// - Precondition: Sizes are positive and `bytes` holds exactly the rows.
  public init(rows: Int, columns: Int, format: Format, bytes: [UInt8]) {
    self.rows = rows
    self.columns = columns
    self.format = format
    self.bytes = bytes
    precondition(
      rows > 0 && columns > 0 && bytes.count == rows * rowBytes,
      "\(bytes.count) bytes for \(rows)×\(columns)")
  }

  /// Bytes of a row.
  public var rowBytes: Int {
    switch format {
    case .f32: 4 * columns
    case .f16, .bf16: 2 * columns
    case .blocks(let decoder): decoder.rowBytes
    }
  }

  /// The values of a row; exact for float types.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  public func row(_ row: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: columns) { values, initialized in
      decode(row: row, into: UnsafeMutableBufferPointer(rebasing: values[..<columns]))
      initialized = columns
    }
  }

  /// Writes the values of a row to `values`, which has room for exactly them and need not be
  /// initialised.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  public func decode(row: Int, into values: UnsafeMutableBufferPointer<Float>) {
    precondition(row >= 0 && row < rows && values.count == columns, "row \(row) of \(rows)")
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress.map({ $0 + row * rowBytes }) else { return }
      switch format {
      case .f32: Self.map(source, values, UInt32.self) { Float(bitPattern: $0) }
      case .f16: Self.map(source, values, UInt16.self) { FloatBits.float(half: $0) }
      case .bf16:
        Self.map(source, values, UInt16.self) { FloatBits.float(brain: $0) }
      case .blocks(let decoder): decoder.decode(source, values)
      }
    }
  }

  private static func map<Word: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ values: UnsafeMutableBufferPointer<Float>, _ word: Word.Type,
    _ transform: (Word) -> Float
  ) {
    for index in values.indices {
      let word = source.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
      values.initializeElement(at: index, to: transform(Word(littleEndian: word)))
    }
  }
}

extension EmbeddingTable {
  /// The first row of a float type that holds an infinity or NaN.
  ///
  /// - Precondition: The format is not of blocks.
  var firstRowNotFinite: Int? {
    bytes.withUnsafeBytes { bytes in
      nonisolated(unsafe) let bytes = bytes
      return parallelRows(rows, rowSize: 1, of: Bool.self) { row, isStrange in
        let rowBytes = UnsafeRawBufferPointer(
          rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes])
        switch format {
        case .f32: isStrange.pointee = Self.has(0x7F80_0000 as UInt32, in: rowBytes)
        case .f16: isStrange.pointee = Self.has(0x7C00 as UInt16, in: rowBytes)
        case .bf16: isStrange.pointee = Self.has(0x7F80 as UInt16, in: rowBytes)
        case .blocks: preconditionFailure("\(format.typeName) values")
        }
      }.firstIndex(of: true)
    }
  }

  /// Whether one of the words has all bits of `exponent`.
  private static func has<Word: FixedWidthInteger>(
    _ exponent: Word, in bytes: UnsafeRawBufferPointer
  ) -> Bool {
    var found = false
    for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Word>.size) {
      let word = Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
      found = found || word & exponent == exponent
    }
    return found
  }
}

extension EmbeddingTable: Equatable {
  /// Whether both hold the same values, whatever their types.
  public static func == (left: EmbeddingTable, right: EmbeddingTable) -> Bool {
    guard left.rows == right.rows, left.columns == right.columns else { return false }
    if left.format.typeName == right.format.typeName, left.bytes == right.bytes { return true }
    return (0..<left.rows).allSatisfy { left.row($0) == right.row($0) }
  }
}

extension EmbeddingTable.Format {
  /// The type as files name it.
  public var typeName: String {
    switch self {
    case .f32: "F32"
    case .f16: "F16"
    case .bf16: "BF16"
    case .blocks(let decoder): decoder.typeName
    }
  }
}
