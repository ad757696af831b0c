import Foundation
import Testing

extension CommandTests {
  @Suite("emit") struct EmitTests {
    @Test("Verilator reads an emitted folder through its list, without a warning")
    func lint() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun(
        "emit", "--architecture", "tiny", "--output", "my rtl", in: folder)
      #expect(outcome.status == 0 && outcome.errors == "")
      let sources = folder.read("my rtl/setun.f").split(separator: "\n").filter {
        $0.hasSuffix(".sv")
      }
      #expect(sources.first == "setun_config_pkg.sv")
      #expect(sources.last == "setun_accelerator.sv")
      let waivers = folder.names(in: "my rtl/lint").map { "lint/\($0)" }
      let verilator = Process()
      verilator.executableURL = URL(filePath: "/usr/bin/env")
      verilator.currentDirectoryURL = URL(filePath: folder.path + "/my rtl")
      verilator.arguments =
        ["verilator", "--lint-only", "-Wall", "--top-module", "setun_accelerator"] + waivers
        + ["-F", "setun.f"]
      try verilator.run()
      verilator.waitUntilExit()
      #expect(verilator.terminationStatus == 0)
    }

    @Test("--package prints what is emitted, with the parameters of the architecture")
    func package() async throws {
      let folder = try WorkFolder()
      let printed = try await setun("emit", "--architecture", "tiny", "--package", in: folder)
      #expect(printed.status == 0 && folder.names() == [])
      #expect(printed.output.contains("  parameter int unsigned Rows = 5;"))
      #expect(printed.output.contains("  parameter int unsigned Lanes = 12;"))
      try folder.write(
        "mine.yaml", Project.sample("tiny", replacing: "\nrows: 5", with: "\nrows: 7"))
      _ = try await setun("emit", "--architecture", "mine.yaml", "--output", "out", in: folder)
      #expect(folder.read("out/setun_config_pkg.sv").contains("unsigned Rows = 7;"))
    }

    @Test("the register table has the offsets of the package, and is in the README of the RTL")
    func registers() async throws {
      let folder = try WorkFolder()
      let table = try await setun("emit", "--registers", in: folder).output
      let package = try await setun("emit", "--package", in: folder).output
      let declared = package.matches(of: /12'h([0-9a-f]{3});/).map { "0x\($0.output.1)" }
      let rows = table.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ")[1] }
      // The last constant is the base of the counters, and the offset of the first.
      #expect(declared.count > 30)
      #expect(rows.prefix(declared.count).map(String.init) == declared)
      let counters = try #require(
        package.firstMatch(of: /NumEvents = (\d+);/).flatMap { Int($0.output.1) })
      #expect(rows.count == declared.count - 1 + counters)
      let readme = try String(contentsOfFile: Project.folder + "/rtl/README.md", encoding: .utf8)
      #expect(readme.contains(table), "replace the table of rtl/README.md by the printed one")
    }

    @Test("an emit replaces an earlier one, and removes what that had and it has not")
    func again() async throws {
      let folder = try WorkFolder()
      _ = try await setun("emit", "--output", "out", in: folder)
      let (names, package) = (folder.names(in: "out"), folder.read("out/setun_config_pkg.sv"))
      try folder.write("out/setun_old.sv", "old")
      try folder.write("beside", "kept")
      // As if that emit had written it, and a manifest that someone wrote by hand.
      try folder.write(
        "out/setun.manifest", folder.read("out/setun.manifest") + "setun_old.sv\n../beside\n")
      let outcome = try await setun(
        "emit", "--architecture", "tiny", "--output", "out", in: folder)
      #expect(outcome.status == 0)
      #expect(folder.names(in: "out") == names)
      #expect(folder.read("out/setun_config_pkg.sv") != package)
      #expect(folder.read("beside") == "kept")
    }

    @Test("a folder with other files is refused, and with --force they stay")
    func force() async throws {
      let folder = try WorkFolder()
      try folder.write("out/prim/mine.sv", "mine")
      try await expectRefusal(
        ["emit", "--output", "out"], in: folder,
        .exactly(
          "out: expected a new or empty folder, or one that an earlier emit wrote; found "
            + "prim/mine.sv. --force writes beside it"))
      #expect(folder.names(in: "out") == ["prim"])
      let outcome = try await setun("emit", "--output", "out", "--force", in: folder)
      #expect(outcome.status == 0)
      #expect(folder.read("out/prim/mine.sv") == "mine")
      #expect(folder.names(in: "out").contains("setun_accelerator.sv"))
      #expect(!folder.names(in: "out").contains { $0.hasPrefix(".") })
    }

    @Test("what is no folder, or cannot become one, is refused")
    func refusals() async throws {
      let folder = try WorkFolder()
      try folder.write("file", "mine")
      try await expectRefusal(
        ["emit", "--output", "file"], in: folder,
        .exactly("file: expected a folder, found a file"))
      try await expectRefusal(
        ["emit", "--output", "file/out"], in: folder,
        .exactly("file/out: cannot be written: Not a directory"))
      #expect(folder.read("file") == "mine")
    }

    @Test(
      "what is to be emitted has to be said, once",
      arguments: [[], ["--package", "--registers"], ["--package", "--output", "out"]])
    func usage(arguments: [String]) async throws {
      try await expectRefusal(
        ["emit"] + arguments, in: WorkFolder(),
        .usage("Give one of --output, --package and --registers.", of: "setun emit"))
    }

    @Test("--force without a folder, and a folder without a name, are usage errors")
    func strayOptions() async throws {
      try await expectRefusal(
        ["emit", "--package", "--force"], in: WorkFolder(),
        .usage("--force goes with --output.", of: "setun emit"))
      try await expectRefusal(
        ["emit", "--output", ""], in: WorkFolder(),
        .usage("--output is empty; expected a folder.", of: "setun emit"))
    }
  }
}
