import ArgumentParser

/// The command: argument parsing and wiring, nothing else.
@main
struct Setun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setun",
    abstract: "Co-design of ternary accelerators: model, RTL, energy.",
    version: "0.1.0",
    subcommands: [
      RunCommand.self, ExploreCommand.self, ReportCommand.self, VerifyCommand.self,
      VerifyClosedFormCommand.self, VerifySimulatorCommand.self, MutateCommand.self,
      GenerateCommand.self, PerplexityCommand.self, TraceCommand.self, CompareCommand.self,
      PublishedCommand.self, EnergyCommand.self,
      InspectCommand.self, SynthesizeCommand.self, EmitCommand.self, BenchmarkCommand.self,
      CalibrateCommand.self, DoctorCommand.self,
    ])
}
