import Architecture

/// Writes finished results to memory, one beat per cycle. Mirrors `setun_store_unit`.
struct StoreUnit {
  /// Bursts that may wait for their response.
  private static let maxPending = 15

  struct State {
    /// The token of the result, and the bytes from its first row.
    var token = 0
    var offset: UInt64 = 0
    var beat = 0
    var burstLeft = 0
    var pending = 0
    var awvalid = false
    var awaddr: UInt64 = 0
    var awlen = 0
    var wvalid = false
    var wlast = false
    var writeError = false
  }

  /// What this cycle does with the head of the result queue.
  struct Move {
    /// A beat is taken from the head.
    var go = false
    /// The beat begins a burst.
    var firstBeat = false
    /// The beat is the last of its token.
    var tokenEnd = false
    /// The beat is the result's last.
    var pop = false
  }

  private let hasValues: Bool
  private let rows: Int
  private let resultBytes: Int
  private let busBytes: Int
  private(set) var q = State()
  private var d = State() { didSet { isChanged = true } }
  /// `d` was written since the last clock edge, and may differ from `q`.
  private var isChanged = false
  /// The data register: `busBytes` bytes.
  let data: Storage<UInt8>
  private(set) var strobe: (low: UInt64, high: UInt64) = (0, 0)

  init(_ architecture: Architecture, values: SimulatedValues) {
    hasValues = values == .full
    rows = architecture.parameters.rows
    resultBytes = architecture.resultBytes
    busBytes = architecture.parameters.busBytes
    data = Storage(count: busBytes, zero: 0)
  }

  /// No burst is under way.
  var idle: Bool { !q.awvalid && !q.wvalid && q.burstLeft == 0 && q.pending == 0 }

  @inline(__always)
  private func tileRows(
    _ head: OutputStage.Address, _ job: UnsafePointer<JobQueue.Entry>
  ) -> Int {
    head.lastTile ? job.pointee.job.lastRows : rows
  }

  @inline(__always)
  private func tileBeats(
    _ head: OutputStage.Address, _ job: UnsafePointer<JobQueue.Entry>
  ) -> Int {
    (resultBytes * tileRows(head, job) + busBytes - 1) / busBytes
  }

  /// Decides what this cycle does.
  ///
  /// - Parameter head: Where the oldest result that waits goes, if there is one.
  @inline(__always)
  func move(
    _ inputs: PortInputs, head: OutputStage.Address?, abort: Bool,
    job: UnsafePointer<JobQueue.Entry>
  ) -> Move {
    let firstBeat = q.burstLeft == 0
    guard let head, !q.wvalid || inputs.wready else { return Move() }
    if firstBeat {
      let free = !q.awvalid || inputs.awready
      guard !abort && free && q.pending != Self.maxPending else { return Move() }
    }
    let last = q.beat == tileBeats(head, job) - 1
    return Move(
      go: true, firstBeat: firstBeat, tokenEnd: last, pop: last && q.token == head.tokens - 1)
  }

  /// Computes the next state; the data register is written here, after its last reader.
  ///
  /// - Parameter results: The oldest result, token by token; meaningful where it is moved.
  mutating func evaluate(
    _ inputs: PortInputs, move: Move, head: OutputStage.Address?, results: UnsafePointer<Int32>,
    clear: Bool, job: UnsafePointer<JobQueue.Entry>
  ) {
    let awvalid = (move.go && move.firstBeat) || (q.awvalid && !inputs.awready)
    if awvalid != q.awvalid { d.awvalid = awvalid }
    let wvalid = move.go || (q.wvalid && !inputs.wready)
    if wvalid != q.wvalid { d.wvalid = wvalid }
    if let head, move.go {
      if move.firstBeat {
        let address = busAddress(head.address + q.offset + UInt64(q.beat * busBytes))
        let burst = burstLength(
          address: address, beatsLeft: tileBeats(head, job) - q.beat, busBytes: busBytes)
        d.awaddr = address
        d.awlen = burst - 1
        d.burstLeft = burst - 1
      } else {
        d.burstLeft = q.burstLeft - 1
      }
      d.wlast = d.burstLeft == 0
      d.beat = move.tokenEnd ? 0 : q.beat + 1
      if move.pop {
        d.token = 0
        d.offset = 0
      } else if move.tokenEnd {
        d.token = q.token + 1
        d.offset = busAddress(q.offset + UInt64(job.pointee.job.yStride))
      }
      if hasValues { load(results + q.token * rows, rows: tileRows(head, job)) }
    }
    if move.go && move.firstBeat { d.pending += 1 }
    if inputs.bvalid { d.pending -= 1 }
    let writeError = inputs.bvalid && inputs.bresp & 2 != 0
    if writeError != q.writeError { d.writeError = writeError }
    if clear {
      d.beat = 0
      d.token = 0
      d.offset = 0
    }
  }

  /// Puts beat `q.beat` of the head into the data register; rows that do not exist are masked.
  private mutating func load(_ results: UnsafePointer<Int32>, rows tileRows: Int) {
    let rowsPerBeat = busBytes / resultBytes
    let target = UnsafeMutableRawPointer(data.pointer)
    strobe = (0, 0)
    for slot in 0..<rowsPerBeat {
      let row = q.beat * rowsPerBeat + slot
      // Rows that exist in hardware but not in the last n-tile carry the sums of zero weights.
      let value = row < rows ? results[row] : 0
      if resultBytes == 4 {
        target.storeBytes(of: value.littleEndian, toByteOffset: 4 * slot, as: Int32.self)
      } else {
        target.storeBytes(of: Int8(value), toByteOffset: slot, as: Int8.self)
      }
      guard row < tileRows else { continue }
      let byte = slot * resultBytes
      let mask: UInt64 = resultBytes == 4 ? 0xf : 1
      if byte < 64 {
        strobe.low |= mask << UInt64(byte)
      } else {
        strobe.high |= mask << UInt64(byte - 64)
      }
    }
  }

  mutating func reset() {
    d = State()
    strobe = (0, 0)
    data.pointer.update(repeating: 0, count: busBytes)
  }

  mutating func clock() {
    guard isChanged else { return }
    q = d
    isChanged = false
  }
}
