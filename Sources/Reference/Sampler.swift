internal import Workload

/// How the next token is chosen from the scores of the vocabulary.
///
/// Temperature 0 takes the best token. Above it a token is drawn with probability in proportion to
/// exp(score / temperature) from the tokens that ``topK`` and then ``topP`` leave. Equal seeds and
/// scores give equal tokens.
public struct Sampler: Sendable {
  /// 0 is greedy; 1 draws from the model's own distribution.
  public let temperature: Double
  /// Only so many of the best tokens; nil for all.
  public let topK: Int?
  /// The fewest best tokens whose probabilities reach this share; 1 for all.
  public let topP: Double

  private var generator: SplitMix64

  /// Always the best token, the lowest number on a tie.
  public static let greedy = Sampler(temperature: 0)

  /// - Precondition: `temperature` is finite and not negative, `topK` positive, `topP` above 0 and
  ///   at most 1.
  public init(temperature: Double, topK: Int? = nil, topP: Double = 1, seed: UInt64 = 0) {
    precondition(temperature >= 0 && temperature.isFinite, "temperature \(temperature)")
    precondition(topK.map { $0 > 0 } ?? true, "topK \(topK ?? 0)")
    precondition(topP > 0 && topP <= 1, "topP \(topP)")
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    generator = SplitMix64(state: seed)
  }

  /// The token chosen after a row of `logits`.
  ///
  /// - Precondition: `row` is in `0..<logits.rows`.
  public mutating func token(after logits: Logits, row: Int) -> Int {
    let best = logits.bestToken(row: row)
    guard temperature > 0 else { return best }
    let scores = logits.scores(row: row)
    let highest = scores[scores.startIndex + best]
    var tokens = Array(0..<logits.vocabularySize)
    // The order matters only where it cuts, and sorting a large vocabulary takes milliseconds.
    if topK != nil || topP < 1 {
      tokens.sort {
        let (left, right) = (scores[scores.startIndex + $0], scores[scores.startIndex + $1])
        return left == right ? $0 < $1 : left > right
      }
      tokens = Array(tokens.prefix(topK ?? tokens.count))
    }
    let weights = Self.kept(
      tokens.map { token in
        exponential(Double(scores[scores.startIndex + token] - highest) / temperature)
      }, share: topP)
    return tokens[draw(weights)]
  }

  /// The first weights, as few as reach `share` of their sum.
  private static func kept(_ weights: [Double], share: Double) -> ArraySlice<Double> {
    guard share < 1 else { return weights[...] }
    let limit = share * weights.reduce(0, +)
    var sum = 0.0
    let last = weights.firstIndex { weight in
      sum += weight
      return sum >= limit
    }
    return weights[...(last ?? weights.count - 1)]
  }

  /// An index with probability in proportion to its weight.
  private mutating func draw(_ weights: ArraySlice<Double>) -> Int {
    // 53 random bits: every such number is exact, and below 1.
    let target = Double(generator.next() >> 11) * 0x1p-53 * weights.reduce(0, +)
    var sum = 0.0
    let index = weights.firstIndex { weight in
      sum += weight
      return sum > target
    }
    return index ?? weights.endIndex - 1
  }
}
