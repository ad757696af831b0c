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
  public func model(of block: Block, in architecture: Architecture) -> CalibratedModel? {
    models.first { $0.covers(block, in: architecture) }
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
    lanesArePowerOfTwo: Bool? = nil, fewestLanes: Int? = nil, energy: CalibratedFit,
    area: CalibratedFit, leakage: CalibratedFit, periods: [Period] = []
  ) {
    self.block = block
    self.datapath = datapath
    self.registerEvery = registerEvery
    self.lanesArePowerOfTwo = lanesArePowerOfTwo
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
  }
}

/// A sum of coefficients times terms, with what it was fitted to and how well it predicts.
public struct CalibratedFit: Codable, Equatable, Sendable {
  public var terms: [CalibratedTerm]
  /// Not negative, in the SI unit of the quantity for one of its term.
  public var coefficients: [Double]
  /// Of the coefficients, row by row; zero where a coefficient was held at zero.
  public var covariance: [[Double]]
  public var training: [Sample]
  /// Designs and data that the fit has not seen.
  public var heldOut: [Sample]

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
    heldOut: [Sample]
  ) {
    self.terms = terms
    self.coefficients = coefficients
    self.covariance = covariance
    self.training = training
    self.heldOut = heldOut
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
