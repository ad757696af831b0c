import Foundation
import Testing

@testable import Reference

@Suite("A sampler")
struct SamplerTests {
  /// Scores whose probabilities at temperature 1 are 0.1, 0.4, 0.2, 0.3.
  private let logits = Logits(
    vocabularySize: 4, values: [0, 0, 0, 0] + [0.1, 0.4, 0.2, 0.3].map { Float(log($0)) + 7 })

  private func shares(_ sampler: Sampler, draws: Int = 20_000) -> [Double] {
    var sampler = sampler
    var counts = [0, 0, 0, 0]
    for _ in 0..<draws { counts[sampler.token(after: logits, row: 1)] += 1 }
    return counts.map { Double($0) / Double(draws) }
  }

  /// Five standard deviations of a share of 20,000 draws are at most 0.018.
  private func expect(_ found: [Double], near expected: [Double]) {
    for (found, expected) in zip(found, expected) {
      #expect(abs(found - expected) < (expected == 0 ? 1e-9 : 0.018), "\(found), \(expected)")
    }
  }

  @Test("draws tokens as often as the model says")
  func distribution() {
    expect(shares(Sampler(temperature: 1, seed: 1)), near: [0.1, 0.4, 0.2, 0.3])
  }

  @Test("sharpens below temperature 1")
  func temperature() {
    // Probabilities to the power of 2: 1, 16, 4 and 9 of 30.
    let expected = [1, 16, 4, 9].map { $0 / 30.0 }
    expect(shares(Sampler(temperature: 0.5, seed: 2)), near: expected)
  }

  @Test("draws from the best tokens only where asked to")
  func limits() {
    let top2 = [0, 4 / 7.0, 0, 3 / 7.0]
    expect(shares(Sampler(temperature: 1, topK: 2, seed: 3)), near: top2)
    // 0.4 + 0.3 reach 0.65, 0.4 alone does not.
    expect(shares(Sampler(temperature: 1, topP: 0.65, seed: 4)), near: top2)
    expect(shares(Sampler(temperature: 1, topK: 1, seed: 5)), near: [0, 1, 0, 0])
    expect(shares(Sampler(temperature: 1, topP: 0.001, seed: 6)), near: [0, 1, 0, 0])
    expect(
      shares(Sampler(temperature: 1, topK: 9, topP: 1, seed: 7)), near: [0.1, 0.4, 0.2, 0.3])
    // Of the best three, 0.4 and 0.3 are 7/9: enough for 0.75.
    expect(shares(Sampler(temperature: 1, topK: 3, topP: 0.75, seed: 8)), near: top2)
  }

  @Test("takes the best token at temperature 0, the lowest on a tie")
  func greedy() {
    var sampler = Sampler.greedy
    #expect(sampler.token(after: logits, row: 1) == 1)
    #expect(sampler.token(after: logits, row: 0) == 0)
  }

  @Test("repeats itself with the same seed only")
  func seeds() {
    func drawn(_ seed: UInt64) -> [Int] {
      var sampler = Sampler(temperature: 1, seed: seed)
      return (0..<64).map { _ in sampler.token(after: logits, row: 0) }
    }
    #expect(drawn(5) == drawn(5))
    #expect(drawn(5) != drawn(6))
  }

  @Test("survives scores that leave no weight to any token but one")
  func extremes() {
    let scores: [Float] = [-.infinity, 3e38, -3e38]
    var sampler = Sampler(temperature: 0.01, topP: 0.5)
    #expect(sampler.token(after: Logits(vocabularySize: 3, values: scores), row: 0) == 1)
  }
}

@Suite("A stream of text")
struct TextStreamTests {
  /// One to four bytes, combining marks, and every way not to be UTF-8.
  private let bytes: [UInt8] =
    Array("aé€😀e\u{301}\n".utf8)
    + [0x80, 0xC3, 0xE2, 0x82, 0xF0, 0x9F, 0x98, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF8, 0xFF]
    + [0xE0, 0x80, 0x41, 0xF4, 0x90, 0x80, 0x80, 0xC3, 0xA9, 0xF0, 0x9F]

  @Test("is the same however the bytes are cut", arguments: 1...7)
  func pieces(size: Int) {
    var stream = TextStream()
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: size) {
      text += stream.append(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    text += stream.finish()
    #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8))
    #expect(stream.finish().isEmpty)
  }

  @Test("holds the beginning of a character back, and nothing else")
  func holding() {
    var stream = TextStream()
    #expect(stream.append([0x41, 0xF0]) == "A")
    #expect(stream.append([0x9F]) == "")
    #expect(stream.append([0x98]) == "")
    #expect(stream.append([0x80, 0x42]) == "😀B")
    #expect(stream.append([0xC3]) == "")
    #expect(stream.finish() == "\u{FFFD}")
  }
}
