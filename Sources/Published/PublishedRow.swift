public import Energy

/// A figure of a paper, the same worked out from its parameters, and Setun's own of the same work.
public struct PublishedRow: Sendable, Encodable {
  /// Unique: `bitnet-b1.58.matmul`.
  public let name: String
  /// What is compared: `FP16 over ternary, matmul of 512 tokens, 1.3B`.
  public let title: String
  /// Where the published figure stands.
  public let source: String
  public let unit: String
  public let published: Double
  /// Digits after the point that were published.
  public let decimals: Int
  /// The published figure from its parameters; `nil` where it does not follow from any, as what a tool
  /// made of a source.
  public let computed: Double?
  /// How.
  public let formula: String?
  /// Setun's own figure of the same work.
  public let own: Figure
  /// Why the figures differ, a sentence each.
  public let reasons: [String]

  /// Whether ``computed`` rounds to ``published``.
  public var isExact: Bool {
    guard let computed else { return false }
    let factor = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    return (computed * factor).rounded() == (published * factor).rounded()
  }

  /// By which share of the published figure the computed one is larger.
  public var difference: Double? { computed.map { $0 / published - 1 } }
}

/// A figure of whatever unit.
public struct Figure: Sendable, Encodable {
  public let low: Double
  public let typical: Double
  public let high: Double
  public let unit: String
  public let provenance: Provenance
  /// What it is of, and where it comes from.
  public let source: String

  init<U: Unit>(_ estimate: Estimate<U>, unit: String = U.symbol, source: String) {
    (low, typical, high) = (estimate.low, estimate.typical, estimate.high)
    (provenance, self.unit, self.source) = (estimate.provenance, unit, source)
  }

  /// A count, in units of `scale`.
  init(counted: Double, unit: String, source: String) {
    (low, typical, high) = (counted, counted, counted)
    (provenance, self.unit, self.source) = (.counted, unit, source)
  }
}

/// Why the rows cannot be worked out.
public struct PublishedError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
