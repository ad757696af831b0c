import Architecture

/// The queue of finished results between the accumulators and the store unit. Mirrors
/// `setun_output_stage`.
struct OutputStage {
  /// Where a result goes.
  struct Address {
    var address: UInt64 = 0
    /// The result belongs to the last n-tile, of which not every row may exist.
    var lastTile = false
  }

  private let rows: Int
  private let depth: Int
  private var addresses: Fifo<Address>
  /// A ring of `depth` results of `rows` sums; its pointers are those of a `Fifo` of slots.
  private var slots: Fifo<Int>
  private let sums: Storage<Int32>
  private var nextSlot = 0

  init(_ architecture: Architecture) {
    rows = architecture.parameters.rows
    depth = architecture.parameters.outputQueueDepth
    addresses = Fifo(depth: depth, empty: Address())
    slots = Fifo(depth: depth, empty: 0)
    sums = Storage(count: depth * rows, zero: 0)
  }

  /// Results that wait.
  var count: Int { slots.count }
  /// A result is at the head.
  var valid: Bool { slots.count != 0 }
  /// Where the head goes.
  var address: Address { addresses.head }
  /// Sum `row` of the head.
  func row(_ row: Int) -> Int32 { sums[slots.head * rows + row] }

  mutating func push(_ address: Address) { addresses.push(address) }

  /// Appends a result. The slot is free: the controller's credits bound the queue, and the store
  /// unit has read the head before.
  mutating func push(_ result: UnsafePointer<Int32>) {
    (sums.pointer + nextSlot * rows).update(from: result, count: rows)
    slots.push(nextSlot)
    nextSlot = nextSlot + 1 == depth ? 0 : nextSlot + 1
  }

  mutating func pop() {
    addresses.pop()
    slots.pop()
  }

  mutating func clear() {
    addresses.clear()
    slots.clear()
    nextSlot = 0
  }

  mutating func clock() {
    addresses.clock()
    slots.clock()
  }
}
