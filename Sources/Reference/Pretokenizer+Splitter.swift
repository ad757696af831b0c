/// One split of a stretch of text: the alternatives of the expression are the rules below, tried in
/// order at every character.
struct Splitter {
  let text: ClassedText
  let split: Pretokenizer.Split
  /// Where the stretch ends; nothing looks past it.
  let end: Int

  /// The pieces from `start` to the end.
  func pieces(from start: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = start
    var unmatched = start
    while start < end {
      guard let next = match(start) else {
        start += 1
        continue
      }
      if unmatched < start { pieces.append(unmatched..<start) }
      pieces.append(start..<next)
      start = next
      unmatched = next
    }
    if unmatched < end { pieces.append(unmatched..<end) }
    return pieces
  }

  /// The end of the match that begins at `start`, always after it.
  private func match(_ start: Int) -> Int? {
    switch split {
    case .llama3: llama(start, digits: 3)
    case .qwen2: llama(start, digits: 1)
    case .gpt2:
      contraction(start, ignoringCase: false) ?? run(of: .letter, afterBlank: start)
        ?? run(of: .number, afterBlank: start) ?? run(of: .other, afterBlank: start)
        ?? innerSpace(start) ?? nonEmpty(start, run(from: start, Self.isSpace))
    case .numbers(let most): nonEmpty(start, numbers(start, atMost: most ?? end))
    case .digitTriples: digitTriple(start)
    case .punctuation(let withBacktick):
      nonEmpty(start, punctuation(from: start, withBacktick: withBacktick))
    }
  }

  private func llama(_ start: Int, digits: Int) -> Int? {
    contraction(start, ignoringCase: true) ?? word(start)
      ?? nonEmpty(start, numbers(start, atMost: digits)) ?? symbols(start) ?? lines(start)
      ?? innerSpace(start) ?? nonEmpty(start, run(from: start, Self.isSpace))
  }

  private static let suffixes: [[Unicode.Scalar]] = [
    ["s"], ["t"], ["r", "e"], ["v", "e"], ["m"], ["l", "l"], ["d"],
  ]

  /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d`.
  private func contraction(_ start: Int, ignoringCase: Bool) -> Int? {
    guard text.scalars[start] == "'" else { return nil }
    for suffix in Self.suffixes where start + suffix.count < end {
      let isHere = suffix.indices.allSatisfy { index in
        let scalar = text.scalars[start + 1 + index]
        return (ignoringCase ? Self.folded(scalar) : scalar) == suffix[index]
      }
      if isHere { return start + 1 + suffix.count }
    }
    return nil
  }

  /// Case folding as far as contractions need it; ſ (U+017F) folds to s.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) + 32)
    case "\u{17F}": "s"
    default: scalar
    }
  }

  /// Letters, after at most one other character that is no number and ends no line.
  private func word(_ start: Int) -> Int? {
    let first =
      switch text.classes[start] {
      case .blank, .space, .other: start + 1
      case .letter, .number, .newline: start
      }
    return nonEmpty(first, run(from: first) { $0 == .letter })
  }

  private func numbers(_ start: Int, atMost count: Int) -> Int {
    min(run(from: start) { $0 == .number }, start + min(count, end - start))
  }

  /// Characters of a class, with a blank before.
  private func run(of kind: ClassedText.Class, afterBlank start: Int) -> Int? {
    let first = text.classes[start] == .blank ? start + 1 : start
    return nonEmpty(first, run(from: first) { $0 == kind })
  }

  /// Anything but letters, numbers and whitespace, with a blank before and line ends after.
  private func symbols(_ start: Int) -> Int? {
    run(of: .other, afterBlank: start).map { end in run(from: end) { $0 == .newline } }
  }

  /// Whitespace up to and with the last line end of a run of it.
  private func lines(_ start: Int) -> Int? {
    let spaces = start..<run(from: start, Self.isSpace)
    return spaces.last { text.classes[$0] == .newline }.map { $0 + 1 }
  }

  /// Whitespace that leaves its last character to what follows.
  private func innerSpace(_ start: Int) -> Int? {
    let spaces = run(from: start, Self.isSpace)
    return nonEmpty(start, spaces == end ? end : spaces - 1)
  }

  private func digitTriple(_ start: Int) -> Int? {
    guard start + 3 <= end else { return nil }
    return text.scalars[start..<start + 3].allSatisfy { "0"..."9" ~= $0 } ? start + 3 : nil
  }

  private func punctuation(from start: Int, withBacktick: Bool) -> Int {
    var next = start
    while next < end, Self.isPunctuation(text.scalars[next], withBacktick: withBacktick) {
      next += 1
    }
    return next
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar, withBacktick: Bool) -> Bool {
    switch scalar {
    case "$", "+", "<", "=", ">", "^", "~", "|": return true
    case "`": return withBacktick
    default: break
    }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  private static func isSpace(_ kind: ClassedText.Class) -> Bool {
    kind == .newline || kind == .blank || kind == .space
  }

  /// The end of the longest run of characters of a kind.
  private func run(from start: Int, _ isMember: (ClassedText.Class) -> Bool) -> Int {
    var next = start
    while next < end, isMember(text.classes[next]) { next += 1 }
    return next
  }

  private func nonEmpty(_ start: Int, _ end: Int) -> Int? { end > start ? end : nil }
}
