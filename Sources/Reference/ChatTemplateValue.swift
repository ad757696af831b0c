/// A value while a chat template runs.
enum ChatValue {
  case undefined
  case none
  case bool(Bool)
  case integer(Int)
  case string(String)
  case list([ChatValue])
  case mapping([(key: String, value: ChatValue)])
  case namespace(ChatNamespace)

  /// Whether a condition takes it as true.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let values): !values.isEmpty
    case .mapping(let members): !members.isEmpty
    case .namespace: true
    }
  }

  /// What `{{ … }}` prints; nil for lists and the like, whose form is Python's own.
  var text: String? {
    switch self {
    case .undefined: ""
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .string(let text): text
    case .list, .mapping, .namespace: nil
    }
  }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .undefined: "an undefined value"
    case .none: "none"
    case .bool: "a bool"
    case .integer(let value): "\(value)"
    case .string(let text): "\"\(text)\""
    case .list: "a list"
    case .mapping: "a mapping"
    case .namespace: "a namespace"
    }
  }

  /// The member of a mapping or namespace; undefined where there is none, nil for other values.
  func member(_ key: String) -> ChatValue? {
    switch self {
    case .mapping(let members): members.first { $0.key == key }?.value ?? .undefined
    case .namespace(let namespace): namespace.values[key] ?? .undefined
    default: nil
    }
  }

  /// Python's `==`.
  func equals(_ other: ChatValue) -> Bool {
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.bool(let left), .integer(let right)), (.integer(let right), .bool(let left)):
      (left ? 1 : 0) == right
    // Scalars, because Python does not take canonically equivalent texts as equal.
    case (.string(let left), .string(let right)):
      left.unicodeScalars.elementsEqual(right.unicodeScalars)
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
    default: false
    }
  }
}

/// Values that a template changes within loops; shared, as in Jinja.
final class ChatNamespace {
  var values: [String: ChatValue]

  init(_ values: [String: ChatValue]) { self.values = values }
}
