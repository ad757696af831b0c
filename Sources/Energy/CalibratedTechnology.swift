public import Architecture

/// What blocks of Setun cost in one cell library, fitted to gate-level measurements of their RTL.
///
/// `setun calibrate` writes these files; each model carries its training, its residuals and what was
/// held out. Cells before placement: no wires, no clock tree.
public struct CalibratedTechnology: Codable, Equatable, Sendable {
  /// Name of the library: `osu018`.
  public var name: String
  public var library: Library
  /// Tool and version: `pyosys` 0.70.
  public var tools: [String: String]
  public var models: [CalibratedModel]

  /// The cells that were measured.
  public struct Library: Codable, Equatable, Sendable {
    /// Names of the Liberty files.
    public var files: [String]
    /// SHA-256 of each of them.
    public var digests: [String]
    public var voltageVolts: Double
    public var temperatureCelsius: Double

    public init(
      files: [String], digests: [String], voltageVolts: Double, temperatureCelsius: Double
    ) {
      self.files = files
      self.digests = digests
      self.voltageVolts = voltageVolts
      self.temperatureCelsius = temperatureCelsius
    }
  }

  public init(
    name: String, library: Library, tools: [String: String], models: [CalibratedModel]
  ) {
    self.name = name
    self.library = library
    self.tools = tools
    self.models = models
  }

  /// The model of a block of an architecture, or `nil` where none was calibrated for its parameters.
  ///
  /// In a size that was measured it is what the fit becomes there: see ``CalibratedModel/sizes``.
  public func model(of block: Block, in architecture: Architecture) -> CalibratedModel? {
    models.first { $0.covers(block, in: architecture) }?.specialised(to: architecture)
  }
}

/// The fits of one block, or of one datapath in one pipelining.
public struct CalibratedModel: Codable, Equatable, Sendable {
  /// Raw value of ``Block``.
  public var block: String
  /// Raw value of the datapath; only of the tree array.
  public var datapath: String?
  /// The `tree_register_every` that the model covers; only of the tree array.
  public var registerEvery: [Int]?
  /// Whether the lanes are a power of two, where that makes a difference: synthesis then finds a
  /// shallower way to add them up without registers. `nil` where it makes none.
  public var lanesArePowerOfTwo: Bool?
  /// Whether the array has `zero_gating`, where that makes a difference.
  public var zeroGating: Bool?
  /// The sizes of the training; only of the tree array.
  ///
  /// Synthesis finds a structure for each size, better or worse than a fit over sizes says; in a size
  /// that was measured it is known.
  public var sizes: [Size]
  /// The fewest lanes that were calibrated: below, the model extrapolates.
  public var fewestLanes: Int?
  /// Joules of a run, from terms that are totals of it.
  public var energy: CalibratedFit
  /// Square micrometres, from counts.
  public var area: CalibratedFit
  /// Watts, from counts.
  public var leakage: CalibratedFit
  /// The shortest clock period of netlists of the training, unsized, by size.
  public var periods: [Period]

  /// One size of the training, and what the fits are multiplied with there.
  public struct Size: Codable, Equatable, Sendable {
    public var lanes: Int
    /// Of all energy but that of the clock.
    public var energy: Double
    public var area: Double
    public var leakage: Double

    public init(lanes: Int, energy: Double, area: Double, leakage: Double) {
      self.lanes = lanes
      self.energy = energy
      self.area = area
      self.leakage = leakage
    }
  }

  /// The longest path of one netlist.
  public struct Period: Codable, Equatable, Sendable {
    public var lanes: Int
    public var registerEvery: Int
    /// From clock to clock, with set-up, unsized cells and no wires.
    public var nanoseconds: Double

    public init(lanes: Int, registerEvery: Int, nanoseconds: Double) {
      self.lanes = lanes
      self.registerEvery = registerEvery
      self.nanoseconds = nanoseconds
    }
  }

  public init(
    block: String, datapath: String? = nil, registerEvery: [Int]? = nil,
    lanesArePowerOfTwo: Bool? = nil, zeroGating: Bool? = nil, sizes: [Size] = [],
    fewestLanes: Int? = nil, energy: CalibratedFit, area: CalibratedFit, leakage: CalibratedFit,
    periods: [Period] = []
  ) {
    self.block = block
    self.datapath = datapath
    self.registerEvery = registerEvery
    self.lanesArePowerOfTwo = lanesArePowerOfTwo
    self.zeroGating = zeroGating
    self.sizes = sizes
    self.fewestLanes = fewestLanes
    self.energy = energy
    self.area = area
    self.leakage = leakage
    self.periods = periods
  }

  func covers(_ block: Block, in architecture: Architecture) -> Bool {
    let parameters = architecture.parameters
    let isPowerOfTwo = parameters.lanes.nonzeroBitCount == 1
    return self.block == block.rawValue
      && (datapath ?? parameters.datapath.rawValue) == parameters.datapath.rawValue
      && (registerEvery?.contains(parameters.treeRegisterEvery) ?? true)
      && (lanesArePowerOfTwo ?? isPowerOfTwo) == isPowerOfTwo
      && (zeroGating ?? parameters.zeroGating) == parameters.zeroGating
  }

