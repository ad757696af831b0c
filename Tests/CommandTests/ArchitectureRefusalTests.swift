import Foundation
import Testing

/// One change of the tiny architecture, and what is said about it.
struct IllegalArchitecture: CustomTestStringConvertible, Sendable {
  let old, new, message: String

  init(_ old: String, _ new: String, _ message: String) {
    (self.old, self.new, self.message) = (old, new, message)
  }

  var testDescription: String { new.isEmpty ? "no \(old)" : new }
}

extension CommandTests {
  @Suite("architectures that cannot be") struct ArchitectureRefusalTests {
    @Test(
      "a file is refused with line, column, key, what is legal and what is there",
      arguments: [
        IllegalArchitecture(
          "\nrows: 5", "\nrwos: 5", #"mine.yaml:9:1: expected "rows", found the unknown key "rwos""#
        ),
        IllegalArchitecture(
          "\nrows: 5", "", "mine.yaml:3:1: rows: expected an integer from 1 to 1024, found nothing"),
        IllegalArchitecture(
          "\nrows: 5", "\nrows: 0",
          "mine.yaml:9:7: rows: expected an integer from 1 to 1024, found 0"),
        IllegalArchitecture(
          "accumulator_bits: derived", "accumulator_bits: 7",
          "mine.yaml:23:19: accumulator_bits: expected derived or an integer from 8 to 32, "
            + "found 7"),
        IllegalArchitecture(
          "technology: cmos-45nm", "technology: cmos-3nm",
          "mine.yaml: technology: expected one of cmos-7nm, cmos-45nm, found “cmos-3nm”"),
        // 100 words are two halves of 50 of 12 inputs: enough for the first layers, not for the
        // down projection.
        IllegalArchitecture(
          "activation_buffer_words: 130", "activation_buffer_words: 100",
          "layers.0.mlp.down_proj: K = 768 inputs do not fit: one half of the activation buffer "
            + "holds 600; raise activation_buffer_words or lanes"),
      ])
    func file(_ illegal: IllegalArchitecture) async throws {
      let folder = try WorkFolder()
      try folder.write(
        "mine.yaml", Project.sample("tiny", replacing: illegal.old, with: illegal.new))
      let outcome = try await expectRefusal(
        ["run", "--no-rtl", "--tokens", "1", "--architecture", "mine.yaml"], in: folder,
        .exactly(illegal.message))
      // Said before the work.
      #expect(!outcome.errors.contains("on the model"))
    }

    @Test("a sample that does not exist is refused with those that do")
    func unknownSample() async throws {
      try await expectRefusal(
        quickRun + ["--architecture", "tyni"], in: WorkFolder(), .prefix("expected a built-in"))
    }

    @Test("a file that does not exist is named")
    func missingFile() async throws {
      try await expectRefusal(
        quickRun + ["--architecture", "./tyni.yaml"], in: WorkFolder(),
        .prefix("./tyni.yaml: expected an architecture file, found a file that cannot be read ("))
    }
  }
}
