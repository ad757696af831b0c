/// A part of a chat template: what Jinja calls a node.
indirect enum ChatStatement: Equatable, Sendable {
  case text(String)
  case output(ChatExpression, line: Int)
  case choice([Branch], otherwise: [ChatStatement])
  case loop(Loop)
  /// The value of a name, or of an attribute of a namespace.
  case assignment(name: String, attribute: String?, ChatExpression, line: Int)

  struct Branch: Equatable, Sendable {
    let condition: ChatExpression
    let body: [ChatStatement]
  }

  struct Loop: Equatable, Sendable {
    /// One name, or two for the keys and values of a mapping.
    let names: [String]
    let sequence: ChatExpression
    let condition: ChatExpression?
    let body: [ChatStatement]
    let otherwise: [ChatStatement]
    let line: Int
  }
}

/// An expression of a chat template.
indirect enum ChatExpression: Equatable, Sendable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case none
  case list([ChatExpression])
  case name(String, line: Int)
  case attribute(ChatExpression, String, line: Int)
  case element(ChatExpression, ChatExpression, line: Int)
  case slice(ChatExpression, from: ChatExpression?, to: ChatExpression?, line: Int)
  case call(ChatExpression, [ChatExpression], named: [String: ChatExpression], line: Int)
  case filter(ChatExpression, String, [ChatExpression], line: Int)
  case test(ChatExpression, String, isNegated: Bool, line: Int)
  case not(ChatExpression)
  case binary(Operator, ChatExpression, ChatExpression, line: Int)
  case conditional(ChatExpression, if: ChatExpression, else: ChatExpression?)

  enum Operator: String, Sendable {
    case or, and, `in`
    case notIn = "not in"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case concatenate = "~"
    case times = "*"
    case divide = "//"
    case modulo = "%"
  }
}
