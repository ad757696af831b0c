import Activity
import Architecture
public import Energy
import Machine
import Mapping
import Ternary
import Workload

/// Setun's own account of a model's layers: computation, SRAM, external memory and leakage, with the
/// events of the closed form.
public struct Accounting: Sendable {
  public let energy: EnergyModel
  private let baselines: BaselineModel
  private let closedForm: ClosedForm

  var architecture: Architecture { energy.architecture }

  /// The share of zeros in the weights of BitNet b1.58 2B4T, which stands for those of all models.
  static let zeroShare = 879_693_294.0 / 2_084_044_800

  /// - Throws: `ClosedFormError` when the architecture's memory has no closed form, ``EnergyError``
  ///   when figures are missing.
  public init(_ energy: EnergyModel) throws {
    self.energy = energy
    baselines = try BaselineModel(energy)
    closedForm = try ClosedForm(energy.architecture)
  }

  /// The same accelerator with an activation buffer that holds `inputs` inputs of a layer.
  ///
  /// - Throws: As the initialiser; `ArchitectureError` when the buffer would be too large.
  func holding(inputs: Int) throws -> Accounting {
    if inputs <= architecture.maxK { return self }
    var parameters = architecture.parameters
    while Architecture.inputs(parameters) < inputs { parameters.activationBufferWords *= 2 }
    return try Accounting(energy.repriced(for: Architecture(parameters: parameters)))
  }

  /// The ternary layers of a model, for `tokens` tokens in one pass.
  func layers(_ shape: DecoderShape, tokens: Int) throws -> LayersAccount {
    var counted: [MatmulShape: Int] = [:]
    for matmul in shape.matmuls(tokens: tokens) where matmul.kind == .ternary {
      counted[matmul.shape, default: 0] += matmul.count
    }
    var account: LayersAccount?
    // In the order of their sizes, so that sums round alike in every run.
    let shapes = counted.sorted { ($0.key.n, $0.key.k) < ($1.key.n, $1.key.k) }
    for (matmul, count) in shapes {
      let one = try layer(matmul)
      account = account.map { $0 + count * one } ?? count * one
    }
    return account!
  }

  private func layer(_ shape: MatmulShape) throws -> LayersAccount {
    let requantisation =
      architecture.parameters.output == .int8 ? Requantisation(largest: 1) : nil
    let job = try Job(shape, on: architecture, requantisation: requantisation)
    let weights = shape.n * shape.k
    let zeros = Int((Self.zeroShare * Double(weights)).rounded())
    let plusOnes = (weights - zeros) / 2
    let counts = try closedForm.counts(
      of: job,
      weights: TritCounts(minusOnes: weights - zeros - plusOnes, zeros: zeros, plusOnes: plusOnes))
    return LayersAccount(
      products: shape.macs, weightBytes: job.weightBytes,
      weightBytesRead: Int(counts[.weightBytesRead]), energy: energy.energy(of: counts).components,
      baselines: baselines.baselines(products: shape.macs, counts: counts))
  }

  /// J of attention in FP16: as many published operations as papers count, and keys and values of 16
  /// bits written to external memory and read back once.
  func attention(_ shape: DecoderShape, tokens: Int) -> Estimate<Joules> {
    let paper = PaperArithmetic(
      operations: energy.technology.operations, shape: shape, tokens: tokens)
    let operations = energy.technology.operations
    let arithmetic =
      Double(paper.attentionProducts) * (operations.fp16Multiply + operations.fp16Add)
    let values = 2 * shape.layerCount * shape.keyValueSize * tokens
    return arithmetic + Double(2 * 16 * values) * energy.energyPerExternalBit
  }
}

extension Architecture {
  /// The most inputs of a layer with these parameters.
  fileprivate static func inputs(_ parameters: Parameters) -> Int {
    parameters.activationBufferWords / (2 * parameters.tokensPerWeight) * parameters.lanes
  }
}

/// What a number of layers come to.
struct LayersAccount {
  /// Padding not included.
  var products: Int
  /// Bytes of all weights in memory, padding included.
  var weightBytes: Int
  /// Bytes of weights that cross the memory port.
  var weightBytesRead: Int
  var energy: [EnergyComponent: Estimate<Joules>]
  var baselines: Baselines

  var total: Estimate<Joules> { Self.sum(energy) }

  /// Without external memory, of the ternary unit and of a baseline.
  func onChip(beside kind: Baseline.Kind) -> (ternary: Estimate<Joules>, other: Estimate<Joules>) {
    func chip(_ parts: [EnergyComponent: Estimate<Joules>]) -> Estimate<Joules> {
      Self.sum(parts.filter { $0.key != .externalMemory })
    }
    return (chip(energy), chip(baselines[kind].energy))
  }

  private static func sum(_ energy: [EnergyComponent: Estimate<Joules>]) -> Estimate<Joules> {
    let parts = EnergyComponent.allCases.compactMap { energy[$0] }
    return parts.dropFirst().reduce(parts[0], +)
  }

  /// How often each weight crosses the memory port.
  var weightReads: Double { Double(weightBytesRead) / Double(weightBytes) }

  /// pJ of a product, by component: `array 0.041, …`.
  var perProduct: String {
    let parts = EnergyComponent.allCases.compactMap { component in
      energy[component].map { (component, 1e12 * $0.typical / Double(products)) }
    }
    return parts.map { "\($0.rawValue.replacing("_", with: " ")) \($1.digits(2))" }
      .joined(separator: ", ")
  }

  static func + (left: Self, right: Self) -> Self {
    Self(
      products: left.products + right.products, weightBytes: left.weightBytes + right.weightBytes,
      weightBytesRead: left.weightBytesRead + right.weightBytesRead,
      energy: left.energy.merging(right.energy, uniquingKeysWith: +),
      baselines: left.baselines + right.baselines)
  }

  static func * (count: Int, one: Self) -> Self {
    Self(
      products: count * one.products, weightBytes: count * one.weightBytes,
      weightBytesRead: count * one.weightBytesRead,
      energy: one.energy.mapValues { Double(count) * $0 },
      baselines: count * one.baselines)
  }
}

extension Double {
  /// With so many significant digits.
  func digits(_ count: Int) -> String {
    guard self != 0, isFinite else { return "0" }
    var scale = 1.0
    var exponent = 0
    while magnitude * scale < 1 { (scale, exponent) = (scale * 10, exponent - 1) }
    while magnitude * scale >= 10 { (scale, exponent) = (scale / 10, exponent + 1) }
    return fixed(Swift.max(0, count - 1 - exponent))
  }

  /// With so many digits after the point.
  func fixed(_ decimals: Int) -> String {
    let power = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
    let whole = Int((magnitude * power).rounded())
    let text = String(whole)
    let padded = String(repeating: "0", count: Swift.max(0, decimals + 1 - text.count)) + text
    let sign = self < 0 && whole != 0 ? "−" : ""
    return sign + padded.dropLast(decimals) + (decimals == 0 ? "" : "." + padded.suffix(decimals))
  }
}
