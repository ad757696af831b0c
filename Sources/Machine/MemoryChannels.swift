import Architecture
internal import Workload

/// The five AXI4 channels of an ``ExternalMemory``: what is under way on them, and when it moves.
struct MemoryChannels {
  private struct Read {
    var address: UInt64
    var beatsLeft: Int
    /// The first cycle in which the next beat may be sent.
    var ready: UInt64
  }

  private struct Write {
    var address: UInt64
    var response: UInt8 = 0
    /// Bytes taken that the DRAM has not got yet.
    var pendingBytes = 0
    /// The cycle in which the DRAM has all others.
    var stored: UInt64 = 0
  }

  private struct Response {
    var code: UInt8
    var ready: UInt64
  }

  let base: UInt64
  /// Bytes that can be addressed.
  let byteCount: Int
  let busBytes: Int
  private let latency: UInt64
  private let milliBytesPerCycle: Int
  /// Thousandths of a byte of bandwidth that a beat takes.
  private let beatCost: Int
  private let percentPausing: UInt64
  /// Accesses of writes that can wait for the DRAM.
  private static let writeQueue = 64

  private var dram: DRAM?
  private let hasDRAM: Bool
  private var random: SplitMix64
  /// The bytes in memory and one spare beat: what the data pointer shows while nothing is read. Of
  /// the spare beat alone where no values are simulated.
  let contents: Storage<UInt8>
  private let hasValues: Bool
  var faults: [ExternalMemory.Fault] = []

  private var cycle: UInt64 = 0
  private var credit = 0
  private var reads = Queue<Read>()
  /// When the DRAM, if there is one, has each beat that is still to be sent.
  private var beatsReady = Queue<UInt64>()
  private var writes = Queue<Write>()
  private var responses = Queue<Response>()
  /// When the DRAM has each access of a write that waits.
  private var waitingWrites = Queue<UInt64>()
  /// A beat of read data is on the bus and was not taken yet.
  private var readOffered = false
  private var responseOffered = false

  init(
    _ architecture: Architecture, byteCount: Int, base: UInt64,
    behaviour: ExternalMemory.Behaviour, values: SimulatedValues
  ) {
    self.base = base
    self.byteCount = byteCount
    let parameters = architecture.parameters
    busBytes = parameters.busBytes
    beatCost = 1000 * busBytes
    latency = UInt64(parameters.memory.latencyCycles)
    milliBytesPerCycle = parameters.memory.milliBytesPerCycle
    dram = parameters.memory.dram.map { DRAM($0, clockMHz: parameters.clockMHz) }
    hasDRAM = dram != nil
    switch behaviour {
    case .ideal: (percentPausing, random) = (0, SplitMix64(state: 0))
    case .stalling(let percent, let seed):
      (percentPausing, random) = (UInt64(percent), SplitMix64(state: seed))
    }
    hasValues = values == .full
    contents = Storage(count: (hasValues ? byteCount : 0) + busBytes, zero: 0)
  }

  var longestWait: UInt64 {
    let beat = UInt64(1000 * busBytes / milliBytesPerCycle + 1)
    return latency + beat + (dram?.longestWait(accesses: 2 * Self.writeQueue) ?? 0)
  }

  /// What the data pointer shows while nothing is read.
  var idleData: UnsafeRawPointer {
    UnsafeRawPointer(contents.pointer + (contents.count - busBytes))
  }

  /// Where the byte of an address lies in the contents, if it is not outside.
  func offset(_ address: UInt64) -> Int { Int(address) - Int(base) }

  mutating func forget() {
    reads = Queue()
    beatsReady = Queue()
    writes = Queue()
    responses = Queue()
    waitingWrites = Queue()
    readOffered = false
    responseOffered = false
  }

  mutating func step(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    credit = min(credit + milliBytesPerCycle, beatCost + milliBytesPerCycle - 1)
    stepWriteAddress(outputs, &inputs)
    stepWriteData(outputs, &inputs)
    stepResponse(outputs, &inputs)
    stepReadData(outputs, &inputs)
    stepReadAddress(outputs, &inputs)
    cycle += 1
  }

  private mutating func stepReadAddress(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    inputs.arready = !pauses()
    guard outputs.arvalid && inputs.arready else { return }
    let read = Read(
      address: outputs.araddr, beatsLeft: outputs.arlen + 1, ready: cycle + latency)
    if hasDRAM { requestFromDRAM(read) }
    reads.append(read)
  }

