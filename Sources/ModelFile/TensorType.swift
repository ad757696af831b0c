/// The element types of a safetensors file, named as in its header.
public enum TensorType: String, Sendable {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case f8e4m3 = "F8_E4M3"
  case f8e5m2 = "F8_E5M2"
  case u16 = "U16"
  case i16 = "I16"
  case f16 = "F16"
  case bf16 = "BF16"
  case u32 = "U32"
  case i32 = "I32"
  case f32 = "F32"
  case u64 = "U64"
  case i64 = "I64"
  case f64 = "F64"

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .u8, .i8, .f8e4m3, .f8e5m2: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }
}

/// Where one tensor lies in a safetensors file, and what it is.
public struct TensorEntry: Equatable, Sendable {
  public let name: String
  public let type: TensorType
  /// Outermost dimension first; empty for a scalar.
  public let shape: [Int]
  /// Bytes, counted from the end of the header.
  public let range: Range<Int>
}
