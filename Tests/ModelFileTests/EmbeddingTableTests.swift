import Testing

@testable import ModelFile

@Suite("An embedding table")
struct EmbeddingTableTests {
  private static let values: [Float] = [1, -0.5, 0, 2.25, -3, 0.125]

  private func table(_ format: EmbeddingTable.Format) -> EmbeddingTable {
    let bytes =
      switch format {
      case .f32: Self.values.flatMap { littleEndian($0.bitPattern) }
      case .f16: Self.values.flatMap { littleEndian(FloatBits.half($0)) }
      default: Self.values.flatMap { littleEndian(FloatBits.brain($0)) }
      }
    return EmbeddingTable(rows: 3, columns: 2, format: format, bytes: bytes)
  }

  @Test("gives the same rows whatever its type")
  func rows() {
    let doubled = EmbeddingTable.RowDecoder(typeName: "D8", rowBytes: 2) { source, values in
      for column in values.indices {
        let byte = source.load(fromByteOffset: column, as: Int8.self)
        values.initializeElement(at: column, to: Float(byte) / 8)
      }
    }
    let blocks = EmbeddingTable(
      rows: 3, columns: 2, format: .blocks(doubled),
      bytes: Self.values.map { UInt8(bitPattern: Int8($0 * 8)) })
    for table in [table(.f32), table(.f16), table(.bf16), blocks] {
      #expect((0..<3).flatMap(table.row) == Self.values, "\(table.format.typeName)")
      #expect(table == blocks)
    }
    #expect([table(.f32), table(.f16), blocks].map(\.rowBytes) == [8, 4, 2])
    #expect(blocks.format.typeName == "D8")
  }

  @Test("differs where a value does")
  func equality() {
    var bytes = table(.f32).bytes
    bytes[3] ^= 0x80
    #expect(EmbeddingTable(rows: 3, columns: 2, format: .f32, bytes: bytes) != table(.bf16))
    #expect(
      EmbeddingTable(rows: 2, columns: 3, format: .f32, bytes: table(.f32).bytes) != table(.f32))
  }

  @Test("knows the first row with a value that is not finite")
  func finite() {
    let cases: [(EmbeddingTable.Format, [UInt8])] = [
      (.f32, littleEndian(Float.infinity.bitPattern)), (.f32, littleEndian(Float.nan.bitPattern)),
      (.f16, [0x00, 0xFC]), (.f16, [0x01, 0x7E]), (.bf16, [0x80, 0x7F]), (.bf16, [0x81, 0xFF]),
    ]
    for (format, special) in cases {
      let sound = table(format)
      #expect(sound.firstRowNotFinite == nil)
      var bytes = sound.bytes
      bytes.replaceSubrange(5 * special.count..<6 * special.count, with: special)
      let table = EmbeddingTable(rows: 3, columns: 2, format: format, bytes: bytes)
      #expect(table.firstRowNotFinite == 2)
    }
  }

  @Test("of a checkpoint must be finite, and a head of its own is used")
  func checkpoints() throws {
    var model = TinyModel()
    model.weights.addBF16("lm_head.weight", [3, 4], (1...12).map { -Float($0) / 4 })
    let separate = TinyModel.configurationText.replacing(
      #""tie_word_embeddings":true"#, with: #""tie_word_embeddings":false"#)
    let checkpoint = try TinyModel.load(model.weights.file, configuration: separate)
    #expect(checkpoint.head.row(2) == [-2.25, -2.5, -2.75, -3])
    #expect(checkpoint.embedding.row(2) == [2.25, 2.5, 2.75, 3])
    #expect(
      message { () throws(ModelFileError) in
        try TinyModel.load(TinyModel().weights.file, configuration: separate)
      } == "f: lm_head.weight: expected this tensor, found none")
    model = TinyModel()
    model.change("embed_tokens.weight") { $0.bytes.replaceSubrange(14..<16, with: [0x80, 0xFF]) }
    #expect(
      message { () throws(ModelFileError) in try TinyModel.load(model.weights.file) }
        == "f: model.embed_tokens.weight: expected finite values, found -inf at element 7")
  }
}
