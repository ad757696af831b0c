/// Joins neighbouring symbols, the best pair first and the leftmost of equals, until none is left.
///
/// Takes n log n steps for n symbols. A value, so that its memory serves many texts.
struct PairMerging {
  /// A stretch of text; `token` means something to the caller only.
  struct Symbol {
    fileprivate(set) var token: Int
    fileprivate(set) var range: Range<Int>
    fileprivate var previous: Int
    fileprivate var next: Int
  }

  private struct Candidate {
    /// Lower goes first.
    let priority: Double
    let left: Int
    let right: Int
    /// What the pair covered when it was found: another range means that a symbol has changed.
    let range: Range<Int>
    let token: Int

    static func < (left: Candidate, right: Candidate) -> Bool {
      (left.priority, left.left) < (right.priority, right.left)
    }
  }

  private var symbols: [Symbol] = []
  private var heap: [Candidate] = []

  /// Adds a symbol behind the others.
  mutating func append(token: Int, range: Range<Int>) {
    let index = symbols.count
    symbols.append(Symbol(token: token, range: range, previous: index - 1, next: index + 1))
  }

  /// Joins pairs, hands each symbol that is left to `body` and forgets them all.
  ///
  /// - Parameter pair: What two neighbours become, and its priority; nil when they stay apart.
  mutating func merge(
    by pair: (Symbol, Symbol) -> (priority: Double, token: Int)?, _ body: (Symbol) -> Void
  ) {
    for index in symbols.indices.dropLast() { push(index, index + 1, pair) }
    while let best = pop() {
      guard symbols[best.left].range.lowerBound == best.range.lowerBound,
        symbols[best.left].next == best.right,
        symbols[best.right].range.upperBound == best.range.upperBound
      else { continue }
      join(best)
      let previous = symbols[best.left].previous
      let next = symbols[best.left].next
      if previous >= 0 { push(previous, best.left, pair) }
      if next < symbols.count { push(best.left, next, pair) }
    }
    var index = symbols.isEmpty ? 0 : symbols.startIndex
    while index < symbols.count {
      body(symbols[index])
      index = symbols[index].next
    }
    symbols.removeAll(keepingCapacity: true)
  }

  private mutating func join(_ pair: Candidate) {
    let next = symbols[pair.right].next
    symbols[pair.left].token = pair.token
    symbols[pair.left].range = pair.range
    symbols[pair.left].next = next
    if next < symbols.count { symbols[next].previous = pair.left }
    // No candidate has an empty range.
    symbols[pair.right].range = 0..<0
    symbols[pair.right].next = -1
  }

  private mutating func push(
    _ left: Int, _ right: Int, _ pair: (Symbol, Symbol) -> (priority: Double, token: Int)?
  ) {
    guard let (priority, token) = pair(symbols[left], symbols[right]) else { return }
    let range = symbols[left].range.lowerBound..<symbols[right].range.upperBound
    heap.append(
      Candidate(priority: priority, left: left, right: right, range: range, token: token))
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let best = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return best }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == parent { return best }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
