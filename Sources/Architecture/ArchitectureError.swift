/// Why an architecture was refused: where, what was expected and what was found.
public struct ArchitectureError: Error, Equatable, Sendable {
  /// Where in a file the offending text begins; `nil` for a value that was built in code.
  public var position: Position?
  /// The key, with dots between levels: `memory.latency_cycles`. Empty for the file as a whole.
  public let keyPath: String
  /// What would have been legal.
  public let expected: String
  /// What was there instead, on one line of at most 100 characters.
  public let found: String

  /// A place in an architecture file.
  public struct Position: Equatable, Sendable {
    public var file: String
    /// Both count from 1, columns in Unicode scalars. `nil` when the file could not be read.
    public var line: Int?
    public var column: Int?

    public init(file: String, line: Int? = nil, column: Int? = nil) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  public init(position: Position? = nil, keyPath: String, expected: String, found: String) {
    self.position = position
    self.keyPath = Self.oneLine(keyPath)
    self.expected = expected
    self.found = Self.oneLine(found)
  }

  /// `text` without line breaks and control characters, cut to 100 characters.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    for (index, character) in text.enumerated() {
      guard index < 99 else { return line + "…" }
      for scalar in character.unicodeScalars {
        line += scalar.isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return line
  }
}

extension ArchitectureError: CustomStringConvertible {
  /// One line: `edge.yaml:7:8: rows: expected an integer from 1 to 1024, found 0`.
  public var description: String {
    var place = ""
    if let position {
      let numbers = [position.line, position.column].compactMap { $0 }
      place = ([position.file] + numbers.map(String.init)).joined(separator: ":") + ": "
    }
    return place + (keyPath.isEmpty ? "" : "\(keyPath): ") + "expected \(expected), found \(found)"
  }
}

extension Unicode.Scalar {
  /// Whether the scalar is a letter, mark, number, punctuation, symbol or space.
  ///
  /// Line breaks, control characters and invisible formatting are not.
  var isPrintable: Bool {
    if isASCII { return 0x20...0x7e ~= value }
    return switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
