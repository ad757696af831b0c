/// Why a technology file or table was refused, or an estimate could not be made.
///
/// The message says where, what was expected and what was found.
public struct EnergyError: Error, Equatable, CustomStringConvertible {
  public let message: String

  public var description: String { message }

  package init(_ message: String) { self.message = message }

  /// A fault in a text file. `line` counts from 1.
  init(file: String, line: Int, _ message: String) {
    self.message = "\(file):\(line): \(message)"
  }
}
