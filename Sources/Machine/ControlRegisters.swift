import Activity
public import Architecture

/// The AXI4-Lite port: identity and capabilities, control and status, the job descriptor, and the
/// event counters. Mirrors `setun_control_registers`.
struct ControlRegisters {
  private static let okay: UInt8 = 0
  private static let slaveError: UInt8 = 2

  struct State {
    var job = Descriptor()
    var interruptEnable = false
    var start = false
    var acknowledge = false
    var softReset = false
    var awFull = false
    var wFull = false
    var awaddr: UInt32 = 0
    var wdata: UInt32 = 0
    var wstrb: UInt8 = 0
    var bvalid = false
    var bresp: UInt8 = 0
    var rvalid = false
    var rdata: UInt32 = 0
    var rresp: UInt8 = 0

    /// Something changes in the next cycle, whatever the host does.
    var isActive: Bool {
      start || acknowledge || softReset || awFull || wFull || bvalid || rvalid
    }
  }

  /// What the status registers show.
  struct Status {
    /// No further job can be appended.
    var full: Bool
    var busy: Bool
    var done: Bool
    var error: JobError?
    var jobsDone: UInt16
  }

  /// The register at each offset.
  private let registers: [UInt32: Register]
  private let capabilities: [UInt32: UInt32]
  private(set) var q = State()
  private var d = State() { didSet { isChanged = true } }
  /// `d` was written since the last clock edge, and may differ from `q`.
  private var isChanged = false

  init(_ architecture: Architecture) {
    registers = Dictionary(uniqueKeysWithValues: Register.allCases.map { ($0.offset, $0) })
    capabilities = Dictionary(
      uniqueKeysWithValues: Register.allCases.compactMap { register in
        register.capability(of: architecture, events: Event.allCases.count)
          .map { (register.offset, $0) }
      })
  }

  /// Computes the next state.
  mutating func evaluate(_ inputs: PortInputs, status: Status, counters: EventCounters) {
    guard q.isActive || inputs.axilAwvalid || inputs.axilWvalid || inputs.axilArvalid else {
      return
    }
    d.start = false
    d.acknowledge = false
    d.softReset = false
    evaluateWrite(inputs, full: status.full)
    let read = inputs.axilArvalid && !q.rvalid
    d.rvalid = read || (q.rvalid && !inputs.axilRready)
    if read {
      let value = value(at: inputs.axilAraddr, status: status, counters: counters)
      d.rdata = value ?? 0
      d.rresp = value == nil ? Self.slaveError : Self.okay
    }
  }

  private mutating func evaluateWrite(_ inputs: PortInputs, full: Bool) {
    let write = q.awFull && q.wFull && !q.bvalid
    if write {
      d.bresp = store(full: full) ? Self.okay : Self.slaveError
    }
    if inputs.axilAwvalid && !q.awFull { d.awaddr = inputs.axilAwaddr }
    if inputs.axilWvalid && !q.wFull {
      d.wdata = inputs.axilWdata
      d.wstrb = inputs.axilWstrb
    }
    d.awFull = !write && (q.awFull || inputs.axilAwvalid)
    d.wFull = !write && (q.wFull || inputs.axilWvalid)
    d.bvalid = write || (q.bvalid && !inputs.axilBready)
  }

  /// Carries out the write that is held; returns whether it was accepted.
  private mutating func store(full: Bool) -> Bool {
    guard q.wstrb == 0xf, let register = registers[q.awaddr] else { return false }
    switch register {
    case .control:
      let start = q.wdata & Register.startBit != 0
      d.acknowledge = q.wdata & Register.clearBit != 0
      d.softReset = q.wdata & Register.softResetBit != 0
      d.start = start && !full
      return !(start && full)
    case .interruptEnable:
      d.interruptEnable = q.wdata & 1 != 0
      return true
    default:
      guard register.writableBits > 0 else { return false }
      let mask = UInt32(truncatingIfNeeded: (1 as UInt64) << UInt64(register.writableBits) - 1)
      d.job[register] = q.wdata & mask
      return true
    }
  }

