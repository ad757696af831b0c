public import Architecture

/// LUTs, flip-flops, blocks of RAM: things that are counted.
public enum Pieces: Unit { public static let symbol = "" }

extension FPGATechnology {
  /// A value of a fit with the range of its held-out errors.
  fileprivate func estimate(_ value: Double, by fit: FPGAFit) -> Estimate<Pieces> {
    Estimate(
      low: value * max(0, 1 - fit.error95), typical: value, high: value * (1 + fit.error95),
      provenance: .synthesised, source: "fit to synthesis in \(name)",
      origin: "\(fit.resource.rawValue) of \(name)")
  }

  /// What one term of the model of a part stands for in an architecture: of LUTs those that decode
  /// weights, among all of the load unit.
  package func use(
    of resource: FPGAResource, for term: FPGATerm, in part: FPGAPart, of architecture: Architecture
  ) -> Estimate<Pieces> {
    let fits = model(of: part, in: architecture)?.fits.filter { $0.resource == resource } ?? []
    let count = part.terms(of: architecture)[term] ?? 0
    return .sum(fits.map { estimate($0.value([term: count]), by: $0) })
  }
}

/// What an architecture takes of an FPGA, block by block.
///
/// Logic is predicted by fits to synthesis, with the range of their held-out errors; memories follow by
/// rule from their words and bits. Before placement: what packs into a slice, and what does not reach its clock,
/// only place and route can tell.
public struct FPGAUse: Sendable {
  public let target: FPGATarget
  /// Every ``Block``, in order.
  public let blocks: [BlockUse]
  /// Of all blocks.
  private let totals: [FPGAResource: Estimate<Pieces>]

  /// What one block takes.
  public struct BlockUse: Sendable {
    public let block: Block
    /// What it takes none of is missing.
    public let resources: [FPGAResource: Estimate<Pieces>]
  }

  /// How much of one resource of a device is taken.
  public struct Share: Sendable {
    /// LUTs of memory are among the LUTs.
    public let resource: FPGAResource
    public let used: Estimate<Pieces>
    public let available: Int

    /// 1 when everything is taken, more when it does not fit.
    public var share: Double { used.typical / Double(available) }
  }

  /// - Throws: ``EnergyError`` when the technology has no model of a block.
  public init(_ architecture: Architecture, on target: FPGATarget) throws(EnergyError) {
    self.target = target
    var blocks: [BlockUse] = []
    for block in Block.allCases {
      var resources = try Self.resources(of: .block(block), of: architecture, on: target)
      if block == .treeArray {
        resources.merge(
          try Self.resources(of: .sideBand, of: architecture, on: target), uniquingKeysWith: +)
      }
      blocks.append(BlockUse(block: block, resources: resources))
    }
    self.blocks = blocks
    totals = blocks.reduce(into: [:]) { $0.merge($1.resources, uniquingKeysWith: +) }
  }

  private static func resources(
    of part: FPGAPart, of architecture: Architecture, on target: FPGATarget
  ) throws(EnergyError) -> [FPGAResource: Estimate<Pieces>] {
    let technology = target.technology
    guard let model = technology.model(of: part, in: architecture) else {
      throw EnergyError(
        "\(technology.name): expected a model of \(part.rawValue) with datapath "
          + "\(architecture.parameters.datapath.rawValue), found none")
    }
    let terms = part.terms(of: architecture)
    var resources: [FPGAResource: Estimate<Pieces>] = [:]
    for fit in model.fits {
      let value = fit.value(terms)
      guard value > 0 else { continue }
      resources[fit.resource] = technology.estimate(value, by: fit)
    }
    for (resource, count) in part.memories(of: architecture, in: technology.family) {
      let memory = Estimate<Pieces>(
        Double(count), provenance: .modelled, source: "memories by rule in \(technology.name)")
      resources[resource] = resources[resource].map { $0 + memory } ?? memory
    }
    return resources
  }

  /// The whole accelerator.
  public func total(_ resource: FPGAResource) -> Estimate<Pieces> {
    totals[resource] ?? .zero
  }

  /// Some of its blocks.
  public func total(_ resource: FPGAResource, of some: [Block]) -> Estimate<Pieces> {
    .sum(blocks.filter { some.contains($0.block) }.compactMap { $0.resources[resource] })
  }

  /// The share of the device by resource; empty without a device.
  public var shares: [Share] {
    guard let device = target.device else { return [] }
    return FPGAResource.allCases.compactMap { resource in
      guard let available = device.capacity[resource], available > 0 else { return nil }
      let used = resource == .lut ? total(.lut) + total(.lutRAM) : total(resource)
      return Share(resource: resource, used: used, available: available)
    }
  }

  /// What the device has too little of: taken, with what is there, where more than all is taken.
  public var excesses: [Share] {
    guard let device = target.device else { return [] }
    // What the device has none of is no share, and yet too much.
    let missing = FPGAResource.allCases.filter {
      device.capacity[$0] == 0 && total($0).typical >= 1
    }
    return shares.filter { $0.share > 1 }
      + missing.map { Share(resource: $0, used: total($0), available: 0) }
  }
}

extension FPGAResource {
  /// What tables call it.
  public func title(in family: FPGAFamily) -> String {
    switch self {
    case .lut: "LUT"
    case .lutRAM: "LUT RAM"
    case .ff: "FF"
    case .carry: "carry"
    case .ram: family == .ultraScalePlus ? "BRAM18" : family == .ecp5 ? "EBR" : "RAM40"
    case .largeRAM: "URAM"
    case .dsp: "DSP"
    }
  }
}
