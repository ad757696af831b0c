import Foundation
import ModelFile
import Ternary
import TestSupport
import Testing
import Workload

@Suite("The tensors of a GGUF file")
struct GGUFBlocksTests {
  /// Where the code of weight `element` of a block stands, by the formats' own definitions.
  private enum Definition: UInt32, CaseIterable {
    case tq1x0 = 34
    case tq2x0 = 35
    case i2S = 36

    var blockSize: Int { self == .i2S ? 128 : 256 }

    /// The bytes of a block of codes 0, 1, 2, without its scale.
    func bytes(_ codes: [UInt8]) -> [UInt8] {
      switch self {
      case .tq2x0:
        var bytes = [UInt8](repeating: 0, count: 64)
        for (e, code) in codes.enumerated() {
          bytes[32 * (e / 128) + e % 32] |= code << UInt8(2 * (e % 128 / 32))
        }
        return bytes
      case .i2S:
        var bytes = [UInt8](repeating: 0, count: 32)
        for (e, code) in codes.enumerated() { bytes[e % 32] |= code << UInt8(6 - 2 * (e / 32)) }
        return bytes
      case .tq1x0:
        func byte(_ places: [Int]) -> UInt8 {
          let digits = places.map { Int(codes[$0]) } + [0, 0, 0, 0, 0]
          return GGUFBlocksTests.fraction(digits[..<5].reduce(0) { 3 * $0 + $1 })
        }
        return (0..<32).map { m in byte((0..<5).map { m + 32 * $0 }) }
          + (0..<16).map { m in byte((0..<5).map { 160 + m + 16 * $0 }) }
          + (0..<4).map { m in byte((0..<4).map { 240 + m + 4 * $0 }) }
      }
    }

    /// A tensor of `trits` with a scale for every block; I2_S takes the first.
    func tensor(_ trits: [Int8], scales: [UInt16]) -> [UInt8] {
      let blocks = stride(from: 0, to: trits.count, by: blockSize).map { start in
        bytes(trits[start..<start + blockSize].map { UInt8($0 + 1) })
      }
      guard self != .i2S else {
        return blocks.flatMap { $0 } + littleEndian(Float(0.75).bitPattern)
          + [UInt8](repeating: 0, count: 28)
      }
      return zip(blocks, scales).flatMap { $0 + littleEndian($1) }
    }
  }

  /// ⌈256 q / 243⌉.
  private static func fraction(_ q: Int) -> UInt8 { UInt8((q * 256 + 242) / 243) }

