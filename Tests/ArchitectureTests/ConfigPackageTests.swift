import Architecture
import TestSupport
import Testing

@Suite("The SystemVerilog package")
struct ConfigPackageTests {
  private static let events = ["cycles", "weight_buffer_read", "irq"]

  /// The lines of the package without indentation.
  private func lines(_ architecture: Architecture) -> [String] {
    architecture.configPackage(events: Self.events).split(separator: "\n")
      .map { String($0.drop { $0 == " " }) }
  }

  @Test("Each parameter is there once, with its value", arguments: 0..<10)
  func parameters(seed: Int) throws {
    let architecture = try drawnArchitecture(seed: seed)
    let parameters = architecture.parameters
    let expected = [
      "Rows": parameters.rows, "Lanes": parameters.lanes,
      "TokensPerWeight": parameters.tokensPerWeight,
      "ActivationBits": parameters.activationBits,
      "FiveInEight": parameters.weightCoding == .fiveInEight ? 1 : 0,
      "WeightStationary": parameters.dataflow == .weightStationary ? 1 : 0,
      "ResultBytes": parameters.output == .int8 ? 1 : 4,
      "MultiplierBufferWords": parameters.multiplierBufferWords,
      "JobQueueDepth": parameters.jobQueueDepth,
      "TreeRegisterEvery": parameters.treeRegisterEvery,
      "OperandInterval": architecture.operandInterval,
      "LaneCounters": parameters.laneCounters ? 1 : 0,
      "WeightBufferWords": parameters.weightBufferWords,
      "ActivationBufferWords": parameters.activationBufferWords,
      "AccumulatorDepth": parameters.accumulatorDepth,
      "AccumulatorBits": architecture.accumulatorBits,
      "OutputQueueDepth": parameters.outputQueueDepth, "BusBytes": parameters.busBytes,
      "OutstandingReads": parameters.outstandingReads, "AddressWidth": 40, "NumEvents": 3,
      "EvCycles": 0, "EvWeightBufferRead": 1, "EvIrq": 2,
    ]
    let prefix = "parameter int unsigned "
    let found = lines(architecture).filter { $0.hasPrefix(prefix) }
    for (name, value) in expected {
      let statements = found.filter { $0.hasPrefix("\(prefix)\(name) = ") }
      #expect(statements.count == 1, "\(name)")
      #expect(statements.first?.hasPrefix("\(prefix)\(name) = \(value);") == true, "\(name)")
    }
    #expect(found.count == expected.count)
  }

  @Test("The datapath is a constant of an enumeration of all, and gating a bit")
  func datapath() throws {
    let constants = [
      "XorPopcount", "CarrySave", "CarryIn", "Negate", "SplitSign", "Lookup2", "Lookup3",
      "Lookup4", "BitSerial", "Int8Mac",
    ]
    for gating in [false, true] {
      let lines = lines(try smallArchitecture { $0.zeroGating = gating })
      let begin = try #require(lines.firstIndex(of: "typedef enum logic [3:0] {"))
      let enumeration = lines[(begin + 1)...].prefix { $0 != "} datapath_e;" }
      #expect(
        enumeration.joined(separator: " ")
          == constants.enumerated().map { "Datapath\($1) = 4'd\($0)" }.joined(separator: ", "))
      #expect(lines.contains("parameter datapath_e Datapath = DatapathXorPopcount;"))
      #expect(lines.contains("parameter bit ZeroGating = 1'b\(gating ? 1 : 0);"))
    }
  }

  @Test("Each register has its offset, and each capability its value")
  func registers() throws {
    let architecture = try smallArchitecture()
    let lines = lines(architecture)
    #expect(lines.contains("parameter logic [11:0] RegId = 12'h000;"))
    #expect(lines.contains("parameter logic [11:0] RegConfigurationHashHigh = 12'h00c;"))
    #expect(lines.contains("parameter logic [11:0] RegActivationSlice = 12'h170;"))
    #expect(lines.contains("parameter logic [11:0] RegCounterBase = 12'h400;"))
    #expect(
      lines.count { $0.hasPrefix("parameter logic [11:0] Reg") } == Register.allCases.count + 1)
    #expect(lines.contains("RegId: return {1'b1, 32'h5345544e};"))
    #expect(lines.contains("RegRows: return {1'b1, 32'h00000005};"))
    #expect(lines.contains("RegEvents: return {1'b1, 32'h00000003};"))
    let capabilities = Register.allCases.count { $0.capability(of: architecture, events: 3) != nil }
    #expect(lines.count { $0.contains(": return {1'b1, 32'h") } == capabilities)
  }

  @Test("Each error code has a name")
  func errors() throws {
    let lines = lines(try smallArchitecture())
    let expected = [
      "ErrorNone = 8'd0", "ErrorSize = 8'd1", "ErrorTokenBlock = 8'd2", "ErrorLastRows = 8'd3",
      "ErrorAddress = 8'd4", "ErrorRead = 8'd5", "ErrorWrite = 8'd6", "ErrorWeightCode = 8'd7",
      "ErrorRequantisation = 8'd8",
    ]
    #expect(
      lines.filter { $0.hasPrefix("Error") }
        .map { $0.last == "," ? String($0.dropLast()) : $0 } == expected)
  }

  @Test("The probe has its fields in reverse, so that word 0 is the lowest", arguments: 0..<5)
  func probe(seed: Int) throws {
    let architecture = try drawnArchitecture(seed: seed)
    let layout = ProbeLayout(architecture: architecture, counters: Self.events.count)
    let lines = lines(architecture)
    let begin = try #require(lines.lastIndex(of: "typedef struct packed {"))
    let end = try #require(lines.firstIndex(of: "} probe_t;"))
    let fields: [String] = lines[begin + 1..<end].reversed()
    #expect(fields.count == ProbeSignal.allCases.count)
    for ((signal, words), field) in zip(layout.signals, fields) {
      let isArray = layout.name(ofWord: words.lowerBound).last == "]"
      #expect(
        field
          == (isArray
            ? "logic [\(words.count - 1):0][31:0] \(signal.rawValue);"
            : "logic [31:0] \(signal.rawValue);"))
    }
  }
}
