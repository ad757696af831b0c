/// Results of tests in the XML that continuous integration reads (the format of Ant's JUnit task).
public struct JUnit: Sendable {
  /// Cases shown under one name.
  public struct Suite: Sendable {
    public var name: String
    public var cases: [Case]

    public init(name: String, cases: [Case]) {
      self.name = name
      self.cases = cases
    }
  }

  /// One test.
  public struct Case: Sendable {
    public var name: String
    public var seconds: Double
    /// Why it failed, or `nil`.
    public var failure: String?

    public init(name: String, seconds: Double, failure: String? = nil) {
      self.name = name
      self.seconds = seconds
      self.failure = failure
    }
  }

  public var suites: [Suite]

  public init(suites: [Suite]) { self.suites = suites }

  /// The file as text.
  public var text: String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites\(Self.totals(suites.flatMap(\.cases)))>\n"
    for suite in suites {
      let name = Self.escaped(suite.name)
      text += "  <testsuite name=\"\(name)\"\(Self.totals(suite.cases))>\n"
      for test in suite.cases {
        let head =
          "    <testcase classname=\"\(name)\" name=\"\(Self.escaped(test.name))\""
          + " time=\"\(Self.decimal(test.seconds))\""
        guard let failure = test.failure else {
          text += head + "/>\n"
          continue
        }
        let first = failure.split(separator: "\n").first ?? ""
        text += head + ">\n      <failure message=\"\(Self.escaped(first))\">"
        text += Self.escaped(failure) + "</failure>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private static func totals(_ cases: [Case]) -> String {
    let failures = cases.count { $0.failure != nil }
    let seconds = cases.reduce(0) { $0 + $1.seconds }
    return " tests=\"\(cases.count)\" failures=\"\(failures)\" time=\"\(decimal(seconds))\""
  }

  /// Seconds with three decimals.
  private static func decimal(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1000).rounded())
    let digits = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(digits)"
  }

  /// Text for attributes and contents; characters that XML 1.0 cannot hold become U+FFFD.
  private static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
