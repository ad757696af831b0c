import ArgumentParser

/// `setun explore`: from a design space to its best points.
struct ExploreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Explore a design space: its Pareto front, every point stored, checked and exported.",
    discussion: """
        setun explore                              the built-in space on the built-in model
        setun explore --model model.gguf           the same on another model
        setun explore space.yaml                   a space of your own
        setun explore query first-look.sqlite --pareto
        setun explore verify first-look.sqlite 1a2b3c --rtl

      Every command explains its options with --help. Without the name of a command, sweep is meant.
      """,
    subcommands: [
      SweepCommand.self, QueryCommand.self, ShowCommand.self, VerifyPointCommand.self,
      ExportCommand.self, MergeCommand.self, SubmitCommand.self,
    ],
    defaultSubcommand: SweepCommand.self)
}
