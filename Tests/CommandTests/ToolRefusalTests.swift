import Foundation
import Testing

extension CommandTests {
  @Suite("tools and caches that are no good") struct ToolRefusalTests {
    @Test("without Verilator the message says how to install it, and what to do without it")
    func missingVerilator() async throws {
      let folder = try WorkFolder()
      let outcome = try await Command(
        quickRTLRun, in: folder, environment: ["PATH": folder.path, "XDG_CACHE_HOME": folder.path]
      ).outcome()
      #expect(outcome.status == 1 && outcome.output == "")
      #expect(
        try outcome.message.wholeMatch(
          of: Regex(
            "Error: Verilator was not found on the PATH. Install it: [a-z- ]* install verilator\n"
              + "Or leave the RTL out: --no-rtl")) != nil, "\(outcome.message)")
      #expect(!outcome.errors.contains("on the model"))
      // An empty cache is all there is.
      #expect(folder.names() == ["setun"] && folder.names(in: "setun") == [])
    }

    @Test("a Verilator that is too old is refused with both versions")
    func oldVerilator() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "bin/verilator", "#!/bin/sh\necho 'Verilator 4.038 2020-07-11'\n", executable: true)
      let outcome = try await Command(
        quickRTLRun + ["--cache", "cache"], in: folder,
        environment: ["PATH": folder.path + "/bin:/usr/bin:/bin"]
      ).outcome()
      #expect(outcome.status == 1 && outcome.output == "")
      #expect(
        outcome.message.hasPrefix(
          "Error: Verilator is too old: found Verilator 4.038 2020-07-11, needed 5.0 or later. "
            + "Install it: "))
      #expect(outcome.message.hasSuffix("\nOr leave the RTL out: --no-rtl"))
    }

    @Test("a compiler that fails is quoted, its output kept, and nothing half-built remains")
    func failingCompiler() async throws {
      let folder = try WorkFolder()
      let compiler = try folder.write(
        "compiler",
        """
        #!/bin/sh
        case "$1" in --version) echo 'compiler 1.0'; exit 0;; esac
        echo 'working'
        echo 'compiler: error: no space for the code' >&2
        exit 3

        """, executable: true)
      let outcome = try await Command(
        quickRTLRun + ["--cache", "cache"], in: folder, environment: ["CXX": compiler]
      ).outcome()
      #expect(outcome.status == 1 && outcome.output == "")
      let match = try #require(
        outcome.message.wholeMatch(
          of: Regex(
            "Error: The C\\+\\+ compiler \\(\(compiler)\\) failed with status 3\n"
              + "  compiler: error: no space for the code\n"
              + "The whole output is in (\(folder.path)/cache/[0-9a-f]*\\.log)")),
        "\(outcome.message)")
      let log = try #require(match.output[1].substring)
      #expect(try String(contentsOfFile: String(log), encoding: .utf8).contains("working\n"))
      #expect(folder.names() == ["cache", "compiler"])
      let kept = Set(folder.names(in: "cache").map { ($0 as NSString).pathExtension })
      #expect(kept == ["lock", "log"])
    }

    @Test("a cache that others can write to is refused")
    func openCache() async throws {
      let folder = try WorkFolder()
      try FileManager.default.createDirectory(
        atPath: folder.path + "/cache", withIntermediateDirectories: false)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o777], ofItemAtPath: folder.path + "/cache")
      try await expectRefusal(
        quickRTLRun + ["--cache", folder.path + "/cache"], in: folder,
        .exactly(
          "cache folder \(folder.path)/cache: has mode 0777, so others can write to it; expected "
            + "0700, because libraries are loaded from it"))
      #expect(folder.names(in: "cache") == [])
    }

    @Test("a folder without RTL is refused before the work")
    func noRTL() async throws {
      let folder = try WorkFolder()
      try await expectRefusal(
        quickRTLRun + ["--rtl", "src", "--cache", SharedCache.path], in: folder,
        .exactly("--rtl: expected a folder with a list 'files.f', found none in src"))
    }

    @Test("RTL with a syntax error is refused with Verilator's words")
    func brokenRTL() async throws {
      let folder = try WorkFolder()
      try folder.copy(Project.folder + "/rtl", as: "rtl")
      try folder.write("rtl/setun_output_stage.sv", "module setun_output_stage (;\nendmodule\n")
      let outcome = try await Command(
        quickRTLRun + ["--rtl", "rtl", "--cache", SharedCache.path], in: folder
      ).outcome()
      #expect(outcome.status == 1 && outcome.output == "")
      #expect(outcome.message.hasPrefix("Error: Verilator ("))
      #expect(outcome.message.contains("setun_output_stage.sv:1:"))
      #expect(folder.names() == ["rtl"])
    }
  }
}
