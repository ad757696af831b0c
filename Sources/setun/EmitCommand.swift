import Activity
import Architecture
import ArgumentParser

struct EmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "emit")
  @Argument var rows: Int
  @Argument var lanes: Int
  @Argument var bus: Int
  @Argument var every: Int
  func run() throws {
    let a = try Architecture(parameters: .init(name: "t", description: "d", rows: rows, lanes: lanes, treeRegisterEvery: every, weightBufferWords: 64, activationBufferWords: 512, accumulatorDepth: 32, outputQueueDepth: 4, busBytes: bus, outstandingReads: 4, clockMHz: 500, technology: "t", sramFlavour: .lowStandbyPower, memory: .init(kind: "x", latencyCycles: 40, milliBytesPerCycle: 16000, picojoulesPerBit: .init(low: 1, typical: 1, high: 1))))
    print(a.configPackage(events: Event.allCases.map(\.name)), terminator: "")
  }
}
