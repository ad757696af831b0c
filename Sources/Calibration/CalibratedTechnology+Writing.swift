public import Energy
import Foundation

extension CalibratedTechnology {
  /// The file, in which a value that fits stands on one line.
  ///
  /// - Throws: What `JSONEncoder` throws at a number that is none.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Self.broken(try encoder.encode(self)) + "\n"
  }

  private static let width = 96

  /// Compact JSON with line breaks inside what is longer than a line.
  static func broken(_ json: Data) -> String {
    let ends = matchingEnds([UInt8](json))
    let bytes = [UInt8](json)
    var text: [UInt8] = []
    var isLong: [Bool] = []
    var isQuoted = false
    func newLine() {
      text.append(UInt8(ascii: "\n"))
      text += Array(repeating: UInt8(ascii: " "), count: isLong.count)
    }
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\""), index == 0 || bytes[index - 1] != UInt8(ascii: "\\") {
        isQuoted.toggle()
      }
      switch byte {
      case _ where isQuoted: text.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        text.append(byte)
        isLong.append(ends[index] - index > width)
        if isLong.last! { newLine() }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        let wasLong = isLong.removeLast()
        if wasLong { newLine() }
        text.append(byte)
      case UInt8(ascii: ","):
        text.append(byte)
        if isLong.last! { newLine() } else { text.append(UInt8(ascii: " ")) }
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// For every opening bracket where its closing one is.
  private static func matchingEnds(_ bytes: [UInt8]) -> [Int] {
    var ends = [Int](repeating: 0, count: bytes.count)
    var open: [Int] = []
    var isQuoted = false
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\""), index == 0 || bytes[index - 1] != UInt8(ascii: "\\") {
        isQuoted.toggle()
      }
      guard !isQuoted else { continue }
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { open.append(index) }
      if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"), let start = open.popLast() {
        ends[start] = index
      }
    }
    return ends
  }
}
