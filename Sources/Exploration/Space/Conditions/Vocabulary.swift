private import Architecture

/// The names that a condition may use, each with a slot for its value.
struct Vocabulary {
  /// What the values of a name are.
  enum Kind: Equatable {
    case number(ScaledUnit)
    /// One of these texts; the value is the index.
    case choice([String])
  }

  private(set) var names: [String] = []
  private(set) var kinds: [Kind] = []
  private var slots: [String: Int] = [:]

  /// Adds a name, which must be new, and returns its slot.
  @discardableResult
  mutating func add(_ name: String, _ kind: Kind) -> Int {
    precondition(slots[name] == nil, "\(name) is there already")
    slots[name] = names.count
    names.append(name)
    kinds.append(kind)
    return names.count - 1
  }

  /// The slot of `name`, if there is such a name.
  func slot(of name: String) -> Int? { slots[name] }

  /// What `name` was probably meant to be, or how to find out.
  func expected(near name: String) -> String {
    nearest(to: name, among: names).map { "'\($0)'" } ?? "the name of a parameter or a metric"
  }
}
