import Architecture
import Testing

@Suite("Architectures written as files")
struct RoundTripTests {
  typealias Parameters = Architecture.Parameters

  /// Every parameter changed once, some to values that are hard to write.
  static let changes: [@Sendable (inout Parameters) -> Void] =
    HashTests.hardware.map(\.change) + HashTests.surroundings.map(\.change) + [
      { $0.name = "null" }, { $0.name = "7" }, { $0.technology = "true" },
      { $0.description = "\"quoted\" \\ back" }, { $0.description = "a: b # c" },
      { $0.description = " spaces  at both ends " }, { $0.description = "\u{301}µ – 漢字 🙂" },
      { $0.description = String(repeating: "long ", count: 800) }, { $0.memory.kind = "- [x]" },
      { $0.clockMHz = 0.001 }, { $0.clockMHz = 1000.0 / 3 },
      { $0.memory.picojoulesPerBit.low = .leastNormalMagnitude },
      { $0.memory.milliBytesPerCycle = 1 }, { $0.memory.milliBytesPerCycle = 1_000_000 },
      { $0.memory.milliBytesPerCycle = 25_060 },
      { $0.memory.picojoulesPerBit = .init(low: 0, typical: 0.1 + 0.2, high: 1e4) },
    ]

  @Test("A file that was written reads back as the same value", arguments: changes.indices)
  func roundTrip(_ index: Int) throws {
    let before = try Architecture(parameters: parameters(Self.changes[index]))
    let after = try Architecture(yaml: before.yaml, file: "a.yaml")
    #expect(after == before)
    #expect(after.yaml == before.yaml)
  }

  @Test("Files have the keys in one order, with units in the names")
  func layout() throws {
    let text = try Architecture(parameters: fixtureParameters).yaml
    let quoted = [
      "name: fixture": "name: \"fixture\"", "A design for tests.": "\"A design for tests.\"",
      "cmos-7nm": "\"cmos-7nm\"", "LPDDR4": "\"LPDDR4\"", "500\n": "500.0\n",
      "low: 4\n": "low: 4.0\n",
      "typical: 8\n": "typical: 8.0\n",
    ]
    // The fixture has these at its end.
    let placed = [
      ("tokens_per_weight: 1\n", "weight_coding"), ("multiplier_buffer_words: 0\n", "output_queue"),
      ("job_queue_depth: 3\n", "bus_bytes"), ("activation_bits: 8\n", "weight_coding"),
    ].reduce(fixture) {
      $0.replacing($1.0, with: "").replacing("\n\($1.1)", with: "\n\($1.0)\($1.1)")
    }
    #expect(text == quoted.reduce(placed) { $0.replacing($1.key, with: $1.value) })
  }

  @Test("Folded and quoted texts, comments, and flow style are read")
  func styles() throws {
    let folded = fixture(
      with: "description: >\n  A design\n  for tests. # not a comment\n\n# a comment",
      insteadOf: "description")
    #expect(
      try Architecture(yaml: folded, file: "a.yaml").parameters.description
        == "A design for tests. # not a comment")
    let flow = fixture(with: "? 'rows'\n: 16 # sixteen", insteadOf: "rows")
    #expect(try Architecture(yaml: flow, file: "a.yaml").parameters == fixtureParameters)
    let carriageReturns = fixture.replacing("\n", with: "\r\n")
    #expect(try Architecture(yaml: carriageReturns, file: "a.yaml").parameters == fixtureParameters)
  }
}
