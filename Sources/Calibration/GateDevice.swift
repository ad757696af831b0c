import Architecture
import Machine

/// The netlist of a whole accelerator on the bench that also drives the model and the RTL.
///
/// Its memories are macros: they are kept here, and answer at the netlist's ports.
final class GateDevice: Device {
  let simulator: GateSimulator
  private(set) var outputs: PortOutputs
  private let busBytes: Int
  private let writeData: UnsafeMutableRawBufferPointer
  private var memories: [Macro]

  /// One memory with a write port and a registered read port, as `setun_ram_1r1w` is.
  private struct Macro {
    let name: String
    var words: [[Bool]?]
    var word: [Bool]
  }

  /// - Precondition: The netlist is that of `architecture`.
  init(_ simulator: GateSimulator, architecture: Architecture) {
    self.simulator = simulator
    busBytes = architecture.parameters.busBytes
    writeData = .allocate(byteCount: busBytes, alignment: 16)
    writeData.initializeMemory(as: UInt8.self, repeating: 0)
    outputs = PortOutputs(wdata: UnsafeRawPointer(writeData.baseAddress!))
    let suffix = "/rd_data_o"
    memories = simulator.graph.inputs.keys.sorted().filter { $0.hasSuffix(suffix) }.map { port in
      let name = String(port.dropLast(suffix.count))
      let addressBits = simulator.graph.outputs["\(name)/wr_addr_i"]?.count ?? 0
      return Macro(
        name: name, words: Array(repeating: nil, count: 1 << addressBits),
        word: simulator.graph.inputs[port]!.map { _ in false })
    }
  }

  deinit { writeData.deallocate() }

  /// The netlist does not say; handshakes are progress enough.
  var operandsTaken: UInt64 { 0 }

  func probeWords() -> [UInt32] { [] }

  /// One cycle as the other devices have it: the inputs, the edge, and the outputs after it.
  func step(_ inputs: PortInputs) {
    guard inputs.resetN else {
      simulator.reset("rst_ni")
      return
    }
    simulator.change(bits(of: inputs))
    var read: [(port: String, bits: [Bool])] = []
    for index in memories.indices {
      if let word = access(&memories[index]) { read.append((word.port, word.bits)) }
    }
    simulator.cycle(read)
    takeOutputs()
  }

  /// What the edge does to a memory; returns the word that it shows then, if it read one.
  private func access(_ memory: inout Macro) -> (port: String, bits: [Bool])? {
    func value(_ port: String) -> [Bool] { simulator.value(of: "\(memory.name)/\(port)") }
    var shown: (port: String, bits: [Bool])?
    if value("rd_en_i")[0] {
      // Contents are undefined until written: what was shown stays.
      memory.word = memory.words[Self.number(value("rd_addr_i"))] ?? memory.word
      shown = ("\(memory.name)/rd_data_o", memory.word)
    }
    if value("wr_en_i")[0] { memory.words[Self.number(value("wr_addr_i"))] = value("wr_data_i") }
    return shown
  }

  private func bits(of inputs: PortInputs) -> [(port: String, bits: [Bool])] {
    var all: [(port: String, bits: [Bool])] = [
      ("m_axi_arready", [inputs.arready]), ("m_axi_rvalid", [inputs.rvalid]),
      ("m_axi_rlast", [inputs.rlast]), ("m_axi_rresp", Self.bits(UInt64(inputs.rresp), 2)),
      ("m_axi_awready", [inputs.awready]), ("m_axi_wready", [inputs.wready]),
      ("m_axi_bvalid", [inputs.bvalid]), ("m_axi_bresp", Self.bits(UInt64(inputs.bresp), 2)),
      ("s_axil_awvalid", [inputs.axilAwvalid]),
      ("s_axil_awaddr", Self.bits(UInt64(inputs.axilAwaddr), 12)),
      ("s_axil_wvalid", [inputs.axilWvalid]),
      ("s_axil_wdata", Self.bits(UInt64(inputs.axilWdata), 32)),
      ("s_axil_wstrb", Self.bits(UInt64(inputs.axilWstrb), 4)),
      ("s_axil_bready", [inputs.axilBready]), ("s_axil_arvalid", [inputs.axilArvalid]),
      ("s_axil_araddr", Self.bits(UInt64(inputs.axilAraddr), 12)),
      ("s_axil_rready", [inputs.axilRready]),
    ]
    if inputs.rvalid {
      let data = UnsafeRawBufferPointer(start: inputs.rdata, count: busBytes)
      all.append(("m_axi_rdata", data.flatMap { Self.bits(UInt64($0), 8) }))
    }
    return all
  }

  private func takeOutputs() {
    func bit(_ port: String) -> Bool { simulator.value(of: port)[0] }
    func number(_ port: String) -> UInt64 {
      UInt64(Self.number(simulator.value(of: port).prefix(63)))
    }
    outputs.arvalid = bit("m_axi_arvalid")
    outputs.araddr = number("m_axi_araddr")
    outputs.arlen = Int(number("m_axi_arlen"))
    outputs.rready = bit("m_axi_rready")
    outputs.awvalid = bit("m_axi_awvalid")
    outputs.awaddr = number("m_axi_awaddr")
    outputs.awlen = Int(number("m_axi_awlen"))
    outputs.wvalid = bit("m_axi_wvalid")
    outputs.wlast = bit("m_axi_wlast")
    outputs.bready = bit("m_axi_bready")
    let data = simulator.value(of: "m_axi_wdata")
    for byte in 0..<busBytes {
      writeData[byte] = UInt8(Self.number(data[8 * byte..<8 * byte + 8]))
    }
    let strobes = simulator.value(of: "m_axi_wstrb")
    outputs.wstrb = (
      Self.mask(strobes.prefix(64)), Self.mask(strobes.dropFirst(64))
    )
    outputs.axilAwready = bit("s_axil_awready")
    outputs.axilWready = bit("s_axil_wready")
    outputs.axilBvalid = bit("s_axil_bvalid")
    outputs.axilBresp = UInt8(number("s_axil_bresp"))
    outputs.axilArready = bit("s_axil_arready")
    outputs.axilRvalid = bit("s_axil_rvalid")
    outputs.axilRdata = UInt32(number("s_axil_rdata"))
    outputs.axilRresp = UInt8(number("s_axil_rresp"))
    outputs.irq = bit("irq_o")
  }

  private static func bits(_ value: UInt64, _ count: Int) -> [Bool] {
    (0..<count).map { value >> UInt64($0) & 1 == 1 }
  }

  private static func mask(_ bits: some Sequence<Bool>) -> UInt64 {
    bits.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt64($1.offset) : 0) }
  }

  private static func number(_ bits: some Sequence<Bool>) -> Int {
    Int(mask(bits))
  }
}
