/// Seconds of one thing, measured several times.
struct Timing: Encodable, Sendable {
  private(set) var seconds: [Double] = []

  var best: Double { seconds.min() ?? .nan }
  var median: Double {
    let sorted = seconds.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  mutating func add(_ measured: Double) { seconds.append(measured) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(best, forKey: .best)
    try container.encode(median, forKey: .median)
    try container.encode(seconds.count, forKey: .runs)
  }

  private enum Key: String, CodingKey {
    case best = "best_seconds"
    case median = "median_seconds"
    case runs
  }
}

/// The seconds that `body` takes by the wall clock.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let begin = ContinuousClock.now
  try body()
  let time = ContinuousClock.now - begin
  return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

/// Measures all contestants in turn, round after round, so that a busy neighbour meets all of them.
///
/// - Parameters:
///   - rounds: Measurements of each.
///   - contestants: Do their work once and return the seconds of it.
func race(rounds: Int, _ contestants: [() throws -> Double]) throws -> [Timing] {
  var timings = contestants.map { _ in Timing() }
  for _ in 0..<rounds {
    for (index, contestant) in contestants.enumerated() { timings[index].add(try contestant()) }
  }
  return timings
}
