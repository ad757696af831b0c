import Foundation

/// The ports of an elaborated top module, read from the class that Verilator made of it.
struct RTLPorts {
  private let inputs: [String: Int]
  private let outputs: [String: Int]

  /// - Parameter header: `Vsetun_accelerator.h`, where a port is `VL_IN8(&clk_i,0,0)`: name, most
  ///   and least significant bit.
  init(header: [UInt8]) {
    var inputs: [String: Int] = [:]
    var outputs: [String: Int] = [:]
    for line in String(decoding: header, as: UTF8.self).split(separator: "\n") {
      guard let match = line.firstMatch(of: /VL_(IN|OUT)[0-9W]*\(&?(\w+),(\d+),(\d+)/),
        let high = Int(match.output.3), let low = Int(match.output.4)
      else { continue }
      if match.output.1 == "IN" {
        inputs[String(match.output.2)] = high - low + 1
      } else {
        outputs[String(match.output.2)] = high - low + 1
      }
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Whether the architectural state can be seen.
  var hasProbe: Bool { outputs["probe_o"] != nil }

  /// Checks that the bridge finds what it needs.
  ///
  /// - Throws: ``LockStepError/portsRefused(top:problems:)`` with every port that is missing or of
  ///   another width.
  func check(against source: RTLSource) throws(LockStepError) {
    var problems: [String] = []
    func require(_ name: String, _ width: Int?, _ kind: String, in ports: [String: Int]) {
      let bits = width.map { $0 == 1 ? "1 bit" : "\($0) bits" } ?? "any width"
      guard let found = ports[name] else {
        problems.append("\(name): expected an \(kind) of \(bits), found none")
        return
      }
      if let width, width != found {
        problems.append("\(name): expected an \(kind) of \(bits), found \(found)")
      }
    }
    for (name, width) in Self.requiredInputs { require(name, width, "input", in: inputs) }
    for (name, width) in Self.requiredOutputs { require(name, width, "output", in: outputs) }
    let data = source.busBytes.map { 8 * $0 }
    require("m_axi_rdata", data, "input", in: inputs)
    require("m_axi_wdata", data, "output", in: outputs)
    if hasProbe || !source.mayLackProbe {
      require("probe_o", 32 * source.probeWords, "output", in: outputs)
    }
    guard problems.isEmpty else { throw .portsRefused(top: source.top, problems: problems) }
  }

  /// What a design must have, with its bits; the bridge names what it may lack.
  private static let requiredInputs = [
    ("clk_i", 1), ("rst_ni", 1), ("m_axi_arready", 1), ("m_axi_rvalid", 1), ("m_axi_awready", 1),
    ("m_axi_wready", 1), ("m_axi_bvalid", 1), ("s_axil_awvalid", 1), ("s_axil_awaddr", 12),
    ("s_axil_wvalid", 1), ("s_axil_wdata", 32), ("s_axil_bready", 1), ("s_axil_arvalid", 1),
    ("s_axil_araddr", 12), ("s_axil_rready", 1),
  ]
  private static let requiredOutputs = [
    ("irq_o", 1), ("m_axi_arvalid", 1), ("m_axi_araddr", 40), ("m_axi_awvalid", 1),
    ("m_axi_awaddr", 40), ("m_axi_wvalid", 1), ("s_axil_awready", 1), ("s_axil_wready", 1),
    ("s_axil_bvalid", 1), ("s_axil_arready", 1), ("s_axil_rvalid", 1), ("s_axil_rdata", 32),
  ]
}
