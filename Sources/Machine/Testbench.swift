public import Activity
public import Architecture
public import Mapping
public import Ternary
import Workload

/// What a job left behind.
public struct JobResult: Equatable, Sendable {
  /// Y, `m * n` values, token by token.
  public var outputs: [Int32]
  /// The event counters, read over the AXI4-Lite port.
  public var counts: EventCounts
  /// Why the job ended early, if it did.
  public var error: JobError?
  /// Clock cycles of the simulation, host accesses included.
  public var simulatedCycles: UInt64

  public init(
    outputs: [Int32], counts: EventCounts, error: JobError?, simulatedCycles: UInt64
  ) {
    self.outputs = outputs
    self.counts = counts
    self.error = error
    self.simulatedCycles = simulatedCycles
  }
}

/// Nothing moved for too long.
public struct Deadlock: Error, Equatable, CustomStringConvertible {
  /// The cycle in which the bench gave up, counted from the start of the bench.
  public var cycle: UInt64
  /// Cycles without progress.
  public var patience: UInt64
  /// What the bench was waiting for.
  public var waitingFor: String
  /// Every signal of the probe with its value, block by block: `credits = 0`.
  public var state: [String]

  public var description: String {
    "no progress for \(patience) cycles, at cycle \(cycle), while waiting for \(waitingFor)\n  "
      + state.joined(separator: "\n  ")
  }
}

/// Drives a device as a system would: a host on the AXI4-Lite port, a memory on the AXI4 port.
///
/// The same bench runs the model, the RTL, and both in lock-step.
public final class Testbench<Bench: Device> {
  /// Cycles without a handshake or an operand that mean deadlock: 500 more than the memory may
  /// take for one beat.
  public let patience: UInt64

  public let device: Bench
  public let memory: ExternalMemory
  private let architecture: Architecture
  private var ports: BenchPorts
  private var outputs: PortOutputs { ports.outputs }
  /// Cycles since the bench was made.
  public var cycle: UInt64 { ports.cycle }

  /// A bench around `device`, which is reset for two cycles.
  ///
  /// - Parameter patience: Cycles without progress that mean deadlock, for a device that computes
  ///   longer than this accelerator does without taking an operand.
  public init(
    _ device: Bench, architecture: Architecture, memory: ExternalMemory, patience: UInt64? = nil
  ) throws {
    self.device = device
    self.architecture = architecture
    self.memory = memory
    self.patience = patience ?? 500 + memory.longestWait
    var inputs = memory.idleInputs()
    inputs.resetN = false
    try device.step(inputs)
    try device.step(inputs)
    inputs.resetN = true
    ports = BenchPorts(inputs: inputs, outputs: device.outputs)
  }

  func deviceState() -> [String] {
    let layout = ProbeLayout(architecture)
    return device.probeWords().enumerated().map { "\(layout.signalName(ofWord: $0)) = \($1)" }
  }

  // MARK: Jobs

  /// Where a job's operands lie in memory.
  public struct Placement {
    public let x: UInt64
    public let w: UInt64
    public let y: UInt64
    /// The multipliers, if each output has one.
    public let m: UInt64
    /// Bytes from the beginning of the memory to the end of Y.
    public let end: Int

    /// X, W, multipliers and Y one after the other, each from a 4 KiB boundary on, behind the first
    /// `start` bytes of a memory at `base`.
    public init(_ job: Job, from start: Int = 0, base: UInt64 = 0) {
      func aligned(_ address: Int) -> Int { (address + 4095) / 4096 * 4096 }
      let xStart = aligned(start) + 4096
      x = base + UInt64(xStart)
      let wStart = aligned(xStart + job.activationBytes)
      w = base + UInt64(wStart)
      let mStart = aligned(wStart + job.weightBytes)
      m = base + UInt64(mStart)
      let yStart = aligned(mStart + job.multiplierBytes)
      y = base + UInt64(yStart)
      end = yStart + job.outputBytes
    }
  }

