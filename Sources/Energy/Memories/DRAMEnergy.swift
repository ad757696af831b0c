public import Architecture

/// Published energies of a bit that crosses to external memory, by kind of memory.
///
/// Sources disagree on what they include: device, interface, controller. The typical values are
/// assumptions between their ends; a part's own figure replaces them.
public struct DRAMEnergy: Equatable, Sendable {
  /// As architecture files name it: `LPDDR4`.
  public let kind: String
  public let perBit: Estimate<Joules>

  private init(_ kind: String, _ low: Double, _ typical: Double, _ high: Double, _ source: String) {
    self.kind = kind
    perBit = Estimate(
      low: low * 1e-12, typical: typical * 1e-12, high: high * 1e-12, provenance: .literature,
      source: "\(kind): \(source)")
  }

  /// All kinds, the dearest first.
  public static let published = [
    DRAMEnergy("DDR4", 15, 20, 25, "15–25 pJ a bit, whole memory system"),
    DRAMEnergy("LPDDR4", 4, 8, 14, "4–14 pJ a bit, sources disagree on what they include"),
    DRAMEnergy(
      "LPDDR5", 2.8, 6, 11.2, "20–30% below LPDDR4X by its makers, applied to the range of LPDDR4"),
    DRAMEnergy(
      "HBM2", 3.9, 5.5, 7, "250–450 pJ for 64 bits (Jouppi et al., ISCA 2021), quoted from memory"),
  ]

  /// The kind of a name, in any case; `nil` when there is none.
  public init?(kind: String) {
    guard let found = Self.published.first(where: { $0.kind == kind.uppercased() }) else {
      return nil
    }
    self = found
  }
}

extension Architecture.Parameters.Memory {
  /// The energy of a bit as the architecture states it, with the published range of its kind in the
  /// source.
  var energyPerBit: Estimate<Joules> {
    let published = DRAMEnergy(kind: kind).map { "; published for \($0.perBit.source)" } ?? ""
    return Estimate(
      low: picojoulesPerBit.low * 1e-12, typical: picojoulesPerBit.typical * 1e-12,
      high: picojoulesPerBit.high * 1e-12, provenance: .literature,
      source: "\(kind) energy per bit of the architecture file\(published)",
      origin: "energy per bit of \(kind)")
  }

  /// The same memory at the published energy of another kind, or of its own.
  fileprivate func priced(as energy: DRAMEnergy) -> Self {
    var memory = self
    memory.kind = energy.kind
    let bit = energy.perBit
    memory.picojoulesPerBit = Range(
      low: bit.low * 1e12, typical: bit.typical * 1e12, high: bit.high * 1e12)
    return memory
  }
}

extension Architecture {
  /// The same architecture with memory at the published energy of a kind; time stays as it is.
  ///
  /// - Throws: ``EnergyError`` when the architecture refuses that energy.
  public func pricingMemory(as energy: DRAMEnergy) throws(EnergyError) -> Architecture {
    var parameters = parameters
    parameters.memory = parameters.memory.priced(as: energy)
    do {
      return try Architecture(parameters: parameters)
    } catch {
      throw EnergyError("\(error)")
    }
  }
}
