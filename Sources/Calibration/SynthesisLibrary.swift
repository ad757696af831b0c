/// A Liberty file without the groups that synthesis does not look at: its powers.
///
/// They are most of the text of many libraries, which every design's synthesis reads anew.
enum SynthesisLibrary {
  private static let groups = ["internal_power", "leakage_power"].map { Array($0.utf8) }

  /// The text without these groups; quoted text and comments are left alone.
  static func withoutPowers(_ text: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { text in
      var index = 0
      while index < text.count {
        var end = endOfToken(text, from: index)
        let isGroup = groups.contains { name in
          end - index == name.count && text[index..<end].elementsEqual(name)
        }
        if isGroup, let after = endOfGroup(text, from: end) {
          end = after
        } else {
          kept += text[index..<end]
        }
        index = end
      }
    }
    return kept
  }

  /// Where the word, quoted text, comment or single byte at `start` ends.
  private static func endOfToken(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let first = text[start]
    var end = start + 1
    if isWord(first) {
      while end < text.count, isWord(text[end]) { end += 1 }
    } else if first == UInt8(ascii: "\"") {
      while end < text.count, text[end] != UInt8(ascii: "\"") { end += 1 }
      end = min(end + 1, text.count)
    } else if first == UInt8(ascii: "/"), end < text.count, text[end] == UInt8(ascii: "*") {
      end += 1
      while end + 1 < text.count,
        text[end] != UInt8(ascii: "*") || text[end + 1] != UInt8(ascii: "/")
      {
        end += 1
      }
      end = min(end + 2, text.count)
    }
    return end
  }

  /// Where the group ends whose name ended at `start`, or `nil` if it has no body.
  private static func endOfGroup(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var (index, depth) = (start, 0)
    while index < text.count {
      let byte = text[index]
      index = endOfToken(text, from: index)
      switch byte {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      case UInt8(ascii: ";") where depth == 0: return nil
      default: break
      }
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
