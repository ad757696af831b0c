import Exploration

/// Points of a store as a table for the terminal.
struct PointTable {
  let store: ExplorationStore
  let points: [StoredPoint]
  /// The metrics that are shown.
  let metrics: [DesignSpace.Objective]

  var text: String {
    let varied = store.sweep.space.parameters.indices.filter {
      store.sweep.space.parameters[$0].values.count > 1
    }
    let values = points.map { store.parameters(of: $0).map(\.value) }
    let hash = ColumnText.Column(
      header: "point", cells: points.map { String($0.hash.description.prefix(8)) }, isText: true)
    let parameters = varied.map { index in
      let parameter = store.sweep.space.parameters[index]
      return ColumnText.Column(
        header: parameter.name, unit: parameter.unit, cells: values.map { $0[index] })
    }
    let figures = metrics.map { metric in
      ColumnText.Column(metric, points.map { $0[metric]?.typical })
    }
    return ColumnText(columns: [hash] + parameters + figures).text
  }
}
