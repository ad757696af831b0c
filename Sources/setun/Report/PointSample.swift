import Exploration

/// So many points of a store: those that must be there, and of the others those with the smallest
/// hashes, which are as good as drawn and the same every time.
struct PointSample {
  private let most: Int
  private let required: Set<Int>
  private var kept: [StoredPoint] = []
  private var others: [StoredPoint] = []
  /// Points that were offered.
  private(set) var seen = 0

  /// - Parameters:
  ///   - most: The most points; those that are required may be more.
  ///   - required: Points that are kept when they are offered.
  init(most: Int, required: [StoredPoint]) {
    self.most = most
    self.required = Set(required.map(\.number))
  }

  /// Offers a point.
  mutating func add(_ point: StoredPoint) {
    seen += 1
    if required.contains(point.number) {
      kept.append(point)
    } else {
      others.append(point)
      // Twice as many before they are thinned, so that each point costs little.
      if others.count >= 2 * most + 1000 { thin() }
    }
  }

  private mutating func thin() {
    others.sort { $0.hash.bits < $1.hash.bits }
    others.removeLast(max(0, others.count - most))
  }

  /// The sample in the order of the numbers.
  var points: [StoredPoint] {
    var sample = self
    sample.thin()
    return (kept + sample.others.prefix(max(0, most - kept.count))).sorted { $0.number < $1.number }
  }
}
