public import Activity
import Architecture

/// Works out what layers take on hardware that is not ternary but else like a given accelerator.
public struct BaselineModel: Sendable {
  /// The accelerator that is compared.
  private let ternary: EnergyModel
  /// The same with multipliers.
  private let int8: EnergyModel

  /// - Throws: ``EnergyError`` when the multipliers' array cannot be priced.
  public init(_ model: EnergyModel) throws(EnergyError) {
    ternary = model
    var parameters = model.architecture.parameters
    parameters.datapath = .int8MAC
    parameters.activationBits = 8
    parameters.accumulatorBits = 32
    // Bytes need no decoder. Four values in two bits stand for one of eight: see ``Traffic``.
    parameters.weightCoding = .twoBit
    let architecture: Architecture
    do {
      architecture = try Architecture(parameters: parameters)
    } catch {
      throw EnergyError("int8 baseline: \(error)")
    }
    int8 = try model.repriced(for: architecture, isOtherArray: true)
  }

  /// The baselines of a layer with `products` products, padding not included, of which the ternary
  /// unit counted `counts`.
  public func baselines(products: Int, counts: EventCounts) -> Baselines {
    Baselines(all: Baseline.Kind.allCases.map { baseline($0, products, counts) })
  }

  private func baseline(
    _ kind: Baseline.Kind, _ products: Int, _ counts: EventCounts
  ) -> Baseline {
    let traffic = Traffic(kind, counts, ternary.architecture)
    let cycles = traffic.cycles(counts, ternary.architecture)
    let external = 8 * traffic.bytes * ternary.architecture.parameters.memory.energyPerBit
    let time = Estimate<Seconds>(
      cycles / (ternary.architecture.parameters.clockMHz * 1e6), provenance: .modelled,
      source: "cycles of the ternary unit, or bytes at the memory's peak")
    var energy: [EnergyComponent: Estimate<Joules>] = [.externalMemory: external]
    if !kind.isTrafficOnly {
      let events = traffic.events(products, counts, cycles: cycles, ternary.architecture)
      energy = int8.energy(of: events).components
      energy[.externalMemory] = external
      if kind == .fp16Array {
        replaceArray(in: &energy, products: products, seconds: time.typical)
      }
    }
    return Baseline(kind: kind, time: time, energy: energy, memoryBytes: traffic.bytes)
  }

  // MARK: FP16

  /// Puts published FP16 operations in place of the integer array: their energy, the share of clock
  /// tree and wires on it, and the leakage of their area.
  private func replaceArray(
    in energy: inout [EnergyComponent: Estimate<Joules>], products: Int, seconds: Double
  ) {
    let technology = ternary.technology
    let operations = technology.operations
    energy[.array] =
      Double(products) * (operations.fp16Multiply + operations.fp16Add)
    let dynamic = EnergyComponent.allCases.filter(\.isDynamicOnChip).compactMap { energy[$0] }
    energy[.clockTreeAndWires] = Estimate.sum(dynamic).times(technology.clockTreeAndWires)
    let cells = int8.area.areas.flatMap(\.terms).filter(\.isLogic)
    let others = cells.filter { $0.block != .treeArray }.map(\.area)
    let power: Estimate<Watts> = Estimate.sum(others + [arrayArea]).times(technology.logicLeakage)
    // All but that of the cells above and of the integer array.
    let kept = int8.prices.filter {
      $0.component == .leakage
        && ($0.what.hasSuffix(PriceList.banks) || $0.what == CalibratedBlocks.name)
    }
    let cycles = seconds * ternary.architecture.parameters.clockMHz * 1e6
    energy[.leakage] = .sum([power.over(seconds: seconds)] + kept.map { cycles * $0.energy })
  }

  /// Half-precision multipliers and adders of 45 nm, in the technology's cells.
  private var arrayArea: Estimate<SquareMicrometres> {
    let parameters = ternary.architecture.parameters
    let count =
      Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight)
      / Double(ternary.architecture.operandInterval)
    // In units of the two-input NAND gate of the 45 nm library that the other areas are of.
    return (count * (1640 + 1360) / 0.798 * ternary.technology.area.gate).from(
      "FP16 units, 1,640 + 1,360 µm² in 45 nm (Horowitz, ISSCC 2014, as tabulated by Sze et al., 2017)"
    )
  }
}

/// The memory traffic of a baseline.
private struct Traffic {
  /// How many times as many bits a weight has as in the ternary unit's memory.
  let weights: Double
  /// The same in its buffer, which holds trits in two bits, however they are coded in memory.
  let bufferedWeights: Double
  /// The same of an activation.
  let activations: Double
  /// The same of a result.
  let results: Double
  /// To and from external memory.
  let bytes: Double

  init(_ kind: Baseline.Kind, _ counts: EventCounts, _ architecture: Architecture) {
    let coded =
      8.0 * Double(architecture.parameters.busBytes) / Double(architecture.weightBeatTrits)
    weights = kind.weightBits / coded
    bufferedWeights = kind.weightBits / 2
    activations = kind.activationBits / 8
    results =
      (kind.resultBits ?? 8 * Double(architecture.resultBytes)) / 8
      / Double(
        architecture.resultBytes)
    bytes =
      weights * Double(counts[.weightBytesRead])
      + activations * Double(counts[.activationBytesRead])
      + results * Double(counts[.outputBytesWritten]) + Double(counts[.multiplierBytesRead])
  }

  /// The cycles that an array of equal throughput takes at least.
  func cycles(_ counts: EventCounts, _ architecture: Architecture) -> Double {
    let memory = 1000 * bytes / Double(architecture.parameters.memory.milliBytesPerCycle)
    return max(memory, Self.computeCycles(counts, architecture))
  }

  /// Cycles of the array with one operand a cycle.
  private static func operands(_ counts: EventCounts, _ architecture: Architecture) -> Double {
    Double(counts[.busy]) / Double(architecture.operandInterval)
  }

  /// Operands, and the ternary unit's waits that are none for weights.
  private static func computeCycles(
    _ counts: EventCounts, _ architecture: Architecture
  ) -> Double {
    operands(counts, architecture) + Double(counts.stalls - counts[.stallWeight])
  }

  /// The events of an array of equal throughput.
  func events(
    _ products: Int, _ counts: EventCounts, cycles: Double, _ architecture: Architecture
  ) -> EventCounts {
    var events = counts
    func set(_ event: Event, _ count: Double) { events[event] = UInt64(count.rounded()) }
    let lanes = counts[.laneAdd] + counts[.laneSubtract] + counts[.laneSkip]
    // Few weights of 8 bits are 0: what is padded is at rest, all else multiplies.
    events[.laneAdd] = min(UInt64(products), lanes)
    events[.laneSubtract] = 0
    events[.laneSkip] = lanes - events[.laneAdd]
    set(.busy, Self.operands(counts, architecture))
    set(.cycles, cycles)
    // A read takes a word of two bits a weight, a write a beat from memory.
    set(.weightBufferRead, bufferedWeights * Double(counts[.weightBufferRead]))
    set(.weightBufferWrite, weights * Double(counts[.weightBufferWrite]))
    set(.activationBufferRead, activations * Double(counts[.activationBufferRead]))
    set(.activationBufferWrite, activations * Double(counts[.activationBufferWrite]))
    set(.outputBytesWritten, results * Double(counts[.outputBytesWritten]))
    return events
  }
}
