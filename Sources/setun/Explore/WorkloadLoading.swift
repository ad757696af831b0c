import BuiltInModel
import Exploration
import Foundation
import ModelFile
import Reference
import Workload

extension WorkloadRequest {
  /// The name of the built-in model in space files.
  static let builtIn = "built-in"

  /// Reads the layers that are asked for; files are looked for from the folder of `spaceFile` on.
  func load(spaceFile: String) throws -> ExplorationWorkload {
    func path(_ name: String) -> String { DesignSpace.path(name, beside: spaceFile) }
    switch source {
    case .model(let model): return try load(model: model, request, spaceFile: spaceFile)
    case .topology(let file, let zeroShare):
      return try placed {
        ExplorationWorkload(
          try Topology(path: path(file)), name: self.name, zeroShare: zeroShare)
      }
    case .trace(let file, let zeros):
      let trace = TraceWorkload(path: path(file))
      switch zeros {
      case .counted: return try placed { try trace.ofRun(named: self.name) }
      case .share(let share):
        return try placed { try trace.recorded(named: self.name, zeroShare: share) }
      case .model(let model):
        let one = ExplorationWorkload.Request(promptTokens: 1, generatedTokens: 0)
        let weights = try load(model: model, one, spaceFile: spaceFile)
        return try placed {
          try trace.recorded(named: self.name, zerosOf: weights, called: model)
        }
      }
    }
  }

  /// A published shape, the built-in model or a model file.
  private func load(
    model name: String, _ request: ExplorationWorkload.Request, spaceFile: String
  ) throws -> ExplorationWorkload {
    if let published = PublishedModel(named: name) {
      return ExplorationWorkload(published, request: request).named(self.name)
    }
    let path = Self.path(ofModel: name, spaceFile)
    do throws(ModelFileError) {
      let checkpoint =
        path.hasSuffix(".gguf")
        ? try BitNetCheckpoint(GGUFFile(path: path), activation: .squaredReLU)
        : try BitNetCheckpoint(path: path)
      return ExplorationWorkload(checkpoint, name: self.name, request: request)
    } catch {
      guard !name.contains("/"), !name.contains(".") else { throw Failure("\(place): \(error)") }
      let names = PublishedModel.all.map(\.name).joined(separator: ", ")
      throw Failure(
        "\(place): model: expected a model file, \(Self.builtIn), or a published shape (\(names)), "
          + "found \(name)")
    }
  }

  /// What `body` gives; its errors say where in the space file they come from.
  private func placed(_ body: () throws -> ExplorationWorkload) throws -> ExplorationWorkload {
    do { return try body() } catch { throw Failure("\(place): \(error)") }
  }
}

extension WorkloadRequest {
  /// Where the model `name` is, which is no published shape.
  private static func path(ofModel name: String, _ spaceFile: String) -> String {
    name == builtIn ? BuiltInModel.directory : DesignSpace.path(name, beside: spaceFile)
  }

  /// The model and the text of the workload, to be run in any arithmetic.
  ///
  /// - Throws: ``Failure`` when it has no weights or no text.
  func perplexities(
    spaceFile: String, _ progress: @escaping @Sendable (Numerics, Double) -> Void
  ) throws -> Perplexities {
    let expected = "\(place): perplexity: expected a model with weights"
    guard case .model(let name) = source else {
      throw Failure("\(expected), found a topology or a recorded run")
    }
    guard PublishedModel(named: name) == nil else {
      throw Failure("\(expected), found the shape \(name) without any")
    }
    let text = text.map { DesignSpace.path($0, beside: spaceFile) }
    guard let file = text ?? (name == Self.builtIn ? BuiltInModel.heldOutText : nil) else {
      throw Failure(
        "\(place): perplexity: expected text beside model, a file to predict, found none")
    }
    let words: String
    do {
      words = try PerplexityCommand.readText(file)
    } catch {
      throw Failure("\(textPlace ?? place): \(error)")
    }
    do {
      let path = Self.path(ofModel: name, spaceFile)
      let model = try BitNetModel(
        path: path, activation: path.hasSuffix(".gguf") ? .squaredReLU : nil)
      let all = try model.tokenizer.encode(words)
      let tokens = Array(all.prefix(textTokens ?? all.count))
      return try Perplexities(
        of: model, on: tokens,
        source: "\(URL(filePath: file).lastPathComponent), \(tokens.count.grouped) tokens",
        progress: progress)
    } catch {
      throw Failure("\(place): \(error)")
    }
  }
}

extension ExplorationWorkload {
  fileprivate func named(_ name: String) -> ExplorationWorkload {
    ExplorationWorkload(
      name: name, source: source, prefill: prefill, decode: decode, decodeSteps: decodeSteps,
      keyValues: keyValues)
  }
}
