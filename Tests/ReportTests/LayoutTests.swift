import Energy
import Testing

@testable import Report

@Suite("Layout of text and numbers")
struct LayoutTests {
  @Test("a terminal's columns are counted, not characters")
  func displayWidths() {
    let widths = [
      "": 0, "abc": 3, "µm²": 3, "税": 2, "ｱ": 1, "Ａ": 2, "e\u{301}": 1, "👩‍🔬": 2, "🇩🇪": 2, "–×–": 3,
      "한글": 4, "❤️": 2, "\u{200B}": 0,
    ]
    for (text, width) in widths { #expect(text.displayWidth == width, "\(text)") }
  }

  @Test("control characters and direction overrides become visible")
  func printable() {
    #expect("a\u{1B}[2J\nb\t\u{7F}\u{202E}c\u{2028}".printable == "a�[2J↵b���c↵")
    #expect("👩‍🔬 税".printable == "👩‍🔬 税")
  }

  @Test("text is cut in the middle and never wider than asked")
  func abbreviation() {
    #expect("abcdefgh".abbreviated(to: 8) == "abcdefgh")
    #expect("abcdefgh".abbreviated(to: 5) == "ab…gh")
    for width in 1...12 {
      for text in ["税税税税税税税", "abcdefghijklmnop", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}"] {
        #expect(text.abbreviated(to: width).displayWidth <= width, "\(text) \(width)")
      }
    }
  }

  @Test("lines break between words and lose none")
  func wrapping() {
    let text = "the quick brown fox jumps over the lazy dog"
    for width in 1...50 {
      let lines = text.wrapped(to: width)
      #expect(lines.joined(separator: " ") == text)
      #expect(lines.allSatisfy { $0.count <= width || !$0.contains(" ") })
    }
  }

  @Test("columns line up and styles take no room")
  func table() {
    var table = Table(columns: [
      .init(header: "name", alignment: .left), .init(header: "x", unit: "mm"),
      .init(header: "note", alignment: .left),
    ])
    table.rows = [["税", Table.Cell("1.5", .bad), "a"], ["abc", "10.25", ""]]
    table.total = ["sum", "11.75", ""]
    table.note = "all measured"
    let lines = [
      "name      x  note", "         mm", "─────────────────", "税      1.5  a", "abc   10.25",
      "─────────────────", "sum   11.75", "all measured",
    ]
    #expect(table.lines(color: false) == lines)
    #expect(table.width == 17)
    #expect(table.lines(color: true)[3] == "税      \u{1B}[1;31m1.5\u{1B}[0m  a")
  }

  @Test("one prefix serves a column, and small values are never shown as zero")
  func scales() {
    let column = [345.1e-9, 12.345e-9, 0.04e-9, 0]
    let scale = Scale(fitting: column, unit: "J")
    #expect(scale.symbol == "nJ")
    #expect(column.map(scale.text) == ["345.1", "12.3", "<0.1", "0"])
    let coarse = Scale(fitting: [3.2e-9], digits: 3, neighbours: column, unit: "J")
    #expect(coarse.symbol == "nJ")
    #expect(coarse.text(3.2e-9) == "3.20")
  }

  @Test("figures at the edge of a prefix round into the next one")
  func edges() {
    let cases: [(Double, String, String)] = [
      (0.99994, "s", "999.9 ms"), (0.99996, "s", "1.000 s"), (999.94, "s", "999.9 s"),
      (999.96, "s", "1.000 ks"), (1.86e5, "cycles/s", "186.0 kcycles/s"), (0, "J", "0 J"),
      (1e-30, "J", "<0.001 aJ"), (475_283, "µm²", "475,283 µm²"), (2.5e6, "µm²", "2.500 mm²"),
      (12_345, "×", "12,345 ×"), (0.25, "×", "0.250 ×"), (9.9996, "%", "10.00 %"),
      (1e30, "B/s", "1,000,000,000,000,000 PB/s"), (1e33, "B/s", "1e+18 PB/s"),
    ]
    for (value, unit, text) in cases {
      let scale = Scale(fitting: [value], unit: unit)
      #expect("\(scale.text(value)) \(scale.symbol)" == text)
    }
  }

  @Test("four digits are right for every magnitude")
  func fourDigits() throws {
    let powers: [Character: Double] = ["f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3]
    for exponent in -15 ... -1 {
      for digits in [1.0, 1.2345, 3.14159, 9.9994, 5.5555] {
        var value = digits
        for _ in exponent..<0 { value /= 10 }
        let scale = Scale(fitting: [value], unit: "J")
        let factor = try #require(scale.symbol.first.flatMap { powers[$0] })
        let read = try #require(Double(scale.text(value).replacing(",", with: ""))) * factor
        #expect(abs(read - value) <= 0.00051 * value, "\(value): \(scale.text(value))")
      }
    }
  }

  @Test("a ratio takes the widest bounds, and none exists to something that may be zero")
  func ratios() {
    let cpu = Estimate<Seconds>(low: 8, typical: 10, high: 12, provenance: .measured, source: "a")
    let own = Estimate<Seconds>(low: 1, typical: 2, high: 4, provenance: .modelled, source: "b")
    let ratio = cpu.ratio(to: own)
    #expect(ratio?.low == 2 && ratio?.typical == 5 && ratio?.high == 12)
    #expect(ratio?.provenance == .modelled)
    #expect(cpu.ratio(to: .init(0, provenance: .counted, source: "c")) == nil)
    #expect([Estimate<Seconds>]().sum == nil)
  }
}
