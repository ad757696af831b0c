private import Dispatch

/// Fills an array whose rows are independent, on all cores.
///
/// - Parameters:
///   - rows: Rows of the work; `body` receives each once, in no certain order and from any thread.
///   - rowSize: Elements of the array that belong to a row.
///   - body: Initialises all elements of the row that begins at the pointer.
func parallelRows<Element>(
  _ rows: Int, rowSize: Int, of type: Element.Type,
  _ body: @Sendable (Int, UnsafeMutablePointer<Element>) -> Void
) -> [Element] where Element: BitwiseCopyable {
  [Element](unsafeUninitializedCapacity: rows * rowSize) { buffer, initialized in
    initialized = rows * rowSize
    guard let base = buffer.baseAddress else { return }
    // Rows do not overlap.
    nonisolated(unsafe) let target = base
    inParallel(rows, size: rows * rowSize) { range in
      for row in range { body(row, target + row * rowSize) }
    }
  }
}

/// Runs `body` on pieces of `0..<count`, on all cores where `size`, the elements of the whole work,
/// is worth it.
func inParallel(_ count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let pieces = min(count, max(1, size >> 16), 64)
  guard pieces > 1 else { return body(0..<count) }
  DispatchQueue.concurrentPerform(iterations: pieces) { piece in
    body(count * piece / pieces..<count * (piece + 1) / pieces)
  }
}
