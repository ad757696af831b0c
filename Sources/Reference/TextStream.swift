/// Turns bytes that arrive in pieces into text, without ever cutting a character.
///
/// Byte-level tokens may end in the middle of a UTF-8 sequence. The beginning of one is held back
/// until the rest has arrived. All parts together are the same text as all bytes decoded at once;
/// bytes that are not UTF-8 become U+FFFD.
public struct TextStream: Sendable {
  private var held: [UInt8] = []

  public init() {}

  /// The text that is complete after `bytes`.
  public mutating func append(_ bytes: [UInt8]) -> String {
    held += bytes
    let complete = held.count - Self.incompleteSuffix(held)
    defer { held.removeFirst(complete) }
    return String(decoding: held[..<complete], as: UTF8.self)
  }

  /// What is still held: U+FFFD for a character that never became complete.
  public mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// How many of the last bytes may be the beginning of a character; 0 to 3.
  private static func incompleteSuffix(_ bytes: [UInt8]) -> Int {
    for (index, byte) in bytes.suffix(3).reversed().enumerated() {
      switch byte.leadingZeroBitCount == 0 ? (~byte).leadingZeroBitCount : 0 {
      case 1: continue
      case let length where length > index + 1: return index + 1
      default: return 0
      }
    }
    return 0
  }
}
