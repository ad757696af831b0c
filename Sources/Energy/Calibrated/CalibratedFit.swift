/// A sum of coefficients times terms, with what it was fitted to and how well it predicts.
public struct CalibratedFit: Codable, Equatable, Sendable {
  public var terms: [CalibratedTerm]
  /// Not negative, in the SI unit of the quantity for one of its term.
  public var coefficients: [Double]
  /// Of the coefficients, row by row; zero where a coefficient was held at zero. For the record: ranges
  /// are those of ``error95``, since what is off is more the terms than the noise of their coefficients.
  public var covariance: [[Double]]
  @Samples public var training: [Sample]
  /// Data that the fit has not seen, on sizes that it has; of blocks without sizes, designs too.
  @Samples public var heldOut: [Sample]
  /// Data on sizes that the fit has not seen.
  @Samples public var otherSizes: [Sample]

  /// Samples in the order of their names; in a file by design and data, each as measured and predicted.
  @propertyWrapper
  public struct Samples: Codable, Equatable, Sendable {
    public var wrappedValue: [Sample]

    public init(wrappedValue: [Sample]) {
      self.wrappedValue = wrappedValue.sorted { $0.name < $1.name }
    }

    public init(from decoder: any Decoder) throws {
      let designs = try [String: [String: [Double]]](from: decoder)
      self.init(
        wrappedValue: try designs.flatMap { design, data in
          try data.map { name, values in
            guard values.count == 2 else {
              throw DecodingError.dataCorrupted(
                .init(
                  codingPath: decoder.codingPath,
                  debugDescription: "\(design), \(name): expected what was measured and what was "
                    + "predicted, found \(values.count) values"))
            }
            return Sample(
              name: name.isEmpty ? design : "\(design), \(name)", measured: values[0],
              predicted: values[1])
          }
        })
    }

    public func encode(to encoder: any Encoder) throws {
      var designs: [String: [String: [Double]]] = [:]
      for sample in wrappedValue {
        let parts = sample.name.split(separator: ", ", maxSplits: 1).map(String.init)
        designs[parts[0], default: [:]][parts.count > 1 ? parts[1] : ""] = [
          sample.measured, sample.predicted,
        ]
      }
      try designs.encode(to: encoder)
    }
  }

  /// One measurement and what the fit says of it.
  public struct Sample: Codable, Equatable, Sendable {
    /// Design and data: `xor_popcount-1x16x1-r2, layers.0.mlp.down_proj, held`.
    public var name: String
    public var measured: Double
    public var predicted: Double

    public init(name: String, measured: Double, predicted: Double) {
      self.name = name
      self.measured = measured
      self.predicted = predicted
    }

    /// The share of the measured value by which the prediction is off.
    public var error: Double { measured == 0 ? 0 : (predicted - measured) / measured }
  }

  public init(
    terms: [CalibratedTerm], coefficients: [Double], covariance: [[Double]], training: [Sample],
    heldOut: [Sample], otherSizes: [Sample] = []
  ) {
    self.terms = terms
    self.coefficients = coefficients
    self.covariance = covariance
    self.training = training
    self.heldOut = heldOut
    self.otherSizes = otherSizes
  }

  /// Multiplies everything but the clock, which flip-flops alone decide on.
  mutating func multiply(by factor: Double) {
    for (index, term) in terms.enumerated() where term != .clock {
      coefficients[index] *= factor
      for other in terms.indices {
        covariance[index][other] *= factor
        covariance[other][index] *= factor
      }
    }
  }

  /// The sum over the terms.
  ///
  /// - Parameter value: What there is of a term.
  public func value(_ value: (CalibratedTerm) -> Double) -> Double {
    zip(terms, coefficients).reduce(0) { $0 + $1.1 * value($1.0) }
  }

  /// The relative error that 95 of 100 held-out samples stay below, or of the training where nothing
  /// was held out.
  public var error95: Double { Self.percentile95(heldOut.isEmpty ? training : heldOut) }

  /// The mean relative error of samples.
  public static func mean(_ samples: [Sample]) -> Double {
    samples.isEmpty ? 0 : samples.reduce(0) { $0 + abs($1.error) } / Double(samples.count)
  }

  /// The 95th percentile of the relative errors of samples, by nearest rank.
  public static func percentile95(_ samples: [Sample]) -> Double {
    let errors = samples.map { abs($0.error) }.sorted()
    guard !errors.isEmpty else { return 0 }
    return errors[(errors.count * 95 + 99) / 100 - 1]
  }
}

extension CalibratedFit {
  /// A coefficient within the 95th percentile of the relative errors of the fit.
  func estimate<U: Unit>(
    _ value: Double, _ quantity: Quantity, _ term: String, library: String
  ) -> Estimate<U> {
    let error = min(error95, 1)
    let basis = heldOut.isEmpty ? "training" : "held-out"
    return Estimate(
      low: value * (1 - error), typical: value, high: value * (1 + error),
      provenance: .synthesised,
      source: "calibration \(library): \(term), \(training.count) measurements, "
        + "95% of the \(basis) ones within \(percent(error))",
      origin: quantity.origin(in: library))
  }

  /// What a fit is of. The errors of one quantity of one library go together.
  enum Quantity: String, CaseIterable {
    case energy
    case area
    case leakage

    func origin(in library: String) -> String { "calibrated \(rawValue) of \(library)" }
  }
}
