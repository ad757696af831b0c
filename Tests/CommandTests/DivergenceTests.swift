import Foundation
import Testing

extension CommandTests {
  @Suite("broken RTL") struct DivergenceTests {
    @Test("a broken adder tree is named with cycle, signal, values, waveform and the way back")
    func adderTree() async throws {
      let folder = try WorkFolder()
      try breakTree(in: folder)
      let arguments = quickRTLRun + ["--rtl", "my rtl", "--cache", SharedCache.path]
      let outcome = try await Command(arguments, in: folder).outcome()
      #expect(outcome.status == 1 && outcome.output == "")
      let match = try #require(
        outcome.message.firstMatch(
          of: #/^Error: layers\.0\.self_attn\.k_proj: model and RTL differ after cycle (\d+): /#),
        "\(outcome.message)")
      let values = try #require(
        outcome.message.firstMatch(
          of: #/: tree_sum\[\d\] is 0x([0-9a-f]{8}) in the model and 0x([0-9a-f]{8}) in the RTL\n/#)
      )
      let (model, rtl) = (UInt32(values.output.1, radix: 16), UInt32(values.output.2, radix: 16))
      #expect(try #require(model) &- 1 == rtl)
      // The table has the cycle, both values and a mark.
      let row = "\n *\(match.output.1)  0x\(values.output.1)  0x\(values.output.2)  <\n"
      #expect(try outcome.message.firstMatch(of: Regex(row)) != nil)

      #expect(folder.names() == ["my rtl", "setun-divergence.vcd"])
      #expect(outcome.message.contains("\nWaveform of both sides: setun-divergence.vcd\n"))
      try checkWaveform(folder, cycle: try #require(Int(match.output.1)))
      try await checkRepetition(outcome, in: folder)
    }

    /// Copies the RTL to a folder with a space in its name, and makes the sums of the copy one too
    /// small.
    private func breakTree(in folder: WorkFolder) throws {
      try folder.copy(Project.folder + "/rtl", as: "my rtl")
      let name = "my rtl/setun_tree_xor_popcount.sv"
      let text = folder.read(name)
      let broken = text.replacing("sum_o <= SumWidth", with: "sum_o <= -SumWidth'(1) + SumWidth")
      try #require(broken != text)
      try folder.write(name, broken)
    }

    /// The waveform has the same signals on both sides, and time stamps around the cycle.
    private func checkWaveform(_ folder: WorkFolder, cycle: Int) throws {
      let waveform = folder.read("setun-divergence.vcd")
      let scopes = waveform.matches(of: /(?s)\$scope module (\w+) \$end\n(.*?)\$upscope \$end/)
      #expect(scopes.map { String($0.output.1) } == ["model", "rtl"])
      let signals = scopes.map { scope in
        scope.output.2.matches(of: /\$var wire 32 \S+ (\S+) \$end/).map { String($0.output.1) }
      }
      #expect(signals[0] == signals[1] && signals[0].contains("controller_state"))
      // 100 MHz: 10 ns a cycle, in ps.
      #expect(waveform.contains("$timescale 1 ps $end"))
      let times = waveform.matches(of: /(?m)^#(\d+)$/).compactMap { Int($0.output.1) }
      #expect(times.contains(cycle * 10_000) && times == times.sorted())
    }

    /// The command in the message, given to a shell, shows the same difference.
    private func checkRepetition(_ outcome: Command.Outcome, in folder: WorkFolder) async throws {
      let line = try #require(outcome.message.split(separator: "\n").last)
      let opening = "Repeat with: "
      try #require(line.hasPrefix(opening))
      #expect(line.contains("--rtl 'my rtl'"))
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", String(line.dropFirst(opening.count))]
      process.currentDirectoryURL = URL(filePath: folder.path)
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      process.environment = ProcessInfo.processInfo.environment.merging(["CXX": ""]) { $1 }
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      let first = try #require(outcome.message.split(separator: "\n").first)
      #expect(text.contains("\(first)\n"), "\(text)")
    }
  }
}
