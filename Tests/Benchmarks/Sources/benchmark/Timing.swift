private import Foundation

/// Seconds of one thing, measured many times.
///
/// A neighbour on a shared machine only ever adds to a time, and memory is read a little faster in
/// lucky moments: the time that one in ten stays below is told, for all contestants alike.
struct Timing: Encodable, Sendable {
  private(set) var seconds: [Double] = []

  var best: Double { quantile(0.1) }
  var median: Double { quantile(0.5) }

  private func quantile(_ share: Double) -> Double {
    guard !seconds.isEmpty else { return .nan }
    return seconds.sorted()[Int(Double(seconds.count - 1) * share)]
  }

  mutating func add(_ measured: [Double]) { seconds += measured }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(best, forKey: .best)
    try container.encode(median, forKey: .median)
    try container.encode(seconds.count, forKey: .runs)
  }

  private enum Key: String, CodingKey {
    case best = "first_decile_seconds"
    case median = "median_seconds"
    case runs
  }
}

/// The seconds that `body` takes: by the wall clock, or with one thread by the clock that stands
/// still while the system runs others in its place.
func seconds(threads: Int = 0, _ body: () throws -> Void) rethrows -> Double {
  let clock = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
  var (begin, end) = (timespec(), timespec())
  clock_gettime(clock, &begin)
  try body()
  clock_gettime(clock, &end)
  return Double(end.tv_sec - begin.tv_sec) + Double(end.tv_nsec - begin.tv_nsec) * 1e-9
}

/// Measures all contestants in turn, round after round, so that a busy neighbour meets all of them.
///
/// - Parameters:
///   - rounds: Turns of each.
///   - contestants: Do their work once or several times and return the seconds of each.
func race(rounds: Int, _ contestants: [() throws -> [Double]]) throws -> [Timing] {
  var timings = contestants.map { _ in Timing() }
  for _ in 0..<rounds {
    for (index, contestant) in contestants.enumerated() { timings[index].add(try contestant()) }
  }
  return timings
}
