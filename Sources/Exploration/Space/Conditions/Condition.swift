/// A condition on the parameters and metrics of a point: `rows * lanes <= 4096`.
///
/// Numbers are double-precision. A number may carry a unit; one without takes the unit of what it is
/// compared with or added to. Where a division by zero leaves nothing to compare, a comparison does
/// not hold, and `!=` does.
struct Condition: Sendable {
  /// As it was written.
  let text: String
  private let root: Node
  /// The slots that it reads.
  let slots: Set<Int>

  /// - Throws: ``ConditionFault`` with what was expected and the offset of what was found.
  init(_ text: String, vocabulary: Vocabulary) throws(ConditionFault) {
    var parser = ConditionParser(tokens: try ConditionToken.tokens(of: text), vocabulary)
    root = try parser.condition()
    self.text = text
    var slots: Set<Int> = []
    root.collectSlots(into: &slots)
    self.slots = slots
  }

  /// Whether it holds for the values in `slots`.
  func holds(_ slots: UnsafeBufferPointer<Double>) -> Bool { root.isTrue(slots) }

  /// Whether it holds for the values in `slots`.
  func holds(_ slots: [Double]) -> Bool { slots.withUnsafeBufferPointer(holds) }

  /// The value of a number in `slots`.
  static func value(_ node: Node, _ slots: [Double]) -> Double {
    slots.withUnsafeBufferPointer(node.value)
  }

  /// A part of a condition: a number, or something that holds or does not.
  indirect enum Node: Sendable {
    case number(Double)
    case slot(Int)
    case negation(Node)
    case arithmetic(Arithmetic, Node, Node)
    case comparison(Comparison, Node, Node)
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)
  }

  enum Arithmetic: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
  }

  enum Comparison: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case unequal = "!="
  }
}

extension Condition.Node {
  fileprivate func value(_ slots: UnsafeBufferPointer<Double>) -> Double {
    switch self {
    case .number(let value): return value
    case .slot(let slot): return slots[slot]
    case .negation(let node): return -node.value(slots)
    case .arithmetic(let operation, let left, let right):
      let (left, right) = (left.value(slots), right.value(slots))
      return switch operation {
      case .plus: left + right
      case .minus: left - right
      case .times: left * right
      case .over: left / right
      }
    case .comparison, .not, .and, .or: preconditionFailure("a condition is no number")
    }
  }

  fileprivate func isTrue(_ slots: UnsafeBufferPointer<Double>) -> Bool {
    switch self {
    case .not(let node): return !node.isTrue(slots)
    case .and(let left, let right): return left.isTrue(slots) && right.isTrue(slots)
    case .or(let left, let right): return left.isTrue(slots) || right.isTrue(slots)
    case .comparison(let comparison, let left, let right):
      let (left, right) = (left.value(slots), right.value(slots))
      return switch comparison {
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      case .equal: left == right
      case .unequal: left != right
      }
    case .number, .slot, .negation, .arithmetic: preconditionFailure("a number does not hold")
    }
  }

  func collectSlots(into slots: inout Set<Int>) {
    switch self {
    case .number: break
    case .slot(let slot): slots.insert(slot)
    case .negation(let node), .not(let node): node.collectSlots(into: &slots)
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right),
      .and(let left, let right), .or(let left, let right):
      left.collectSlots(into: &slots)
      right.collectSlots(into: &slots)
    }
  }
}
