import Activity
import Architecture
import Machine
import TestSupport
import Testing
import Workload

@Suite("Timelines")
struct TimelineTests {
  @Test("Neighbours of one name are one span, and a gap begins another")
  func spans() {
    var timeline = Timeline()
    for (name, cycle) in [("a", 0), ("a", 1), ("b", 2), ("a", 3), ("a", 5)] as [(String, UInt64)] {
      timeline.add(name, on: .array, cycle: cycle)
    }
    #expect(
      timeline.spans(.array) == [
        .init(name: "a", begin: 0, end: 2), .init(name: "b", begin: 2, end: 3),
        .init(name: "a", begin: 3, end: 4), .init(name: "a", begin: 5, end: 6),
      ])
    #expect(timeline.spans(.loads) == [])
  }

  @Test("However long the run, the spans are bounded and keep their order and their end")
  func bounded() throws {
    for most in [1, 2, 3, 5, 17, 63] {
      var timeline = Timeline(mostSpans: most)
      var random = SplitMix64(seed: most)
      for cycle: UInt64 in 0..<5000 where Int.random(in: 0..<3, using: &random) > 0 {
        timeline.add(cycle % 7 < 3 ? "a" : "b", on: .array, cycle: cycle)
        timeline.add("c", on: .loads, cycle: cycle)
      }
      let spans = timeline.spans(.array)
      #expect(spans.count <= most && timeline.spans(.loads).count <= most)
      #expect(spans.allSatisfy { $0.begin < $0.end })
      #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.end <= $1.begin })
      #expect(try #require(spans.last).end > 4900 && timeline.resolution > 1)
    }
  }

  @Test("A recorded job has every busy cycle, every stall and every beat on its tracks")
  func recorded() throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 4, n: 7, k: 65), on: architecture, seed: 1)
    let machine = TimelineMachine(architecture)
    let result = try matmul.run(on: matmul.bench(machine))
    #expect(result == (try matmul.run()))
    func cycles(_ track: Timeline.Track, _ belongs: (String) -> Bool) -> UInt64 {
      machine.timeline.spans(track).filter { belongs($0.name) }
        .reduce(0) { $0 + $1.end - $1.begin }
    }
    #expect(cycles(.array) { $0.hasPrefix("block ") } == result.counts[.busy])
    for stall in Event.stalls {
      #expect(cycles(.array) { $0 == stall.name } == result.counts[stall], "\(stall)")
    }
    #expect(cycles(.loads) { $0 == "weights" } == result.counts[.weightBufferWrite])
    #expect(cycles(.loads) { $0 == "activations" } == result.counts[.activationBufferWrite])
    let bus = UInt64(architecture.parameters.busBytes)
    #expect(cycles(.stores) { _ in true } == result.counts[.outputBytesWritten] / bus)
    // Two token blocks of two n-tiles each.
    let tiles = machine.timeline.spans(.array).map(\.name).filter { $0.hasPrefix("block ") }
    #expect(Set(tiles).count == 4)
  }
}
