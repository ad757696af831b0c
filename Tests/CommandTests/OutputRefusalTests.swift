import Foundation
import Testing

extension CommandTests {
  @Suite("output that cannot be written") struct OutputRefusalTests {
    @Test(
      "a path without a folder, or of one, is refused before the work", arguments: ["json", "html"])
    func path(option: String) async throws {
      let folder = try WorkFolder()
      for (path, reason) in [
        ("missing/out", "creating a temporary file beside it: No such file or directory"),
        (".", "opening it: Is a directory"), ("", "opening it: No such file or directory"),
      ] {
        let outcome = try await expectRefusal(
          quickRun + ["--\(option)", path], in: folder, .exactly("cannot write \(path): \(reason)"))
        #expect(outcome.errors == outcome.message + "\n")
      }
    }

    @Test("a folder that cannot be written to is refused", .enabled(if: geteuid() != 0))
    func readOnlyFolder() async throws {
      let folder = try WorkFolder()
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
      try await expectRefusal(
        quickRun, in: folder,
        .exactly(
          "cannot write setun-run.json: creating a temporary file beside it: Permission denied"))
    }

    #if os(Linux)
      @Test("a file system that takes no files is refused, for root too")
      func readOnlyFileSystem() async throws {
        try await expectRefusal(
          quickRun + ["--html", "/sys/page.html"], in: WorkFolder(),
          .prefix("cannot write /sys/page.html: creating a temporary file beside it: "))
      }

      @Test("a full disk is an error, also under standard output")
      func fullDisk() async throws {
        let folder = try WorkFolder()
        try await expectRefusal(
          quickRun + ["--json", "/dev/full"], in: folder,
          .exactly("cannot write /dev/full: writing: No space left on device"))
        let commands = [quickRun + ["--json", "/dev/null", "--html", "/dev/null"], ["doctor"]]
        for command in commands {
          try await expectRefusal(
            command, in: folder, output: "/dev/full", .prefix("cannot write to standard output: "))
        }
      }
    #endif

    @Test("a disk that is full in the middle of a file leaves the old one and nothing else")
    func interruptedWrite() async throws {
      let folder = try WorkFolder()
      try folder.write("setun-run.json", "old")
      // A limit of a few KiB on files, and no signal when it is reached.
      let limited = ["/bin/sh", "-c", #"trap '' XFSZ; ulimit -f 4; exec "$0" "$@""#]
      try await expectRefusal(
        quickRun, in: folder, prefix: limited,
        .exactly("cannot write setun-run.json: writing: File too large"))
      #expect(folder.read("setun-run.json") == "old")
    }
  }
}
