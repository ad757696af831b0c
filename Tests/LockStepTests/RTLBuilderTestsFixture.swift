import CRTLModel
import Foundation
import LockStep
import TestSupport

/// A folder that a test may fill; removed when the object goes.
final class TemporaryFolder: Sendable {
  let path: String

  init(named name: String = "") throws {
    path = NSTemporaryDirectory() + "setun-tests-\(UUID().uuidString)" + name
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, creating the folders above it.
  @discardableResult
  func write(_ name: String, _ text: String, executable: Bool = false) throws -> String {
    let file = path + "/" + name
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    if executable {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
      try waitUntilStartable(file)
    }
    return file
  }

  func read(_ name: String) -> String {
    (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
  }

  /// Names in a subfolder, sorted.
  func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }
}

/// The cache that most tests share, so that Verilator's runtime is compiled once for all of them.
enum SharedCache {
  private static let folder: String = {
    let path = NSTemporaryDirectory() + "setun-tests-cache-\(getpid())"
    atexit { try? FileManager.default.removeItem(atPath: SharedCache.folder) }
    return path
  }()

  static func open() throws -> RTLCache { try RTLCache(folder: folder) }
}

/// A builder for tests: with the cache of all tests unless told otherwise.
func fixtureBuilder(
  _ environment: [String: String]? = nil, cache: RTLCache? = nil
) async throws -> RTLBuilder {
  RTLBuilder(
    toolchain: try await .find(environment: environment), cache: try cache ?? SharedCache.open(),
    optimization: .balanced)
}

/// An RTL folder with the ports of the accelerator and next to nothing behind them.
///
/// Probe, lowest word first: clock edges since reset, the low and the high word of the last beat
/// read, and the hash of the package. A CSR write of 0xa55e47 fails an assertion, of 0xf1415 calls
/// $finish.
struct FixtureRTL {
  static let probeWords = 4
  static let hash = "0123456789abcdef"

  let root: TemporaryFolder
  var folder: String { root.path }

  /// - Parameters:
  ///   - appendix: What follows the top module; a new comment makes RTL that no cache holds.
  ///   - bridge: A change of the bridge's text.
  init(appendix: String = "", bridge: ((String) -> String)? = nil) throws {
    root = try TemporaryFolder()
    try root.write("files.f", "# the fixture\n\nsetun_accelerator.sv # top\n")
    try root.write("setun_accelerator.sv", Self.top + appendix)
    try root.write("include/setun_fixture.svh", "`define SETUN_FIXTURE_MARK 32'hfeedc0de\n")
    for name in ["setun_bridge.cpp", "setun_runtime.cpp", "setun_runtime.h", "rtl_model.h"] {
      let text = try String(contentsOfFile: Self.bridgeFolder + name, encoding: .utf8)
      try root.write("bridge/" + name, name == "setun_bridge.cpp" ? bridge?(text) ?? text : text)
    }
  }

  /// RTL that was never built before.
  static func unseen() throws -> FixtureRTL { try FixtureRTL(appendix: "// \(UUID())\n") }

  private static let bridgeFolder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../rtl/bridge/").standardizedFileURL.path + "/"

  func source(
    busBytes: Int = 16, hash: String = FixtureRTL.hash, probeWords: Int = FixtureRTL.probeWords
  ) -> RTLSource {
    RTLSource(
      folder: folder,
      package: """
        package setun_config_pkg;
          localparam int unsigned BusBytes = \(busBytes);
        endpackage : setun_config_pkg

        """,
      configurationHash: hash, probeWords: probeWords)
  }

