/// A first-in first-out list that reuses its space.
struct Queue<Element> {
  private var elements: [Element] = []
  private var firstIndex = 0

  var count: Int { elements.count - firstIndex }
  var isEmpty: Bool { firstIndex == elements.count }

  var first: Element {
    get { elements[firstIndex] }
    set { elements[firstIndex] = newValue }
  }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func removeFirst() {
    firstIndex += 1
    if firstIndex == elements.count {
      elements.removeAll(keepingCapacity: true)
      firstIndex = 0
    }
  }
}
