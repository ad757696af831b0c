/// Tokens that are found in a text as they are spelled, before it is split.
struct AddedTokens: Sendable {
  /// In groups that are looked for one after another, each in what the one before left over; within
  /// a group the leftmost goes first and the longest of those that begin at the same place.
  private var groups: [[UInt8: [Added]]]

  private struct Added: Sendable {
    let text: [UInt8]
    let token: Int
  }

  /// A stretch of a text.
  enum Stretch: Equatable {
    case text(Range<Int>)
    case token(Int)
  }

  init(_ groups: [[(text: String, token: Int)]]) {
    self.groups = groups.map { group in
      var byFirst: [UInt8: [Added]] = [:]
      for (text, token) in group where !text.isEmpty {
        let bytes = Array(text.utf8)
        byFirst[bytes[0], default: []].append(Added(text: bytes, token: token))
      }
      return byFirst.mapValues { $0.sorted { $0.text.count > $1.text.count } }
    }
  }

  /// The tokens in `bytes` and the text between them.
  func stretches(of bytes: [UInt8]) -> [Stretch] {
    groups.reduce([.text(bytes.indices)]) { stretches, group in
      stretches.flatMap { stretch in
        if case .text(let range) = stretch { return Self.find(group, in: bytes, range) }
        return [stretch]
      }
    }
  }

  private static func find(
    _ group: [UInt8: [Added]], in bytes: [UInt8], _ range: Range<Int>
  ) -> [Stretch] {
    var isFirst = [Bool](repeating: false, count: 256)
    for byte in group.keys { isFirst[Int(byte)] = true }
    var stretches: [Stretch] = []
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      guard isFirst[Int(bytes[index])],
        let added = group[bytes[index]]?.first(where: {
          bytes[index..<range.upperBound].starts(with: $0.text)
        })
      else {
        index += 1
        continue
      }
      if start < index { stretches.append(.text(start..<index)) }
      stretches.append(.token(added.token))
      index += added.text.count
      start = index
    }
    if start < range.upperBound { stretches.append(.text(start..<range.upperBound)) }
    return stretches
  }
}
