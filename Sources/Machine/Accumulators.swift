import Architecture

/// Adds the tree sums of one token over its k-tiles, and keeps its partial sums between chunks.
///
/// Mirrors `setun_accumulators`. The memory's registered read port is not modelled apart: a
/// partial sum that is read a cycle ahead is the one that the memory holds when it is used, since
/// a write in between is forwarded.
struct Accumulators {
  private let rows: Int
  private let partialSums: Storage<Int32>
  /// The running sums.
  let running: Storage<Int32>

  init(_ architecture: Architecture) {
    rows = architecture.parameters.rows
    partialSums = Storage(count: architecture.parameters.accumulatorDepth * rows, zero: 0)
    running = Storage(count: rows, zero: 0)
  }

  /// Adds `sums` for `operand`; returns whether `running` then holds a finished result.
  mutating func clock(_ operand: Operand, sums: UnsafePointer<Int32>) -> Bool {
    guard operand.valid else { return false }
    let partial = partialSums.pointer + operand.token * rows
    for row in 0..<rows {
      let start = !operand.first ? running.pointer[row] : operand.resume ? partial[row] : 0
      running.pointer[row] = start &+ sums[row]
    }
    if operand.last && !operand.emit {
      partial.update(from: running.pointer, count: rows)
    }
    return operand.last && operand.emit
  }

  mutating func reset() { running.pointer.update(repeating: 0, count: rows) }
}
