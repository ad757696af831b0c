/// Why a report could not be written or read.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// A step of writing `path` failed; nothing of the file is left behind.
  case cannotWrite(path: String, step: String, reason: String)
  /// A file that belongs to the program is missing or is not UTF-8.
  case missingAsset(name: String, folder: String)
  /// A file is not JSON.
  case notJSON(path: String, line: Int, column: Int, expected: String)
  /// A value in a JSON file is not what a report has there.
  case unexpectedValue(path: String, place: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .cannotWrite(let path, let step, let reason):
      "cannot write \(path): \(step): \(reason)"
    case .missingAsset(let name, let folder):
      "cannot read \(name) in \(folder): the installation is incomplete; build setun again"
    case .notJSON(let path, let line, let column, let expected):
      "\(path):\(line):\(column): not JSON: expected \(expected)"
    case .unexpectedValue(let path, let place, let expected, let found):
      "\(path): \(place): expected \(expected), found \(found)"
    }
  }
}
