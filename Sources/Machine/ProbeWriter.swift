import Architecture

/// Writes probe words one after the other, in the order of `ProbeSignal`.
struct ProbeWriter {
  private let words: UnsafeMutablePointer<UInt32>
  /// Words written so far.
  private(set) var count = 0

  init(_ words: UnsafeMutablePointer<UInt32>) { self.words = words }

  mutating func put(_ value: UInt32) {
    words[count] = value
    count += 1
  }

  mutating func put(_ value: Int) { put(UInt32(truncatingIfNeeded: value)) }
  mutating func put(_ value: Bool) { put(value ? 1 as UInt32 : 0) }
  mutating func put(_ value: UInt8) { put(UInt32(value)) }

  /// A 40-bit address: low word, high word.
  mutating func put(address: UInt64) {
    put(UInt32(truncatingIfNeeded: address))
    put(UInt32(truncatingIfNeeded: address >> 32))
  }

  mutating func put(_ values: Storage<Int32>) {
    for index in 0..<values.count { put(UInt32(bitPattern: values.pointer[index])) }
  }

  @inline(__always)
  mutating func write(_ controller: Controller) {
    let state = controller.q
    put(state.phase.rawValue)
    put(state.error?.rawValue ?? 0)
    put(state.done)
    put(state.tokensLeft)
    put(state.blockTokens)
    put(state.nTilesLeft)
    put(state.kTilesLeft)
    put(state.chunkWords)
    put(state.token)
    put(state.kTile)
    put(state.kBase)
    put(state.activationRow)
    put(address: state.yAddress)
    put(address: state.yTile)
    put(state.credits)
    put(state.intervalLeft)
    put(Int(state.jobsDone))
  }

  @inline(__always)
  mutating func write(_ jobs: JobQueue) {
    put(jobs.q.count)
    put(jobs.q.ahead)
    put(jobs.q.loaded)
  }

  @inline(__always)
  mutating func write(_ unit: LoadUnit) {
    let state = unit.q
    put(state.phase.rawValue)
    put(state.open)
    put(state.first)
    put(state.final)
    put(state.pending)
    put(state.fresh)
    put(state.tokensLeft)
    put(state.nTilesLeft)
    put(state.kTilesLeft)
    put(state.activationLeft)
    put(state.beatsLeft)
    put(address: state.xAddress)
    put(address: state.wAddress)
    put(unit.bursts.count)
  }

  @inline(__always)
  mutating func write(_ buffer: DoubleBuffer) {
    let state = buffer.q
    put(state.claimed)
    put(state.full)
    put(state.readHalf)
    put(state.writeWord)
    put(state.writeBeat)
  }

  @inline(__always)
  mutating func write(_ unit: StoreUnit) {
    put(unit.q.token)
    put(unit.q.beat)
    put(unit.q.burstLeft)
    put(unit.q.pending)
  }

  @inline(__always)
  mutating func write(_ ports: PortOutputs, busBytes: Int) {
    put(ports.arvalid)
    put(address: ports.araddr)
    put(ports.arlen)
    put(ports.awvalid)
    put(address: ports.awaddr)
    put(ports.awlen)
    put(ports.wvalid)
    for word in 0..<busBytes / 4 {
      put(ports.wdata.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self).littleEndian)
    }
    for word in 0..<(busBytes + 31) / 32 {
      let half = word < 2 ? ports.wstrb.low : ports.wstrb.high
      put(UInt32(truncatingIfNeeded: half >> UInt64(32 * (word % 2))))
    }
    put(ports.wlast)
    put(ports.axilAwready)
    put(ports.axilWready)
    put(ports.axilBvalid)
    put(ports.axilBresp)
    put(ports.axilArready)
    put(ports.axilRvalid)
    put(ports.axilRdata)
    put(ports.axilRresp)
    put(ports.irq)
  }
}
