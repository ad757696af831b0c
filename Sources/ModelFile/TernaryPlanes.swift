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
    var trits = [Int8](repeating: 0, count: rows * columns)
    var illegal: Int?
    var seen: UInt8 = 0
    trits.withUnsafeMutableBufferPointer { trits in
      bytes.withUnsafeBufferPointer { bytes in
        for row in 0..<rows {
          let source = row % packedRows * columns
          let shift = UInt8(2 * (row / packedRows))
          for column in 0..<columns {
            let byte = bytes[source + column]
            let code = byte >> shift & 0b11
            seen |= byte
            if code == 3 && illegal == nil { illegal = row * columns + column }
            trits[row * columns + column] = Int8(bitPattern: code) - 1
          }
        }
      }
    }
    if let illegal {
      throw ModelFileError(
        file: file, place: tensor,
        problem: "expected codes 0, 1, 2, found 3 at row \(illegal / columns), "
          + "column \(illegal % columns)")
    }
    guard seen != 0 else {
      throw ModelFileError(
        file: file, place: tensor,
        problem: "expected ternary weights, found only zero bytes (a damaged download)")
    }
    return TritMatrix(rows: rows, columns: columns, trits: trits)
  }
}