  /// What a read of `offset` returns, or `nil` where no register is.
  private func value(at offset: UInt32, status: Status, counters: EventCounters) -> UInt32? {
    if let constant = capabilities[offset] { return constant }
    if let register = registers[offset] {
      switch register {
      // Write only.
      case .control: return nil
      case .status:
        let busy: UInt32 = status.busy || q.start ? 1 : 0
        return UInt32(status.error?.rawValue ?? 0) << 8 | (status.done ? 2 : 0) | busy
      case .interruptEnable: return q.interruptEnable ? 1 : 0
      case .jobsDone: return UInt32(status.jobsDone)
      default: return q.job[register]
      }
    }
    guard offset >= Register.counterBase, offset % 4 == 0,
      let event = Event(rawValue: Int(offset - Register.counterBase) / 8)
    else { return nil }
    return UInt32(truncatingIfNeeded: counters[event] >> (offset % 8 == 0 ? 0 : 32))
  }

  mutating func reset() { d = State() }
  mutating func clock() {
    guard isChanged else { return }
    q = d
    isChanged = false
  }
}

extension Descriptor {
  /// The value of one descriptor register.
  ///
  /// - Precondition: `register` belongs to the descriptor.
  public internal(set) subscript(register: Register) -> UInt32 {
    get {
      switch register {
      case .xAddressLow: UInt32(truncatingIfNeeded: xAddress)
      case .xAddressHigh: UInt32(truncatingIfNeeded: xAddress >> 32)
      case .wAddressLow: UInt32(truncatingIfNeeded: wAddress)
      case .wAddressHigh: UInt32(truncatingIfNeeded: wAddress >> 32)
      case .yAddressLow: UInt32(truncatingIfNeeded: yAddress)
      case .yAddressHigh: UInt32(truncatingIfNeeded: yAddress >> 32)
      case .mAddressLow: UInt32(truncatingIfNeeded: mAddress)
      case .mAddressHigh: UInt32(truncatingIfNeeded: mAddress >> 32)
      case .yStride: yStride
      case .requantisation:
        UInt32(multiplier) | UInt32(shift) << Register.requantisationShift
          | (rowMultipliers ? 1 : 0) << Register.requantisationPerRow
      case .dependence: dependent ? 1 : 0
      case .tokens: UInt32(tokens)
      case .nTiles: UInt32(nTiles)
      case .kTiles: UInt32(kTiles)
      case .lastRows: UInt32(lastRows)
      case .tokenBlock: UInt32(tokenBlock)
      case .activationSlice: UInt32(activationSlice)
      default: preconditionFailure("\(register) is no descriptor register")
      }
    }
    set {
      switch register {
      case .xAddressLow: xAddress.setLow(newValue)
      case .xAddressHigh: xAddress.setHigh(newValue)
      case .wAddressLow: wAddress.setLow(newValue)
      case .wAddressHigh: wAddress.setHigh(newValue)
      case .yAddressLow: yAddress.setLow(newValue)
      case .yAddressHigh: yAddress.setHigh(newValue)
      case .mAddressLow: mAddress.setLow(newValue)
      case .mAddressHigh: mAddress.setHigh(newValue)
      case .yStride: yStride = newValue
      case .requantisation:
        multiplier = UInt16(truncatingIfNeeded: newValue)
        shift = Int(newValue >> Register.requantisationShift & 0x3f)
        rowMultipliers = newValue >> Register.requantisationPerRow != 0
      case .dependence: dependent = newValue != 0
      case .tokens: tokens = Int(newValue)
      case .nTiles: nTiles = Int(newValue)
      case .kTiles: kTiles = Int(newValue)
      case .lastRows: lastRows = Int(newValue)
      case .tokenBlock: tokenBlock = Int(newValue)
      case .activationSlice: activationSlice = Int(newValue)
      default: preconditionFailure("\(register) is no descriptor register")
      }
    }
  }
}

extension UInt64 {
  fileprivate mutating func setLow(_ word: UInt32) {
    self = self & 0xffff_ffff_0000_0000 | UInt64(word)
  }

  fileprivate mutating func setHigh(_ word: UInt32) {
    self = self & 0xffff_ffff | UInt64(word) << 32
  }
}
