import Architecture
import ArgumentParser

/// The option that names an architecture, for every command that takes one.
struct ArchitectureOption: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "A built-in architecture or an architecture file.",
      discussion: """
        Built in are \(Architecture.sampleNames.joined(separator: ", ")). A value with a slash, or \
        with the ending .yaml or .yml, is a file.
        """,
      valueName: "name|file"),
    completion: .list(Architecture.sampleNames))
  var architecture = Architecture.sampleNames[0]

  /// The architecture that the option names.
  ///
  /// - Throws: ``ArchitectureError`` that lists the built-in ones when there is none of that name,
  ///   or says what is wrong with the file.
  func load() throws -> Architecture {
    let isFile =
      architecture.contains("/") || [".yaml", ".yml"].contains { architecture.hasSuffix($0) }
    return try isFile
      ? Architecture(contentsOfFile: architecture) : Architecture.sample(named: architecture)
  }
}
