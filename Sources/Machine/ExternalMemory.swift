public import Architecture

/// The memory outside the accelerator: an AXI4 subordinate with contents.
///
/// The ideal memory accepts every address at once, answers the first beat of a burst after a fixed
/// latency and moves a fixed number of bytes per cycle, reads and writes together, writes first.
/// With a DRAM behind it, every beat also waits for the DRAM; the latency is then the way to it and
/// back, and at most ``writeQueue`` accesses of writes wait. ``Behaviour-swift.enum`` adds stalls on
/// every channel. All decisions depend on the seed and on the accelerator's outputs alone, so that
/// a run repeats.
public final class ExternalMemory {
  /// How eagerly the channels are served.
  public enum Behaviour: Equatable, Sendable {
    /// As the architecture says, and nothing else.
    case ideal
    /// Every channel also pauses at random, in `percent` of the cycles.
    case stalling(percent: Int, seed: UInt64)
  }

  /// A range of addresses that answers with an error.
  public struct Fault: Equatable, Sendable {
    public var addresses: Range<UInt64>
    /// 2 is SLVERR, 3 is DECERR.
    public var response: UInt8

    public init(addresses: Range<UInt64>, response: UInt8) {
      self.addresses = addresses
      self.response = response
    }
  }

  private struct Read {
    var address: UInt64
    var beatsLeft: Int
    /// The first cycle in which the first beat may be sent.
    var ready: UInt64
    /// The same for every beat, last one first, where a DRAM decides.
    var beatsReady: [UInt64] = []

    /// The first cycle in which the next beat may be sent.
    var nextReady: UInt64 { beatsReady.last ?? ready }
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

  /// The first address.
  public let base: UInt64
  private let busBytes: Int
  private let latency: UInt64
  private let milliBytesPerCycle: Int
  private let behaviour: Behaviour
  /// Accesses of writes that can wait for the DRAM.
  static let writeQueue = 64

  private var dram: DRAM?
  private var random: UInt64 = 0
  private let contents: Storage<UInt8>
  /// Ranges that answer with an error; addresses outside the memory always answer with DECERR.
  public var faults: [Fault] = []

  private var cycle: UInt64 = 0
  private var credit = 0
  private var reads = Queue<Read>()
  private var writes = Queue<Write>()
  private var responses = Queue<Response>()
  /// When the DRAM has each access of a write that waits.
  private var waitingWrites = Queue<UInt64>()
  /// A beat of read data is on the bus and was not taken yet.
  private var readOffered = false
  private var responseOffered = false

  /// A zeroed memory of `byteCount` bytes from address `base` on.
  ///
  /// - Precondition: `base` is a multiple of 4096.
  public init(
    _ architecture: Architecture, byteCount: Int, base: UInt64 = 0, behaviour: Behaviour = .ideal
  ) {
    precondition(base % 4096 == 0, "a memory at \(base)")
    self.base = base
    busBytes = architecture.parameters.busBytes
    latency = UInt64(architecture.parameters.memory.latencyCycles)
    milliBytesPerCycle = architecture.parameters.memory.milliBytesPerCycle
    dram = architecture.parameters.memory.dram.map {
      DRAM($0, clockMHz: architecture.parameters.clockMHz)
    }
    self.behaviour = behaviour
    if case .stalling(_, let seed) = behaviour { random = seed }
    // One spare beat: what the data pointer shows while nothing is read.
    contents = Storage(count: byteCount + busBytes, zero: 0)
  }

  /// Bytes that can be addressed.
  public var byteCount: Int { contents.count - busBytes }

  /// Cycles after which a beat or a response that is due has surely come, unless it pauses.
  var longestWait: UInt64 {
    let beat = UInt64(1000 * busBytes / milliBytesPerCycle + 1)
    return latency + beat + (dram?.longestWait(accesses: 2 * Self.writeQueue) ?? 0)
  }

  /// Copies `bytes` to `address`.
  ///
  /// - Precondition: They lie inside the memory.
  public func store(_ bytes: [UInt8], at address: UInt64) {
    let offset = offset(address)
    precondition(offset >= 0 && offset + bytes.count <= byteCount, "store outside the memory")
    bytes.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      (contents.pointer + offset).update(from: first, count: bytes.count)
    }
  }

  /// `count` bytes from `address` on.
  ///
  /// - Precondition: They lie inside the memory.
  public func load(_ count: Int, at address: UInt64) -> UnsafeBufferPointer<UInt8> {
    let offset = offset(address)
    precondition(offset >= 0 && offset + count <= byteCount, "load outside the memory")
    return UnsafeBufferPointer(start: contents.pointer + offset, count: count)
  }

