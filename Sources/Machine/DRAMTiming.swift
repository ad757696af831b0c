import Architecture

/// Organisation and timing of one DRAM channel. Times are in ticks of the channel's command clock.
///
/// Times that a source gives in ns are rounded up to ticks.
struct DRAMTiming: Equatable {
  /// Period of the command clock.
  var tickPicoseconds: Int
  /// Bytes of one burst, the smallest access.
  var accessBytes: Int
  /// Ticks that a burst takes on the data bus.
  var burst: Int
  /// Bytes of an open row, over all devices of the channel.
  var rowBytes: Int
  var bankGroups: Int
  var banksPerGroup: Int

  /// tCL: read command to first data.
  var readLatency: Int
  /// tCWL: write command to first data.
  var writeLatency: Int
  /// tRCD: activation to column command.
  var activateToColumn: Int
  /// tRP: precharge to activation.
  var prechargeToActivate: Int
  /// tRAS: activation to precharge.
  var activateToPrecharge: Int
  /// tCCD_S and tCCD_L: column command to column command, in other and in the same bank group.
  var columnToColumnOther: Int
  var columnToColumnSame: Int
  /// tRRD_S and tRRD_L: activation to activation, in other and in the same bank group.
  var activateToActivateOther: Int
  var activateToActivateSame: Int
  /// tFAW: the first to the fifth of five activations.
  var fiveActivates: Int
  /// tRTP: read command to precharge.
  var readToPrecharge: Int
  /// tWR: end of written data to precharge.
  var writeToPrecharge: Int
  /// tWTR_S and tWTR_L: end of written data to read command, in other and in the same bank group.
  var writeToReadOther: Int
  var writeToReadSame: Int
  /// tREFI: refresh to refresh, of all banks at once.
  var refreshInterval: Int
  /// tRFC: how long a refresh takes.
  var refresh: Int

  /// tRC: activation to activation of the same bank.
  var rowCycle: Int { activateToPrecharge + prechargeToActivate }
  /// Read command to write command: the data may not meet, with two ticks to turn the bus round.
  var readToWrite: Int { readLatency + burst + 2 - writeLatency }
}

extension DRAMTiming {
  /// The channel of a standard.
  init(_ standard: Architecture.Parameters.Memory.DRAM.Standard) {
    switch standard {
    case .ddr4_3200: self = .ddr4_3200
    case .lpddr5_6400: self = .lpddr5_6400
    case .hbm2: self = .hbm2
    }
  }

  /// A 64-bit channel of eight 8 Gbit ×8 devices of DDR4-3200AA, 25.6 GB/s.
  ///
  /// JESD79-4, speed bin 3200AA (22-22-22) and refresh of an 8 Gbit device; the same in Micron's
  /// data sheet of the MT40A1G8.
  static let ddr4_3200 = DRAMTiming(
    tickPicoseconds: 625,
    accessBytes: 64, burst: 4,  // BL8
    rowBytes: 8192,  // 1 KiB in each device
    bankGroups: 4, banksPerGroup: 4,
    readLatency: 22, writeLatency: 16, activateToColumn: 22,  // 13.75 ns
    prechargeToActivate: 22,  // 13.75 ns
    activateToPrecharge: 52,  // 32 ns
    columnToColumnOther: 4, columnToColumnSame: 8,  // 5 ns
    activateToActivateOther: 4,  // 2.5 ns
    activateToActivateSame: 8,  // 4.9 ns
    fiveActivates: 34,  // 21 ns
    readToPrecharge: 12,  // 7.5 ns
    writeToPrecharge: 24,  // 15 ns
    writeToReadOther: 4,  // 2.5 ns
    writeToReadSame: 12,  // 7.5 ns
    refreshInterval: 12_480,  // 7.8 µs
    refresh: 560)  // 350 ns

  /// A 16-bit channel of an 8 Gbit LPDDR5-6400 device in bank group mode, 12.8 GB/s.
  ///
  /// JESD209-5 as tabulated in Ramulator 2 (preset LPDDR5_6400, 8 Gbit); the distance of bursts in
  /// other bank groups is the burst itself, BL16 at four write clocks a tick.
  static let lpddr5_6400 = DRAMTiming(
    tickPicoseconds: 1250,
    accessBytes: 32, burst: 2,  // BL16
    rowBytes: 2048, bankGroups: 4, banksPerGroup: 4,
    readLatency: 20, writeLatency: 11, activateToColumn: 15,  // 18 ns
    prechargeToActivate: 15,  // 18 ns, of one bank
    activateToPrecharge: 34,  // 42 ns
    columnToColumnOther: 2, columnToColumnSame: 4,
    activateToActivateOther: 4, activateToActivateSame: 4,  // 5 ns
    fiveActivates: 16,  // 20 ns
    readToPrecharge: 4, writeToPrecharge: 28,  // 34 ns
    writeToReadOther: 5,  // 6.25 ns
    writeToReadSame: 10,  // 12 ns
    refreshInterval: 3125,  // 3.906 µs
    refresh: 168)  // 210 ns

  /// A 64-bit pseudo channel of HBM2 at 2 Gbit/s a pin, 16 GB/s; a stack has sixteen.
  ///
  /// JESD235 leaves most times to the makers. These are the ones that GPGPU-Sim 4 uses for the
  /// Volta's HBM2, in ticks of 850 MHz there (RCD 12, RAS 28, RP 12, CL 12, WL 2, RRD 3, CCDL 2 per
  /// burst of 1, CDLR 3, WR 10, RTPL 3), here in ticks of 1 GHz. Refresh: 3.9 µs and 350 ns, as in
  /// Ramulator 2 for 8 Gbit. No window of five activations is published there: four distances.
  static let hbm2 = DRAMTiming(
    tickPicoseconds: 1000,
    accessBytes: 32, burst: 2,  // BL4
    rowBytes: 1024, bankGroups: 4, banksPerGroup: 4,
    readLatency: 15, writeLatency: 3, activateToColumn: 15, prechargeToActivate: 15,
    activateToPrecharge: 33, columnToColumnOther: 2, columnToColumnSame: 4,
    activateToActivateOther: 4, activateToActivateSame: 4, fiveActivates: 16,
    readToPrecharge: 4, writeToPrecharge: 12, writeToReadOther: 4, writeToReadSame: 4,
    refreshInterval: 3900, refresh: 350)
}
