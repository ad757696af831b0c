import Architecture
import ArgumentParser

/// `--architecture`: a sample's name or an architecture file.
struct ArchitectureOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An architecture file, or one of \(Architecture.sampleNames.joined(separator: ", ")).",
      valueName: "name|file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var architecture = "default"

  /// The architecture that is named.
  func load() throws -> Architecture {
    let isPath =
      architecture.contains("/") || architecture.hasSuffix(".yaml")
      || architecture.hasSuffix(".yml")
    return isPath
      ? try Architecture(contentsOfFile: architecture)
      : try Architecture.sample(named: architecture)
  }
}
