import Architecture
import Foundation
import LockStep
import Machine
import TestSupport
import Testing
import Verification

/// RTL that is not this project's.
@Suite("A design of one's own")
struct OwnDesignTests {
  private static let serial = rtlFolder + "/examples/setun_serial.sv"

  private func source(_ file: String = OwnDesignTests.serial) throws -> RTLSource {
    var source = accelerator(try Architecture.sample(named: "tiny"))
    source.userFiles = [file]
    source.top = "setun_serial"
    source.mayLackProbe = true
    return source
  }

  @Test("The serial example gives the model's results and error codes in every scenario")
  func serial() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let library = try await library(for: source())
    #expect(!library.hasProbe)
    let verifier = Verifier(architecture, library, comparison: .outputs)
    var kinds: Set<Scenario.Kind> = []
    for index in 0..<10 {
      let id = ScenarioID(seed: 3, architecture: 0, index: index)
      let outcome = verifier.run(
        Scenario(
          id, on: architecture, kinds: Scenario.Kind.independentOfTiming, limit: 60))
      kinds.insert(outcome.kind)
      #expect(
        outcome.failure == nil, "\(id): \(outcome.failure.map(String.init(describing:)) ?? "")")
    }
    #expect(kinds == Set(Scenario.Kind.independentOfTiming))
  }

  @Test("Its counters and cycles are others, which is said with event and values")
  func counters() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let verifier = Verifier(architecture, try await library(for: source()), comparison: .counters)
    let failure = try #require(
      verifier.run(verifier.scenario(ScenarioID(seed: 3, architecture: 0, index: 0))).failure)
    let pattern = /job 1: counter \w+: expected \d+ \w+, found 0/
    #expect("\(failure)".wholeMatch(of: pattern) != nil, "\(failure)")
  }

  @Test("A broken one is reported with job, output, token and both values")
  func broken() async throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Self.serial, encoding: .utf8)
      .replacingOnce("w[1] ? -32'(x) : 32'(x)", with: "w[1] ? -32'(x) - 32'd1 : 32'(x)")
    let file = try folder.write("setun_serial.sv", text)
    let architecture = try Architecture.sample(named: "tiny")
    let verifier = Verifier(
      architecture, try await library(for: source(file)), comparison: .outputs)
    let failure = try #require(
      verifier.run(verifier.scenario(ScenarioID(seed: 3, architecture: 0, index: 0))).failure)
    let pattern = /job \d+, .+: output \d+ of token \d+: expected -?\d+, found -?\d+/
    #expect("\(failure)".wholeMatch(of: pattern) != nil, "\(failure)")
  }

  @Test("Ports that are missing or of another width are named, all at once")
  func ports() async throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Self.serial, encoding: .utf8)
      .replacingOnce("output logic                    irq_o,", with: "output logic irq_missing,")
      .replacingOnce("assign irq_o ", with: "assign irq_missing ")
      .replacingOnce(
        "input  logic [31:0]             s_axil_wdata", with: "input logic [15:0] s_axil_wdata"
      )
      .replacingOnce("w_data_q <= s_axil_wdata", with: "w_data_q <= 32'(s_axil_wdata)")
    var source = try source(folder.write("setun_serial.sv", text))
    source.mayLackProbe = false
    let error = await #expect(throws: LockStepError.self) { _ = try await library(for: source) }
    #expect(
      "\(try #require(error))" == """
        the ports of setun_serial do not fit:
          s_axil_wdata: expected an input of 32 bits, found 16
          irq_o: expected an output of 1 bit, found none
          probe_o: expected an output of \(32 * source.probeWords) bits, found none
        """)
  }

  @Test("A file with the name of a bundled one takes its place")
  func replaced() async throws {
    let folder = try TemporaryFolder()
    let name = "setun_event_counters.sv"
    let original = try String(contentsOfFile: rtlFolder + "/" + name, encoding: .utf8)
    var source = accelerator(try Architecture.sample(named: "tiny"))
    source.userFiles = [try folder.write(name, original + "// mine\n")]
    let files = try source.designFiles()
    #expect(
      files.map(\.path) == (try accelerator(.sample(named: "tiny")).designFiles()).map(\.path))
    let contents = try #require(files.first { $0.path == name }).contents
    #expect(String(decoding: contents, as: UTF8.self).hasSuffix("// mine\n"))
  }

  @Test("Two files of one name are refused")
  func twice() throws {
    let folder = try TemporaryFolder()
    var source = accelerator(try Architecture.sample(named: "tiny"))
    source.userFiles = [try folder.write("a/x.sv", ""), try folder.write("b/x.sv", "")]
    let error = #expect(throws: LockStepError.self) { _ = try source.designFiles() }
    #expect(
      "\(try #require(error))"
        == "RTL source \(folder.path)/b/x.sv: expected a file name of its own, of letters, digits, "
        + "'_', '.' and '-'; found 'x.sv'")
  }

  @Test("A burst of a kind that the memory does not serve is an error with port and value")
  func attributes() async throws {
    let design = try BrokenDesign(
      "setun_accelerator.sv", "assign m_axi_arburst = BurstIncr;", "assign m_axi_arburst = 2'b10;")
    guard case .rtl(let error, _) = try await design.failure() else {
      Issue.record("no failure of the RTL")
      return
    }
    #expect(error == .portValue(port: "m_axi_arburst", expected: 1, found: 2))
    #expect("\(error)" == "port m_axi_arburst: expected 1, found 2")
  }
}