  /// Notes when the DRAM has each beat of a burst that arrives now. An access serves all beats that
  /// lie in it.
  private mutating func requestFromDRAM(_ read: Read) {
    let access = UInt64(max(busBytes, dram!.accessBytes))
    var address = read.address
    let burstEnd = read.address + UInt64(read.beatsLeft * busBytes)
    while address < burstEnd {
      let end = address / access * access + access
      let stored = dram!.access(
        address, bytes: Int(end - address), isWrite: false, cycle: cycle)
      while address < min(end, burstEnd) {
        beatsReady.append(stored + latency)
        address += UInt64(busBytes)
      }
    }
  }

  private mutating func stepReadData(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    if !readOffered {
      inputs.rvalid = false
      guard !reads.isEmpty, readReady <= cycle, credit >= beatCost, !pauses() else { return }
      credit -= beatCost
      offerRead(&inputs)
    }
    readOffered = !outputs.rready
    guard outputs.rready else { return }
    if hasDRAM { beatsReady.removeFirst() }
    if inputs.rlast {
      reads.removeFirst()
    } else {
      reads.first.address += UInt64(busBytes)
      reads.first.beatsLeft -= 1
    }
  }

  /// The first cycle in which the next beat may be sent.
  private var readReady: UInt64 { hasDRAM ? beatsReady.first : reads.first.ready }

  private func offerRead(_ inputs: inout PortInputs) {
    inputs.rvalid = true
    let address = reads.first.address
    inputs.rresp = response(to: address)
    inputs.rdata =
      hasValues && isInside(address)
      ? UnsafeRawPointer(contents.pointer + offset(address)) : idleData
    inputs.rlast = reads.first.beatsLeft == 1
  }

  private mutating func stepWriteAddress(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    inputs.awready = !pauses()
    if outputs.awvalid && inputs.awready { writes.append(Write(address: outputs.awaddr)) }
  }

  private mutating func stepWriteData(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    while !waitingWrites.isEmpty && waitingWrites.first <= cycle { waitingWrites.removeFirst() }
    inputs.wready =
      !writes.isEmpty && credit >= beatCost && waitingWrites.count < Self.writeQueue
      && !pauses()
    guard outputs.wvalid && inputs.wready else { return }
    credit -= beatCost
    let address = writes.first.address
    let code = response(to: address)
    if code == 0 && hasValues { store(outputs, at: address) }
    writes.first.response = max(writes.first.response, code)
    writes.first.address += UInt64(busBytes)
    storeInDRAM(isLast: outputs.wlast)
    if outputs.wlast {
      let stored = max(cycle, writes.first.stored)
      responses.append(Response(code: writes.first.response, ready: stored + latency))
      writes.removeFirst()
    }
  }

  private func store(_ outputs: PortOutputs, at address: UInt64) {
    for byte in 0..<busBytes {
      let mask =
        byte < 64
        ? outputs.wstrb.low >> UInt64(byte)
        : outputs.wstrb.high >> UInt64(byte - 64)
      if mask & 1 != 0 {
        contents.pointer[offset(address) + byte] =
          outputs.wdata.load(fromByteOffset: byte, as: UInt8.self)
      }
    }
  }

  /// Hands what was taken of the first write to the DRAM when it is a whole access, or the last.
  private mutating func storeInDRAM(isLast: Bool) {
    guard hasDRAM else { return }
    writes.first.pendingBytes += busBytes
    let write = writes.first
    guard isLast || write.address % UInt64(dram!.accessBytes) == 0 else { return }
    let stored = dram!.access(
      write.address - UInt64(write.pendingBytes), bytes: write.pendingBytes, isWrite: true,
      cycle: cycle)
    waitingWrites.append(stored)
    writes.first.stored = max(write.stored, stored)
    writes.first.pendingBytes = 0
  }

  private mutating func stepResponse(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    if !responseOffered {
      inputs.bvalid = false
      guard !responses.isEmpty, responses.first.ready <= cycle, !pauses() else { return }
      inputs.bvalid = true
      inputs.bresp = responses.first.code
    }
    responseOffered = !outputs.bready
    if outputs.bready { responses.removeFirst() }
  }

  private func isInside(_ address: UInt64) -> Bool {
    address >= base && offset(address) + busBytes <= byteCount
  }

  private func response(to address: UInt64) -> UInt8 {
    if !isInside(address) { return 3 }
    for fault in faults where fault.addresses.contains(address) { return fault.response }
    return 0
  }

  /// Draws whether a channel pauses in this cycle.
  private mutating func pauses() -> Bool {
    guard percentPausing > 0 else { return false }
    return random.next() % 100 < percentPausing
  }
}
