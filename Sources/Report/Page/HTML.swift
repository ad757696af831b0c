import Energy

extension String {
  /// The text as the content of an element or of a quoted attribute.
  var htmlEscaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      // HTML has no way to write the other control characters.
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The UTF-8 bytes as the content of a `data:` address.
  var percentEncoded: String {
    let hex = Array("0123456789ABCDEF")
    var result = ""
    for byte in utf8 {
      let character = Character(Unicode.Scalar(byte))
      if character.isASCII, character.isLetter || character.isNumber || "-_.~,".contains(character)
      {
        result.append(character)
      } else {
        result += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
      }
    }
    return result
  }

  /// The string with every `{{name}}` replaced by the value of that name; values are not searched.
  ///
  /// - Precondition: There is a value for each name.
  func filled(with values: [String: String]) -> String {
    var result = ""
    var rest = self[...]
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      let name = String(rest[open.upperBound..<close.lowerBound])
      guard let value = values[name] else { preconditionFailure("no value for {{\(name)}}") }
      result += rest[..<open.lowerBound] + value
      rest = rest[close.upperBound...]
    }
    return result + rest
  }
}

/// An HTML table cell by cell; the caller escapes nothing.
struct HTMLCell {
  var text: String
  /// What sorting compares, in full precision.
  var value = ""
  /// Shown when the pointer rests on the cell.
  var title = ""
  /// Range and provenance, shown below the text when the reader asks for it.
  var origin = ""
  var style = ""

  init(_ text: String, value: String? = nil, style: String = "") {
    self.text = text
    self.value = value ?? text
    self.style = style
  }

  /// The typical figure (or the range) in the unit of `scale`, its range and origin on demand.
  init(_ estimate: any AnyEstimate, _ scale: Scale, showsRange: Bool = false) {
    text = showsRange ? scale.range(estimate) : scale.text(estimate.typical)
    value = JSONValue.shortest(estimate.typical)
    let range = estimate.isRange ? "\(scale.range(estimate)), " : ""
    origin = range + estimate.provenance.rawValue
    title = describe(estimate) + ": " + estimate.source
  }

  func html(_ tag: String = "td") -> String {
    var attributes = value.isEmpty ? "" : " data-value=\"\(value.htmlEscaped)\""
    if !style.isEmpty { attributes += " class=\"\(style)\"" }
    if !title.isEmpty { attributes += " title=\"\(title.htmlEscaped)\"" }
    let below = origin.isEmpty ? "" : "<span class=\"origin\">\(origin.htmlEscaped)</span>"
    return "<\(tag)\(attributes)>\(text.htmlEscaped)\(below)</\(tag)>"
  }
}
