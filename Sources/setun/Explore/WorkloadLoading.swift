import BuiltInModel
import Exploration
import Foundation
import ModelFile
import Workload

extension WorkloadRequest {
  /// The name of the built-in model in space files.
  static let builtIn = "built-in"

  /// Reads the layers that are asked for; files are looked for from the folder of `spaceFile` on.
  func load(spaceFile: String) throws -> ExplorationWorkload {
    do throws(ModelFileError) {
      switch source {
      case .model(let name):
        if let published = PublishedModel(named: name) {
          return ExplorationWorkload(published, request: request).named(self.name)
        }
        let path =
          name == Self.builtIn
          ? BuiltInModel.directory : DesignSpace.path(name, beside: spaceFile)
        let checkpoint =
          path.hasSuffix(".gguf")
          ? try BitNetCheckpoint(GGUFFile(path: path), activation: .squaredReLU)
          : try BitNetCheckpoint(path: path)
        return ExplorationWorkload(checkpoint, name: self.name, request: request)
      case .topology(let name, let zeroShare):
        let topology = try Topology(path: DesignSpace.path(name, beside: spaceFile))
        return ExplorationWorkload(topology, name: self.name, zeroShare: zeroShare)
      }
    } catch {
      guard case .model(let name) = source, !name.contains("/"), !name.contains(".") else {
        throw Failure("\(place): \(error)")
      }
      let names = PublishedModel.all.map(\.name).joined(separator: ", ")
      throw Failure(
        "\(place): model: expected a model file, \(Self.builtIn), or a published shape (\(names)), "
          + "found \(name)")
    }
  }
}

extension ExplorationWorkload {
  fileprivate func named(_ name: String) -> ExplorationWorkload {
    ExplorationWorkload(
      name: name, source: source, prefill: prefill, decode: decode, decodeSteps: decodeSteps)
  }
}
