import Foundation
import Testing

extension CommandTests {
  @Suite("the C header of the register map") struct HeaderTests {
    /// Prints what the header says, and checks its functions against an array of words.
    private static let program = """
      #include "setun_regs.h"
      #include <stdio.h>

      static uint32_t words[1024];

      int main(void) {
        const uint32_t last = SETUN_COUNTER_BASE_OFFSET + 8 * (SETUN_EVENT_COUNT - 1);
        setun_write(words, last, UINT32_C(0x89abcdef));
        setun_write(words, last + 4, 0x1234);
        printf("%llx\\n", (unsigned long long)setun_read_counter(
          words, (enum setun_event)(SETUN_EVENT_COUNT - 1)));
        setun_write(words, SETUN_STATUS_OFFSET, 7 << SETUN_STATUS_ERROR_SHIFT | SETUN_STATUS_DONE_MASK);
        printf("%u\\n", (setun_read(words, SETUN_STATUS_OFFSET) & SETUN_STATUS_ERROR_MASK)
          >> SETUN_STATUS_ERROR_SHIFT == SETUN_ERROR_WEIGHT_CODE);
        printf("%lx\\n", (unsigned long)(SETUN_STATUS_ERROR_MASK | SETUN_CONTROL_START_MASK));
        return 0;
      }

      """

    @Test(
      "It compiles without a warning as C and as C++, and its values and functions are right",
      arguments: [["gcc", "-std=c11", "-x", "c"], ["g++", "-std=c++11", "-x", "c++"]])
    func compiles(compiler: [String]) async throws {
      let folder = try WorkFolder()
      let emitted = try await setun(
        "emit", "--architecture", "tiny", "--output", "out", in: folder)
      #expect(emitted.status == 0)
      try folder.write("main.c", Self.program)
      let build = try run(
        compiler.prefix(2) + ["-Wall", "-Wextra", "-pedantic", "-Werror", "-Iout"]
          + compiler.dropFirst(2) + ["main.c", "-o", "main"], in: folder)
      #expect(build.status == 0, "\(build.output)")
      let main = try run(["./main"], in: folder)
      #expect(main.output == "123489abcdef\n1\nff01\n")
    }

    @Test("Every register and event of the table is in it, at the same offset")
    func complete() async throws {
      let folder = try WorkFolder()
      _ = try await setun("emit", "--architecture", "tiny", "--output", "out", in: folder)
      let header = folder.read("out/setun_regs.h")
      let table = try await setun("emit", "--registers", in: folder).output
      var events = 0
      for row in table.matches(of: /\| 0x([0-9a-f]{3}) \| `(\w+)` \| \w+ \| [\d:]+ \| (Event)?/) {
        let name = row.output.2.uppercased()
        if row.output.3 != nil {
          #expect(header.contains("  SETUN_EVENT_\(name) = \(events), /* "), "\(name)")
          events += 1
        } else {
          let line = "#define SETUN_\(name)_OFFSET UINT32_C(0x\(row.output.1))\n"
          #expect(header.contains(line), "\(name)")
        }
      }
      #expect(events > 20 && header.contains("  SETUN_EVENT_COUNT = \(events)\n"))
      let hash = try #require(
        header.firstMatch(of: /SETUN_CONFIGURATION_HASH UINT64_C\(0x([0-9a-f]{16})\)/)?.output.1)
      let package = folder.read("out/setun_config_pkg.sv")
      #expect(
        package.contains("32'h\(hash.suffix(8))") && package.contains("32'h\(hash.prefix(8))"))
    }

    private func run(
      _ arguments: some Collection<String>, in folder: WorkFolder
    ) throws -> (status: Int32, output: String) {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = Array(arguments)
      process.currentDirectoryURL = URL(filePath: folder.path)
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
  }
}
