package import Architecture

/// What blocks of Setun take in one family of FPGAs, fitted to synthesis of their RTL.
///
/// `setun calibrate --fpga` writes these files; each fit carries its training and what was held out.
/// Counts are of synthesis, before placement; energy does not follow from them.
public struct FPGATechnology: Codable, Equatable, Sendable {
  /// The name that architecture files use: `ecp5`.
  public var name: String
  public var family: FPGAFamily
  /// Tool and version: `pyosys` 0.70.
  public var tools: [String: String]
  public var models: [FPGAModel]
  /// Memories as they were synthesised, which the rule for them is held against.
  public var memories: [MemorySample]

  /// A memory with one write and one registered read port, and what it took.
  public struct MemorySample: Codable, Equatable, Sendable {
    public var words: Int
    public var bits: Int
    public var counts: [FPGAResource: Int]

    public init(words: Int, bits: Int, counts: [FPGAResource: Int]) {
      self.words = words
      self.bits = bits
      self.counts = counts
    }
  }

  public init(
    name: String, family: FPGAFamily, tools: [String: String], models: [FPGAModel],
    memories: [MemorySample]
  ) {
    self.name = name
    self.family = family
    self.tools = tools
    self.models = models
    self.memories = memories
  }

  /// The model of a part of an architecture, or `nil` where there is none.
  func model(of part: FPGAPart, in architecture: Architecture) -> FPGAModel? {
    let datapath = architecture.parameters.datapath.rawValue
    return models.first { $0.part == part.rawValue && ($0.datapath ?? datapath) == datapath }
  }
}

/// The fits of one part, or of one datapath.
public struct FPGAModel: Codable, Equatable, Sendable {
  /// Raw value of ``FPGAPart``.
  public var part: String
  /// Raw value of the datapath; only of the tree array.
  public var datapath: String?
  /// One for each resource that the part takes.
  public var fits: [FPGAFit]

  public init(part: String, datapath: String? = nil, fits: [FPGAFit]) {
    self.part = part
    self.datapath = datapath
    self.fits = fits
  }
}

/// A sum of coefficients times terms: how much of one resource a part takes, its memories left out.
public struct FPGAFit: Codable, Equatable, Sendable {
  public var resource: FPGAResource
  public var terms: [FPGATerm]
  /// Not negative; for one of the term.
  public var coefficients: [Double]
  /// Designs that the fit has seen, with their counts.
  public var training: [CalibratedFit.Sample]
  /// Designs that it has not.
  public var heldOut: [CalibratedFit.Sample]

  public init(
    resource: FPGAResource, terms: [FPGATerm], coefficients: [Double],
    training: [CalibratedFit.Sample], heldOut: [CalibratedFit.Sample]
  ) {
    self.resource = resource
    self.terms = terms
    self.coefficients = coefficients
    self.training = training
    self.heldOut = heldOut
  }

  /// The sum over the terms.
  public func value(_ values: [FPGATerm: Double]) -> Double {
    zip(terms, coefficients).reduce(0) { $0 + $1.1 * (values[$1.0] ?? 0) }
  }

  /// The relative error that 95 of 100 held-out designs stay below, or of the training where nothing
  /// was held out.
  public var error95: Double {
    let errors = Self.errors(of: heldOut.isEmpty ? training : heldOut).sorted()
    return errors.isEmpty ? 0 : errors[(errors.count * 95 + 99) / 100 - 1]
  }

  /// The relative errors of samples, without their signs; where nothing was counted, of one piece.
  public static func errors(of samples: [CalibratedFit.Sample]) -> [Double] {
    samples.map { abs($0.predicted - $0.measured) / max(1, $0.measured) }
  }
}

// MARK: - Fitting

extension FPGAPart {
  /// What the fits of this part multiply their coefficients with, in an architecture.
  package func terms(of architecture: Architecture) -> [FPGATerm: Double] {
    FPGAStructure(architecture).terms(of: self)
  }

  /// What the memories of this part take in a family, by rule.
  package func memories(
    of architecture: Architecture, in family: FPGAFamily
  ) -> [FPGAResource: Int] {
    guard case .block(let block) = self else { return [:] }
    let rule = FPGAMemoryRule(family: family)
    var resources: [FPGAResource: Int] = [:]
    for memory in FPGAStructure(architecture).memories(of: block) {
      for (resource, count) in rule.resources(words: memory.words, bits: memory.bits) {
        resources[resource, default: 0] += memory.count * count
      }
    }
    return resources
  }
}

extension FPGATechnology {
  /// Whether the rule for memories says of one what synthesis counted: the same blocks and LUT RAM,
  /// and LUTs and flip-flops within one.
  public func follows(_ sample: MemorySample) -> Bool {
    let ruled = FPGAMemoryRule(family: family).resources(words: sample.words, bits: sample.bits)
    return FPGAResource.allCases.allSatisfy { resource in
      let difference = abs((ruled[resource] ?? 0) - (sample.counts[resource] ?? 0))
      return difference <= (resource == .lut || resource == .ff ? 1 : 0)
    }
  }
}
