import Architecture

/// Adds the tree sums of the tokens that share a weight word over their k-tiles, and keeps partial
/// sums between chunks, or between k-tiles.
///
/// Mirrors `setun_accumulators`. The memory's registered read port is not modelled apart: a
/// partial sum that is read a cycle ahead is the one that the memory holds when it is used, since
/// a write in between is forwarded.
struct Accumulators {
  private let sumCount: Int
  private let group: Int
  private let bits: Int
  private let partialSums: Storage<Int32>
  /// The running sums.
  let running: Storage<Int32>
  /// Sums that wrapped in the last cycle with an operand.
  private(set) var overflows = 0

  private let hasValues: Bool

  init(_ architecture: Architecture, values: SimulatedValues) {
    hasValues = values == .full
    group = architecture.parameters.tokensPerWeight
    sumCount = architecture.parameters.rows * group
    bits = architecture.accumulatorBits
    partialSums = Storage(
      count: architecture.parameters.accumulatorDepth / group * sumCount, zero: 0)
    running = Storage(count: sumCount, zero: 0)
  }

  /// Adds `sums` for `operand`; returns whether `running` then holds a finished result.
  mutating func clock(_ operand: Operand, sums: UnsafePointer<Int32>) -> Bool {
    guard operand.valid else { return false }
    guard hasValues else { return operand.last && operand.emit }
    let partial = partialSums.pointer + operand.token / group * sumCount
    let running = running.pointer
    if operand.first {
      if operand.resume {
        running.update(from: partial, count: sumCount)
      } else {
        running.update(repeating: 0, count: sumCount)
      }
    }
    let shift = Int32(32 - bits)
    overflows = 0
    for index in 0..<sumCount {
      let (full, overflow) = running[index].addingReportingOverflow(sums[index])
      let wrapped = (full &<< shift) &>> shift
      running[index] = wrapped
      overflows += overflow || wrapped != full ? 1 : 0
    }
    if operand.last && !operand.emit {
      partial.update(from: running, count: sumCount)
    }
    return operand.last && operand.emit
  }

  mutating func reset() { running.pointer.update(repeating: 0, count: sumCount) }
}
