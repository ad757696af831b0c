import Energy

extension ReportPage {
  /// The page for a terminal: designs and baselines side by side, a row per metric.
  ///
  /// - Parameters:
  ///   - width: Columns of the terminal; where not all designs fit beside each other, several tables
  ///     follow.
  ///   - color: Whether escape sequences may be used.
  /// - Returns: Lines, each ending in a newline.
  public func text(width: Int = 140, color: Bool = false) -> String {
    var lines = [Style.bold.applied(to: title.printable, color: color)]
    for fact in [RunReport.Parameter("date", date), .init("setun", toolVersion)] + facts {
      lines += RunReport.item("\(fact.name): ".printable, fact.value.printable, width: width)
    }
    for command in commands {
      lines += RunReport.item("$ ", command.arguments.shellCommandLine.printable, width: width)
    }
    for table in tables(width: width) { lines += [""] + table.lines(color: color) }
    let reasons = designs.filter { !$0.reason.isEmpty }
    lines += reasons.isEmpty ? [] : [""]
    lines += reasons.flatMap {
      RunReport.item("- ", "\($0.name): \($0.reason)".printable, width: width)
    }
    let absent = baselines.compactMap { baseline in baseline.absence.map { (baseline.name, $0) } }
    lines += absent.isEmpty ? [] : [""]
    lines += absent.flatMap { RunReport.item("- ", "\($0): \($1)".printable, width: width) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A row per metric of every design and baseline as comma-separated values with a header line.
  public var csv: String {
    let header = [
      "name", "metric", "unit", "low", "typical", "high", "provenance", "source",
    ]
    let rows = columns.flatMap { column in
      metrics.compactMap { metric in
        column.metrics[metric.key].map { value in
          [column.name, metric.key, metric.unit]
            + [value.low, value.typical, value.high].map(JSONValue.shortest)
            + [value.provenance.rawValue, value.source]
        }
      }
    }
    return ([header] + rows).map { $0.map(RunReport.csvField).joined(separator: ",") + "\n" }
      .joined()
  }

  private var columns: [(name: String, metrics: [String: MetricValue])] {
    designs.map { ($0.name, $0.metrics) }
      + baselines.filter { $0.absence == nil }.map { ($0.name, $0.metrics) }
  }

  /// One table, or as many as it takes to stay within `width`.
  func tables(width: Int) -> [Table] {
    let columns = columns
    guard !columns.isEmpty else { return [] }
    var size = columns.count
    while true {
      let tables = stride(from: 0, to: columns.count, by: size).map {
        table(Array(columns[$0..<min($0 + size, columns.count)]))
      }
      if size == 1 || tables.allSatisfy({ $0.width <= width }) { return tables }
      size -= 1
    }
  }

  private func table(_ columns: [(name: String, metrics: [String: MetricValue])]) -> Table {
    var table = Table(
      columns: [.init(header: "metric", alignment: .left), .init(header: "unit", alignment: .left)]
        + columns.map { .init(header: $0.name.printable.abbreviated(to: 24)) })
    for metric in metrics {
      let values = columns.map { $0.metrics[metric.key] }
      guard values.contains(where: { $0 != nil }) else { continue }
      let factor: Double = metric.format == .share ? 100 : 1
      let typical = values.compactMap { $0.map { factor * $0.typical } }
      let isExact = values.allSatisfy { $0.map { $0.low == $0.high } ?? true }
      let scale = Scale(
        fitting: typical, digits: metric.format == .count ? 0 : isExact ? 4 : 3,
        unit: metric.format == .share ? "%" : metric.unit, takesPrefix: metric.format == .prefixed)
      table.rows.append(
        [Table.Cell(metric.title.printable), Table.Cell(scale.symbol)]
          + values.map { value in
            guard let value else { return "–" }
            let figures = [value.typical, value.low, value.high].map { figure in
              metric.format == .count
                ? scale.text(figure) : scale.significant(factor * figure)
            }
            let (text, low, high) = (figures[0], figures[1], figures[2])
            return Table.Cell(value.low == value.high ? text : "\(text) (\(low)–\(high))")
          })
    }
    return table
  }
}
