import Activity
import Architecture
import TestSupport
import Testing
import Workload

@testable import Machine

@Suite("DRAM")
struct DRAMTests {
  private static let timings: [DRAMTiming] = [.ddr4, .lpddr5, .hbm2]

  private func place(group: Int = 0, bank: Int = 0, row: Int = 0) -> DRAMChannel.Place {
    DRAMChannel.Place(group: group, bank: bank, row: row)
  }

  @Test("A closed row, an open row and another row take their sums of times", arguments: timings)
  func latencies(t: DRAMTiming) {
    var channel = DRAMChannel(t)
    let data = t.readLatency + t.burst
    #expect(channel.access(place(), isWrite: false, arrival: 0) == t.activateToColumn + data)
    #expect(channel.access(place(), isWrite: false, arrival: 1000) == 1000 + data)
    #expect(
      channel.access(place(row: 1), isWrite: false, arrival: 2000)
        == 2000 + t.prechargeToActivate + t.activateToColumn + data)
    #expect(
      channel.access(place(bank: 1), isWrite: true, arrival: 3000)
        == 3000 + t.activateToColumn + t.writeLatency + t.burst)
  }

  @Test("A row is closed no sooner than its times allow, to the tick", arguments: timings)
  func rowTimes(t: DRAMTiming) {
    let reopened = t.prechargeToActivate + t.activateToColumn + t.readLatency + t.burst
    for late in [-1, 0, 1] {
      // Bound by the activation: the row has to stay open for tRAS.
      var channel = DRAMChannel(t)
      _ = channel.access(place(), isWrite: false, arrival: 0)
      let due = max(t.activateToPrecharge, t.activateToColumn + t.readToPrecharge)
      #expect(
        channel.access(place(row: 1), isWrite: false, arrival: due + late)
          == max(due, due + late) + reopened)
      // Bound by a write: its data have to be restored.
      channel = DRAMChannel(t)
      let written = channel.access(place(), isWrite: true, arrival: 0)
      let restored = max(t.activateToPrecharge, written + t.writeToPrecharge)
      #expect(
        channel.access(place(row: 1), isWrite: false, arrival: restored + late)
          == max(restored, restored + late) + reopened)
    }
  }

  @Test("Columns keep their distances in one and in other bank groups", arguments: timings)
  func columns(t: DRAMTiming) {
    for (group, distance) in [(0, t.columnToColumnSame), (1, t.columnToColumnOther)] {
      var channel = DRAMChannel(t)
      _ = channel.access(place(group: 0), isWrite: false, arrival: 0)
      _ = channel.access(place(group: 1), isWrite: false, arrival: 0)
      let first = channel.access(place(group: 0), isWrite: false, arrival: 1000)
      let second = channel.access(place(group: group), isWrite: false, arrival: 1000)
      #expect(second - first == distance)
    }
  }

  @Test("A read after a write waits for the written data", arguments: timings)
  func turnaround(t: DRAMTiming) {
    for (group, distance) in [(0, t.writeToReadSame), (1, t.writeToReadOther)] {
      var channel = DRAMChannel(t)
      _ = channel.access(place(group: 1), isWrite: false, arrival: 0)
      _ = channel.access(place(group: 0), isWrite: false, arrival: 0)
      let written = channel.access(place(group: 0), isWrite: true, arrival: 1000)
      let read = channel.access(place(group: group), isWrite: false, arrival: 1000)
      #expect(read == written + distance + t.readLatency + t.burst)
    }
  }

  @Test("The fifth activation waits for the first", arguments: timings)
  func fiveActivates(t: DRAMTiming) {
    var channel = DRAMChannel(t)
    let first = channel.access(place(), isWrite: false, arrival: 0)
    var last = 0
    for number in 1..<5 {
      last = channel.access(
        place(group: number % t.bankGroups, bank: number / t.bankGroups), isWrite: false, arrival: 0
      )
    }
    #expect(last - first == max(t.fiveActivates, 4 * t.activateToActivateOther))
  }

  @Test(
    "A refresh closes the rows, and a column due at its time waits for its end",
    arguments: timings)
  func refresh(t: DRAMTiming) {
    let hit = t.readLatency + t.burst
    let opened = t.refresh + t.activateToColumn + hit
    var channel = DRAMChannel(t)
    _ = channel.access(place(), isWrite: false, arrival: 0)
    #expect(
      channel.access(place(), isWrite: false, arrival: t.refreshInterval)
        == t.refreshInterval + opened)
    channel = DRAMChannel(t)
    _ = channel.access(place(), isWrite: false, arrival: 0)
    #expect(
      channel.access(place(), isWrite: false, arrival: t.refreshInterval - 1)
        == t.refreshInterval - 1 + hit)
    // The row that was just read has to be closed before the refresh.
    let closed = t.refreshInterval - 1 + t.readToPrecharge + t.prechargeToActivate
    #expect(
      channel.access(place(), isWrite: false, arrival: t.refreshInterval) == closed + opened)
  }

  @Test("A linear stream comes near the peak and never above it", arguments: timings)
  func bandwidth(t: DRAMTiming) throws {
    let standards = Architecture.Parameters.Memory.DRAM.Standard.allCases
    let standard = try #require(standards.first { DRAMTiming($0) == t })
    for channels in [1, 3, 4] {
      // An accelerator clock equal to the DRAM's makes cycles ticks.
      var dram = DRAM(
        .init(standard: standard, channels: channels), clockMHz: 1e6 / Double(t.tickPicoseconds))
      let accesses = 20_000 * channels
      var end: UInt64 = 0
      for number in 0..<accesses {
        end = max(
          end,
          dram.access(
            UInt64(number * t.accessBytes), bytes: t.accessBytes, isWrite: false, cycle: 0))
      }
      let ideal = Double(20_000 * t.burst)
      #expect(Double(end) >= ideal)
      // Refreshes take their share, and nothing else more than 3%.
      let refreshed = 1 - Double(t.refresh + t.rowCycle + 40) / Double(t.refreshInterval)
      #expect(ideal / Double(end) > 0.97 * refreshed, "\(ideal / Double(end))")
    }
  }

  @Test("Clocks are converted exactly, and a beat is ready in the first cycle after its tick")
  func clocks() {
    let ratio = ClockRatio(clockMHz: 800, tickPicoseconds: 625)
    #expect(ratio.cycles == 1 && ratio.ticks == 2)
    #expect((0..<5).map { ratio.cycle(tick: $0) } == [0, 1, 1, 2, 2])
    #expect((0..<3).map { ratio.tick(cycle: $0) } == [0, 2, 4])
    let odd = ClockRatio(clockMHz: 333, tickPicoseconds: 1250)
    // 333 MHz * 1.25 ns = 0.41625 cycles a tick.
    #expect(odd.cycles == 333 && odd.ticks == 800)
    #expect(odd.cycle(tick: 800) == 333 && odd.cycle(tick: 801) == 334)
    #expect(odd.tick(cycle: 333) == 800 && odd.tick(cycle: 1) == 3)
    // No overflow after a day of simulated time.
    let long = ClockRatio(clockMHz: 999.999937, tickPicoseconds: 625)
    #expect(long.tick(cycle: long.cycle(tick: 138_240_000_000_000)) >= 138_240_000_000_000)
  }

  @Test(
    "Jobs give the same results from every DRAM, later than from the ideal memory",
    arguments: Architecture.Parameters.Memory.DRAM.Standard.allCases)
  func jobs(standard: Architecture.Parameters.Memory.DRAM.Standard) throws {
    let ideal = try smallArchitecture { $0.memory.milliBytesPerCycle = 8000 }
    let slow = try smallArchitecture {
      $0.memory.milliBytesPerCycle = 8000
      $0.clockMHz = 1000
      $0.memory.dram = .init(standard: standard, channels: 1)
    }
    for seed in 0..<3 {
      let results = try [ideal, slow].map { architecture in
        var random = SplitMix64(seed: seed)
        let shape = architecture.drawnShape(using: &random, limit: 300)
        let matmul = try MatmulCase(shape, on: architecture, seed: seed)
        let result = try matmul.run(seed == 0 ? .ideal : .stalling(percent: 20, seed: 3))
        #expect(result.outputs == matmul.expected && result.error == nil)
        return result
      }
      if seed == 0 { #expect(results[1].counts[.cycles] > results[0].counts[.cycles]) }
    }
  }
}
