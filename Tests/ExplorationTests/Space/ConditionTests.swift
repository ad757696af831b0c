import Testing

@testable import Exploration

@Suite("Conditions")
struct ConditionTests {
  /// rows = 12, area = 2.5 mm², power = 0.4 W, clock = 500 MHz, coding = one, speed = 3 TOPS/W.
  private static let vocabulary: Vocabulary = {
    var vocabulary = Vocabulary()
    vocabulary.add("rows", .number(.none))
    vocabulary.add("area_mm2", .number(ScaledUnit("mm²")!))
    vocabulary.add("power_w", .number(ScaledUnit("W")!))
    vocabulary.add("clock_mhz", .number(ScaledUnit("MHz")!))
    vocabulary.add("coding", .choice(["one", "two"]))
    vocabulary.add("tops_per_w", .number(ScaledUnit("TOPS/W")!))
    return vocabulary
  }()
  private static let slots = [12, 2.5, 0.4, 500, 0, 3]

  @Test(
    "a condition holds or not as worked out by hand",
    arguments: [
      ("rows <= 12", true), ("rows < 12", false), ("rows >= 12.0001", false), ("rows != 12", false),
      ("rows == 12", true), ("12 == rows", true), ("rows > -1", true), ("-rows < -11", true),
      // Products before sums, from left to right, parentheses first.
      ("rows + 2 * 3 == 18", true), ("(rows + 2) * 3 == 42", true), ("rows - 4 - 3 == 5", true),
      ("rows / 4 / 3 == 1", true), ("rows / (4 / 2) == 6", true), ("rows - (4 - 3) == 11", true),
      // Division is of real numbers.
      ("rows / 8 == 1.5", true), ("1e1 + 2 == rows", true), ("rows == 1.2e+1", true),
      // not before and before or.
      ("not rows == 12", false), ("not rows == 13 and rows == 12", true),
      ("rows == 13 and rows == 12 or rows == 12", true),
      ("rows == 12 or rows == 12 and rows == 13", true),
      ("(rows == 12 or rows == 12) and rows == 13", false),
      ("not (rows == 12 and rows == 13)", true),
      // Units.
      ("area_mm2 == 2.5", true), ("area_mm2 == 2.5 mm2", true), ("area_mm2 == 2500000 um2", true),
      ("area_mm2 <= 2499999 µm²", false), ("power_w == 400 mW", true), ("power_w < 0.5", true),
      ("400mW == power_w", true), ("clock_mhz == 0.5 GHz", true), ("clock_mhz == 5e8 Hz", true),
      ("power_w / area_mm2 == 0.16", true), ("power_w / area_mm2 == 160 mW/mm2", true),
      ("power_w * 2 ns == 0.8 nJ", true), ("clock_mhz * 2 ns == 1", true),
      ("tops_per_w >= 3000 GOPS/W", true), ("area_mm2 + 0.5 == 3", true), ("1 KiB == 1024 B", true),
      ("8 bit == 1 B", true), ("1 kB == 1000 B", true), ("2 * area_mm2 - 1 mm2 == 4", true),
      // Choices.
      ("coding == one", true), ("coding != one", false), ("two == coding", false),
      // What cannot be computed does not hold.
      ("1 / (rows - 12) <= 1", false), ("(rows - 12) / (rows - 12) <= 1", false),
    ])
  func values(text: String, expected: Bool) throws {
    let condition = try Condition(text, vocabulary: Self.vocabulary)
    #expect(condition.holds(Self.slots) == expected)
  }

  @Test("literals in other units are exact")
  func exactness() throws {
    // 0.1 × 10⁶ is 100,000 exactly, though 0.1 is not 0.1.
    var vocabulary = Vocabulary()
    vocabulary.add("area", .number(ScaledUnit("um2")!))
    for (text, value) in [
      ("area == 0.1 mm2", 100_000.0), ("area == 1.1 mm2", 1_100_000), ("area == 0.3 mm2", 300_000),
      ("area == 0.000007 mm2", 7),
    ] {
      #expect(try Condition(text, vocabulary: vocabulary).holds([value]), "\(text)")
    }
  }

  @Test(
    "a faulty condition is refused at the character",
    arguments: [
      ("rows <= ", 8, "a number or a name", "the end"),
      ("rows 12", 5, "an operator or the end", "'12'"),
      ("rows", 0, "a condition, as in rows <= 16", "a plain number"),
      ("rows + 1", 0, "a condition, as in rows <= 16", "a plain number"),
      ("raws <= 12", 0, "'rows'", "'raws'"),
      ("voltage <= 12", 0, "the name of a parameter or a metric", "'voltage'"),
      ("rows <= 12)", 10, "an operator or the end", "')'"),
      ("(rows <= 12", 11, "')'", "the end"),
      ("rows = 12", 5, "a number, a name or an operator", "'='"),
      ("rows <= 1.2.3", 8, "a number", "'1.2.3'"),
      ("1 <= rows <= 12", 10, "'and' between two comparisons", "'<='"),
      ("rows and rows == 1", 0, "a condition before 'and'", "a plain number"),
      ("rows == 1 or rows", 13, "a condition after 'or'", "a plain number"),
      ("not rows", 4, "a condition after 'not'", "a plain number"),
      ("-coding == 1", 1, "a number after '-'", "a choice"),
      ("(rows == 1) + 1 == 2", 0, "a number before '+'", "a condition"),
      ("coding == three", 10, "one or two", "'three'"),
      ("coding < two", 9, "'==' or '!=' before a choice", "'<'"),
      ("coding == rows", 0, "a number before '=='", "a choice"),
      ("area_mm2 <= 2 W", 12, "a value in mm²", "W"),
      ("area_mm2 <= power_w", 12, "a value in mm²", "W"),
      ("rows <= area_mm2", 8, "a number without a unit", "mm²"),
      ("area_mm2 <= rows", 12, "a value in mm²", "a plain number"),
      ("rows <= 2 furlongs", 10, "an operator or the end", "'furlongs'"),
    ])
  func faults(text: String, offset: Int, expected: String, found: String) {
    #expect(throws: ConditionFault(offset: offset, expected: expected, found: found)) {
      try Condition(text, vocabulary: Self.vocabulary)
    }
  }

  @Test("levels are bounded")
  func depth() {
    let deep = String(repeating: "(", count: 10_000)
    #expect(throws: ConditionFault(offset: 100, expected: "at most 100 levels", found: "more")) {
      try Condition(deep, vocabulary: Self.vocabulary)
    }
  }
}
