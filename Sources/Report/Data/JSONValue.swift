/// A JSON document that keeps the order of its keys.
indirect enum JSONValue {
  case null
  case bool(Bool)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// The text, indented by two spaces a level; see ``compactText``.
  var text: String {
    var text = ""
    write(to: &text, indentation: "\n")
    return text
  }

  /// The text on one line.
  ///
  /// `<` is always written as an escape, so that the text can stand inside an HTML script element.
  /// A number that JSON cannot hold (infinite or not a number) becomes null.
  var compactText: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// - Parameter indentation: A newline and the spaces of this level; `nil` for a single line.
  private func write(to text: inout String, indentation: String?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): text += value.isFinite ? Self.shortest(value) : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      Self.list(values, brackets: ("[", "]"), to: &text, indentation: indentation) {
        $1.write(to: &$0, indentation: $2)
      }
    case .object(let members):
      Self.list(members, brackets: ("{", "}"), to: &text, indentation: indentation) {
        Self.quote($1.0, to: &$0)
        $0 += $2 == nil ? ":" : ": "
        $1.1.write(to: &$0, indentation: $2)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], brackets: (String, String), to text: inout String,
    indentation: String?, write: (inout String, Element, _ indentation: String?) -> Void
  ) {
    let inner = indentation.map { $0 + "  " }
    text += brackets.0
    for (index, element) in elements.enumerated() {
      text += (index == 0 ? "" : ",") + (inner ?? "")
      write(&text, element, inner)
    }
    text += (elements.isEmpty ? "" : indentation ?? "") + brackets.1
  }

  /// The shortest decimal that reads back as `value`; whole numbers without a fraction.
  static func shortest(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "<", "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
