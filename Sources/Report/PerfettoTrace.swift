public import Activity

/// Timelines in the trace event format of Chrome, which ui.perfetto.dev opens.
///
/// Google, "Trace Event Format": complete events (`X`) with times in µs, and metadata (`M`) that
/// names processes and threads.
public struct PerfettoTrace: Sendable {
  /// One job, layer or scenario with its timeline.
  public struct Part: Sendable {
    public var name: String
    public var timeline: Timeline
    /// Cycles that it takes.
    public var cycles: UInt64

    public init(name: String, timeline: Timeline, cycles: UInt64) {
      self.name = name
      self.timeline = timeline
      self.cycles = cycles
    }
  }

  /// Parts after each other, shown as one process.
  public struct Group: Sendable {
    public var name: String
    public var parts: [Part]

    public init(name: String, parts: [Part]) {
      self.name = name
      self.parts = parts
    }
  }

  public var groups: [Group]
  public var clockMHz: Double

  public init(groups: [Group], clockMHz: Double) {
    self.groups = groups
    self.clockMHz = clockMHz
  }

  /// The file as text.
  public var json: String {
    var events: [JSONValue] = []
    for (number, group) in groups.enumerated() {
      let process = number + 1
      events.append(metadata("process_name", process, 0, group.name))
      events.append(metadata("thread_name", process, 0, "parts"))
      for track in Timeline.Track.allCases {
        events.append(metadata("thread_name", process, track.rawValue + 1, track.name))
      }
      var start: UInt64 = 0
      for part in group.parts {
        let whole = Timeline.Span(name: part.name, begin: 0, end: part.cycles)
        events.append(complete(whole, after: start, process, 0, "part"))
        for track in Timeline.Track.allCases {
          for span in part.timeline.spans(track) {
            events.append(complete(span, after: start, process, track.rawValue + 1, track.name))
          }
        }
        start += part.cycles
      }
    }
    return JSONValue.object([
      ("displayTimeUnit", .string("ns")), ("traceEvents", .array(events)),
    ]).text + "\n"
  }

  private func metadata(
    _ name: String, _ process: Int, _ thread: Int, _ value: String
  ) -> JSONValue {
    .object([
      ("name", .string(name)), ("ph", .string("M")), ("pid", .integer(process)),
      ("tid", .integer(thread)), ("args", .object([("name", .string(value))])),
    ])
  }

  private func complete(
    _ span: Timeline.Span, after start: UInt64, _ process: Int, _ thread: Int, _ category: String
  ) -> JSONValue {
    .object([
      ("name", .string(span.name)), ("cat", .string(category)), ("ph", .string("X")),
      ("ts", .number(Double(start + span.begin) / clockMHz)),
      ("dur", .number(Double(span.end - span.begin) / clockMHz)), ("pid", .integer(process)),
      ("tid", .integer(thread)),
      (
        "args",
        .object([
          ("first_cycle", .unsigned(start + span.begin)),
          ("cycles", .unsigned(span.end - span.begin)),
        ])
      ),
    ])
  }
}
