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
  func load() throws -> Architecture { try Self.load(architecture) }

  /// The sample or the file that `name` stands for.
  static func load(_ name: String) throws -> Architecture {
    let isPath = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    return isPath
      ? try Architecture(contentsOfFile: name) : try Architecture.sample(named: name)
  }
}
