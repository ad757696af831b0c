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
          of: part, datapath: nil, plan.training.compactMap { point($0, part) },
          plan.heldOut.compactMap { point($0, part) }))
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

  /// What is left of a part when its memories are taken off, which follow by rule; `nil` where it was
  /// not synthesised.
  private func point(_ accelerator: FPGAPlan.Accelerator, _ part: FPGAPart) -> Point? {
    guard let measured = measured.parts[accelerator.name]?[part] else { return nil }
    let architecture = accelerator.architecture
    var counts = Self.resources(measured)
    for (resource, count) in part.memories(of: architecture, in: family) {
      counts[resource, default: 0] -= count
    }
    return Point(
      name: accelerator.name, terms: part.terms(of: architecture),
      counts: counts.mapValues { max(0, Double($0)) })
  }

  private func model(
    of part: FPGAPart, datapath: Architecture.Parameters.Datapath?, _ training: [Point],
    _ heldOut: [Point]
  ) -> FPGAModel {
    FPGAModel(
      part: part.rawValue, datapath: datapath?.rawValue,
      fits: Self.fitted.compactMap {
        fit($0, part.terms(of: $0, designs: training.count), training, heldOut)
      })
  }

  /// What is fitted; blocks of RAM follow by rule alone.
  private static let fitted = FPGAResource.allCases.filter { $0 != .ram && $0 != .largeRAM }

  /// The fit of one resource, or `nil` where no design of the training has any.
  private func fit(
    _ resource: FPGAResource, _ terms: [FPGATerm], _ training: [Point], _ heldOut: [Point]
  ) -> FPGAFit? {
    guard training.contains(where: { $0.counts[resource]! > 0 }) else { return nil }
    let used = terms.filter { term in training.contains { ($0.terms[term] ?? 0) > 0 } }
    // Errors are relative, but where there is nothing: there one counts as a whole.
    let measured = training.map { $0.counts[resource]! }
    let fit = NonNegativeFit(
      terms: training.map { point in used.map { point.terms[$0] ?? 0 } },
      measured: measured.map { $0 > 0 ? $0 : 1 }, known: measured.map { $0 > 0 ? 0 : 1 })
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
      training: samples(training), heldOut: samples(heldOut))
  }
}
