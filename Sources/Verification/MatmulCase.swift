public import Architecture
public import Machine
public import Mapping
import Oracle
public import Ternary
public import Workload

/// One matmul with its operands and its exact result, to run on any device.
public struct MatmulCase {
  public let architecture: Architecture
  public let job: Job
  /// W row by row, as plain values: what counts are derived from.
  public let trits: [Int8]
  public let weights: TritMatrix
  /// X as it lies in memory.
  public let activations: [Int8]
  /// X as the array has to take it: in `activation_bits`.
  public let operands: [Int8]
  /// Y by the oracle: sums wrapped to the accumulator's width, and requantised where results are
  /// int8.
  public let expected: [Int32]

  /// - Throws: What the mapping or the oracle throws.
  public init(
    _ shape: MatmulShape, on architecture: Architecture, trits: [Int8], activations: [Int8],
    requantisation: Requantisation? = nil
  ) throws {
    self.architecture = architecture
    job = try Job(shape, on: architecture, requantisation: requantisation)
    self.trits = trits
    weights = TritMatrix(rows: shape.n, columns: shape.k, trits: trits)
    self.activations = activations
    operands = activations.map { Self.wrap($0, bits: architecture.parameters.activationBits) }
    let sums = try Oracle.multiply(weights: weights, activations: operands, tokens: shape.m)
    expected = architecture.results(sums, requantisation: requantisation) {
      Oracle.requantise($0, multiplier: $1.multiplier(row: $2 % shape.n), shift: $1.shift)
    }
  }

  /// The number of `bits` bits, in two's complement, that differs from `value` by a multiple of
  /// 2^`bits`.
  private static func wrap(_ value: Int8, bits: Int) -> Int8 {
    let period = 1 << bits
    let rest = (Int(value) + period / 2) % period
    return Int8(rest < 0 ? rest + period / 2 : rest - period / 2)
  }

  /// A case with drawn operands.
  public init(_ shape: MatmulShape, on architecture: Architecture, seed: Int) throws {
    var random = SplitMix64(seed: seed)
    try self.init(
      shape, on: architecture, trits: random.trits(shape.n * shape.k),
      activations: random.activations(shape.m * shape.k),
      requantisation: architecture.drawnRequantisation(shape, using: &random))
  }

  /// A memory that just holds the case.
  public func memory(_ behaviour: ExternalMemory.Behaviour = .ideal) -> ExternalMemory {
    ExternalMemory(
      architecture, byteCount: Testbench<Machine>.Placement(job).end, behaviour: behaviour)
  }

  /// A bench around `device`, with a memory that just holds the case.
  public func bench<Bench: Device>(
    _ device: Bench, _ behaviour: ExternalMemory.Behaviour = .ideal
  ) throws -> Testbench<Bench> {
    try Testbench(device, architecture: architecture, memory: memory(behaviour))
  }

  /// Runs the case on a bench whose memory is large enough.
  public func run<Bench: Device>(on bench: Testbench<Bench>) throws -> JobResult {
    try bench.run(job, weights: weights, activations: activations)
  }

  /// Runs the case on a fresh model.
  public func run(_ behaviour: ExternalMemory.Behaviour = .ideal) throws -> JobResult {
    try run(on: bench(Machine(architecture), behaviour))
  }
}
