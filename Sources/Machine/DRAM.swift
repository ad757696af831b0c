import Architecture

/// The DRAM behind the external memory: channels, the mapping of addresses to them, and the ratio
/// of the clocks.
///
/// Address bits from the lowest: byte within an access, channel, bank group, column, bank, row: a
/// linear stream moves over all channels and bank groups, and enters rows of banks that were idle.
/// Requests are served in the order in which they arrive.
struct DRAM {
  private let timing: DRAMTiming
  private let clock: ClockRatio
  private var channels: [DRAMChannel]

  init(_ parameters: Architecture.Parameters.Memory.DRAM, clockMHz: Double) {
    timing = DRAMTiming(parameters.standard)
    clock = ClockRatio(clockMHz: clockMHz, tickPicoseconds: timing.tickPicoseconds)
    channels = Array(repeating: DRAMChannel(timing), count: parameters.channels)
  }

  /// Bytes of the smallest access.
  var accessBytes: Int { timing.accessBytes }

  /// Cycles of the accelerator within which `accesses` accesses that wait are surely served.
  func longestWait(accesses: Int) -> UInt64 {
    let slowest = timing.rowCycle + timing.fiveActivates + timing.readLatency + timing.burst
    return clock.cycle(tick: 2 * timing.refresh + accesses * slowest)
  }

  /// Appends the accesses for the bytes from `address` on, which arrive in `cycle`.
  ///
  /// - Returns: The first cycle of the accelerator in which all of them are transferred.
  mutating func access(_ address: UInt64, bytes: Int, isWrite: Bool, cycle: UInt64) -> UInt64 {
    let arrival = clock.tick(cycle: cycle)
    let first = Int(address) / timing.accessBytes
    let last = (Int(address) + bytes - 1) / timing.accessBytes
    var end = 0
    for number in first...last {
      let (rest, channel) = number.quotientAndRemainder(dividingBy: channels.count)
      end = max(
        end, channels[channel].access(place(rest), isWrite: isWrite, arrival: arrival))
    }
    return clock.cycle(tick: end)
  }

  /// Where the access `number` of a channel lies.
  private func place(_ number: Int) -> DRAMChannel.Place {
    let (upper, group) = number.quotientAndRemainder(dividingBy: timing.bankGroups)
    let rowNumber = upper / (timing.rowBytes / timing.accessBytes)
    let (row, bank) = rowNumber.quotientAndRemainder(dividingBy: timing.banksPerGroup)
    return DRAMChannel.Place(group: group, bank: bank, row: row)
  }
}

/// The exact ratio of the accelerator's clock, to the nearest hertz, and the DRAM's ticks.
struct ClockRatio: Equatable {
  /// `cycles` cycles of the accelerator take as long as `ticks` ticks; no common factor.
  let cycles: Int
  let ticks: Int

  init(clockMHz: Double, tickPicoseconds: Int) {
    let cycles = tickPicoseconds * Int((clockMHz * 1e6).rounded())
    let ticks = 1_000_000_000_000
    var (a, b) = (cycles, ticks)
    while b != 0 { (a, b) = (b, a % b) }
    self.cycles = cycles / a
    self.ticks = ticks / a
  }

  /// The first tick at or after the beginning of `cycle`.
  func tick(cycle: UInt64) -> Int { Self.ceiling(Int(cycle), times: ticks, over: cycles) }

  /// The first cycle at or after the beginning of `tick`.
  func cycle(tick: Int) -> UInt64 { UInt64(Self.ceiling(tick, times: cycles, over: ticks)) }

  private static func ceiling(_ value: Int, times factor: Int, over divisor: Int) -> Int {
    let (quotient, remainder) = divisor.dividingFullWidth(value.multipliedFullWidth(by: factor))
    return remainder == 0 ? quotient : quotient + 1
  }
}
