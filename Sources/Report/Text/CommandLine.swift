extension RunReport {
  /// The command as a POSIX shell reads it back: arguments with special characters in quotes.
  public var commandLine: String { command.map(Self.shellQuoted).joined(separator: " ") }

  private static func shellQuoted(_ argument: String) -> String {
    let isPlain = argument.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "-_./=:,+@%".unicodeScalars.contains(scalar)
    }
    if isPlain && !argument.isEmpty { return argument }
    return "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
