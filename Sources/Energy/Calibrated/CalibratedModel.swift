import Architecture

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
    energy: CalibratedFit, area: CalibratedFit, leakage: CalibratedFit, periods: [Period] = []
  ) {
    self.block = block
    self.datapath = datapath
    self.registerEvery = registerEvery
    self.lanesArePowerOfTwo = lanesArePowerOfTwo
    self.zeroGating = zeroGating
    self.sizes = sizes
    self.energy = energy
    self.area = area
    self.leakage = leakage
    self.periods = periods
  }

  /// `xor_popcount /0, 2^n lanes, ungated`, or the block.
  public var title: String {
    let every = registerEvery?.map(String.init).joined(separator: ",")
    let lanes = lanesArePowerOfTwo.map { $0 ? ", 2^n lanes" : ", other lanes" } ?? ""
    return (datapath ?? block) + (every.map { " /\($0)" } ?? "") + lanes
      + (zeroGating == false ? ", ungated" : "")
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
  ///
  /// - Parameter sibling: A model with other sizes held out, whose errors stand for those of a model
  ///   that has none.
  func specialised(to architecture: Architecture, sibling: CalibratedModel?) -> CalibratedModel {
    guard !sizes.isEmpty else { return self }
    var model = self
    if let size = sizes.first(where: { $0.lanes == architecture.parameters.lanes }) {
      model.energy.multiply(by: size.energy)
      model.area.multiply(by: size.area)
      model.leakage.multiply(by: size.leakage)
    } else {
      for fit in [\CalibratedModel.energy, \.area, \.leakage] {
        let own = self[keyPath: fit].otherSizes
        model[keyPath: fit].heldOut = own.isEmpty ? sibling?[keyPath: fit].otherSizes ?? [] : own
      }
    }
    model.sizes = []
    return model
  }
}
