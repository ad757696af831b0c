import Foundation
import Testing

/// A model folder whose weights may be damaged.
private struct DamagedModel {
  let folder: WorkFolder
  /// The intact file.
  let bytes: Data
  /// Bytes of the JSON header, without the eight that hold its length.
  let headerLength: Int

  init() throws {
    folder = try WorkFolder()
    bytes = try Data(contentsOf: URL(filePath: Project.model + "/model.safetensors"))
    headerLength = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    try FileManager.default.createDirectory(
      atPath: folder.path + "/model", withIntermediateDirectories: true)
    for name in ["config.json", "tokenizer.json"] {
      try folder.copy(Project.model + "/" + name, as: "model/" + name)
    }
  }

  /// The first byte of a tensor in the file.
  func offset(of tensor: String) throws -> Int {
    let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + headerLength])
    let entry = try #require((header as? [String: Any])?[tensor] as? [String: Any])
    return 8 + headerLength + (try #require((entry["data_offsets"] as? [Int])?.first))
  }

  /// Runs the command on these weights, which it must refuse.
  func refuses(_ weights: Data?, _ expected: ExpectedMessage) async throws {
    if let weights { try folder.write("model/model.safetensors", weights) }
    try await expectRefusal(
      quickRun + ["--model", "model"], in: folder, expected)
  }
}

extension CommandTests {
  @Suite("damaged models") struct ModelRefusalTests {
    private let file = "model/model.safetensors"

    @Test("a truncated file is refused, wherever it ends")
    func truncated() async throws {
      let model = try DamagedModel()
      let (size, header) = (model.bytes.count, model.headerLength)
      for length in [0, 1, 7] {
        try await model.refuses(
          model.bytes.prefix(length),
          .exactly("\(file): header length: expected 8 bytes, found a file of \(length)"))
      }
      for length in [8, 9, 8 + header / 2, 8 + header - 1] {
        try await model.refuses(
          model.bytes.prefix(length),
          .exactly(
            "\(file): header length: expected at most \(length - 8) bytes, found \(header)"))
      }
      for length in [8 + header, 8 + header + 1, size / 2, size - 1] {
        try await model.refuses(
          model.bytes.prefix(length),
          .exactly(
            "\(file): expected \(size - 8 - header) bytes of data, found \(length - 8 - header)"))
      }
    }

    @Test("a damaged byte of the header is refused")
    func damagedHeader() async throws {
      let model = try DamagedModel()
      for index in [0, 2, 7, 8, 9, 8 + model.headerLength / 3, 8 + model.headerLength - 1] {
        var bytes = model.bytes
        bytes[index] = 0xff
        try await model.refuses(bytes, .prefix("\(file): "))
      }
    }

    @Test("a reserved weight code is refused with its place")
    func reservedCode() async throws {
      let model = try DamagedModel()
      let tensor = "model.layers.2.self_attn.k_proj.weight"
      var bytes = model.bytes
      // 256 columns; the lowest two bits of a byte in row 3 belong to output 3.
      bytes[try model.offset(of: tensor) + 3 * 256 + 5] |= 0b11
      try await model.refuses(
        bytes,
        .exactly("\(file): \(tensor): expected codes 0, 1, 2, found 3 at row 3, column 5"))
    }

    @Test("a file that is missing is named")
    func missing() async throws {
      let model = try DamagedModel()
      try await model.refuses(nil, .prefix("\(file): cannot be opened ("))
      try model.folder.write(file, model.bytes)
      for name in ["tokenizer.json", "config.json"] {
        try FileManager.default.removeItem(atPath: model.folder.path + "/model/" + name)
        try await model.refuses(
          nil,
          name == "config.json"
            ? .prefix("model/config.json: cannot be opened (")
            : .exactly("model: expected a tokenizer.json to turn text into tokens, found none"))
      }
    }
  }
}
