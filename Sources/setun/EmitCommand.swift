import Activity
import Architecture
import ArgumentParser

struct EmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "emit")
  @Argument var file: String
  func run() throws {
    let a = try Architecture.sample(named: file)
    print(a.configPackage(events: Event.allCases.map(\.name)), terminator: "")
  }
}
