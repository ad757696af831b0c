public import Foundation

extension FPGATechnology {
  /// Reads a technology file that `setun calibrate --fpga` wrote.
  ///
  /// - Parameter file: What messages call it.
  /// - Throws: ``EnergyError`` when it is no such file.
  public init(json: Data, file: String) throws(EnergyError) {
    do {
      self = try JSONDecoder().decode(FPGATechnology.self, from: json)
    } catch let error as DecodingError {
      throw EnergyError("\(file): \(Self.describe(error))")
    } catch {
      throw EnergyError("\(file): \(error.localizedDescription)")
    }
    for model in models {
      guard FPGAPart(rawValue: model.part) != nil else {
        let parts = FPGAPart.all.map(\.rawValue).joined(separator: ", ")
        throw EnergyError("\(file): models: expected a part of \(parts), found “\(model.part)”")
      }
      for fit in model.fits where fit.coefficients.count != fit.terms.count {
        throw EnergyError(
          "\(file): \(model.part), \(fit.resource.rawValue): expected \(fit.terms.count) "
            + "coefficients, found \(fit.coefficients.count)")
      }
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context.codingPath + [key])): missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      return "\(path(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  /// The families of which a technology comes with the module.
  public static let families = FPGAFamily.allCases.filter {
    FileManager.default.fileExists(atPath: Resources.path("FPGA/\($0.technology).json"))
  }

  /// The technology of a family that comes with the module.
  ///
  /// - Throws: ``EnergyError`` when none comes along, or its file is damaged.
  public init(_ family: FPGAFamily) throws(EnergyError) {
    self =
      switch family {
      case .ultraScalePlus: try BuiltIn.ultraScalePlus.get()
      case .ecp5: try BuiltIn.ecp5.get()
      case .ice40: try BuiltIn.ice40.get()
      }
  }

  /// Each is read when it is first asked for: sweeps ask from many threads.
  private enum BuiltIn {
    static let ultraScalePlus = read(.ultraScalePlus)
    static let ecp5 = read(.ecp5)
    static let ice40 = read(.ice40)
  }

  private static func read(_ family: FPGAFamily) -> Result<FPGATechnology, EnergyError> {
    guard families.contains(family) else {
      return .failure(
        EnergyError(
          "\(family.technology): expected a calibration, found none: 'setun calibrate --fpga "
            + "\(family.rawValue)' makes a file to name instead"))
    }
    let file = "FPGA/\(family.technology).json"
    return Result { () throws(EnergyError) in
      try FPGATechnology(json: Data(try Resources.text(file).utf8), file: file)
    }
  }
}

/// What an architecture file names as an FPGA: a device, or a family without one.
public struct FPGATarget: Sendable {
  public let technology: FPGATechnology
  /// `nil` where only the family is named.
  public let device: FPGADevice?

  /// The devices and families that can be named.
  public static let names =
    FPGADevice.all.map(\.name) + FPGAFamily.allCases.map(\.technology)

  public init(technology: FPGATechnology, device: FPGADevice? = nil) {
    self.technology = technology
    self.device = device
  }

  /// The device or family called `name`, or `nil` when it is none of ``names`` and no file.
  ///
  /// - Parameter name: One of ``names``, a file of `setun calibrate --fpga` (`mine.json`), or a device
  ///   with such a file (`xck26@mine.json`).
  /// - Throws: ``EnergyError`` when a file cannot be read, is damaged, or of another family.
  public init?(named name: String) throws(EnergyError) {
    let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
    if let file = parts.last, file.hasSuffix(".json") {
      let json = Data(try Resources.userText(file).utf8)
      let technology = try FPGATechnology(json: json, file: file)
      let device = parts.count == 2 ? FPGADevice(named: parts[0]) : nil
      guard parts.count == 1 || device?.family == technology.family else {
        let devices = FPGADevice.all.filter { $0.family == technology.family }.map(\.name)
        throw EnergyError(
          "\(name): expected one of \(devices.joined(separator: ", ")), found “\(parts[0])”")
      }
      self.init(technology: technology, device: device)
      return
    }
    let device = FPGADevice(named: name)
    guard let family = device?.family ?? FPGAFamily.allCases.first(where: { $0.technology == name })
    else { return nil }
    self.init(technology: try FPGATechnology(family), device: device)
  }

  /// `xck26`, or `ecp5` without a device.
  public var name: String { device?.name ?? technology.name }
}