  /// The model in the size of an architecture, with the errors that were seen in sizes like it.
  func specialised(to architecture: Architecture) -> CalibratedModel {
    guard !sizes.isEmpty else { return self }
    var model = self
    if let size = sizes.first(where: { $0.lanes == architecture.parameters.lanes }) {
      model.energy.multiply(by: size.energy)
      model.area.multiply(by: size.area)
      model.leakage.multiply(by: size.leakage)
    } else {
      for fit in [\CalibratedModel.energy, \.area, \.leakage] {
        model[keyPath: fit].heldOut = model[keyPath: fit].otherSizes
      }
    }
    model.sizes = []
    return model
  }
}

/// A sum of coefficients times terms, with what it was fitted to and how well it predicts.
public struct CalibratedFit: Codable, Equatable, Sendable {
  public var terms: [CalibratedTerm]
  /// Not negative, in the SI unit of the quantity for one of its term.
  public var coefficients: [Double]
  /// Of the coefficients, row by row; zero where a coefficient was held at zero.
  public var covariance: [[Double]]
  @Samples public var training: [Sample]
  /// Data that the fit has not seen, on sizes that it has; of blocks without sizes, designs too.
  @Samples public var heldOut: [Sample]
  /// Data on sizes that the fit has not seen.
  @Samples public var otherSizes: [Sample]

  /// Samples in the order of their names; in a file by design and data, each as measured and predicted.
  @propertyWrapper
  public struct Samples: Codable, Equatable, Sendable {
    public var wrappedValue: [Sample]

    public init(wrappedValue: [Sample]) {
      self.wrappedValue = wrappedValue.sorted { $0.name < $1.name }
    }

    public init(from decoder: any Decoder) throws {
      let designs = try [String: [String: [Double]]](from: decoder)
      self.init(
        wrappedValue: try designs.flatMap { design, data in
          try data.map { name, values in
            guard values.count == 2 else {
              throw DecodingError.dataCorrupted(
                .init(
                  codingPath: decoder.codingPath,
                  debugDescription: "\(design), \(name): expected what was measured and what was "
                    + "predicted, found \(values.count) values"))
            }
            return Sample(
              name: name.isEmpty ? design : "\(design), \(name)", measured: values[0],
              predicted: values[1])
          }
        })
    }

    public func encode(to encoder: any Encoder) throws {
      var designs: [String: [String: [Double]]] = [:]
      for sample in wrappedValue {
        let parts = sample.name.split(separator: ", ", maxSplits: 1).map(String.init)
        designs[parts[0], default: [:]][parts.count > 1 ? parts[1] : ""] = [
          sample.measured, sample.predicted,
        ]
      }
      try designs.encode(to: encoder)
    }
  }

  /// One measurement and what the fit says of it.
  public struct Sample: Codable, Equatable, Sendable {
    /// Design and data: `xor_popcount 4×16 /2, attention`.
    public var name: String
    public var measured: Double
    public var predicted: Double

    public init(name: String, measured: Double, predicted: Double) {
      self.name = name
      self.measured = measured
      self.predicted = predicted
    }

    /// The share of the measured value by which the prediction is off.
    public var error: Double { measured == 0 ? 0 : (predicted - measured) / measured }
  }

  public init(
    terms: [CalibratedTerm], coefficients: [Double], covariance: [[Double]], training: [Sample],
    heldOut: [Sample], otherSizes: [Sample] = []
  ) {
    self.terms = terms
    self.coefficients = coefficients
    self.covariance = covariance
    self.training = training
    self.heldOut = heldOut
    self.otherSizes = otherSizes
  }

  /// Multiplies everything but the clock, which flip-flops alone decide on.
  mutating func multiply(by factor: Double) {
    for (index, term) in terms.enumerated() where term != .clock {
      coefficients[index] *= factor
      for other in terms.indices {
        covariance[index][other] *= factor
        covariance[other][index] *= factor
      }
    }
  }

  /// The sum over the terms.
  ///
  /// - Parameter value: What there is of a term.
  public func value(_ value: (CalibratedTerm) -> Double) -> Double {
    zip(terms, coefficients).reduce(0) { $0 + $1.1 * value($1.0) }
  }

  /// The relative error that 95 of 100 held-out samples stay below, or of the training where nothing
  /// was held out.
  public var error95: Double { Self.percentile95(heldOut.isEmpty ? training : heldOut) }

  /// The mean relative error of samples.
  public static func mean(_ samples: [Sample]) -> Double {
    samples.isEmpty ? 0 : samples.reduce(0) { $0 + abs($1.error) } / Double(samples.count)
  }

  /// The 95th percentile of the relative errors of samples, by nearest rank.
  public static func percentile95(_ samples: [Sample]) -> Double {
    let errors = samples.map { abs($0.error) }.sorted()
    guard !errors.isEmpty else { return 0 }
    return errors[(errors.count * 95 + 99) / 100 - 1]
  }
}
