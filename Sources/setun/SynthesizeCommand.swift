import ArgumentParser
import Foundation
import ModelFile
import Report
import Workload

/// `setun synthesize`: a checkpoint of the size of a real model, to measure with.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write a checkpoint with the shape of a published model and random weights.",
    discussion: """
      Every matrix has the share of zeros that the matrix of the same place and depth has in BitNet \
      b1.58 2B4T. Equal seeds give equal weights, whatever the format. The files say that they are \
      synthetic, and so does 'setun inspect'. They make no text, only the work of a real model.

      Shapes: \(PublishedModel.all.map(\.name).joined(separator: ", ")).
      """)

  /// What is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case safetensors
    case gguf
  }

  /// The coding of ternary weights in GGUF.
  enum Coding: String, CaseIterable, ExpressibleByArgument {
    case tq1x0 = "tq1_0"
    case tq2x0 = "tq2_0"
    case i2S = "i2_s"

    var type: GGUFTensorType {
      switch self {
      case .tq1x0: .tq1x0
      case .tq2x0: .tq2x0
      case .i2S: .i2S
      }
    }
  }

  @Argument(help: "A shape, or a config.json.")
  var model: String

  @Option(
    name: .shortAndLong, help: "The directory to make, or the .gguf file to write.",
    completion: .file())
  var output: String

  @Option(help: "The kind of file.")
  var format = Format.safetensors

  @Option(help: "How ternary weights are coded in GGUF.")
  var coding = Coding.tq2x0

  @Option(
    help: """
      A tokenizer.json to lay beside the weights of a directory, so that the model runs on texts; its \
      tokens may be fewer than the shape's.
      """,
    completion: .file(extensions: ["json"]))
  var tokenizer: String?

  @Option(help: "Make only the first layers, as many as this.")
  var layers: Int?

  @Option(help: "The seed of the weights.")
  var seed: UInt64 = 1

  func validate() throws {
    if tokenizer != nil, format == .gguf {
      throw ValidationError("--tokenizer acts with --format safetensors only")
    }
  }

  func run() throws {
    let checkpoint = try checkpoint()
    let tokenizerText = try tokenizer.map { try InputFile(path: $0).bytes() }
    let start = ContinuousClock.now
    let bytes = try write(checkpoint, tokenizerText)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try Terminal.write(
      "\(output): \(checkpoint.label); \(checkpoint.shape.layerCount) layers, "
        + "\(checkpoint.shape.ternaryWeights) ternary weights, \(bytes) bytes, "
        + String(format: "%.1f s", seconds))
  }

  /// Returns the bytes of the file of weights.
  private func write(_ checkpoint: SyntheticCheckpoint, _ tokenizer: [UInt8]?) throws -> Int {
    let progress = Progress()
    defer { progress.finish() }
    var bytes = 0
    func count(_ part: [UInt8]) {
      // Few steps, because each is a line of its own where nobody watches a terminal.
      let step = (bytes + part.count) >> 28
      if step > bytes >> 28 { progress.update("\(step << 8) MiB written") }
      bytes += part.count
    }
    switch format {
    case .safetensors:
      try makeDirectory()
      try OutputFile.write(checkpoint.configurationText, to: "\(output)/config.json")
      if let tokenizer { try OutputFile.write(tokenizer, to: "\(output)/tokenizer.json") }
      try OutputFile.write(to: "\(output)/model.safetensors") { sink throws(OutputFile.Failure) in
        try checkpoint.safetensors.write { part throws(OutputFile.Failure) in
          count(part)
          try sink(part)
        }
      }
    case .gguf:
      let file = try checkpoint.gguf(coding.type)
      try OutputFile.write(to: output) { sink throws(OutputFile.Failure) in
        try file.write { part throws(OutputFile.Failure) in
          count(part)
          try sink(part)
        }
      }
    }
    return bytes
  }

  private func checkpoint() throws -> SyntheticCheckpoint {
    let model = try publishedModel()
    if let layers, !(1...model.shape.layerCount).contains(layers) {
      throw Failure(
        "--layers: expected 1 to \(model.shape.layerCount), the layers of \(model.title), found "
          + "\(layers)")
    }
    return SyntheticCheckpoint(model, layers: layers, seed: seed)
  }

  private func publishedModel() throws -> PublishedModel {
    if let model = PublishedModel(named: model) { return model }
    guard model.hasSuffix(".json") else {
      throw Failure(
        "MODEL: expected a config.json or one of "
          + "\(PublishedModel.all.map(\.name).joined(separator: ", ")), found '\(model)'")
    }
    return try PublishedModel(configuration: model)
  }

  private func makeDirectory() throws {
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw Failure("\(output): the directory cannot be made (\(error.localizedDescription))")
    }
  }
}
