/// One DRAM channel with open rows: when each access of a stream has moved its data.
///
/// Column commands keep the order of the accesses. Rows are closed and opened as soon as an access
/// that needs them has arrived, behind the columns of those before it. The command bus is taken to
/// be free. A refresh closes all rows at every `refreshInterval`; column commands that would come
/// after it wait for its end.
struct DRAMChannel {
  /// Where an access goes.
  struct Place: Equatable {
    var group: Int
    var bank: Int
    var row: Int
  }

  private struct Bank {
    var row: Int?
    var activated = 0
    /// The earliest precharge of the open row.
    var prechargeReady = 0
    /// The earliest activation.
    var activateReady = 0
  }

  /// The last times in one bank group, or in all.
  private struct Last {
    var activate = DRAMChannel.never
    var column = DRAMChannel.never
    var writeEnd = DRAMChannel.never
  }

  private static let never = -1 << 40

  let timing: DRAMTiming
  private var banks: [Bank]
  private var groups: [Last]
  private var all = Last()
  private var lastRead = never
  /// Times of the last four activations, oldest first.
  private var activations = [never, never, never, never]
  private var nextRefresh: Int

  /// A channel with all rows closed, at tick 0.
  init(_ timing: DRAMTiming) {
    self.timing = timing
    banks = Array(repeating: Bank(), count: timing.bankGroups * timing.banksPerGroup)
    groups = Array(repeating: Last(), count: timing.bankGroups)
    nextRefresh = timing.refreshInterval
  }

  /// Appends an access that arrives at tick `arrival`, not before any earlier access.
  ///
  /// - Returns: The tick at which its last data are transferred.
  mutating func access(_ place: Place, isWrite: Bool, arrival: Int) -> Int {
    var plan = plan(place, isWrite, arrival)
    while plan.column >= nextRefresh {
      refresh()
      plan = self.plan(place, isWrite, arrival)
    }
    commit(plan, place, isWrite)
    return plan.column + (isWrite ? timing.writeLatency : timing.readLatency) + timing.burst
  }

  /// When the commands of an access can be given; no activation for an open row.
  private func plan(
    _ place: Place, _ isWrite: Bool, _ arrival: Int
  ) -> (activate: Int?, column: Int) {
    let bank = banks[place.group * timing.banksPerGroup + place.bank]
    let group = groups[place.group]
    var activate: Int?
    if bank.row != place.row {
      let closed =
        bank.row == nil
        ? arrival : max(arrival, bank.prechargeReady) + timing.prechargeToActivate
      activate = max(
        closed, bank.activateReady, all.activate + timing.activateToActivateOther,
        group.activate + timing.activateToActivateSame, activations[0] + timing.fiveActivates)
    }
    var column = max(
      arrival, (activate ?? bank.activated) + timing.activateToColumn,
      all.column + timing.columnToColumnOther, group.column + timing.columnToColumnSame)
    if isWrite {
      column = max(column, lastRead + timing.readToWrite)
    } else {
      column = max(
        column, all.writeEnd + timing.writeToReadOther, group.writeEnd + timing.writeToReadSame)
    }
    return (activate, column)
  }

  private mutating func commit(
    _ plan: (activate: Int?, column: Int), _ place: Place, _ isWrite: Bool
  ) {
    let index = place.group * timing.banksPerGroup + place.bank
    if let activate = plan.activate {
      banks[index].row = place.row
      banks[index].activated = activate
      banks[index].activateReady = activate + timing.rowCycle
      banks[index].prechargeReady = activate + timing.activateToPrecharge
      all.activate = activate
      groups[place.group].activate = activate
      activations.removeFirst()
      activations.append(activate)
    }
    all.column = plan.column
    groups[place.group].column = plan.column
    let end: Int
    if isWrite {
      let written = plan.column + timing.writeLatency + timing.burst
      all.writeEnd = written
      groups[place.group].writeEnd = written
      end = written + timing.writeToPrecharge
    } else {
      lastRead = plan.column
      end = plan.column + timing.readToPrecharge
    }
    banks[index].prechargeReady = max(banks[index].prechargeReady, end)
  }

  /// Closes every row and refreshes, at the due time or as soon as the rows can be closed.
  private mutating func refresh() {
    var start = nextRefresh
    for bank in banks {
      let closed =
        bank.row == nil ? bank.activateReady : bank.prechargeReady + timing.prechargeToActivate
      start = max(start, closed)
    }
    for index in banks.indices {
      banks[index].row = nil
      banks[index].activateReady = start + timing.refresh
    }
    nextRefresh += timing.refreshInterval
  }
}
