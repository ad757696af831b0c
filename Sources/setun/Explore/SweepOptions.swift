import Architecture
import ArgumentParser
import Exploration
import Foundation
import Reference

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
  func sweep() throws -> Sweep { try loaded().sweep }

  /// Reads the space, the layers of its workloads, and where perplexities count, models and texts.
  ///
  /// - Parameter progress: Receives what is evaluated, later, and the share that is done.
  func loaded(
    _ progress: @escaping @Sendable (Numerics, Double) -> Void = { _, _ in }
  ) throws -> (sweep: Sweep, perplexities: [Perplexities?]) {
    let name = spaceFile ?? DesignSpace.sampleNames[0]
    let isFile = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    let space = isFile ? try DesignSpace(contentsOfFile: name) : try DesignSpace.sample(named: name)
    let requests = space.workloads.map { request in
      guard let model, case .model = request.source else { return request }
      var request = request
      // On the command line paths are looked for where the user is.
      let isFile = FileManager.default.fileExists(atPath: model)
      request.source = .model(isFile ? URL(filePath: model).path : model)
      request.place = "--model"
      return request
    }
    let workloads = try requests.map { try $0.load(spaceFile: name) }
    let perplexities = try requests.enumerated().map { index, request in
      space.asksForPerplexity(ofWorkload: index)
        ? try request.perplexities(spaceFile: name, progress) : nil
    }
    let formatter = ISO8601DateFormatter()
    let sweep = Sweep(
      space: space, workloads: workloads, texts: perplexities.map { $0.map(Sweep.Text.init) },
      toolVersion: Setun.configuration.version,
      date: formatter.string(from: Date()), command: ["setun"] + CommandLine.arguments.dropFirst(),
      file: name)
    return (sweep, perplexities)
  }

  /// The file of the results of `sweep`.
  func path(of sweep: Sweep) -> String { store ?? "\(sweep.space.name).sqlite" }
}

extension Sweep {
  /// What its points are evaluated with.
  ///
  /// - Parameter perplexities: Of each workload, where points are to be evaluated for them too.
  func evaluators(_ perplexities: [Perplexities?]? = nil) throws -> [Evaluator] {
    do {
      return try workloads.enumerated().map {
        try Evaluator($1, perplexities: perplexities?[$0])
      }
    } catch {
      throw Failure("\(error)")
    }
  }
}
