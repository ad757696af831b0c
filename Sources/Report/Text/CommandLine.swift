extension RunReport {
  /// The command as a POSIX shell reads it back.
  public var commandLine: String { command.shellCommandLine }
}

extension Sequence<String> {
  /// The arguments as a POSIX shell reads them back: those with special characters in quotes.
  public var shellCommandLine: String { map(\.shellQuoted).joined(separator: " ") }
}

extension String {
  fileprivate var shellQuoted: String {
    let isPlain = unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "-_./=:,+@%".unicodeScalars.contains(scalar)
    }
    if isPlain && !isEmpty { return self }
    return "'" + replacing("'", with: "'\\''") + "'"
  }
}
