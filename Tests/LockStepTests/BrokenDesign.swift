import Activity
import Architecture
import Foundation
import LockStep
import Machine
import TestSupport
import Testing
import Workload

/// RTL of the tiny architecture with something wrong in it, and a job that shows it: two n-tiles,
/// several chunks of weights, two token blocks.
struct BrokenDesign {
  private let root: TemporaryFolder
  private let matmul: MatmulCase
  var source: RTLSource

  /// The RTL as it is, to be changed elsewhere.
  init() throws {
    let architecture = try Architecture.sample(named: "tiny")
    root = try TemporaryFolder()
    matmul = try MatmulCase(MatmulShape(m: 4, n: 7, k: 65), on: architecture, seed: 1)
    try FileManager.default.copyItem(atPath: rtlFolder, toPath: root.path + "/rtl")
    source = accelerator(architecture, folder: root.path + "/rtl")
  }

  /// The RTL with one text replaced.
  ///
  /// - Throws: ``ReplacementError`` when `old` is not in `file` exactly once.
  init(_ file: String, _ old: String, _ new: String) throws {
    try self.init()
    try root.write("rtl/" + file, root.read("rtl/" + file).replacingOnce(old, with: new))
  }

  /// The counter of subtractions counts the additions too.
  static func wrongCounter() throws -> BrokenDesign {
    try BrokenDesign(
      "setun_event_counters.sv", "increment[EvLaneSubtract] = lanes_negative * operand_tokens;",
      "increment[EvLaneSubtract] = lanes_nonzero * operand_tokens;")
  }

  /// The right model and the broken RTL, with the job in memory.
  func bench() async throws -> (Testbench<LockStepPair>, Descriptor) {
    let architecture = matmul.architecture
    let device = try RTLDevice(try await library(for: source), architecture: architecture)
    let bench = try matmul.bench(LockStepPair(Machine(architecture), device))
    return (
      bench, bench.load(matmul.job, weights: matmul.weights, activations: matmul.activations)
    )
  }

  /// How the job fails.
  func failure() async throws -> LockStepFailure {
    let (bench, descriptor) = try await bench()
    return try #require(
      #expect(throws: LockStepFailure.self) { try bench.run(descriptor, of: matmul.job) })
  }

  /// The difference at which the job fails.
  func divergence() async throws -> Divergence {
    let failure = try await failure()
    guard case .divergence(let divergence) = failure else { throw failure }
    return divergence
  }
}

extension Divergence {
  /// The signals that differ, without the indices of their words.
  var signals: Set<String> {
    Set(differing.map { String(layout.name(ofWord: $0).prefix { $0 != "[" }) })
  }

  /// The cycle in which the model took its operand `number`, counted from 1.
  func cycleOfOperand(_ number: UInt32) throws -> UInt64 {
    let word = layout[.counter].lowerBound + Event.busy.rawValue
    return try #require(history.first { $0.model[word] == number }).cycle
  }

  /// The first cycle in which any word of `signal` differs.
  func firstCycle(of signal: ProbeSignal) -> UInt64? {
    history.first { $0.model[layout[signal]] != $0.rtl[layout[signal]] }?.cycle
  }
}
