import Architecture
import ArgumentParser
import Exploration
import Foundation

/// What is explored, for the commands that need the space itself.
struct SweepOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A space file. Default: the built-in space \(DesignSpace.sampleNames[0]).",
      valueName: "space"),
    completion: .file(extensions: ["yaml", "yml"]))
  var spaceFile: String?

  @Option(
    help: """
      Run every model workload of the space with this model: a model file or a published shape.
      """)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The file of the results. Default: the name of the space with .sqlite.", valueName: "file"),
    completion: .file(extensions: ["sqlite"]))
  var store: String?

  /// Reads the space and the layers of its workloads.
  func sweep() throws -> Sweep {
    let name = spaceFile ?? DesignSpace.sampleNames[0]
    let isFile = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    let space = isFile ? try DesignSpace(contentsOfFile: name) : try DesignSpace.sample(named: name)
    let workloads = try space.workloads.map { request in
      guard let model, case .model = request.source else {
        return try request.load(spaceFile: name)
      }
      var request = request
      // On the command line paths are looked for where the user is.
      let isFile = FileManager.default.fileExists(atPath: model)
      request.source = .model(isFile ? URL(filePath: model).path : model)
      request.place = "--model"
      return try request.load(spaceFile: name)
    }
    let formatter = ISO8601DateFormatter()
    return Sweep(
      space: space, workloads: workloads, toolVersion: Setun.configuration.version,
      date: formatter.string(from: Date()), command: ["setun"] + CommandLine.arguments.dropFirst(),
      file: name)
  }

  /// The file of the results of `sweep`.
  func path(of sweep: Sweep) -> String { store ?? "\(sweep.space.name).sqlite" }
}

extension Sweep {
  /// What its points are evaluated with.
  func evaluators() throws -> [Evaluator] {
    do {
      return try workloads.map { try Evaluator($0) }
    } catch {
      throw Failure("\(error)")
    }
  }
}
