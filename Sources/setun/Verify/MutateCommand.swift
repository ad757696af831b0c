import Architecture
import ArgumentParser
import Foundation
import LockStep
import Report
import Verification

/// `setun mutate`: how many errors in the RTL does lock-step find?
struct MutateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate",
    abstract: "Measure the checker: put small errors into the RTL and count those that it finds.",
    discussion: """
      Draws mutants of the RTL's sources: operators exchanged, conditions negated, constants one \
      off, assignments left out. All are built at once, with assertions switched off, and each runs \
      scenarios in lock-step until one fails. A mutant that survives and does nothing different can \
      be excused in the file mutants_excused.txt of the RTL folder, one to a line: \
      file | original | mutant | reason. A mutant of '*' stands for every mutant of its original.

      Exit status: 0 when every mutant was caught or is excused, 1 when one was not.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Architecture files or names; survivors of one go on to the next. Default: tiny, and small ones \
      that together have all of the RTL.
      """, valueName: "name|file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var architecture: [String] = []

  @Option(help: ArgumentHelp("How many mutants.", valueName: "n"))
  var mutants = 200

  @Option(help: "The seed of mutants and scenarios.")
  var seed = 1

  @Option(help: ArgumentHelp("Scenarios that a mutant has to survive.", valueName: "n"))
  var jobs = 20

  @Option(help: "Write every mutant and what caught it to this path.", completion: .file())
  var output: String?

  @OptionGroup var design: DesignOptions

  func validate() throws {
    if mutants < 1 { throw ValidationError("--mutants: expected 1 or more, found \(mutants)") }
    if jobs < 1 { throw ValidationError("--jobs: expected 1 or more, found \(jobs)") }
    guard design.compare == nil || design.compare == .state, design.patience == nil else {
      throw ValidationError("--compare and --patience: mutants run in lock-step on the state")
    }
  }

  func run() async throws {
    let options = self
    try await interruptible { try await options.mutate() }
  }

  private func mutate() async throws {
    if let output { try OutputFile.checkWritable(output) }
    let progress = Progress()
    defer { progress.finish() }
    let architectures =
      architecture.isEmpty
      ? [try .sample(named: "tiny")] + coveringArchitectures()
      : try architecture.map(ArchitectureOption.load)
    let rtl = try await RTLBuild(design: design, optimization: .balanced, countsCoverage: false)
    let folder = try MutatedFolder(rtl)
    defer { folder.remove() }
    let drawn = folder.mutator.drawn(mutants, seed: seed)
    try folder.write(drawn)
    let campaign = MutationCampaign(
      architectures: architectures, mutants: drawn, seed: seed, scenarios: jobs)
    progress.update("building \(drawn.count) of \(folder.mutator.candidates.count) mutants")
    let results = try await campaign.run(
      rtl.builder, source: { folder.source(of: $0) },
      progress: { progress.update("\($0) of \($1) mutants") })
    progress.finish()
    let report = try MutationReport(
      results, candidates: folder.mutator.candidates.count, seed: seed,
      excusals: ExcusalList(rtl.folder + "/mutants_excused.txt", fields: 3))
    if let output { try OutputFile.write(report.table, to: output) }
    try Terminal.write(report.text)
    if report.missed > 0 { throw ExitCode.failure }
  }
}
