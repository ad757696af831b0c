/// A zeroed block of memory that is freed with its last owner.
///
/// Memories of the model live outside the two-phase registers: they are as large as SRAMs and
/// change one word per cycle.
final class Storage<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int, zero: Element) {
    self.count = count
    pointer = .allocate(capacity: max(count, 1))
    pointer.initialize(repeating: zero, count: max(count, 1))
  }

  deinit { pointer.deallocate() }

  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index \(index) of \(count)")
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) of \(count)")
      pointer[index] = newValue
    }
  }
}
