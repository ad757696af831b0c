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
/// serves any number of threads; for many points each takes a ``Session``.
public struct Evaluator: Sendable {
  public let workload: ExplorationWorkload
  let technologies: [String: Technology]
  let table: SRAMTable
  let prefill: ShapeGroups?
  let decode: ShapeGroups?

  /// - Parameters:
  ///   - technologies: Those that architectures may name, or `nil` for those that come with Setun.
  ///   - table: SRAM figures, or `nil` for the table that comes with Setun.
  /// - Throws: ``EnergyError`` when figures cannot be read.
  public init(
    _ workload: ExplorationWorkload, technologies: [Technology]? = nil, table: SRAMTable? = nil
  ) throws(EnergyError) {
    self.workload = workload
    prefill = workload.prefill.map(ShapeGroups.init)
    decode = workload.decode.map(ShapeGroups.init)
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

  /// The technology that `architecture` names.
  func technology(of architecture: Architecture) throws(ExplorationError) -> Technology {
    let parameters = architecture.parameters
    if let technology = technologies[parameters.technology] { return technology }
    let found =
      FPGATarget.names.contains(parameters.technology)
      ? "the FPGA \(parameters.technology), of which no energies are known: 'setun energy' and "
        + "'setun run' report what a design takes of it"
      : parameters.technology
    throw .input(
      place: "\(parameters.name): technology",
      problem: "expected one of \(technologies.keys.sorted().joined(separator: ", ")), found "
        + found)
  }
}

// MARK: - Layer by layer

extension Evaluator {
  /// One layer on a design point.
  public struct LayerDetail: Sendable {
    public let layer: ExplorationWorkload.Layer
    /// The layer as the accelerator runs it, with the mapping that was chosen.
    public let job: Job
    /// Cycles, stalls and all other events.
    public let counts: EventCounts
    /// By component, down to the single figure and its source.
    public let energy: LayerEnergy
  }

  /// The layers of a phase on a design point, as in the workload.
  public struct PhaseDetail: Sendable {
    public let layers: [LayerDetail]
  }

  /// The layers of both phases on `point`, one by one; `nil` where the workload has no such phase.
  ///
  /// - Throws: As ``metrics(of:)``.
  public func details(
    of point: DesignPoint
  ) throws(ExplorationError) -> (prefill: PhaseDetail?, decode: PhaseDetail?) {
    let architecture = point.architecture
    let technology = try technology(of: architecture)
    let (closedForm, energy): (ClosedForm, EnergyModel)
    do {
      energy = try EnergyModel(
        architecture: architecture, technology: technology, table: table)
    } catch {
      throw .unpriced(architecture: architecture.parameters.name, error)
    }
    do {
      closedForm = try ClosedForm(architecture)
    } catch {
      throw .uncountable(architecture: architecture.parameters.name, error)
    }
    let session = Session(self)
    func details(
      _ phase: ExplorationWorkload.Phase?
    ) throws(ExplorationError) -> PhaseDetail? {
      guard let phase else { return nil }
      var details: [LayerDetail] = []
      for layer in phase.layers {
        let job = try session.job(of: layer.shape, layer.name, on: point)
        let counts: EventCounts
        do {
          counts = try closedForm.counts(of: job, weights: layer.weights)
        } catch {
          throw .uncountable(architecture: architecture.parameters.name, error)
        }
        details.append(
          LayerDetail(layer: layer, job: job, counts: counts, energy: energy.energy(of: counts)))
      }
      return PhaseDetail(layers: details)
    }
    return (try details(workload.prefill), try details(workload.decode))
  }
}

extension ExplorationWorkload.Layer {
  /// As many −1 as +1, or one more.
  fileprivate var weights: TritCounts {
    TritCounts(
      minusOnes: nonzeros - nonzeros / 2, zeros: shape.n * shape.k - nonzeros,
      plusOnes: nonzeros / 2)
  }
}
