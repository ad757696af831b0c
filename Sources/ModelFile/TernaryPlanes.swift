internal import Ternary

/// The packing of ternary weights in Hugging Face checkpoints: codes 0, 1, 2 for −1, 0, +1, four to
/// a byte, in *planes* along the outputs.
///
/// With R = ⌈rows / 4⌉, byte (r, c) holds rows r, R + r, 2R + r and 3R + r of column c, lowest bits
/// first. Rows past the last exist only in the file and are dropped. Source: `pack_weights` of
/// transformers' BitNet integration.
enum TernaryPlanes {
  /// Rows of bytes for a number of rows of weights.
  static func packedRows(_ rows: Int) -> Int { (rows + 3) / 4 }

  /// Decodes `bytes` of shape `packedRows(rows)` × `columns`.
  ///
  /// - Throws: At the first code 3, with its row and column; and for a tensor whose bytes are all
  ///   zero, the trace of a failed download: it would decode to a matrix of −1.
  static func decode(
    _ bytes: [UInt8], rows: Int, columns: Int, file: String, tensor: String
  ) throws(ModelFileError) -> TritMatrix {
    let packedRows = packedRows(rows)
    precondition(bytes.count == packedRows * columns, "\(bytes.count) bytes for \(rows)×\(columns)")
    guard bytes.contains(where: { $0 != 0 }) else {
      throw ModelFileError(
        file: file, place: tensor,
        problem: "expected ternary weights, found only zero bytes (a damaged download)")
    }
    let rowBytes = (columns + 3) / 4
    let packed = bytes.withUnsafeBytes { bytes in
      nonisolated(unsafe) let bytes = bytes
      return parallelRows(rows, rowSize: rowBytes, of: UInt8.self) { row, target in
        let (plane, packedRow) = row.quotientAndRemainder(dividingBy: packedRows)
        let source = bytes[packedRow * columns..<(packedRow + 1) * columns]
        decodeRow(UnsafeRawBufferPointer(rebasing: source), plane: plane, into: target)
      }
    }
    do {
      return try TritMatrix(rows: rows, columns: columns, packed: packed)
    } catch .reservedPattern(let row, let column) {
      throw ModelFileError(
        file: file, place: tensor,
        problem: "expected codes 0, 1, 2, found 3 at row \(row), column \(column)")
    } catch {
      throw ModelFileError(file: file, place: tensor, problem: "\(error)")
    }
  }

  /// One plane of a row of bytes as a row of ``TritMatrix``; the code 3 becomes its illegal pair.
  private static func decodeRow(
    _ source: UnsafeRawBufferPointer, plane: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    let shift = UInt64(2 * plane)
    let whole = source.count & ~7
    for column in stride(from: 0, to: whole, by: 8) {
      let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: column, as: UInt64.self))
      let (low, high) = trits(word >> shift)
      target[column / 4] = low
      target[column / 4 + 1] = high
    }
    guard whole < source.count else { return }
    // Columns past the last are code 1, the zero that pads a row.
    var word: UInt64 = 0x0101_0101_0101_0101
    for column in whole..<source.count {
      let place = UInt64(8 * (column - whole))
      word = word & ~(0xFF << place) | (UInt64(source[column]) >> shift) << place
    }
    let (low, high) = trits(word)
    target[whole / 4] = low
    if source.count - whole > 4 { target[whole / 4 + 1] = high }
  }

  /// The trits of eight columns from the low two bits of their bytes: two bytes of four trits.
  private static func trits(_ word: UInt64) -> (UInt8, UInt8) {
    var codes = word & 0x0303_0303_0303_0303
    // Two steps gather four pairs of each half in its lowest byte.
    codes = (codes | codes >> 6) & 0x000F_000F_000F_000F
    codes = (codes | codes >> 12) & 0x0000_00FF_0000_00FF
    let pairs = UInt16(truncatingIfNeeded: codes | codes >> 24)
    // A code less one is 11, 00, 01 and, for the code 3, the illegal 10.
    let trits = ~pairs & 0x5555 | ~(pairs ^ pairs << 1) & 0xAAAA
    return (UInt8(truncatingIfNeeded: trits), UInt8(truncatingIfNeeded: trits >> 8))
  }
}
