/// The element types of a GGUF file, with their numbers in it.
///
/// A row is a whole number of blocks. Sizes are those of ggml; I2_S is bitnet.cpp's and shares the
/// number 36 with a type that ggml has dropped.
public enum GGUFTensorType: UInt32, CaseIterable, Sendable {
  case f32 = 0
  case f16 = 1
  case q4x0 = 2
  case q4x1 = 3
  case q5x0 = 6
  case q5x1 = 7
  case q8x0 = 8
  case q8x1 = 9
  case q2K = 10
  case q3K = 11
  case q4K = 12
  case q5K = 13
  case q6K = 14
  case q8K = 15
  case iq2XXS = 16
  case iq2XS = 17
  case iq3XXS = 18
  case iq1S = 19
  case iq4NL = 20
  case iq3S = 21
  case iq2S = 22
  case iq4XS = 23
  case i8 = 24
  case i16 = 25
  case i32 = 26
  case i64 = 27
  case f64 = 28
  case iq1M = 29
  case bf16 = 30
  case tq1x0 = 34
  case tq2x0 = 35
  case i2S = 36
  case mxfp4 = 39
  case nvfp4 = 40
  case q1x0 = 41
  case q2x0 = 42

  /// The type as ggml names it: `TQ2_0`.
  public var name: String { layout.name }
  /// Elements of one block.
  public var blockSize: Int { layout.elements }
  /// Bytes of one block.
  public var blockBytes: Int { layout.bytes }

  /// Bytes behind the blocks of a tensor: I2_S keeps its scale there, in 32 bytes.
  public var trailerBytes: Int { self == .i2S ? 32 : 0 }

  /// Whether every element is −1, 0 or +1 times a scale.
  public var isTernary: Bool { [.tq1x0, .tq2x0, .i2S].contains(self) }

  private var layout: (name: String, elements: Int, bytes: Int) {
    switch self {
    case .f32: ("F32", 1, 4)
    case .f16: ("F16", 1, 2)
    case .q4x0: ("Q4_0", 32, 18)
    case .q4x1: ("Q4_1", 32, 20)
    case .q5x0: ("Q5_0", 32, 22)
    case .q5x1: ("Q5_1", 32, 24)
    case .q8x0: ("Q8_0", 32, 34)
    case .q8x1: ("Q8_1", 32, 36)
    case .q2K: ("Q2_K", 256, 84)
    case .q3K: ("Q3_K", 256, 110)
    case .q4K: ("Q4_K", 256, 144)
    case .q5K: ("Q5_K", 256, 176)
    case .q6K: ("Q6_K", 256, 210)
    case .q8K: ("Q8_K", 256, 292)
    case .iq2XXS: ("IQ2_XXS", 256, 66)
    case .iq2XS: ("IQ2_XS", 256, 74)
    case .iq3XXS: ("IQ3_XXS", 256, 98)
    case .iq1S: ("IQ1_S", 256, 50)
    case .iq4NL: ("IQ4_NL", 32, 18)
    case .iq3S: ("IQ3_S", 256, 110)
    case .iq2S: ("IQ2_S", 256, 82)
    case .iq4XS: ("IQ4_XS", 256, 136)
    case .i8: ("I8", 1, 1)
    case .i16: ("I16", 1, 2)
    case .i32: ("I32", 1, 4)
    case .i64: ("I64", 1, 8)
    case .f64: ("F64", 1, 8)
    case .iq1M: ("IQ1_M", 256, 56)
    case .bf16: ("BF16", 1, 2)
    case .tq1x0: ("TQ1_0", 256, 54)
    case .tq2x0: ("TQ2_0", 256, 66)
    case .i2S: ("I2_S", 128, 32)
    case .mxfp4: ("MXFP4", 32, 17)
    case .nvfp4: ("NVFP4", 64, 36)
    case .q1x0: ("Q1_0", 128, 18)
    case .q2x0: ("Q2_0", 64, 18)
    }
  }

  /// Bytes of a tensor whose sizes stand outermost first; nil when a row is no whole number of
  /// blocks or the number does not fit.
  public func byteCount(shape: [Int]) -> Int? {
    let row = shape.last ?? 1
    guard row % blockSize == 0 else { return nil }
    var bytes = row / blockSize
    for factor in shape.dropLast() + [blockBytes] {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      bytes = product
    }
    let (sum, overflow) = bytes.addingReportingOverflow(trailerBytes)
    return overflow ? nil : sum
  }
}

/// Where one tensor lies in a GGUF file, and what it is.
public struct GGUFTensor: Equatable, Sendable {
  public let name: String
  public let type: GGUFTensorType
  /// Outermost dimension first, the reverse of the file's order: outputs × inputs.
  public let shape: [Int]
  /// Bytes of the file.
  public let range: Range<Int>
}
