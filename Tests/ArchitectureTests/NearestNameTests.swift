import Architecture
import Testing

@Suite("Suggestions for misspelled keys")
struct NearestNameTests {
  @Test(
    "The edit distance counts insertions, removals and replacements",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("kitten", "sitting", 3),
      ("flaw", "lawn", 2), ("rows", "row", 1), ("ab", "ba", 2),
    ])
  func distance(_ left: String, _ right: String, _ edits: Int) {
    #expect(editDistance(left, right) == edits)
    #expect(editDistance(right, left) == edits)
  }

  @Test("Only a name that is near is suggested")
  func nearness() {
    let names = ["rows", "lanes", "bus_bytes", "clock_mhz"]
    #expect(nearest(to: "lane", among: names) == "lanes")
    #expect(nearest(to: "bus_byte", among: names) == "bus_bytes")
    #expect(nearest(to: "clock", among: names) == "clock_mhz")
    #expect(nearest(to: "lines", among: names) == "lanes")
    #expect(nearest(to: "voltage", among: names) == nil)
    #expect(nearest(to: "", among: names) == nil)
    #expect(nearest(to: String(repeating: "x", count: 1_000_000), among: names) == nil)
    #expect(nearest(to: "rows", among: []) == nil)
  }
}
