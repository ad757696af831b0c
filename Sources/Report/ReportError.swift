/// Why a report could not be written.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// A step of writing `path` failed; nothing of the file is left behind.
  case cannotWrite(path: String, step: String, reason: String)
  /// A file that belongs to the program is missing or is not UTF-8.
  case missingAsset(name: String, folder: String)

  public var description: String {
    switch self {
    case .cannotWrite(let path, let step, let reason):
      "cannot write \(path): \(step): \(reason)"
    case .missingAsset(let name, let folder):
      "cannot read \(name) in \(folder): the installation is incomplete; build setun again"
    }
  }
}
