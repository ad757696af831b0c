/// An FPGA that one can buy, and what it has.
public struct FPGADevice: Equatable, Sendable {
  /// The name that architecture files use: `xck26`.
  public let name: String
  /// What its vendor calls it.
  public let title: String
  public let family: FPGAFamily
  /// LUTs, flip-flops, block RAM in units of the family, UltraRAM and multipliers.
  ///
  /// LUTs of memory are LUTs; carry chains come with the LUTs.
  public let capacity: [FPGAResource: Int]
  /// Where the figures are from.
  public let source: String

  private init(
    _ name: String, _ title: String, _ family: FPGAFamily, lut: Int, ff: Int, ram: Int,
    largeRAM: Int = 0, dsp: Int, source: String
  ) {
    self.name = name
    self.title = title
    self.family = family
    capacity = [.lut: lut, .ff: ff, .ram: ram, .largeRAM: largeRAM, .dsp: dsp]
    self.source = source
  }

  /// The device called `name`, or `nil`.
  public init?(named name: String) {
    guard let device = Self.all.first(where: { $0.name == name }) else { return nil }
    self = device
  }

  /// The devices that are known.
  public static let all: [FPGADevice] = ultraScalePlus + ecp5 + ice40

  private static let ultraScalePlus: [FPGADevice] = [
    .zynq(
      "xck26", "Kria K26", lut: 117_120, blocks: 144, ultraRAM: 64, dsp: 1_248,
      "AMD DS987, \(vivado)"),
    .zynq("xczu2", "ZU2EG, ZU2CG", lut: 47_232, blocks: 150, ultraRAM: 0, dsp: 240, unchecked),
    .zynq(
      "xczu3", "ZU3EG, ZU3CG", lut: 70_560, blocks: 216, ultraRAM: 0, dsp: 360,
      "AMD DS891, \(vivado)"),
    .zynq(
      "xczu4", "ZU4EV, ZU4EG, ZU4CG", lut: 87_840, blocks: 128, ultraRAM: 48, dsp: 728, unchecked),
    .zynq(
      "xczu5", "ZU5EV, ZU5EG, ZU5CG", lut: 117_120, blocks: 144, ultraRAM: 64, dsp: 1_248,
      "AMD DS891; equal to the Kria K26, which is one"),
    .zynq(
      "xczu7", "ZU7EV, ZU7EG, ZU7CG", lut: 230_400, blocks: 312, ultraRAM: 96, dsp: 1_728,
      "AMD DS891, \(vivado), but for UltraRAM"),
    .zynq(
      "xczu9", "ZU9EG, ZU9CG", lut: 274_080, blocks: 912, ultraRAM: 0, dsp: 2_520,
      "AMD DS891, \(vivado)"),
  ]

  /// Reports of designs in public repositories list what there is of the part.
  private static let vivado = "as Vivado's utilisation reports list them"
  private static let unchecked = "AMD DS891, not checked against a tool"

  /// A Zynq UltraScale+: two flip-flops a LUT, blocks of 36 Kbit that are two of 18.
  private static func zynq(
    _ name: String, _ title: String, lut: Int, blocks: Int, ultraRAM: Int, dsp: Int,
    _ source: String
  ) -> FPGADevice {
    FPGADevice(
      name, title, .ultraScalePlus, lut: lut, ff: 2 * lut, ram: 2 * blocks, largeRAM: ultraRAM,
      dsp: dsp, source: source)
  }

  /// Slices of two LUTs and two flip-flops.
  private static let ecp5: [FPGADevice] = [
    ("lfe5u-25f", "LFE5U-25F", 24_288, 56, 28), ("lfe5u-45f", "LFE5U-45F", 43_848, 108, 72),
    ("lfe5u-85f", "LFE5U-85F", 83_640, 208, 156),
  ].map { name, title, lut, ram, dsp in
    FPGADevice(
      name, title, .ecp5, lut: lut, ff: lut, ram: ram, dsp: dsp,
      source: "Lattice FPGA-DS-02012, as nextpnr-ecp5 0.11 counts them")
  }

  /// Logic cells of a LUT, a carry and a flip-flop. The multipliers of UltraPlus are not used.
  private static let ice40: [FPGADevice] = [
    FPGADevice(
      "ice40-hx8k", "iCE40 HX8K", .ice40, lut: 7_680, ff: 7_680, ram: 32, dsp: 0,
      source: "Lattice FPGA-DS-02029, as nextpnr-ice40 0.11 counts them"),
    FPGADevice(
      "ice40-up5k", "iCE40 UP5K", .ice40, lut: 5_280, ff: 5_280, ram: 30, dsp: 8,
      source: "Lattice FPGA-DS-02008, as nextpnr-ice40 0.11 counts them"),
  ]
}
