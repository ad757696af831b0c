/// What the accelerator did when: spans of cycles on a few tracks.
///
/// Equal neighbours are one span. When a track has more than ``mostSpans``, the resolution halves
/// until it has not: a span or a gap shorter than the resolution is swallowed by the span before
/// it. Thus a run of any length has a bounded timeline.
public struct Timeline: Equatable, Sendable {
  /// What spans are about; one row of a viewer.
  public enum Track: Int, CaseIterable, Sendable {
    /// Tiles, and the reasons of stalls.
    case array
    /// Beats of weights and of activations that arrive.
    case loads
    /// Beats of results that leave.
    case stores

    /// The name that a viewer shows.
    public var name: String { String(describing: self) }
  }

  /// Cycles from `begin` to just before `end`.
  public struct Span: Equatable, Sendable {
    public var name: String
    public var begin: UInt64
    public var end: UInt64

    public init(name: String, begin: UInt64, end: UInt64) {
      self.name = name
      self.begin = begin
      self.end = end
    }
  }

  /// The most spans of a track.
  public let mostSpans: Int
  /// Nothing shorter is shown, in cycles.
  public private(set) var resolution: UInt64 = 1
  private var tracks: [[Span]] = Track.allCases.map { _ in [] }

  /// - Precondition: `mostSpans` is at least 1.
  public init(mostSpans: Int = 20_000) {
    precondition(mostSpans >= 1)
    self.mostSpans = mostSpans
  }

  /// The spans of `track`, in order.
  public func spans(_ track: Track) -> [Span] { tracks[track.rawValue] }

  /// Says that `name` happened on `track` in `cycle`, which is after all others of the track.
  public mutating func add(_ name: String, on track: Track, cycle: UInt64) {
    let index = track.rawValue
    if !Self.extend(&tracks[index], Span(name: name, begin: cycle, end: cycle + 1), resolution) {
      while tracks[index].count > mostSpans {
        resolution *= 2
        for index in tracks.indices { coarsen(&tracks[index]) }
      }
    }
  }

  /// Appends a span or lets the last one swallow it; returns whether it was swallowed.
  private static func extend(
    _ spans: inout [Span], _ span: Span, _ resolution: UInt64
  ) -> Bool {
    guard let last = spans.last, span.begin - last.end < resolution else {
      spans.append(span)
      return false
    }
    if last.name == span.name {
      spans[spans.count - 1].end = span.end
      return true
    }
    // The one before is too short to be seen: the longer one names both.
    if last.end - last.begin < resolution {
      if span.end - span.begin > last.end - last.begin { spans[spans.count - 1].name = span.name }
      spans[spans.count - 1].end = span.end
      return true
    }
    spans.append(span)
    return false
  }

  private func coarsen(_ spans: inout [Span]) {
    var coarser: [Span] = []
    for span in spans { _ = Self.extend(&coarser, span, resolution) }
    spans = coarser
  }
}
