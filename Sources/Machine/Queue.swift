/// A first-in first-out list: a ring that grows when it is full.
struct Queue<Element: BitwiseCopyable> {
  // As many as a power of two, or none.
  private var elements: [Element] = []
  private var firstIndex = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The oldest element.
  ///
  /// - Precondition: There is one.
  var first: Element {
    get { elements[firstIndex] }
    set { elements[firstIndex] = newValue }
  }

  mutating func append(_ element: Element) {
    if count == elements.count { grow(element) }
    elements[(firstIndex + count) & (elements.count - 1)] = element
    count += 1
  }

  private mutating func grow(_ element: Element) {
    let inOrder = elements[firstIndex...] + elements[..<firstIndex]
    elements = Array(inOrder) + Array(repeating: element, count: max(count, 4))
    firstIndex = 0
  }

  mutating func removeFirst() {
    firstIndex = (firstIndex + 1) & (elements.count - 1)
    count -= 1
  }
}
