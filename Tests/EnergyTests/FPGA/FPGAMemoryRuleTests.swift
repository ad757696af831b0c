import Testing

@testable import Energy

@Suite struct FPGAMemoryRuleTests {
  /// Counted by hand from the shapes of each family.
  @Test(
    "a memory takes the cheapest shape",
    arguments: [
      // 32 words: eight LUTs hold 14 bits; read at once, with registers behind.
      (FPGAFamily.ultraScalePlus, 32, 32, [.lutRAM: 24, .ff: 32] as [FPGAResource: Int]),
      // 64 words: eight LUTs hold 7 bits: 19 of them.
      (.ultraScalePlus, 64, 128, [.lutRAM: 152, .ff: 128]),
      // Two of 64 words, a LUT to choose for each bit, and one for each select.
      (.ultraScalePlus, 128, 8, [.lutRAM: 32, .ff: 8, .lut: 10]),
      // Half a block of 512 × 36, half of 1,024 × 18, two of them as a whole of 512 × 72.
      (.ultraScalePlus, 512, 36, [.ram: 1]), (.ultraScalePlus, 1024, 18, [.ram: 1]),
      (.ultraScalePlus, 512, 72, [.ram: 2]), (.ultraScalePlus, 2048, 72, [.ram: 8]),
      (.ultraScalePlus, 4096, 128, [.ram: 30]),
      // 16 × 4 bits in four LUTs; 512 × 36 bits in a block.
      (.ecp5, 16, 32, [.lutRAM: 32, .ff: 32]), (.ecp5, 64, 64, [.ram: 2]),
      (.ecp5, 512, 36, [.ram: 1]), (.ecp5, 1024, 36, [.ram: 2]),
      // 256 × 16 bits in a block, down to 2,048 × 2; a few bits are registers.
      (.ice40, 3, 16, [.ff: 64, .lut: 35]), (.ice40, 256, 128, [.ram: 8]),
      (.ice40, 512, 9, [.ram: 2]), (.ice40, 2048, 72, [.ram: 36]),
      // Rows of words side by side, as synthesis counted: three of 45 bits in four blocks of 36, five of
      // 27 in four, three of 81 in seven.
      (.ultraScalePlus, 1025, 40, [.ram: 4, .ff: 2, .lut: 43]),
      (.ultraScalePlus, 2050, 20, [.ram: 4, .ff: 3, .lut: 45]),
      (.ecp5, 1025, 40, [.ram: 4, .ff: 2, .lut: 83]),
      (.ecp5, 1100, 80, [.ram: 7, .ff: 2, .lut: 163]),
      (.ecp5, 2050, 20, [.ram: 4, .ff: 3, .lut: 65]), (.ecp5, 600, 40, [.ram: 3]),
    ])
  func shapes(
    family: FPGAFamily, words: Int, bits: Int, expected: [FPGAResource: Int]
  ) {
    let rule = FPGAMemoryRule(family: family)
    #expect(rule.resources(words: words, bits: bits) == expected)
  }

  /// Bits of several rows share a block: of nine rows of 36 bits 41 blocks of eight.
  @Test(
    "blocks of iCE40 are those that synthesis counted; LUTs behind them Yosys joins as it likes",
    arguments: [
      (1025, 18, 6), (1025, 34, 11), (1025, 36, 12), (1300, 18, 7), (513, 18, 4), (2049, 18, 11),
      (4097, 36, 41), (600, 64, 12), (700, 40, 8), (1500, 24, 9), (2050, 3, 2), (768, 21, 4),
      (3000, 16, 12), (260, 17, 3), (348, 128, 16),
    ])
  func rows(words: Int, bits: Int, blocks: Int) {
    let rule = FPGAMemoryRule(family: .ice40)
    #expect(rule.resources(words: words, bits: bits)[.ram] == blocks)
  }

  @Test(
    "the rule says what synthesis counted, but for an odd size of iCE40",
    arguments: FPGATechnology.families)
  func synthesis(family: FPGAFamily) throws {
    let technology = try FPGATechnology(family)
    #expect(technology.memories.count == 33)
    let wrong = technology.memories.filter { !technology.follows($0) }
      .map { "\($0.words)x\($0.bits)" }
    #expect(wrong == (family == .ice40 ? ["1025x18"] : []))
  }

  @Test("more words or bits never take fewer blocks and LUTs", arguments: FPGAFamily.allCases)
  func monotone(family: FPGAFamily) {
    let rule = FPGAMemoryRule(family: family)
    func bits(_ resources: [FPGAResource: Int]) -> Int {
      // What a unit holds: of LUT RAM 64 bits, of a block 18 or 4 Kbit.
      resources[.ram, default: 0] * (family == .ice40 ? 4096 : 18_432)
        + resources[.lutRAM, default: 0] * 64 + resources[.ff, default: 0]
    }
    for words in [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023] {
      for width in [1, 2, 3, 7, 8, 15, 16, 17, 33, 63, 65, 127, 129, 255] {
        #expect(
          bits(rule.resources(words: words, bits: width)) >= words * width,
          "\(words) × \(width)")
      }
    }
  }
}
