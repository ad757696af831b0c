import Foundation
import Ternary
import Testing

@testable import ModelFile

@Suite("Ternary planes")
struct TernaryPlanesTests {
  @Test("of the recorded vectors decode to their weights", arguments: [4, 5, 8, 10, 12])
  func vectors(rows: Int) throws {
    let file = try SafetensorsFile(
      path: repository.appending(path: "Tests/Golden/unit_vectors.safetensors").path)
    let packed = try file.bytes(of: "pack\(rows).packed", as: [.u8])
    let weights = try TernaryPlanes.decode(
      packed.bytes, rows: rows, columns: packed.entry.shape[1], file: "f", tensor: "t")
    let expected = try file.int8s("pack\(rows).t")
    #expect(weights == TritMatrix(rows: rows, columns: packed.entry.shape[1], trits: expected))
  }

  @Test("decode to the weights they were packed from, for any number of rows")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    for rows in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33] {
      for columns in [1, 3, 4, 5, 17] {
        let trits = (0..<rows * columns).map { _ in Int8.random(in: -1...1, using: &generator) }
        let packed = pack(trits, rows: rows, columns: columns)
        guard packed.contains(where: { $0 != 0 }) else { continue }
        let weights = try TernaryPlanes.decode(
          packed, rows: rows, columns: columns, file: "f", tensor: "t")
        for index in trits.indices {
          #expect(
            weights[index / columns, index % columns] == trits[index], "\(rows)×\(columns) \(trits)"
          )
        }
      }
    }
  }

  @Test("with a code 3 are refused with the place of the weight")
  func reservedCode() {
    var packed = pack(Array(repeating: 1, count: 15), rows: 5, columns: 3)
    packed[1 * 3 + 2] |= 0b11 << 2
    #expect(
      message { () throws(ModelFileError) in
        try TernaryPlanes.decode(packed, rows: 5, columns: 3, file: "f", tensor: "t")
      } == "f: t: expected codes 0, 1, 2, found 3 at row 3, column 2")
  }

  @Test("with a code 3 anywhere are refused with its place", arguments: [1, 7, 8, 9, 64, 129])
  func everyPlace(columns: Int) {
    let rows = 6
    let sound = pack(Array(repeating: 0, count: rows * columns), rows: rows, columns: columns)
    for row in 0..<rows {
      for column in [0, columns / 2, columns - 1] {
        var packed = sound
        packed[row % 2 * columns + column] |= 0b11 << (row / 2 * 2)
        #expect(
          message { () throws(ModelFileError) in
            try TernaryPlanes.decode(packed, rows: rows, columns: columns, file: "f", tensor: "t")
          } == "f: t: expected codes 0, 1, 2, found 3 at row \(row), column \(column)")
      }
    }
  }

  @Test("of zero bytes only are refused")
  func allZero() {
    #expect(
      message { () throws(ModelFileError) in
        try TernaryPlanes.decode(
          [UInt8](repeating: 0, count: 6), rows: 7, columns: 3, file: "f", tensor: "t")
      } == "f: t: expected ternary weights, found only zero bytes (a damaged download)")
  }
}

/// Packs row-major trits as the format says: byte (r, c) holds rows r, R + r, 2R + r, 3R + r.
func pack(_ trits: [Int8], rows: Int, columns: Int) -> [UInt8] {
  let planeRows = (rows + 3) / 4
  var bytes = [UInt8](repeating: 0, count: planeRows * columns)
  for index in trits.indices {
    let (row, column) = (index / columns, index % columns)
    bytes[row % planeRows * columns + column] |= UInt8(trits[index] + 1) << (row / planeRows * 2)
  }
  return bytes
}

/// The folder of the package, which holds the recorded files.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
