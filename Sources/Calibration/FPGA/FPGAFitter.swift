import Architecture
import Energy

/// Fits the models of an FPGA family to what was synthesised.
struct FPGAFitter {
  let family: FPGAFamily
  let plan: FPGAPlan
  let measured: FPGAMeasurements

  /// One design with the values of its terms and what logic took, by resource.
  private struct Point {
    let name: String
    let terms: [FPGATerm: Double]
    let counts: [FPGAResource: Double]
  }

  func technology(requirement: String) throws(CalibrationError) -> FPGATechnology {
    var models: [FPGAModel] = []
    for arrays in plan.arrays {
      var (training, heldOut): ([Point], [Point]) = ([], [])
      for design in arrays.training { training.append(try point(design)) }
      for design in arrays.heldOut { heldOut.append(try point(design)) }
      models.append(
        model(
          of: .block(.treeArray), datapath: arrays.training[0].datapath, training, heldOut))
    }
    for part in FPGAPart.all where part != .block(.treeArray) {
      models.append(
        model(
          of: part, datapath: nil, plan.training.map { point($0, part) },
          plan.heldOut.map { point($0, part) }))
    }
    let words = requirement.split(separator: "=", omittingEmptySubsequences: true)
    return FPGATechnology(
      name: family.technology, family: family, tools: [String(words[0]): String(words.last!)],
      models: models,
      memories: plan.memories.map { size in
        .init(
          words: size.words, bits: size.bits,
          counts: Self.resources(measured.memories[size]!).filter { $0.value > 0 })
      })
  }

  private static func resources(_ counts: FPGACounts) -> [FPGAResource: Int] {
    Dictionary(
      uniqueKeysWithValues: FPGAResource.allCases.map { ($0, counts[$0.rawValue] ?? 0) })
  }

  private func point(_ design: ArrayDesign) throws(CalibrationError) -> Point {
    Point(
      name: design.name, terms: FPGAPart.block(.treeArray).terms(of: try design.architecture()),
      counts: Self.resources(measured.arrays[design]!).mapValues(Double.init))
  }

  /// What is left of a part when its memories are taken off, which follow by rule.
  private func point(_ architecture: Architecture, _ part: FPGAPart) -> Point {
    let name = architecture.parameters.name
    let memories = part.memories(of: architecture, in: family)
    var counts = Self.resources(measured.parts[name]![part] ?? [:])
    for (resource, count) in memories { counts[resource, default: 0] -= count }
    return Point(
      name: name, terms: part.terms(of: architecture),
      counts: counts.mapValues { max(0, Double($0)) })
  }

  private func model(
    of part: FPGAPart, datapath: Architecture.Parameters.Datapath?, _ training: [Point],
    _ heldOut: [Point]
  ) -> FPGAModel {
    FPGAModel(
      part: part.rawValue, datapath: datapath?.rawValue,
      fits: FPGAResource.allCases.compactMap { fit($0, part.terms, training, heldOut) })
  }

  /// The fit of one resource, or `nil` where no design of the training has any.
  private func fit(
    _ resource: FPGAResource, _ terms: [FPGATerm], _ training: [Point], _ heldOut: [Point]
  ) -> FPGAFit? {
    // Errors are relative: what has none of the resource says nothing.
    func present(_ points: [Point]) -> [Point] { points.filter { $0.counts[resource]! > 0 } }
    let seen = present(training)
    guard !seen.isEmpty else { return nil }
    let used = terms.filter { term in seen.contains { ($0.terms[term] ?? 0) > 0 } }
    let fit = NonNegativeFit(
      terms: seen.map { point in used.map { point.terms[$0] ?? 0 } },
      measured: seen.map { $0.counts[resource]! })
    let kept = used.indices.filter { fit.coefficients[$0] > 0 }
    let coefficients = kept.map { rounded(fit.coefficients[$0]) }
    func samples(_ points: [Point]) -> [CalibratedFit.Sample] {
      points.map { point in
        let predicted = zip(kept, coefficients).reduce(0) {
          $0 + $1.1 * (point.terms[used[$1.0]] ?? 0)
        }
        return .init(
          name: point.name, measured: point.counts[resource]!, predicted: rounded(predicted))
      }
    }
    return FPGAFit(
      resource: resource, terms: kept.map { used[$0] }, coefficients: coefficients,
      training: samples(seen), heldOut: samples(present(heldOut)))
  }
}
