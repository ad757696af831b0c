import Foundation
import Workload

/// A drawn netlist of ``SmallLibrary`` with its own reading of it, in plain Booleans.
struct RandomNetlist {
  private enum Gate {
    case inverter(Int)
    case nand(Int, Int)
    case xor(Int, Int)
  }

  private let inputs: Int
  /// Nets that the flip-flops take.
  private let sources: [Int]
  private let gates: [Gate]
  private let seed: UInt64
  /// Nets: 2 and 3 clock and reset, then inputs, flip-flops, gates.
  private var firstFlipFlop: Int { 4 + inputs }
  private var firstGate: Int { firstFlipFlop + sources.count }

  init(seed: UInt64, inputs: Int, flipFlops: Int, gates count: Int) {
    var random = SplitMix(state: seed)
    self.inputs = inputs
    self.seed = seed
    let first = 4 + inputs + flipFlops
    gates = (0..<count).map { index in
      let net = { (random: inout SplitMix) in 4 + Int(random.next() % UInt64(first - 4 + index)) }
      switch random.next() % 3 {
      case 0: return .inverter(net(&random))
      case 1: return .nand(net(&random), net(&random))
      default: return .xor(net(&random), net(&random))
      }
    }
    sources = (0..<flipFlops).map { _ in first + Int(random.next() % UInt64(count)) }
  }

  var text: String {
    var lines = [
      "input clk 2", "input rst 3",
      "input in " + (4..<firstFlipFlop).map(String.init).joined(separator: " "),
    ]
    for (index, source) in sources.enumerated() {
      lines.append("cell b DFF CK=2 RN=3 D=\(source) Q=\(firstFlipFlop + index)")
    }
    for (index, gate) in gates.enumerated() {
      let output = firstGate + index
      switch gate {
      case .inverter(let a): lines.append("cell b INV A=\(a) Y=\(output)")
      case .nand(let a, let b): lines.append("cell b NAND2 A=\(a) B=\(b) Y=\(output)")
      case .xor(let a, let b): lines.append("cell b XOR2 A=\(a) B=\(b) Y=\(output)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// New inputs for each cycle.
  func cycles(_ count: Int) -> [[Bool]] {
    var random = SplitMix(state: seed &+ 99)
    return (0..<count).map { _ in (0..<inputs).map { _ in random.next() & 1 == 1 } }
  }

  /// The values of all nets after reset, with inputs at 0.
  func reset() -> [Bool] { settled(Array(repeating: false, count: firstGate)) }

  /// The values at the end of a cycle.
  func next(_ values: [Bool], inputs: [Bool]) -> [Bool] {
    var start = Array(values[..<firstGate])
    for (index, source) in sources.enumerated() { start[firstFlipFlop + index] = values[source] }
    for (index, bit) in inputs.enumerated() { start[4 + index] = bit }
    return settled(start)
  }

  private func settled(_ start: [Bool]) -> [Bool] {
    var values = start
    for gate in gates {
      switch gate {
      case .inverter(let a): values.append(!values[a])
      case .nand(let a, let b): values.append(!(values[a] && values[b]))
      case .xor(let a, let b): values.append(values[a] != values[b])
      }
    }
    return values
  }
}

/// Sebastiano Vigna's SplitMix64.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Icarus Verilog and Verilator, where they are installed.
enum OtherSimulator {
  static func isInstalled(_ tool: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// Runs a bench of ``VerilogExport`` and returns the changes of each net.
  static func icarus(_ module: String) throws -> [Int: Int] {
    try withSource(module) { folder in
      let program = folder.appending(path: "b.vvp").path
      _ = try output("iverilog", ["-o", program, folder.appending(path: "b.v").path])
      return changes(in: try output("vvp", ["-n", program]))
    }
  }

  /// The same of a bench without delays.
  static func verilator(_ module: String) throws -> [Int: Int] {
    try withSource(module) { folder in
      _ = try output(
        "verilator",
        ["--binary", "-O0", "-Wno-fatal", "--Mdir", folder.path, "--top-module", "bench"]
          + [folder.appending(path: "b.v").path])
      return changes(in: try output(folder.appending(path: "Vbench").path, []))
    }
  }

  private static func withSource(
    _ module: String, _ run: (URL) throws -> [Int: Int]
  ) throws -> [Int: Int] {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(module.utf8).write(to: folder.appending(path: "b.v"))
    return try run(folder)
  }

  private static func changes(in text: String) -> [Int: Int] {
    var changes: [Int: Int] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").compactMap { Int($0) }
      if words.count == 2 { changes[words[0]] = words[1] }
    }
    return changes
  }

  private static func output(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