  /// Where the byte of an address lies in the contents, if it is not outside.
  private func offset(_ address: UInt64) -> Int { Int(address) - Int(base) }

  /// Drops every burst under way, as a reset of the whole system does; contents stay.
  public func forget() {
    reads = Queue()
    writes = Queue()
    responses = Queue()
    waitingWrites = Queue()
    readOffered = false
    responseOffered = false
  }

  /// Input ports with every channel idle.
  public func idleInputs() -> PortInputs {
    PortInputs(rdata: UnsafeRawPointer(contents.pointer + byteCount))
  }

  /// One cycle: sees the accelerator's outputs, sets the inputs of the five AXI4 channels.
  public func step(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    credit = min(credit + milliBytesPerCycle, 1000 * busBytes + milliBytesPerCycle - 1)
    stepWriteAddress(outputs, &inputs)
    stepWriteData(outputs, &inputs)
    stepResponse(outputs, &inputs)
    stepReadData(outputs, &inputs)
    stepReadAddress(outputs, &inputs)
    cycle += 1
  }

  private func stepReadAddress(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    inputs.arready = !pauses()
    guard outputs.arvalid && inputs.arready else { return }
    var read = Read(
      address: outputs.araddr, beatsLeft: outputs.arlen + 1, ready: cycle + latency)
    if dram != nil { read.beatsReady = beatsReady(read) }
    reads.append(read)
  }

  /// When the DRAM has each beat of a burst that arrives now, last one first. An access serves all
  /// beats that lie in it.
  private func beatsReady(_ read: Read) -> [UInt64] {
    let access = UInt64(max(busBytes, dram!.accessBytes))
    var ready: [UInt64] = []
    var address = read.address
    while ready.count < read.beatsLeft {
      let end = address / access * access + access
      let stored = dram!.access(
        address, bytes: Int(end - address), isWrite: false, cycle: cycle)
      while address < end && ready.count < read.beatsLeft {
        ready.append(stored + latency)
        address += UInt64(busBytes)
      }
    }
    return ready.reversed()
  }

  private func stepReadData(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    if !readOffered {
      inputs.rvalid = false
      guard !reads.isEmpty, reads.first.nextReady <= cycle, credit >= 1000 * busBytes, !pauses()
      else { return }
      credit -= 1000 * busBytes
      offerRead(&inputs)
    }
    readOffered = !outputs.rready
    guard outputs.rready else { return }
    if inputs.rlast {
      reads.removeFirst()
    } else {
      reads.first.address += UInt64(busBytes)
      reads.first.beatsLeft -= 1
      _ = reads.first.beatsReady.popLast()
    }
  }

  private func offerRead(_ inputs: inout PortInputs) {
    inputs.rvalid = true
    let address = reads.first.address
    inputs.rresp = response(to: address)
    let inside = isInside(address)
    inputs.rdata = UnsafeRawPointer(contents.pointer + (inside ? offset(address) : byteCount))
    inputs.rlast = reads.first.beatsLeft == 1
  }

  private func stepWriteAddress(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    inputs.awready = !pauses()
    if outputs.awvalid && inputs.awready { writes.append(Write(address: outputs.awaddr)) }
  }

  private func stepWriteData(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    while !waitingWrites.isEmpty && waitingWrites.first <= cycle { waitingWrites.removeFirst() }
    inputs.wready =
      !writes.isEmpty && credit >= 1000 * busBytes && waitingWrites.count < Self.writeQueue
      && !pauses()
    guard outputs.wvalid && inputs.wready else { return }
    credit -= 1000 * busBytes
    let address = writes.first.address
    let code = response(to: address)
    if code == 0 {
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
    writes.first.response = max(writes.first.response, code)
    writes.first.address += UInt64(busBytes)
    storeInDRAM(isLast: outputs.wlast)
    if outputs.wlast {
      let stored = max(cycle, writes.first.stored)
      responses.append(Response(code: writes.first.response, ready: stored + latency))
      writes.removeFirst()
    }
  }

  /// Hands what was taken of the first write to the DRAM when it is a whole access, or the last.
  private func storeInDRAM(isLast: Bool) {
    guard dram != nil else { return }
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

  private func stepResponse(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
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
  private func pauses() -> Bool {
    guard case .stalling(let percent, _) = behaviour else { return false }
    // SplitMix64 (Steele, Lea and Flood, 2014).
    random &+= 0x9e37_79b9_7f4a_7c15
    var mixed = random
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ mixed >> 31) % 100) < percent
  }
}
