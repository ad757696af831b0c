/// Why a model file was refused: in which file, where in it, what was expected and what was found.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path as it was given.
  public let file: String
  /// The tensor, key or byte; nil when the file as a whole is meant.
  public let place: String?
  /// What was expected and what was found.
  public let problem: String

  public init(file: String, place: String? = nil, problem: String) {
    self.file = file
    self.place = place
    self.problem = problem
  }

  public var description: String {
    ([file] + (place.map { [$0] } ?? []) + [problem]).joined(separator: ": ")
  }
}
