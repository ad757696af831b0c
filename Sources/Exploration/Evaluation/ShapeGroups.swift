import Workload

/// The layers of a phase with equal shapes taken together: on one architecture they differ only in
/// their zeros.
struct ShapeGroups: Sendable {
  struct Group: Sendable {
    let shape: MatmulShape
    /// The first layer of this shape.
    let name: String
    var count = 0
  }

  let tokens: Int
  /// In the order in which they first occur.
  let groups: [Group]
  /// Products of all layers, padding left out.
  let products: Int
  /// Products of all layers with weights that are not 0.
  let nonzeroProducts: Int

  init(_ phase: ExplorationWorkload.Phase) {
    var groups: [Group] = []
    var places: [MatmulShape: Int] = [:]
    for layer in phase.layers {
      let place = places[layer.shape] ?? groups.count
      if place == groups.count {
        places[layer.shape] = place
        groups.append(Group(shape: layer.shape, name: layer.name))
      }
      groups[place].count += 1
    }
    self.groups = groups
    tokens = phase.tokens
    products = phase.layers.reduce(0) { $0 + $1.shape.macs }
    nonzeroProducts = phase.layers.reduce(0) { $0 + $1.shape.m * $1.nonzeros }
  }
}
