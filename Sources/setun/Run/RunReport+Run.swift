import Activity
import Architecture
import ArgumentParser
import Energy
import Foundation
import Mapping
import ModelFile
import Reference
import Report
import Ternary
import Workload

extension RunReport {
  /// Puts together what a run found, and prices it.
  init(
    _ run: ModelRun, _ trace: [PhaseTrace], _ baseline: CPUBaseline, _ results: LayerResults,
    _ work: PricedWork, notes: [String], _ progress: Progress
  ) throws {
    let energy = work.energy
    let baselines = try energy.map { energy throws(EnergyError) in try BaselineModel(energy) }
    let architecture = run.architecture
    let phases = try zip(trace, zip(results.phases, baseline.times)).map { phase, columns in
      Phase(
        name: phase.name, tokens: phase.tokens,
        layers: try zip(columns.0, columns.1).map { layer, cpuTime in
          try Task.checkCancellation()
          progress.update("energy of \(layer.call.layer.name) in \(phase.name)")
          return Layer(
            layer, work.price(layer, in: phase.name), architecture, baselines, cpuTime: cpuTime,
            cpuEnergy: baseline.energy(over: cpuTime))
        })
    }
    self.init(
      toolVersion: Setun.configuration.version,
      date: Date.now.formatted(.iso8601),
      command: CommandLine.arguments,
      model: Model(run), prompt: Prompt(text: run.prompt, tokens: run.tokens.count),
      architecture: ArchitectureSummary(
        architecture, configurationHash: architecture.configurationHashHex),
      phases: phases, areas: energy?.area.byBlock ?? [:],
      areaSources: energy?.area.contributions ?? [],
      modelSpeed: .speed(results.modelRates, of: "simulator of jobs"),
      rtlSpeed: .speed(results.rtlRates, of: "Verilated RTL"),
      baselines: energy.map { energy in
        .init(
          energy,
          phases.map { phase in
            Baselines.Work(
              prefix: phase.name, tokens: phase.tokens,
              layers: phase.layers.map { ($0.macs, $0.figures.counts) })
          })
      } ?? [],
      notes: run.selectionNote + notes + (energy == nil ? FPGAReport.notes : []) + Self.exclusions)
    fpga = work.fpga.map(FPGAReport.init)
    warnings = [energy?.clock?.warning, fpga?.warning].compactMap { $0 }
  }

  /// What the figures leave out, whatever runs.
  private static let exclusions = [
    "Only the ternary matrix products are compared: attention, norms, activation functions, "
      + "quantisation and the LM head run on the CPU in either case and are in neither column.",
    "Wires and clock tree are in energy only as the published share of what switches on the chip, "
      + "and not in area; placement is in neither.",
    "CPU weights are warm in the cache where they fit; the accelerator reads all weights from "
      + "external memory.",
    "CPU energy leaves out the memory outside its package. Published beside it, "
      + CPUEnergy.published.map {
        "\($0.joulesPerToken.typical) J/token (\($0.model), \($0.cpu), \($0.runtime))"
      }.joined(separator: ", ") + ": whole tokens, from the technical report of bitnet.cpp.",
  ]
}

extension RunReport.Model {
  fileprivate init(_ run: ModelRun) {
    let configuration = run.model.configuration
    let layers = run.model.linearLayers
    let weights = layers.reduce(0) { $0 + $1.weights.rows * $1.weights.columns }
    self.init(
      name: URL(filePath: run.model.path).lastPathComponent, path: run.model.path,
      description: run.isBuiltIn
        ? "The built-in BitNet b1.58 decoder, trained on the King James Bible."
        : "A BitNet b1.58 decoder.",
      parameters: [
        .init("hidden_size", "\(configuration.hiddenSize)"),
        .init("intermediate_size", "\(configuration.intermediateSize)"),
        .init("layers", "\(configuration.layerCount)"),
        .init("heads", "\(configuration.headCount)"),
        .init("key_value_heads", "\(configuration.keyValueHeadCount)"),
        .init("vocabulary_size", "\(configuration.vocabularySize)"),
        .init("ternary_layers", "\(layers.count)"),
        .init("ternary_weights", "\(weights)"),
      ])
  }
}

extension RunReport.Layer {
  fileprivate init(
    _ layer: LayerResults.Layer, _ priced: PricedWork.Layer, _ architecture: Architecture,
    _ baselines: BaselineModel?, cpuTime: Estimate<Seconds>, cpuEnergy: Estimate<Joules>
  ) {
    let shape = layer.job.shape
    let memory = architecture.parameters.memory
    let bytesPerCycle = Double(memory.milliBytesPerCycle) / 1000
    self.init(
      name: layer.call.layer.name, m: shape.m, n: shape.n, k: shape.k,
      bound: .init(layer.counts, bytesPerCycle: bytesPerCycle),
      figures: RunReport.Figures(
        counts: layer.counts,
        time: Estimate(
          Double(layer.counts[.cycles]) / (architecture.parameters.clockMHz * 1e6),
          provenance: .counted,
          source: "cycles of the model ÷ clock of the architecture file"),
        energy: priced.energy?.components ?? [:],
        energySources: priced.energy?.contributions ?? [],
        alternatives: priced.alternatives,
        cpuTime: cpuTime, cpuEnergy: cpuEnergy,
        baselines: baselines?.baselines(products: shape.macs, counts: layer.counts),
        reference: layer.reference, oracle: layer.oracle, lockStepCycles: layer.lockStepCycles))
  }
}

extension Estimate where U == CyclesPerSecond {
  /// The range and the median of several measured rates, or `nil` of none.
  fileprivate static func speed(_ rates: [Double], of what: String) -> Self? {
    let rates = rates.sorted()
    guard let lowest = rates.first, let highest = rates.last else { return nil }
    return Self(
      low: lowest, typical: rates[rates.count / 2], high: highest, provenance: .measured,
      source: "wall clock, \(what), one core, \(rates.count) runs")
  }
}
