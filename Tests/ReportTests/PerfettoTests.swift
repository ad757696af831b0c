import Activity
import Foundation
import Report
import Testing

@Suite("Perfetto trace")
struct PerfettoTests {
  private func trace() -> PerfettoTrace {
    var timeline = Timeline()
    for cycle: UInt64 in 0..<4 { timeline.add("block 0, n-tile 0", on: .array, cycle: cycle) }
    timeline.add("stall_weight", on: .array, cycle: 4)
    timeline.add("weights", on: .loads, cycle: 2)
    let parts = ["q_proj", "k_proj"].map {
      PerfettoTrace.Part(name: $0, timeline: timeline, cycles: 10)
    }
    return PerfettoTrace(groups: [.init(name: "decode", parts: parts)], clockMHz: 500)
  }

  /// The required fields of the trace event format, and times that never overlap within a track.
  @Test("Every event has its fields; spans of a track follow each other; parts follow each other")
  func format() throws {
    let data = Data(trace().json.utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let events = try #require(root["traceEvents"] as? [[String: Any]])
    var ends: [Int: Double] = [:]
    for event in events {
      let (name, phase) = (event["name"] as? String, event["ph"] as? String)
      let thread = try #require(event["tid"] as? Int)
      #expect(name != nil && event["pid"] as? Int == 1)
      switch phase {
      case "M":
        #expect(name == "process_name" || name == "thread_name")
        #expect((event["args"] as? [String: Any])?["name"] is String)
      case "X":
        let start = try #require(event["ts"] as? Double)
        let duration = try #require(event["dur"] as? Double)
        // 2 ns a cycle, to a rounding of the sum.
        #expect(start >= ends[thread, default: 0] - 1e-9 && duration > 0)
        ends[thread] = start + duration
      default: Issue.record("phase \(phase ?? "none")")
      }
    }
    #expect(events.count == 5 + 2 * 4)
    let second = events.filter { $0["name"] as? String == "stall_weight" }.last
    #expect(abs((second?["ts"] as? Double ?? 0) - 14 * 0.002) < 1e-12)
    #expect(abs((second?["dur"] as? Double ?? 0) - 0.002) < 1e-12)
  }
}