  /// Stores the operands of `job` in memory and returns its descriptor.
  ///
  /// - Parameters:
  ///   - weights: `n × k`.
  ///   - activations: `m * k` values, token by token.
  ///   - start: Bytes of memory before the operands that are left alone.
  public func load(
    _ job: Job, weights: TritMatrix, activations: [Int8], from start: Int = 0
  ) -> Descriptor {
    let place = Placement(job, from: start, base: memory.base)
    memory.store(job.activationImage(activations, on: architecture), at: place.x)
    memory.store(job.weightImage(weights, on: architecture), at: place.w)
    memory.store(job.multiplierImage(on: architecture), at: place.m)
    return Descriptor(
      job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
  }

  /// Runs `job` with real values and returns Y and the counters.
  ///
  /// - Throws: What the device throws, or ``Deadlock``.
  public func run(_ job: Job, weights: TritMatrix, activations: [Int8]) throws -> JobResult {
    try run(load(job, weights: weights, activations: activations), of: job)
  }

  /// Runs a job whose operands are in memory already.
  public func run(_ descriptor: Descriptor, of job: Job) throws -> JobResult {
    var result = try execute(descriptor)
    result.outputs = outputs(of: job, at: descriptor)
    return result
  }

  /// Runs a job whose operands are in memory already, and leaves its results there.
  func execute(_ descriptor: Descriptor) throws -> JobResult {
    let begin = cycle
    try write(.interruptEnable, 1)
    for register in Register.descriptor { try write(register, descriptor[register]) }
    try write(.control, Register.startBit | Register.clearBit)
    while !outputs.irq { try tick(waitingFor: "the end of the job") }
    let status = try read(offset: Register.status.offset)
    let counts = try readCounters()
    return JobResult(
      outputs: [], counts: counts,
      error: JobError(rawValue: UInt8(truncatingIfNeeded: status >> 8)),
      simulatedCycles: cycle - begin)
  }

  /// Cycles of ``run(_:of:)`` that the hardware does not count: a write to the interrupt enable, the
  /// descriptor and the start bit takes three, a read of the status or of half a counter two, and
  /// the start bit is seen a cycle after it was written.
  static var hostCycles: UInt64 {
    UInt64(3 * (Register.descriptor.count + 2) + 2 * (1 + 2 * Event.allCases.count) + 1)
  }

  /// Queues jobs whose operands are in memory already, as fast as the hardware takes them, and waits
  /// for the last.
  ///
  /// - Returns: How many have ended, the error of the last of them, and the counters of all.
  public func run(
    _ descriptors: [Descriptor]
  ) throws -> (ended: Int, error: JobError?, counts: EventCounts) {
    try write(.interruptEnable, 1)
    try write(.control, Register.clearBit)
    for descriptor in descriptors {
      for register in Register.descriptor { try write(register, descriptor[register]) }
      // A full queue refuses the job, a failed one may have emptied it.
      while try !write(.control, Register.startBit) {}
    }
    while try read(offset: Register.status.offset) & 1 != 0 {
      try tick(waitingFor: "the end of the jobs")
    }
    let status = try read(offset: Register.status.offset)
    return (
      ended: Int(try read(offset: Register.jobsDone.offset)),
      error: JobError(rawValue: UInt8(truncatingIfNeeded: status >> 8)),
      counts: try readCounters()
    )
  }

  /// Y as it lies in memory.
  public func outputs(of job: Job, at descriptor: Descriptor) -> [Int32] {
    let rows = architecture.parameters.rows
    return [Int32](unsafeUninitializedCapacity: job.shape.m * job.shape.n) { values, count in
      for token in 0..<job.shape.m {
        let row = memory.load(
          job.outputStride, at: descriptor.yAddress + UInt64(token) * UInt64(descriptor.yStride))
        for output in 0..<job.shape.n {
          let bytes =
            UnsafeRawPointer(row.baseAddress!)
            + output / rows * architecture.outputTileBytes
          values[token * job.shape.n + output] =
            switch architecture.parameters.output {
            case .int32:
              Int32(
                littleEndian: bytes.loadUnaligned(
                  fromByteOffset: 4 * (output % rows), as: Int32.self))
            case .int8: Int32(bytes.load(fromByteOffset: output % rows, as: Int8.self))
            }
        }
      }
      count = job.shape.m * job.shape.n
    }
  }

  private func readCounters() throws -> EventCounts {
    var counts = EventCounts()
    for event in Event.allCases {
      let offset = Register.counterBase + 8 * UInt32(event.rawValue)
      let low = try read(offset: offset)
      let high = try read(offset: offset + 4)
      counts[event] = UInt64(high) << 32 | UInt64(low)
    }
    return counts
  }

  // MARK: Host accesses

  /// Writes one register and waits for the response; returns whether it was OKAY.
  @discardableResult
  public func write(_ register: Register, _ value: UInt32) throws -> Bool {
    try write(offset: register.offset, value)
  }

  /// Writes the bytes of `value` that `strobe` selects, whatever is at `offset`; returns whether
  /// the response was OKAY.
  ///
  /// - Precondition: `offset` is less than 4096, what the 12 address bits hold.
  public func write(offset: UInt32, _ value: UInt32, strobe: UInt8 = 0xf) throws -> Bool {
    precondition(offset < 4096, "register offset \(offset)")
    ports.inputs.axilAwvalid = true
    ports.inputs.axilAwaddr = offset
    ports.inputs.axilWvalid = true
    ports.inputs.axilWdata = value
    ports.inputs.axilWstrb = strobe
    while ports.inputs.axilAwvalid || ports.inputs.axilWvalid {
      let (awready, wready) = (outputs.axilAwready, outputs.axilWready)
      try tick(waitingFor: "a register write")
      if awready { ports.inputs.axilAwvalid = false }
      if wready { ports.inputs.axilWvalid = false }
    }
    while !outputs.axilBvalid { try tick(waitingFor: "a write response") }
    let okay = outputs.axilBresp == 0
    try tick(waitingFor: "a write response")
    return okay
  }

  /// Reads the register at `offset`; a register that does not exist reads as 0.
  public func read(offset: UInt32) throws -> UInt32 { try readIfPresent(offset: offset) ?? 0 }

  /// Reads the register at `offset`, or returns `nil` when the response is an error.
  ///
  /// - Precondition: `offset` is less than 4096, what the 12 address bits hold.
  public func readIfPresent(offset: UInt32) throws -> UInt32? {
    precondition(offset < 4096, "register offset \(offset)")
    ports.inputs.axilArvalid = true
    ports.inputs.axilAraddr = offset
    while ports.inputs.axilArvalid {
      let ready = outputs.axilArready
      try tick(waitingFor: "a register read")
      if ready { ports.inputs.axilArvalid = false }
    }
    while !outputs.axilRvalid { try tick(waitingFor: "register data") }
    let (value, response) = (outputs.axilRdata, outputs.axilRresp)
    try tick(waitingFor: "register data")
    return response == 0 ? value : nil
  }

  /// Ends all jobs through the control register, and waits until nothing is under way.
  public func softReset() throws {
    try write(.control, Register.softResetBit)
    while try read(offset: Register.status.offset) & 1 != 0 {
      try tick(waitingFor: "the end of a soft reset")
    }
  }

  /// Asserts reset for one cycle, whatever is under way; the memory forgets its bursts.
  public func reset() throws {
    memory.forget()
    ports.inputs = memory.idleInputs()
    ports.inputs.resetN = false
    try device.step(ports.inputs)
    ports.inputs.resetN = true
    ports.outputs = device.outputs
    ports.cycle += 1
  }

  /// One clock cycle.
  public func tick(waitingFor goal: @autoclosure () -> String = "nothing") throws {
    guard try ports.tick(device, memory, patience: patience) else {
      throw Deadlock(
        cycle: cycle, patience: patience, waitingFor: goal(), state: deviceState())
    }
  }
}

/// The ports of a device on a bench. One value, so that a cycle checks exclusive access once.
private struct BenchPorts {
  var inputs: PortInputs
  /// The device's outputs after the last step.
  var outputs: PortOutputs
  var cycle: UInt64 = 0
  private var lastProgress: UInt64 = 0
  private var lastOperands: UInt64 = 0

  init(inputs: PortInputs, outputs: PortOutputs) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// One clock cycle; returns `false` after too many without progress.
  mutating func tick<Bench: Device>(
    _ device: Bench, _ memory: ExternalMemory, patience: UInt64
  ) throws(Bench.Failure) -> Bool {
    memory.step(outputs, &inputs)
    let moved =
      inputs.rvalid || inputs.bvalid || inputs.axilAwvalid || inputs.axilArvalid
      || (outputs.arvalid && inputs.arready) || (outputs.awvalid && inputs.awready)
      || (outputs.wvalid && inputs.wready) || outputs.axilBvalid || outputs.axilRvalid
      || device.operandsTaken != lastOperands
    try device.step(inputs)
    outputs = device.outputs
    cycle += 1
    if moved {
      lastProgress = cycle
      lastOperands = device.operandsTaken
    }
    return cycle - lastProgress <= patience
  }
}
