import Foundation

/// The files that come with the module.
enum Resources {
  private static let folder = Bundle.module.resourceURL!.appending(path: "Technologies")

  /// The text of `file`.
  static func text(_ file: String) throws(EnergyError) -> String {
    let url = folder.appending(path: file)
    do {
      return try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw EnergyError("\(url.path): cannot be read: \(error.localizedDescription)")
    }
  }
}

extension Technology {
  /// The technologies that come with the module.
  public static let names = ["cmos-7nm", "cmos-45nm"]

  /// One of ``names``.
  ///
  /// - Throws: ``EnergyError`` that lists the names when there is no such technology.
  public init(named name: String) throws(EnergyError) {
    guard Self.names.contains(name) else {
      throw EnergyError(
        "technology: expected one of \(Self.names.joined(separator: ", ")), found “\(name)”")
    }
    let file = name + ".yaml"
    try self.init(yaml: try Resources.text(file), file: file)
  }
}
