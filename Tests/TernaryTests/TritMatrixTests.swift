import Ternary
import TestSupport
import Testing
import Workload

@Suite struct TritMatrixTests {
  /// Sizes of matrices: every awkward number of columns, and a few rows.
  static let rowCounts = [1, 2, 3, 5, 17]

  @Test("The lowest column is in the lowest bits and every row starts at a byte")
  func layout() {
    let matrix = TritMatrix(rows: 2, columns: 5, trits: [1, -1, 0, 1, -1, 0, 0, 1, -1, 1])
    #expect(matrix.bytes == [0b01_00_11_01, 0b11, 0b11_01_00_00, 0b01])
    #expect(matrix.rowBytes == 2)
  }

  @Test("Values, rows and packed bytes agree")
  func access() throws {
    var random = SplitMix64(seed: 11)
    try withEvery("rows", in: Self.rowCounts) { rows in
      try withEvery("columns", in: awkwardSizes) { columns in
        let trits = random.trits(rows * columns)
        let matrix = TritMatrix(rows: rows, columns: columns, trits: trits)
        let read = (0..<rows * columns).map { matrix[$0 / columns, $0 % columns] }
        #expect(read == trits, "\(trail)")
        let last = TritVector(Array(trits[((rows - 1) * columns)...]))
        #expect(matrix.row(rows - 1) == last, "\(trail)")
        let reread = try TritMatrix(rows: rows, columns: columns, packed: matrix.bytes)
        #expect(reread == matrix, "\(trail)")
      }
    }
  }

  @Test("The product equals its definition")
  func product() throws {
    var random = SplitMix64(seed: 12)
    try withEvery("rows", in: [1, 3, 17]) { rows in
      try withEvery("columns", in: awkwardSizes) { columns in
        let trits = random.trits(rows * columns)
        let activations = random.activations(2 * columns)
        let product = TritMatrix(rows: rows, columns: columns, trits: trits)
          .multiply(activations, tokens: 2)
        let expected = expectedProduct(
          weights: trits, activations: activations, rows: rows, columns: columns, tokens: 2)
        #expect(product == expected, "\(trail)")
      }
    }
  }

  @Test("Counts do not count padding")
  func counts() {
    let matrix = TritMatrix(rows: 3, columns: 3, trits: [1, -1, 0, 0, 0, 0, -1, -1, -1])
    #expect(matrix.counts == TritCounts(minusOnes: 4, zeros: 4, plusOnes: 1))
  }

  @Test("A reserved pair is reported with its row and column")
  func reservedPair() throws {
    var random = SplitMix64(seed: 13)
    try withEvery("columns", in: awkwardSizes) { columns in
      let (row, column) = (2, Int.random(in: 0..<columns, using: &random))
      let matrix = TritMatrix(rows: 3, columns: columns, trits: random.trits(3 * columns))
      var bytes = matrix.bytes
      let (byte, shift) = (row * matrix.rowBytes + column / 4, UInt8(2 * (column % 4)))
      bytes[byte] = bytes[byte] & ~(0b11 << shift) | 0b10 << shift
      #expect(throws: TritError.reservedPattern(row: row, column: column), "\(trail)") {
        try TritMatrix(rows: 3, columns: columns, packed: bytes)
      }
    }
  }

  @Test("Padding is reported with its row, even when it looks like a reserved pair")
  func padding() {
    for byte: UInt8 in [0b01_00_00_00, 0b10_00_00_00, 0b11_00_00_00] {
      #expect(throws: TritError.paddingNotZero(row: 1)) {
        try TritMatrix(rows: 3, columns: 3, packed: [0, byte, 0])
      }
    }
  }

  @Test("The buffer must hold exactly the rows")
  func length() {
    #expect(throws: TritError.wrongLength(bytes: 5, needed: 6)) {
      try TritMatrix(rows: 3, columns: 7, packed: [0, 0, 0, 0, 0])
    }
    #expect(throws: TritError.wrongLength(bytes: 7, needed: 6)) {
      try TritMatrix(rows: 3, columns: 7, packed: [0, 0, 0, 0, 0, 0, 0])
    }
  }

  @Test(
    "Sizes that no matrix can have are refused",
    arguments: [(0, 4), (4, 0), (-1, 4), (4, -1), (1, 1 << 24), (Int.max, 8), (Int.min, Int.min)])
  func unsupportedSize(rows: Int, columns: Int) {
    #expect(throws: TritError.unsupportedSize(rows: rows, columns: columns)) {
      try TritMatrix(rows: rows, columns: columns, packed: [])
    }
  }
}

@Suite struct TritErrorTests {
  @Test(
    "Messages say what was expected and what was found",
    arguments: [
      (
        TritError.unsupportedSize(rows: 0, columns: 5),
        "trits: expected a positive number of rows and 1 to 16777215 columns, found 0 × 5"
      ),
      (.wrongLength(bytes: 11, needed: 12), "trits: expected 12 bytes, found 11"),
      (
        .reservedPattern(row: 3, column: 17),
        "trits: row 3, column 17: expected 00, 01 or 11, found the reserved pattern 10"
      ),
      (.reservedByte(250, index: 7), "trits: five_in_eight byte 7: expected 0 to 242, found 250"),
      (
        .paddingNotZero(row: 2),
        "trits: row 2: expected zeros after the last column, found others"
      ),
    ])
  func message(error: TritError, text: String) {
    #expect("\(error)" == text)
  }
}