  private func file(
    _ type: UInt32, rows: Int, columns: Int, _ bytes: [UInt8], scale: Float? = nil
  ) throws -> GGUFFile {
    var writer = GGUFWriter()
    writer.add("w.weight", type, [UInt64(columns), UInt64(rows)], bytes)
    if let scale { writer.addFloats("w.scale", [1], [scale]) }
    return try GGUFFile(path: "f", bytes: writer.file)
  }

  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("give the ternary weights that the formats define")
  func definitions() throws {
    var random = SplitMix64(seed: 5)
    try withEvery("type", in: Definition.allCases) { definition in
      try withEvery("rows", in: [1, 2, 3, 5, 17]) { rows in
        try withEvery("blocks", in: [1, 2, 3, 7]) { blocks in
          let columns = blocks * definition.blockSize
          let trits = random.trits(rows * columns)
          // 0x3A00 is 0.75.
          let bytes = definition.tensor(
            trits, scales: Array(repeating: 0x3A00, count: rows * blocks))
          let file = try file(definition.rawValue, rows: rows, columns: columns, bytes)
          let (weights, scale) = try file.ternary("w.weight", rows: rows, columns: columns)
          #expect(
            weights == TritMatrix(rows: rows, columns: columns, trits: trits), "\(trail)")
          #expect(scale == .multiply(0.75), "\(trail)")
        }
      }
    }
  }

  @Test(
    "are what llama.cpp's own package makes of them",
    arguments: [
      "f16", "bf16", "q8_0", "q4_0", "q6_k",
    ])
  func packageFloats(_ name: String) throws {
    let file = try golden()
    let values = try file.floats(name)
    #expect(values == (try file.floats("\(name).values")))
    #expect(Set(values).count > 40)
    let shape = try #require(file.tensors[name]).shape
    let table = try file.table(name, rows: shape[0], columns: shape[1])
    #expect(table.row(1) == Array(values[shape[1]...]))
  }

  @Test("hold the trits that llama.cpp's own package made", arguments: ["tq1_0", "tq2_0"])
  func packageTrits(_ name: String) throws {
    let file = try golden()
    let (weights, scale) = try file.ternary(name, rows: 2, columns: 512)
    let values = try file.floats("\(name).values")
    #expect(scale == .multiply(0.75))
    for (index, value) in values.enumerated() {
      #expect(Float(weights[index / 512, index % 512]) * 0.75 == value, "\(index)")
    }
    // The same values as floats are the same matrix.
    let (same, sameScale) = try file.ternary("\(name).values", rows: 2, columns: 512)
    #expect(same == weights)
    #expect(sameScale == scale)
  }

  private func golden() throws -> GGUFFile {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try GGUFFile(path: folder.appending(path: "Golden/blocks.gguf").path)
  }

  @Test("have the coarsest scales that hold all of theirs")
  func granularity() throws {
    var random = SplitMix64(seed: 9)
    var trits = random.trits(3 * 512)
    // Row 1 begins with a block of zeros, whose scale has no say.
    for index in 512..<768 { trits[index] = 0 }
    let (one, two, zero) = (UInt16(0x3C00), UInt16(0x4000), UInt16(0))
    func scale(_ scales: [UInt16], extra: Float? = nil) throws -> WeightScale {
      try file(
        35, rows: 3, columns: 512, Definition.tq2x0.tensor(trits, scales: scales), scale: extra
      ).ternary("w.weight", rows: 3, columns: 512).scale
    }
    #expect(try scale([two, two, zero, two, two, two]) == .multiply(2))
    #expect(try scale([two, two, zero, two, two, two], extra: 0.3) == .multiply(2 * 0.3))
    #expect(
      try scale([two, two, zero, one, one, one]) == .rowGroups([2, 1, 1], rowsPerGroup: 1))
    #expect(
      try scale([one, two, zero, one, two, one], extra: 0.5)
        == .inputGroups([0.5, 1, 0.5, 0.5, 1, 0.5], columnsPerGroup: 256))
  }

  @Test("with a code that means nothing are refused with its place")
  func illegalCodes() throws {
    var bytes = Definition.tq2x0.tensor(
      Array(repeating: 1, count: 1024), scales: Array(repeating: 0x3C00, count: 4))
    // Row 1, block 1, second half: weight 128 + 5 + 2 · 32 of the block.
    bytes[3 * 66 + 32 + 5] |= 0b11 << 4
    #expect(
      error {
        _ = try file(35, rows: 2, columns: 512, bytes).ternary("w.weight", rows: 2, columns: 512)
      }
        == "f: w.weight: expected codes 0, 1, 2, found another at row 1, column 453")
    bytes = Definition.i2S.tensor(Array(repeating: 0, count: 256), scales: [])
    bytes[32 + 7] |= 0b11
    #expect(
      error {
        _ = try file(36, rows: 2, columns: 128, bytes).ternary("w.weight", rows: 2, columns: 128)
      }
        == "f: w.weight: expected codes 0, 1, 2, found another at row 1, column 103")
  }

  @Test("in TQ1_0 with a byte that no digits give are refused")
  func illegalDigits() throws {
    let legal = Set((0..<243).map(Self.fraction))
    let legalTail = Set((0..<81).map { Self.fraction(3 * $0) })
    let zeros = Definition.tq1x0.tensor(Array(repeating: 0, count: 256), scales: [0x3C00])
    for (place, legal, column) in [(0, legal, 0), (37, legal, 165), (51, legalTail, 243)] {
      for byte in UInt8.min...UInt8.max {
        var bytes = zeros
        bytes[place] = byte
        let file = try file(34, rows: 1, columns: 256, bytes)
        let text = error { _ = try file.ternary("w.weight", rows: 1, columns: 256) }
        let expected =
          "f: w.weight: expected a byte of five digits, found another at row 0, column \(column)"
        #expect(text == (legal.contains(byte) ? "" : expected), "\(byte) at \(place)")
      }
    }
  }

  @Test("with a scale that is none are refused")
  func illegalScales() throws {
    let trits = [Int8](repeating: 1, count: 512)
    let illegal: [(UInt16, String)] = [
      (0, "0.0"), (0xBC00, "-1.0"), (0x7C00, "inf"), (0x7E00, "nan"),
    ]
    for (bits, value) in illegal {
      let bytes = Definition.tq2x0.tensor(trits, scales: [0x3C00, bits])
      #expect(
        error {
          _ = try file(35, rows: 1, columns: 512, bytes).ternary("w.weight", rows: 1, columns: 512)
        } == "f: w.weight: expected a scale above 0, found \(value) in row 0, columns from 256")
    }
    var bytes = Definition.i2S.tensor(trits, scales: [])
    bytes.replaceSubrange(128..<132, with: [0, 0, 0, 0])
    #expect(
      error {
        _ = try file(36, rows: 1, columns: 512, bytes).ternary("w.weight", rows: 1, columns: 512)
      } == "f: w.weight: expected a scale above 0, found 0.0")
    bytes = Definition.tq2x0.tensor(trits, scales: [0x3C00, 0x3C00])
    #expect(
      error {
        _ = try file(35, rows: 1, columns: 512, bytes, scale: -2)
          .ternary("w.weight", rows: 1, columns: 512)
      } == "f: w.scale: expected a scale above 0, found -2.0")
  }

  @Test("that are no ternary weights, or of another shape, are refused")
  func foreign() throws {
    var writer = GGUFWriter()
    writer.addFloats("w", [2, 2], [0.5, -0.5, 0.25, 0.75])
    writer.addFloats("zeros", [2, 1], [0, 0])
    writer.add("q", 12, [256], [UInt8](repeating: 0, count: 144))
    let file = try GGUFFile(path: "f", bytes: writer.file)
    let failures: [(() throws -> Void, String)] = [
      (
        { _ = try file.ternary("w", rows: 2, columns: 2) },
        "f: w: expected ±0.25 or 0 as in the rest of row 1, found 0.75 at column 1"
      ),
      (
        { _ = try file.ternary("zeros", rows: 1, columns: 2) },
        "f: zeros: expected a scale above 0, found 0.0"
      ),
      (
        { _ = try file.ternary("w", rows: 4, columns: 1) },
        "f: w: expected shape [4, 1], found [2, 2]"
      ),
      (
        { _ = try file.ternary("q", rows: 1, columns: 256) },
        "f: q: expected TQ1_0 or TQ2_0 or I2_S, found Q4_K"
      ),
      (
        { _ = try file.floats("q") },
        "f: q: expected F32 or F16 or BF16 or Q8_0 or Q6_K or Q4_0, found Q4_K"
      ),
      ({ _ = try file.floats("x") }, "f: x: expected this tensor, found none"),
    ]
    for (body, text) in failures { #expect(error(body) == text) }
  }
}
