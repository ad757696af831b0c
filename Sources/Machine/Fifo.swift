/// A first-in first-out queue whose head is visible without a pop. Mirrors `setun_fifo`.
struct Fifo<Element: BitwiseCopyable> {
  private let entries: Storage<Element>
  private var readIndex = 0
  private var writeIndex = 0
  /// Entries after the last clock edge.
  private(set) var count = 0

  private var pushed: Element?
  private var popped = false
  private var cleared = false
  private var isChanged = false

  init(depth: Int, empty: Element) {
    entries = Storage(count: depth, zero: empty)
  }

  var depth: Int { entries.count }
  /// The oldest entry; meaningful while `count` is not zero.
  var head: Element { entries[readIndex] }

  mutating func push(_ element: Element) {
    pushed = element
    isChanged = true
  }

  mutating func pop() {
    popped = true
    isChanged = true
  }

  /// Empties the queue; wins over push and pop.
  mutating func clear() {
    cleared = true
    isChanged = true
  }

  mutating func clock() {
    guard isChanged else { return }
    isChanged = false
    if cleared {
      readIndex = 0
      writeIndex = 0
      count = 0
    } else {
      if let pushed {
        precondition(count < depth || popped, "push to a full queue")
        entries[writeIndex] = pushed
        writeIndex = writeIndex + 1 == depth ? 0 : writeIndex + 1
        count += 1
      }
      if popped {
        readIndex = readIndex + 1 == depth ? 0 : readIndex + 1
        count -= 1
      }
    }
    pushed = nil
    popped = false
    cleared = false
  }
}
