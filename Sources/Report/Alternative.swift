public import Energy

extension RunReport {
  /// The energy of the same work as another source has it.
  public struct Alternative: Equatable, Sendable {
    /// What a table calls it: `exact`, `literature`.
    public var name: String
    /// Where it comes from, in a few words.
    public var description: String
    /// The part in which alternatives differ.
    public var array: Estimate<Joules>
    public var total: Estimate<Joules>

    public init(
      name: String, description: String, array: Estimate<Joules>, total: Estimate<Joules>
    ) {
      self.name = name
      self.description = description
      self.array = array
      self.total = total
    }

    /// Of the same alternatives the sums; nothing where one side lacks one.
    static func sum(_ left: [Self], _ right: [Self]) -> [Self] {
      guard left.map(\.name) == right.map(\.name) else { return [] }
      return zip(left, right).map { left, right in
        Self(
          name: left.name, description: left.description, array: left.array + right.array,
          total: left.total + right.total)
      }
    }
  }
}

extension RunReport.Phase {
  /// The alternatives of the phase, with how far the array's energy is from the first of them.
  var alternativeTable: Table? {
    guard let total, total.alternatives.count > 1 else { return nil }
    let all = total.alternatives
    let array = Scale(fitting: all.map(\.array.typical), digits: 3, unit: Joules.symbol)
    let whole = Scale(fitting: all.map(\.total.typical), digits: 3, unit: Joules.symbol)
    var table = Table(columns: [
      .init(header: "energy by", alignment: .left), .init(header: "array", unit: array.symbol),
      .init(header: "low–high", unit: array.symbol), .init(header: "differs", unit: "%"),
      .init(header: "worst layer", unit: "%"), .init(header: "total", unit: whole.symbol),
      .init(header: "low–high", unit: whole.symbol),
    ])
    table.rows = all.enumerated().map { index, alternative in
      [
        Table.Cell(alternative.name.printable), Table.Cell(array.text(alternative.array.typical)),
        Table.Cell(alternative.array.isRange ? array.range(alternative.array) : "–"),
        Table.Cell(index == 0 ? "–" : Self.percent(difference(total, index))),
        Table.Cell(index == 0 ? "–" : Self.percent(worst(index))),
        Table.Cell(whole.text(alternative.total.typical)),
        Table.Cell(alternative.total.isRange ? whole.range(alternative.total) : "–"),
      ]
    }
    return table
  }

  /// How much more than the first an alternative has in the array, in %.
  private func difference(_ figures: RunReport.Figures, _ index: Int) -> Double? {
    let all = figures.alternatives
    guard index < all.count, all[0].array.typical > 0 else { return nil }
    return 100 * (all[index].array.typical / all[0].array.typical - 1)
  }

  /// That of the layer that differs most.
  private func worst(_ index: Int) -> Double? {
    layers.compactMap { difference($0.figures, index) }.max { abs($0) < abs($1) }
  }

  private static func percent(_ value: Double?) -> String {
    guard let value else { return "–" }
    let scale = Scale(fitting: [10], digits: 3, unit: "%")
    return abs(value) < 0.05 ? scale.text(0) : (value < 0 ? "−" : "+") + scale.text(abs(value))
  }
}
