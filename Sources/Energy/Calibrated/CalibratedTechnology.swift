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
    guard let model = models.first(where: { $0.covers(block, in: architecture) }) else {
      return nil
    }
    let sibling = models.first {
      $0.datapath == model.datapath && $0.registerEvery == model.registerEvery
        && $0.zeroGating == model.zeroGating && !$0.area.otherSizes.isEmpty
    }
    return model.specialised(to: architecture, sibling: sibling)
  }
}
