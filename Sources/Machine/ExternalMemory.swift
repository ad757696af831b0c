public import Architecture

/// The memory outside the accelerator: an AXI4 subordinate with contents.
///
/// The ideal memory accepts every address at once, answers the first beat of a burst after a fixed
/// latency and moves a fixed number of bytes per cycle, reads and writes together, writes first.
/// With a DRAM behind it, every beat also waits for the DRAM; the latency is then the way to it and
/// back, and at most 64 accesses of writes wait. ``Behaviour-swift.enum`` adds stalls on every
/// channel. All decisions depend on the seed and on the accelerator's outputs alone, so that a run
/// repeats.
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

  /// The first address.
  public let base: UInt64
  /// Bytes that can be addressed.
  public let byteCount: Int
  private let busBytes: Int
  private let contents: Storage<UInt8>
  /// Behind a pointer, because the access to it in every cycle needs no check.
  private let channels: UnsafeMutablePointer<MemoryChannels>

  /// A zeroed memory of `byteCount` bytes from address `base` on.
  ///
  /// - Parameter values: With ``SimulatedValues/timingOnly`` the memory answers at the same times,
  ///   and forgets what is written.
  /// - Precondition: `base` is a multiple of 4096.
  public init(
    _ architecture: Architecture, byteCount: Int, base: UInt64 = 0, behaviour: Behaviour = .ideal,
    values: SimulatedValues = .full
  ) {
    precondition(base % 4096 == 0, "a memory at \(base)")
    self.base = base
    self.byteCount = byteCount
    let channels = MemoryChannels(
      architecture, byteCount: byteCount, base: base, behaviour: behaviour, values: values)
    busBytes = channels.busBytes
    contents = channels.contents
    self.channels = .allocate(capacity: 1)
    self.channels.initialize(to: channels)
  }

  deinit {
    channels.deinitialize(count: 1)
    channels.deallocate()
  }

  /// Ranges that answer with an error; addresses outside the memory always answer with DECERR.
  public var faults: [Fault] {
    get { channels.pointee.faults }
    set { channels.pointee.faults = newValue }
  }

  /// Cycles after which a beat or a response that is due has surely come, unless it pauses.
  var longestWait: UInt64 { channels.pointee.longestWait }

  /// Copies `bytes` to `address`.
  ///
  /// - Precondition: They lie inside the memory, which keeps values.
  public func store(_ bytes: [UInt8], at address: UInt64) {
    let offset = offset(address, count: bytes.count)
    bytes.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      (contents.pointer + offset).update(from: first, count: bytes.count)
    }
  }

  /// `count` bytes from `address` on.
  ///
  /// - Precondition: They lie inside the memory, which keeps values.
  public func load(_ count: Int, at address: UInt64) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: contents.pointer + offset(address, count: count), count: count)
  }

  /// Where `count` bytes from `address` on lie in the contents.
  private func offset(_ address: UInt64, count: Int) -> Int {
    let offset = Int(address) - Int(base)
    precondition(
      offset >= 0 && offset + count <= contents.count - busBytes,
      "\(count) bytes at \(address), outside the memory")
    return offset
  }

  /// Drops every burst under way, as a reset of the whole system does; contents stay.
  public func forget() { channels.pointee.forget() }

  /// Input ports with every channel idle.
  public func idleInputs() -> PortInputs { PortInputs(rdata: channels.pointee.idleData) }

  /// One cycle: sees the accelerator's outputs, sets the inputs of the five AXI4 channels.
  public func step(_ outputs: PortOutputs, _ inputs: inout PortInputs) {
    channels.pointee.step(outputs, &inputs)
  }
}
