import Activity
import Architecture
import ArgumentParser
import Energy
import Foundation
import Machine
import Mapping
import Report
import Ternary
import Workload

/// `setun energy`: where the energy of one layer, or the area, comes from, down to each source.
struct EnergyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "energy",
    abstract: "Take the energy of one layer, or the area, apart: every term and its source.",
    discussion: """
      Counts the events of a layer with the closed form and prints what each of them costs in each \
      part of the accelerator, where that figure comes from, what the uncertainty comes from, and \
      what the layer would take on hardware that is not ternary.

      A layer is given by its sizes, or by a published model and a part of its name.

      Of an FPGA no energy is known: with a device as technology, or a family, the command prints what \
      the design takes of it instead.
      """)

  @Argument(help: "A published model: \(PublishedModel.all.map(\.name).joined(separator: ", ")).")
  var model = "2b-4t"

  @Option(help: "The layer whose name contains this.")
  var layer = "layers.0.self_attn.q_proj"

  @Option(
    help: ArgumentHelp("A layer by its outputs and inputs instead: 2560x6912.", valueName: "NxK"))
  var matmul: MatrixSize?

  @Option(help: "Tokens in one pass.")
  var tokens = 1

  @Option(help: "The share of weights that are zero, in %.")
  var zeros = 42.21

  @Flag(help: "Take the area apart instead.")
  var area = false

  @OptionGroup var architecture: ArchitectureOption

  @OptionGroup var sources: EnergyOptions

  @Option(
    help: """
      Write the counts, energies and areas as Accelergy's action_counts.yaml, ERT.yaml and ART.yaml \
      to this folder.
      """,
    completion: .directory)
  var accelergyOutput: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print the terms as comma-separated values.")
  var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("expected --json or --csv, found both") }
    guard 1...Architecture.maxTiles ~= tokens else {
      throw ValidationError("--tokens: expected 1 to \(Architecture.maxTiles), found \(tokens)")
    }
    guard 0...100 ~= zeros else {
      throw ValidationError("--zeros: expected 0 to 100 %, found \(zeros)")
    }
  }

  func run() throws {
    let design = try architecture.load()
    if let use = try sources.fpga(of: design, named: architecture.architecture) {
      return try printResources(use, of: design)
    }
    let energy = try sources.model(of: design, named: architecture.architecture)
    let (name, shape) = try matrix()
    let counts = try counts(of: shape, on: energy.architecture)
    if let accelergyOutput {
      try AccelergyFolder(accelergyOutput).write(AccelergyOutput(energy), [("", counts)])
    }
    let explanation = EnergyExplanation(
      model: energy, layer: name, shape: shape, counts: counts,
      baselines: try BaselineModel(energy).baselines(products: shape.macs, counts: counts),
      notes: sources.notes(on: energy))
    if json {
      print(try area ? explanation.areaJSON() : explanation.json())
    } else if csv {
      print(area ? explanation.areas.csv : explanation.terms.csv, terminator: "")
    } else {
      let terminal = Terminal()
      let text =
        area
        ? explanation.areaText(width: terminal.width, color: terminal.hasColor)
        : explanation.text(width: terminal.width, color: terminal.hasColor)
      print(text, terminator: "")
    }
  }

  /// Of an FPGA no energy is known: what the design takes of it stands in its place.
  private func printResources(_ use: FPGAUse, of design: Architecture) throws {
    guard accelergyOutput == nil else {
      throw Failure("--accelergy-output: expected cells, found the FPGA \(use.target.name)")
    }
    let report = FPGAReport(use)
    if json {
      print(report.json(architecture: design.parameters.name), terminator: "")
    } else if csv {
      print(report.csv, terminator: "")
    } else {
      let terminal = Terminal()
      print(report.text(width: terminal.width, color: terminal.hasColor), terminator: "")
    }
  }

  /// The layer that was asked for.
  private func matrix() throws -> (name: String, shape: MatmulShape) {
    if let matmul {
      return (
        "\(matmul.rows) × \(matmul.columns)",
        MatmulShape(m: tokens, n: matmul.rows, k: matmul.columns)
      )
    }
    guard let published = PublishedModel(named: model) else {
      throw Failure(
        "expected one of \(PublishedModel.all.map(\.name).joined(separator: ", ")), found \(model)")
    }
    let matmuls = published.shape.matmuls(tokens: tokens).filter { $0.kind == .ternary }
    guard let found = matmuls.first(where: { $0.name.contains(layer) }) else {
      throw Failure(
        "--layer: expected a part of a name such as \(matmuls[0].name), found “\(layer)”")
    }
    return ("\(published.title), \(found.name)", found.shape)
  }

  private func counts(of shape: MatmulShape, on architecture: Architecture) throws -> EventCounts {
    let isInt8 = architecture.parameters.output == .int8
    let job = try Job(
      shape, on: architecture, requantisation: isInt8 ? Requantisation(largest: 1) : nil)
    let weights = shape.n * shape.k
    let zero = Int((zeros / 100 * Double(weights)).rounded())
    let plusOnes = (weights - zero) / 2
    return try ClosedForm(architecture).counts(
      of: job,
      weights: TritCounts(minusOnes: weights - zero - plusOnes, zeros: zero, plusOnes: plusOnes))
  }
}

/// Outputs and inputs of a matrix, as an option: `2560x6912`.
struct MatrixSize: ExpressibleByArgument {
  let rows: Int
  let columns: Int

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let rows = Int(parts[0]), let columns = Int(parts[1]),
      1...(1 << 24) ~= rows, 1...(1 << 24) ~= columns
    else { return nil }
    (self.rows, self.columns) = (rows, columns)
  }
}
