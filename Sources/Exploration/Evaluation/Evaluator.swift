public import Activity
import Architecture
public import Energy
import Machine
public import Mapping
import Ternary
import Workload

/// What design points come to on one workload.
///
/// Cycles and events are those of `ClosedForm`, energies and areas those of `EnergyModel`. A value
/// may be used on any number of threads; each asks its own ``Session``.
public struct Evaluator: Sendable {
  public let workload: ExplorationWorkload
  let technologies: [String: Technology]
  let table: SRAMTable

  /// - Parameters:
  ///   - technologies: Those that architectures may name, or `nil` for those that come with Setun.
  ///   - table: SRAM figures, or `nil` for the table that comes with Setun.
  /// - Throws: ``EnergyError`` when figures cannot be read.
  public init(
    _ workload: ExplorationWorkload, technologies: [Technology]? = nil, table: SRAMTable? = nil
  ) throws(EnergyError) {
    self.workload = workload
    var named: [String: Technology] = [:]
    if let technologies {
      for technology in technologies { named[technology.name] = technology }
    } else {
      for name in Technology.names { named[name] = try Technology(named: name) }
    }
    self.technologies = named
    if let table { self.table = table } else { self.table = try SRAMTable.standard() }
  }

  /// The metrics of `point`.
  ///
  /// - Throws: ``ExplorationError`` when the point cannot run the workload, or has no price.
  public func metrics(of point: DesignPoint) throws(ExplorationError) -> PointMetrics {
    try Session(self).metrics(of: point)
  }
}

extension Evaluator {
  /// One layer on a design point.
  public struct LayerDetail: Sendable {
    public let layer: ExplorationWorkload.Layer
    /// The layer as the accelerator runs it, with the mapping that was chosen.
    public let job: Job
    public let counts: EventCounts
    public let energy: LayerEnergy
  }

  /// The layers of a phase on a design point.
  public struct PhaseDetail: Sendable {
    /// As in the workload.
    public let layers: [LayerDetail]
  }

  /// The layers of both phases on `point`, one by one.
  ///
  /// - Throws: As ``metrics(of:)``.
  public func details(
    of point: DesignPoint
  ) throws(ExplorationError) -> (prefill: PhaseDetail?, decode: PhaseDetail?) {
    let slow = try SlowPoint(point.architecture, self)
    func detail(_ phase: ExplorationWorkload.Phase?) throws(ExplorationError) -> PhaseDetail? {
      guard let phase else { return nil }
      var layers: [LayerDetail] = []
      for layer in phase.layers { layers.append(try slow.detail(of: layer, point.mapping)) }
      return PhaseDetail(layers: layers)
    }
    return (try detail(workload.prefill), try detail(workload.decode))
  }

  /// Evaluates points one after the other, on one thread.
  public final class Session {
    private let evaluator: Evaluator

    public init(_ evaluator: Evaluator) { self.evaluator = evaluator }

    /// As ``Evaluator/metrics(of:)``.
    public func metrics(of point: DesignPoint) throws(ExplorationError) -> PointMetrics {
      let details = try evaluator.details(of: point)
      let architecture = point.architecture
      let slow = try SlowPoint(architecture, evaluator)
      let parameters = architecture.parameters
      let area = slow.energy.area.total
      return PointMetrics(
        prefill: evaluator.workload.prefill.flatMap { phase in
          details.prefill.map { $0.totals(tokens: phase.tokens) }
        },
        decode: evaluator.workload.decode.flatMap { phase in
          details.decode.map { $0.totals(tokens: phase.tokens) }
        },
        decodeSteps: evaluator.workload.decodeSteps, clockHertz: parameters.clockMHz * 1e6,
        peakProducts: Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight)
          / Double(architecture.operandInterval),
        area: 1e-6 * Bounded(low: area.low, typical: area.typical, high: area.high))
    }
  }
}

extension Evaluator.PhaseDetail {
  /// The sums over all layers.
  fileprivate func totals(tokens: Int) -> PointMetrics.Phase {
    var phase = PointMetrics.Phase(
      tokens: tokens, cycles: 0, products: 0, memoryBytes: 0, energy: Bounded(0))
    for detail in layers {
      let (counts, energy) = (detail.counts, detail.energy.total)
      phase.cycles += Int(counts[.cycles])
      phase.products += detail.layer.shape.macs
      phase.memoryBytes += Int(
        counts[.weightBytesRead] + counts[.activationBytesRead] + counts[.multiplierBytesRead]
          + counts[.outputBytesWritten])
      phase.energy =
        phase.energy + Bounded(low: energy.low, typical: energy.typical, high: energy.high)
    }
    return phase
  }
}

/// One architecture, evaluated layer by layer.
private struct SlowPoint {
  let architecture: Architecture
  let energy: EnergyModel
  let closedForm: ClosedForm

  init(_ architecture: Architecture, _ evaluator: Evaluator) throws(ExplorationError) {
    let parameters = architecture.parameters
    self.architecture = architecture
    guard let technology = evaluator.technologies[parameters.technology] else {
      let names = evaluator.technologies.keys.sorted().joined(separator: ", ")
      throw .input(
        place: "\(parameters.name): technology",
        problem: "expected one of \(names), found \(parameters.technology)")
    }
    do {
      energy = try EnergyModel(
        architecture: architecture, technology: technology, table: evaluator.table)
    } catch {
      throw .unpriced(architecture: parameters.name, error)
    }
    do {
      closedForm = try ClosedForm(architecture)
    } catch {
      throw .uncountable(architecture: parameters.name, error)
    }
  }

  func detail(
    of layer: ExplorationWorkload.Layer, _ mapping: MappingPolicy
  ) throws(ExplorationError) -> Evaluator.LayerDetail {
    let job: Job
    do {
      job = try Job(
        layer.shape, on: architecture,
        requantisation: architecture.parameters.output == .int8 ? Requantisation(largest: 1) : nil)
    } catch {
      throw .unfit(layer: layer.name, error)
    }
    do {
      let plusOnes = layer.nonzeros / 2
      let counts = try closedForm.counts(
        of: job,
        weights: TritCounts(
          minusOnes: layer.nonzeros - plusOnes,
          zeros: layer.shape.n * layer.shape.k - layer.nonzeros, plusOnes: plusOnes))
      return Evaluator.LayerDetail(
        layer: layer, job: job, counts: counts, energy: energy.energy(of: counts))
    } catch {
      throw .uncountable(architecture: architecture.parameters.name, error)
    }
  }
}
