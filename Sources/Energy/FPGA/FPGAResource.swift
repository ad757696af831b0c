/// What an FPGA is made of, as synthesis counts it. The raw value is its name in files.
public enum FPGAResource: String, CaseIterable, Codable, Sendable {
  /// LUTs of logic: six inputs in UltraScale+, four in ECP5 and iCE40.
  case lut
  /// LUTs that are memory.
  case lutRAM = "lut_ram"
  /// Flip-flops.
  case ff
  /// Bits of carry chains, as the cells hold them: four or eight a cell.
  case carry
  /// Block RAM in its smallest units: 18 Kbit in UltraScale+ and ECP5, 4 Kbit in iCE40.
  case ram
  /// UltraRAM, 288 Kbit.
  case largeRAM = "large_ram"
  /// Multipliers: DSP48E2, MULT18X18D.
  case dsp
}

/// A family of FPGAs that the flow of Yosys knows. The raw value is that of `rtl/synth/fpga.py`.
public enum FPGAFamily: String, CaseIterable, Codable, Sendable {
  case ultraScalePlus = "xilinx_up"
  case ecp5
  case ice40

  /// The name of its technology.
  public var technology: String {
    switch self {
    case .ultraScalePlus: "xilinx-ultrascale-plus"
    case .ecp5: "ecp5"
    case .ice40: "ice40"
    }
  }

  /// What its vendor calls it.
  public var title: String {
    switch self {
    case .ultraScalePlus: "AMD UltraScale+"
    case .ecp5: "Lattice ECP5"
    case .ice40: "Lattice iCE40"
    }
  }
}

extension FPGAResource: CodingKeyRepresentable {}
