import Architecture
import Workload

/// What happens to a finished result: it is requantised, if the results are int8, and waits in a
/// queue for the store unit. Mirrors `setun_output_stage`.
struct OutputStage {
  /// Where a result goes.
  struct Address {
    var address: UInt64 = 0
    /// The result belongs to the last n-tile, of which not every row may exist.
    var lastTile = false
    /// Tokens of the result.
    var tokens = 1
  }

  private let hasValues: Bool
  private let rows: Int
  private let sumCount: Int
  private let depth: Int
  let requantises: Bool
  private var addresses: Fifo<Address>
  /// A ring of `depth` results; its pointers are those of a `Fifo` of slots.
  private var slots: Fifo<Int>
  private let values: Storage<Int32>
  private var nextSlot = 0

  // The requantiser: two stages, a result in each.
  private let products: Storage<Int64>
  private let rounded: Storage<Int32>
  private(set) var requantiserValid: UInt32 = 0

  private(set) var multiplierBuffer: DoubleBuffer
  private let multipliers: MultiplierMemory
  private let rowMultipliers: Bool
  /// The n-tile of the next result.
  private(set) var tile = 0
  /// The word of multipliers that was read last.
  private var multiplierWord = 0

  init(_ architecture: Architecture, values: SimulatedValues) {
    hasValues = values == .full
    rows = architecture.parameters.rows
    sumCount = rows * architecture.parameters.tokensPerWeight
    depth = architecture.parameters.outputQueueDepth
    requantises = architecture.parameters.output == .int8
    addresses = Fifo(depth: depth, empty: Address())
    slots = Fifo(depth: depth, empty: 0)
    self.values = Storage(count: depth * sumCount, zero: 0)
    products = Storage(count: requantises ? sumCount : 0, zero: 0)
    rounded = Storage(count: requantises ? sumCount : 0, zero: 0)
    rowMultipliers = architecture.parameters.multiplierBufferWords > 0
    multiplierBuffer = DoubleBuffer(
      words: architecture.parameters.multiplierBufferWords, beats: architecture.multiplierBeats)
    multipliers = MultiplierMemory(architecture)
  }

  /// Results that wait.
  var count: Int { slots.count }
  /// Where the oldest result goes, if there is one.
  var head: Address? { slots.count == 0 ? nil : addresses.head }
  /// The oldest result, token by token; meaningful while there is one.
  var results: UnsafePointer<Int32> { UnsafePointer(values.pointer + slots.head * sumCount) }
  /// Nothing is being requantised.
  var idle: Bool { requantiserValid == 0 }
  /// A half of the multiplier buffer is free.
  var multiplierClaimable: Bool { rowMultipliers && multiplierBuffer.claimable }

  /// Whether the multipliers of a result are read for `next`, whose sum arrives in the next cycle.
  @inline(__always)
  func readsMultipliers(_ next: Operand, _ job: UnsafePointer<JobQueue.Entry>) -> Bool {
    rowMultipliers && next.valid && next.last && next.emit && job.pointee.job.rowMultipliers
  }

  /// Computes the next state of the multiplier buffer.
  mutating func evaluate(clear: Bool, claim: Bool, arrival: LoadUnit.Arrival, free: Bool) {
    guard rowMultipliers else { return }
    let write = arrival.phase == .multiplier
    multiplierBuffer.evaluate(
      clear: clear, claim: claim, write: write, writeLast: write && arrival.halfLast, free: free)
  }

  mutating func push(_ address: Address) { addresses.push(address) }

  // MARK: Second phase

  /// Stores a beat of multipliers.
  func write(multipliers beat: UnsafeRawPointer) {
    multipliers.write(
      beat: beat, word: multiplierBuffer.writeWord, index: multiplierBuffer.q.writeBeat)
  }

  /// The clock edge of the requantiser, or of the queue when there is none; then the multipliers
  /// for `next` are read.
  ///
  /// - Parameter result: The sums that are finished in this cycle, if any.
  mutating func clock(
    result: UnsafePointer<Int32>?, next: Operand, job: UnsafePointer<JobQueue.Entry>
  ) {
    guard requantises else {
      if let result { append(result) }
      return
    }
    if requantiserValid & 2 != 0 { append(rounded.pointer) }
    if requantiserValid & 1 != 0 && hasValues {
      let shift = job.pointee.job.shift
      for index in 0..<sumCount {
        rounded.pointer[index] = Int32(Requantisation.round(products.pointer[index], shift: shift))
      }
    }
    if let result, hasValues { multiply(result, job) }
    requantiserValid = requantiserValid << 1 & 2 | (result != nil ? 1 : 0)
    if rowMultipliers { advanceTile(next, job) }
  }

  @inline(__always)
  private func multiply(
    _ sums: UnsafePointer<Int32>, _ entry: UnsafePointer<JobQueue.Entry>
  ) {
    for index in 0..<sumCount {
      let multiplier =
        entry.pointee.job.rowMultipliers
        ? multipliers.multiplier(word: multiplierWord, row: index % rows)
        : entry.pointee.job.multiplier
      products.pointer[index] = Int64(sums[index]) * Int64(multiplier)
    }
  }

  private mutating func advanceTile(_ next: Operand, _ job: UnsafePointer<JobQueue.Entry>) {
    if readsMultipliers(next, job) { multiplierWord = multiplierBuffer.readWord(tile) }
    guard next.valid && next.last && next.emit && next.blockLast else { return }
    tile = tile == job.pointee.job.nTiles - 1 ? 0 : tile + 1
  }

  /// Appends a result. The slot is free: the controller's credits bound the queue, and the store
  /// unit has read the head before.
  private mutating func append(_ result: UnsafePointer<Int32>) {
    if hasValues { (values.pointer + nextSlot * sumCount).update(from: result, count: sumCount) }
    slots.push(nextSlot)
    nextSlot = nextSlot + 1 == depth ? 0 : nextSlot + 1
  }

  mutating func pop() {
    addresses.pop()
    slots.pop()
  }

  /// The results that wait are not wanted.
  mutating func drop() {
    addresses.clear()
    slots.clear()
    nextSlot = 0
    requantiserValid = 0
  }

  /// What was under way has ended with an error or is not wanted.
  mutating func clear() {
    drop()
    tile = 0
  }

  mutating func reset() {
    clear()
    multiplierBuffer.reset()
  }

  mutating func clockRegisters() {
    addresses.clock()
    slots.clock()
    multiplierBuffer.clock()
  }
}
