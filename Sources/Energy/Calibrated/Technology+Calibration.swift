import Architecture

private import class Foundation.NSLock

extension Technology {
  /// The calibration that the technology names, or `nil` where it names none, or one that does not come
  /// along: see ``missingCalibration``.
  ///
  /// - Throws: ``EnergyError`` when a file that is named cannot be read or has a fault.
  public func calibratedCells() throws(EnergyError) -> CalibratedTechnology? {
    guard let calibration, missingCalibration == nil else { return nil }
    return try Self.read(calibration)
  }

  /// Files of a megabyte, which every thread of a sweep and every design of a page ask for: each is
  /// read once.
  private static func read(_ name: String) throws(EnergyError) -> CalibratedTechnology {
    lock.lock()
    defer { lock.unlock() }
    if let known = known[name] { return known }
    let cells = try CalibratedTechnology(nameOrFile: name)
    known[name] = cells
    return cells
  }

  private static let lock = NSLock()
  private nonisolated(unsafe) static var known: [String: CalibratedTechnology] = [:]

  /// The name of a calibration that the technology names and that does not come along.
  public var missingCalibration: String? {
    guard let calibration, !calibration.contains("/"), !calibration.hasSuffix(".json"),
      !Resources.exists(calibration + ".json")
    else { return nil }
    return calibration
  }

  /// `path` of a technology file, from where the user is: files are looked for from the folder of
  /// `file` on.
  static func path(_ path: String, beside file: String) -> String {
    let isFile = path.contains("/") || path.hasSuffix(".json")
    guard isFile, !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
