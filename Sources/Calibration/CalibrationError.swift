/// Why a calibration could not be made.
///
/// The message says what, where, what was expected and what was found.
public struct CalibrationError: Error, Equatable, CustomStringConvertible {
  public let message: String

  public var description: String { message }

  init(_ message: String) { self.message = message }
}
