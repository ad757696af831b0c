import Activity
public import Architecture
import CRTLModel
public import Machine

/// The Verilated RTL behind the same ports as the cycle model.
public final class RTLDevice: Device {
  public let model: RTLModel
  /// The word of the probe that counts operands, or `nil` without a probe.
  private let operandsWord: Int?
  /// AXI4's code for the bytes of a beat.
  private let beatSize: UInt8
  /// Whether attributes that AXI4 leaves to the design have to be this accelerator's.
  var checksAllAttributes = false

  /// A device before its reset.
  ///
  /// - Parameter mutant: As ``RTLModel`` takes it.
  /// - Throws: ``LockStepError`` when the library makes no model.
  public init(
    _ library: RTLLibrary, architecture: Architecture, mutant: Int = 0
  ) throws(LockStepError) {
    model = try RTLModel(library, mutant: mutant)
    beatSize = UInt8(architecture.parameters.busBytes.trailingZeroBitCount)
    operandsWord =
      library.hasProbe
      ? ProbeLayout(architecture)[.counter].lowerBound + Event.busy.rawValue : nil
  }

  /// The architectural state after the last step, as ``ProbeLayout`` says; empty for a design
  /// without a probe.
  public var probe: UnsafeBufferPointer<UInt32> { model.probe }

  public func probeWords() -> [UInt32] { Array(probe) }

  public var operandsTaken: UInt64 { operandsWord.map { UInt64(probe[$0]) } ?? 0 }

  public func step(_ inputs: PortInputs) throws(LockStepError) {
    var raw = rtl_model_inputs()
    raw.rst_ni = inputs.resetN ? 1 : 0
    raw.m_axi_arready = inputs.arready ? 1 : 0
    raw.m_axi_rvalid = inputs.rvalid ? 1 : 0
    raw.m_axi_rlast = inputs.rlast ? 1 : 0
    raw.m_axi_rresp = inputs.rresp
    raw.m_axi_rdata = inputs.rdata.assumingMemoryBound(to: UInt8.self)
    raw.m_axi_awready = inputs.awready ? 1 : 0
    raw.m_axi_wready = inputs.wready ? 1 : 0
    raw.m_axi_bvalid = inputs.bvalid ? 1 : 0
    raw.m_axi_bresp = inputs.bresp
    raw.s_axil_awvalid = inputs.axilAwvalid ? 1 : 0
    raw.s_axil_awaddr = inputs.axilAwaddr
    raw.s_axil_wvalid = inputs.axilWvalid ? 1 : 0
    raw.s_axil_wdata = inputs.axilWdata
    raw.s_axil_wstrb = inputs.axilWstrb
    raw.s_axil_bready = inputs.axilBready ? 1 : 0
    raw.s_axil_arvalid = inputs.axilArvalid ? 1 : 0
    raw.s_axil_araddr = inputs.axilAraddr
    raw.s_axil_rready = inputs.axilRready ? 1 : 0
    try model.step(&raw)
    let outputs = model.outputs
    if outputs.m_axi_arvalid != 0 { try check(outputs.m_axi_ar, of: "m_axi_ar") }
    if outputs.m_axi_awvalid != 0 { try check(outputs.m_axi_aw, of: "m_axi_aw") }
  }

  /// Checks that an address is that of an INCR burst of whole beats with ID 0.
  private func check(
    _ attributes: rtl_model_attributes, of channel: String
  ) throws(LockStepError) {
    func require(_ name: String, _ found: UInt8, _ expected: UInt8) throws(LockStepError) {
      guard found == expected || found == UInt8(RTL_MODEL_ABSENT) else {
        throw .portValue(port: channel + name, expected: expected, found: found)
      }
    }
    try require("id", attributes.id, 0)
    try require("size", attributes.size, beatSize)
    try require("burst", attributes.burst, 1)
    try require("lock", attributes.lock, 0)
    guard checksAllAttributes else { return }
    // Normal memory, neither cached nor to be looked up; not protected; without priority.
    try require("cache", attributes.cache, 0b0011)
    try require("prot", attributes.prot, 0)
    try require("qos", attributes.qos, 0)
  }

  public var outputs: PortOutputs {
    let raw = model.outputs
    var outputs = PortOutputs(wdata: UnsafeRawPointer(raw.m_axi_wdata))
    outputs.arvalid = raw.m_axi_arvalid != 0
    outputs.araddr = raw.m_axi_araddr
    outputs.arlen = Int(raw.m_axi_arlen)
    outputs.rready = raw.m_axi_rready != 0
    outputs.awvalid = raw.m_axi_awvalid != 0
    outputs.awaddr = raw.m_axi_awaddr
    outputs.awlen = Int(raw.m_axi_awlen)
    outputs.wvalid = raw.m_axi_wvalid != 0
    outputs.wstrb = (raw.m_axi_wstrb.0, raw.m_axi_wstrb.1)
    outputs.wlast = raw.m_axi_wlast != 0
    outputs.bready = raw.m_axi_bready != 0
    outputs.axilAwready = raw.s_axil_awready != 0
    outputs.axilWready = raw.s_axil_wready != 0
    outputs.axilBvalid = raw.s_axil_bvalid != 0
    outputs.axilBresp = raw.s_axil_bresp
    outputs.axilArready = raw.s_axil_arready != 0
    outputs.axilRvalid = raw.s_axil_rvalid != 0
    outputs.axilRdata = raw.s_axil_rdata
    outputs.axilRresp = raw.s_axil_rresp
    outputs.irq = raw.irq_o != 0
    return outputs
  }
}
