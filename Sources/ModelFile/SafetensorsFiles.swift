/// The tensors of a model in one safetensors file, or in several that an index lists.
public struct SafetensorsFiles: Sendable {
  /// The file, or the index of several; it begins messages about the model as a whole.
  public let path: String
  /// All tensors; their ranges count within their own file.
  public let tensors: [String: TensorEntry]

  private let files: [SafetensorsFile]
  /// The index in `files` of every tensor.
  private let places: [String: Int]

  /// A model in one file.
  public init(_ file: SafetensorsFile) {
    path = file.path
    tensors = file.tensors
    files = [file]
    places = file.tensors.mapValues { _ in 0 }
  }

  /// The model in `directory`: `model.safetensors`, or the files of `model.safetensors.index.json`.
  public init(directory: String) throws(ModelFileError) {
    let single = directory + "/model.safetensors"
    let index = directory + "/model.safetensors.index.json"
    guard !InputFile.exists(single), InputFile.exists(index) else {
      self.init(try SafetensorsFile(path: single))
      return
    }
    let json = try readFile(index)
    try self.init(index: index, json: json) { name throws(ModelFileError) in
      try SafetensorsFile(path: "\(directory)/\(name)")
    }
  }

  /// Takes the JSON text of an index, and its files by their names.
  ///
  /// - Throws: When a file cannot be opened, or a tensor is missing from the file that the index
  ///   names for it, is in another one, or is not listed.
  package init(
    index path: String, json: [UInt8],
    open: (_ name: String) throws(ModelFileError) -> SafetensorsFile
  ) throws(ModelFileError) {
    let map = try JSONObject(file: path, parsing: json).object("weight_map")
    var files: [SafetensorsFile] = []
    var indices: [String: Int] = [:]
    var tensors: [String: TensorEntry] = [:]
    var places: [String: Int] = [:]
    for member in map.members {
      let name = try map.string(member.key)
      guard !name.isEmpty, !name.contains("/") else {
        throw map.mismatch(member.key, expected: "the name of a file in the same directory")
      }
      if indices[name] == nil {
        indices[name] = files.count
        files.append(try open(name))
      }
      guard let index = indices[name], let entry = files[index].tensors[member.key] else {
        throw ModelFileError(
          file: path, place: member.key, problem: "expected this tensor in \(name), found none")
      }
      tensors[member.key] = entry
      places[member.key] = index
    }
    for (index, file) in files.enumerated() {
      for name in file.tensors.keys.sorted() where places[name] != index {
        let found = places[name].map { "in the index as part of \(files[$0].path)" }
        throw ModelFileError(
          file: file.path, place: name,
          problem: "expected a tensor that the index \(path) lists for this file, found one "
            + (found ?? "that it does not list"))
      }
    }
    self.path = path
    self.tensors = tensors
    self.files = files
    self.places = places
  }

  /// The file that holds a tensor.
  public func file(of tensor: String) throws(ModelFileError) -> SafetensorsFile {
    guard let place = places[tensor] else {
      throw ModelFileError(file: path, place: tensor, problem: "expected this tensor, found none")
    }
    return files[place]
  }
}
