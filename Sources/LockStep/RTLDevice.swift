import Activity
public import Architecture
import CRTLModel
public import Machine

/// The Verilated RTL behind the same ports as the cycle model.
public final class RTLDevice: Device {
  private let model: RTLModel
  private let layout: ProbeLayout
  private let ports: PortOffsets
  private let wdata: UnsafeMutableRawBufferPointer

  /// A device before its reset.
  ///
  /// - Throws: ``LockStepError`` when the library makes no model.
  public init(_ library: RTLLibrary, architecture: Architecture) throws(LockStepError) {
    model = try RTLModel(library)
    layout = ProbeLayout(architecture)
    ports = PortOffsets(layout)
    wdata = .allocate(byteCount: architecture.parameters.busBytes, alignment: 8)
    wdata.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { wdata.deallocate() }

  /// The architectural state after the last step, as ``ProbeLayout`` says.
  public var probe: UnsafeBufferPointer<UInt32> { model.probe }

  public func probeWords() -> [UInt32] { Array(probe) }

  public var operandsTaken: UInt64 { UInt64(probe[ports.busyCounter]) }

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
  }

  public var outputs: PortOutputs {
    let probe = probe
    for (index, word) in ports.wdata.enumerated() {
      wdata.storeBytes(of: probe[word].littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
    var outputs = PortOutputs(wdata: UnsafeRawPointer(wdata.baseAddress!))
    outputs.arvalid = probe[ports.arvalid] != 0
    outputs.araddr = address(ports.araddr)
    outputs.arlen = Int(probe[ports.arlen])
    outputs.awvalid = probe[ports.awvalid] != 0
    outputs.awaddr = address(ports.awaddr)
    outputs.awlen = Int(probe[ports.awlen])
    outputs.wvalid = probe[ports.wvalid] != 0
    for (index, word) in ports.wstrb.enumerated() {
      let bits = UInt64(probe[word]) << UInt64(32 * (index % 2))
      if index < 2 { outputs.wstrb.low |= bits } else { outputs.wstrb.high |= bits }
    }
    outputs.wlast = probe[ports.wlast] != 0
    outputs.axilAwready = probe[ports.axilAwready] != 0
    outputs.axilWready = probe[ports.axilWready] != 0
    outputs.axilBvalid = probe[ports.axilBvalid] != 0
    outputs.axilBresp = UInt8(truncatingIfNeeded: probe[ports.axilBresp])
    outputs.axilArready = probe[ports.axilArready] != 0
    outputs.axilRvalid = probe[ports.axilRvalid] != 0
    outputs.axilRdata = probe[ports.axilRdata]
    outputs.axilRresp = UInt8(truncatingIfNeeded: probe[ports.axilRresp])
    outputs.irq = probe[ports.irq] != 0
    return outputs
  }

  private func address(_ word: Int) -> UInt64 {
    UInt64(probe[word]) | UInt64(probe[word + 1]) << 32
  }
}

/// Where the output ports lie in the probe.
private struct PortOffsets {
  let arvalid, araddr, arlen, awvalid, awaddr, awlen, wvalid, wlast: Int
  let wdata, wstrb: Range<Int>
  let axilAwready, axilWready, axilBvalid, axilBresp: Int
  let axilArready, axilRvalid, axilRdata, axilRresp, irq, busyCounter: Int

  init(_ layout: ProbeLayout) {
    func word(_ signal: ProbeSignal) -> Int { layout[signal].lowerBound }
    arvalid = word(.arvalid)
    araddr = word(.araddr)
    arlen = word(.arlen)
    awvalid = word(.awvalid)
    awaddr = word(.awaddr)
    awlen = word(.awlen)
    wvalid = word(.wvalid)
    wlast = word(.wlast)
    wdata = layout[.wdata]
    wstrb = layout[.wstrb]
    axilAwready = word(.axilAwready)
    axilWready = word(.axilWready)
    axilBvalid = word(.axilBvalid)
    axilBresp = word(.axilBresp)
    axilArready = word(.axilArready)
    axilRvalid = word(.axilRvalid)
    axilRdata = word(.axilRdata)
    axilRresp = word(.axilRresp)
    irq = word(.irq)
    busyCounter = word(.counter) + Event.busy.rawValue
  }
}