  private static let top = """
    `include "setun_fixture.svh"
    module setun_accelerator
      import setun_config_pkg::*;
    (
      input  logic clk_i, input logic rst_ni, output logic irq_o,
      output logic m_axi_arid, output logic [39:0] m_axi_araddr, output logic [7:0] m_axi_arlen,
      output logic [2:0] m_axi_arsize, output logic [1:0] m_axi_arburst, output logic m_axi_arlock,
      output logic [3:0] m_axi_arcache, output logic [2:0] m_axi_arprot,
      output logic [3:0] m_axi_arqos, output logic m_axi_arvalid, input logic m_axi_arready,
      input  logic m_axi_rid, input logic [8*BusBytes-1:0] m_axi_rdata,
      input  logic [1:0] m_axi_rresp, input logic m_axi_rlast, input logic m_axi_rvalid,
      output logic m_axi_rready,
      output logic m_axi_awid, output logic [39:0] m_axi_awaddr, output logic [7:0] m_axi_awlen,
      output logic [2:0] m_axi_awsize, output logic [1:0] m_axi_awburst, output logic m_axi_awlock,
      output logic [3:0] m_axi_awcache, output logic [2:0] m_axi_awprot,
      output logic [3:0] m_axi_awqos, output logic m_axi_awvalid, input logic m_axi_awready,
      output logic [8*BusBytes-1:0] m_axi_wdata, output logic [BusBytes-1:0] m_axi_wstrb,
      output logic m_axi_wlast, output logic m_axi_wvalid, input logic m_axi_wready,
      input  logic m_axi_bid, input logic [1:0] m_axi_bresp, input logic m_axi_bvalid,
      output logic m_axi_bready,
      input  logic [11:0] s_axil_awaddr, input logic [2:0] s_axil_awprot,
      input  logic s_axil_awvalid, output logic s_axil_awready,
      input  logic [31:0] s_axil_wdata, input logic [3:0] s_axil_wstrb,
      input  logic s_axil_wvalid, output logic s_axil_wready,
      output logic [1:0] s_axil_bresp, output logic s_axil_bvalid, input logic s_axil_bready,
      input  logic [11:0] s_axil_araddr, input logic [2:0] s_axil_arprot,
      input  logic s_axil_arvalid, output logic s_axil_arready,
      output logic [31:0] s_axil_rdata, output logic [1:0] s_axil_rresp,
      output logic s_axil_rvalid, input logic s_axil_rready,
      output struct packed { logic [31:0] mark, high, low, cycle; } probe_o
    );
      logic [31:0] cycle_q;
      logic [8*BusBytes-1:0] beat_q;
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          cycle_q <= '0;
          beat_q  <= '0;
        end else begin
          cycle_q <= cycle_q + 32'd1;
          if (m_axi_rvalid) beat_q <= m_axi_rdata;
        end
      end
      always_ff @(posedge clk_i) begin
        if (s_axil_wvalid && s_axil_wdata == 32'hf1415) $finish;
      end
      NotForbidden_A: assert property (@(posedge clk_i) disable iff (!rst_ni)
        s_axil_wvalid |-> s_axil_wdata != 32'ha55e47) else $error("forbidden %h", s_axil_wdata);

      assign probe_o.cycle = cycle_q;
      assign probe_o.low = beat_q[31:0];
      assign probe_o.high = beat_q[8*BusBytes-1 -: 32];
      assign probe_o.mark = `SETUN_FIXTURE_MARK;

      assign irq_o = 1'b0;
      assign {m_axi_arid, m_axi_araddr, m_axi_arlen, m_axi_arsize, m_axi_arburst} = '0;
      assign {m_axi_arlock, m_axi_arcache, m_axi_arprot, m_axi_arqos, m_axi_arvalid} = '0;
      assign {m_axi_awid, m_axi_awaddr, m_axi_awlen, m_axi_awsize, m_axi_awburst} = '0;
      assign {m_axi_awlock, m_axi_awcache, m_axi_awprot, m_axi_awqos, m_axi_awvalid} = '0;
      assign {m_axi_wdata, m_axi_wstrb, m_axi_wlast, m_axi_wvalid} = '0;
      assign {m_axi_rready, m_axi_bready} = '1;
      assign {s_axil_awready, s_axil_wready, s_axil_bresp, s_axil_bvalid} = '0;
      assign {s_axil_arready, s_axil_rdata, s_axil_rresp, s_axil_rvalid} = '0;
    endmodule : setun_accelerator

    """
}
