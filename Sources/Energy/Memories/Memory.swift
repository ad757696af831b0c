/// One memory of the accelerator: equal banks side by side.
public struct Memory: Equatable, Sendable {
  public let banks: Int
  /// Width of one bank.
  public let bits: Int
  /// Depth of each bank.
  public let words: Int

  /// The fewest bits of a bank that is built as an SRAM: 1 KB, the smallest macro of the table.
  public static let smallestSRAMBits = 8192
  /// The fewest words of a bank that is built as an SRAM; a macro this shallow is all periphery.
  public static let shallowestSRAMWords = 16
  /// The narrowest macro of the table.
  static let narrowestSRAMBits = 32
  /// The widest macro of the table; wider words are split over several banks.
  public static let widestSRAMBits = 2048

  /// A memory that a designer laid out as `banks` banks.
  init(banks: Int, bits: Int, words: Int) {
    precondition(banks > 0 && bits > 0 && words > 0, "\(banks) banks of \(words) × \(bits) bits")
    self.banks = banks
    self.bits = bits
    self.words = words
  }

  /// A memory of one word width, in as few equal banks as the table allows.
  init(wordBits: Int, words: Int) {
    let banks = (wordBits + Self.widestSRAMBits - 1) / Self.widestSRAMBits
    self.init(banks: banks, bits: (wordBits + banks - 1) / banks, words: words)
  }

  /// Whether the banks are SRAM macros; smaller ones are arrays of flip-flops.
  public var isSRAM: Bool {
    bits * words >= Self.smallestSRAMBits && words >= Self.shallowestSRAMWords
  }

  /// Levels of two-input multiplexers that choose one word.
  var selectLevels: Int { Int.bitWidth - (words - 1).leadingZeroBitCount }
}

extension Memory: CustomStringConvertible {
  /// How a bank is built: `SRAM 64 × 128 bits`.
  public var description: String {
    "\(isSRAM ? "SRAM" : "flip-flops") \(words) × \(bits) bits"
  }
}
