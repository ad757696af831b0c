public import Activity
import Architecture
public import Energy
import Machine
public import Mapping
import Ternary
import Workload

/// What design points come to on one workload.
///
/// Cycles and events are those of `ClosedForm`, energies and areas those of `EnergyModel`, with
/// calibrated cells where the technology names them; in their place an FPGA has resources, those of
/// `FPGAUse`. A value serves any number of threads; for many points each takes a ``Session``.
public struct Evaluator: Sendable {
  public let workload: ExplorationWorkload
  let technologies: [String: Technology]
  let table: SRAMTable
  let prefill: ShapeGroups?
  let decode: ShapeGroups?
  /// What points mean for the predictions of the workload's model; `nil` where nobody asks.
  public let perplexities: Perplexities?

  /// - Parameters:
  ///   - technologies: Those that architectures may name, or `nil` for those that come with Setun.
  ///   - table: SRAM figures, or `nil` for the table that comes with Setun.
  ///   - perplexities: Of the workload's model, where they count.
  /// - Throws: ``EnergyError`` when figures cannot be read.
  public init(
    _ workload: ExplorationWorkload, technologies: [Technology]? = nil, table: SRAMTable? = nil,
    perplexities: Perplexities? = nil
  ) throws(EnergyError) {
    self.workload = workload
    self.perplexities = perplexities
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

  /// The cells that `architecture` names as its technology; `nil` where that is an FPGA.
  func cells(of architecture: Architecture) throws(ExplorationError) -> Technology? {
    let parameters = architecture.parameters
    return try cells(named: parameters.technology, place: parameters.name)
  }

  /// The cells of this name; `nil` where it is that of an FPGA.
  ///
  /// - Parameter place: What names them, for errors.
  func cells(named name: String, place: String) throws(ExplorationError) -> Technology? {
    if let technology = technologies[name] { return technology }
    if FPGATarget.names.contains(name) { return nil }
    throw .input(
      place: "\(place): technology",
      problem: "expected one of \(technologies.keys.sorted().joined(separator: ", ")), or an "
        + "FPGA of \(FPGATarget.names.joined(separator: ", ")), found \(name)")
  }

  /// What prices points of the technology that `architecture` names.
  func priceBook(of architecture: Architecture) throws(ExplorationError) -> PriceBook {
    let parameters = architecture.parameters
    let cells = try cells(of: architecture)
    do throws(EnergyError) {
      if let cells { return .cells(try CostBook(cells, table: table)) }
      guard let target = try FPGATarget(named: parameters.technology) else {
        preconditionFailure("\(parameters.technology) is no FPGA")
      }
      return .fpga(FPGABook(target))
    } catch {
      throw .unpriced(architecture: parameters.name, error)
    }
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
    /// By component, down to the single figure and its source; `nil` of an FPGA.
    public let energy: LayerEnergy?
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
    let cells = try cells(of: architecture)
    let energy: EnergyModel?
    do {
      energy = try cells.map { cells throws(EnergyError) in
        try EnergyModel(priced: architecture, in: cells, table: table)
      }
    } catch {
      throw .unpriced(architecture: architecture.parameters.name, error)
    }
    let session = Session(self)
    func details(
      _ phase: ExplorationWorkload.Phase?
    ) throws(ExplorationError) -> PhaseDetail? {
      guard let phase else { return nil }
      var details: [LayerDetail] = []
      for layer in phase.layers {
        let job = try session.job(of: layer.shape, layer.name, on: point)
        let counts = try counts(of: layer, as: job, on: architecture)
        details.append(
          LayerDetail(layer: layer, job: job, counts: counts, energy: energy?.energy(of: counts)))
      }
      return PhaseDetail(layers: details)
    }
    return (try details(workload.prefill), try details(workload.decode))
  }

  /// What happens in a layer.
  func counts(
    of layer: ExplorationWorkload.Layer, as job: Job, on architecture: Architecture
  ) throws(ExplorationError) -> EventCounts {
    do {
      return try ClosedForm(architecture).counts(of: job, weights: layer.weights)
    } catch {
      throw .uncountable(architecture: architecture.parameters.name, error)
    }
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
