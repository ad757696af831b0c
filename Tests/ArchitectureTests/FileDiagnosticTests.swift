import Architecture
import Testing

@Suite("Architecture files that are refused")
struct FileDiagnosticTests {
  /// A line put in the place of a key's line, and the message without the file's name.
  struct Case: CustomTestStringConvertible {
    let key: String
    let line: String
    let message: String
    var testDescription: String { line.isEmpty ? "no \(key)" : line }

    init(_ key: String, _ line: String, _ message: String) {
      (self.key, self.line, self.message) = (key, line, message)
    }

    var found: String? { refusal(ofFile: fixture(with: line, insteadOf: key)) }
  }

  @Test("The fixture itself is accepted")
  func accepted() throws {
    let architecture = try Architecture(yaml: fixture, file: "a.yaml")
    #expect(architecture.parameters == fixtureParameters)
  }

  static let allKeys = """
    one of name, description, rows, lanes, tokens_per_weight, activation_bits, weight_coding, \
    datapath, tree_register_every, dataflow, zero_gating, lane_counters, weight_buffer_words, \
    activation_buffer_words, accumulator_depth, accumulator_bits, output, multiplier_buffer_words, \
    output_queue_depth, job_queue_depth, bus_bytes, outstanding_reads, clock_mhz, technology, \
    sram_flavour, memory
    """

  @Test(
    "A key that is unknown, missing or repeated is named with its place",
    arguments: [
      Case("rows", "row: 16", #"3:1: expected "rows", found the unknown key "row""#),
      Case("rows", "Rows: 16", #"3:1: expected "rows", found the unknown key "Rows""#),
      Case("clock_mhz", "clock: 5", #"19:1: expected "clock_mhz", found the unknown key "clock""#),
      Case("rows", "voltage: 1.1", #"3:1: expected \#(allKeys), found the unknown key "voltage""#),
      Case("rows", "\"\": 1", #"3:1: expected \#(allKeys), found the unknown key """#),
      Case(
        "rows", "memory.kind: x",
        #"3:1: expected \#(allKeys), found the unknown key "memory.kind""#),
      Case("rows", #""ro\nws": 1"#, #"3:1: expected "rows", found the unknown key "ro\u{a}ws""#),
      Case("rows", "? [1, 2]\n: 3", "3:3: expected a name, found a list as a key"),
      Case(
        "latency_cycles", "latency: 40",
        #"24:3: memory: expected "latency_cycles", found the unknown key "latency""#),
      Case(
        "typical", "middle: 8",
        "28:5: memory.picojoules_per_bit: expected one of low, typical, high, "
          + #"found the unknown key "middle""#),
      Case("rows", "", "1:1: rows: expected an integer from 1 to 1024, found nothing"),
      Case("kind", "", "23:3: memory.kind: expected 1 to 40 characters on one line, found nothing"),
      Case(
        "high", "",
        "27:5: memory.picojoules_per_bit.high: expected a number from 0.0 to 10000.0, found nothing"
      ),
      Case("rows", "lanes: 16", "3:1: lanes: expected each key once, found the key again"),
      Case("latency_cycles", "kind: x", "23:3: kind: expected each key once, found the key again"),
      Case(
        "rows", "\"a\\n\": 1\n\"a\\n\": 2",
        #"3:1: a\u{a}: expected each key once, found the key again"#),
      Case("rows", "!x lanes: 16", "4:1: lanes: expected each key once, found the key again"),
      Case(
        "high", "!x low: 16",
        "29:5: memory.picojoules_per_bit.low: expected each key once, "
          + "found the key again"),
    ])
  func keys(of wrong: Case) {
    #expect(wrong.found == "a.yaml:\(wrong.message)")
  }

  @Test(
    "A value of the wrong type is quoted beside what is legal",
    arguments: [
      Case("rows", "rows: many", #"3:7: rows: expected an integer from 1 to 1024, found "many""#),
      Case("rows", #"rows: "16""#, #"3:7: rows: expected an integer from 1 to 1024, found "16""#),
      Case("rows", "rows: 16.0", "3:7: rows: expected an integer from 1 to 1024, found 16.0"),
      Case("rows", "rows: 0x10", #"3:7: rows: expected an integer from 1 to 1024, found "0x10""#),
      Case("rows", "rows: 010", "3:7: rows: expected an integer from 1 to 1024, found 010"),
      Case("rows", "rows: +16", "3:7: rows: expected an integer from 1 to 1024, found +16"),
      Case("rows", "rows: 1_6", #"3:7: rows: expected an integer from 1 to 1024, found "1_6""#),
      Case(
        "rows", "rows: 99999999999999999999",
        "3:7: rows: expected an integer from 1 to 1024, found 99999999999999999999"),
      Case("rows", "rows:", "3:6: rows: expected an integer from 1 to 1024, found nothing"),
      Case("rows", "rows: [16]", "3:7: rows: expected an integer from 1 to 1024, found a list"),
      Case(
        "rows", "rows: {a: 1}",
        "3:7: rows: expected an integer from 1 to 1024, found keys and values"),
      Case(
        "accumulator_bits", "accumulator_bits: wide",
        #"14:19: accumulator_bits: expected derived or an integer from 8 to 32, found "wide""#),
      Case(
        "zero_gating", "zero_gating: yes",
        #"9:14: zero_gating: expected true or false, found "yes""#),
      Case(
        "lane_counters", "lane_counters: 1",
        "10:16: lane_counters: expected true or false, found 1"),
      Case(
        "clock_mhz", "clock_mhz: .inf",
        #"19:12: clock_mhz: expected a number from 0.001 to 10000.0, found ".inf""#),
      Case(
        "clock_mhz", "clock_mhz: nan",
        #"19:12: clock_mhz: expected a number from 0.001 to 10000.0, found "nan""#),
      Case(
        "clock_mhz", "clock_mhz: 1e999",
        "19:12: clock_mhz: expected a number from 0.001 to 10000.0, found 1e999"),
      Case(
        "clock_mhz", "clock_mhz: 0x1p3",
        #"19:12: clock_mhz: expected a number from 0.001 to 10000.0, found "0x1p3""#),
      Case(
        "name", "name: 7",
        "1:7: name: expected 1 to 40 lower-case letters, digits and "
          + "hyphens, found 7"),
      Case(
        "description", "description: true",
        #"2:14: description: expected one paragraph of 1 to 4000 characters, found "true""#),
      Case(
        "memory", "memory: LPDDR4\nx: # ",
        #"22:9: memory: expected keys and values, found "LPDDR4""#),
      Case(
        "bytes_per_cycle", "bytes_per_cycle: 1.0625",
        "25:20: memory.bytes_per_cycle: expected a number from 0.001 to 1000 with at most three "
          + "decimals, found 1.0625"),
      Case(
        "bytes_per_cycle", "bytes_per_cycle: 1.",
        "25:20: memory.bytes_per_cycle: expected a number from 0.001 to 1000 with at most three "
          + "decimals, found 1."),
      Case(
        "bytes_per_cycle", "bytes_per_cycle: 99999999999999999999",
        "25:20: memory.bytes_per_cycle: expected a number from 0.001 to 1000 with at most three "
          + "decimals, found 99999999999999999999"),
    ])
  func types(of wrong: Case) {
    #expect(wrong.found == "a.yaml:\(wrong.message)")
  }

  @Test(
    "A choice that this version cannot build gets the list of those it can",
    arguments: [
      Case(
        "weight_coding", "weight_coding: base_3",
        #"5:16: weight_coding: expected two_bit or five_in_eight, found "base_3""#),
      Case(
        "datapath", "datapath: lookup",
        "6:11: datapath: expected xor_popcount or carry_save or carry_in or negate or split_sign or "
          + "lookup_2 or lookup_3 or lookup_4 or bit_serial or int8_mac, "
          + #"found "lookup""#),
      Case(
        "dataflow", "dataflow: input_stationary",
        "8:11: dataflow: expected output_stationary or weight_stationary, "
          + #"found "input_stationary""#),
      Case(
        "output", "output: int16", #"15:9: output: expected int32 or int8, found "int16""#),
      Case(
        "sram_flavour", "sram_flavour: HP",
        #"21:15: sram_flavour: expected hp or lstp, found "HP""#),
    ])
  func choices(of wrong: Case) {
    #expect(wrong.found == "a.yaml:\(wrong.message)")
  }

  @Test("A value out of range is placed where it stands in the file")
  func ranges() {
    #expect(
      refusal(ofFile: fixture(with: "rows: 0", insteadOf: "rows"))
        == "a.yaml:3:7: rows: expected an integer from 1 to 1024, found 0")
    #expect(
      refusal(ofFile: fixture(with: "high: 7.5", insteadOf: "high"))
        == "a.yaml:28:14: memory.picojoules_per_bit.typical: "
        + "expected a number from low, 4.0, to high, 7.5, found 8.0")
  }

  @Test(
    "Text that is not one YAML document of keys is refused",
    arguments: [
      ("", "1:1: expected the keys of an architecture, found an empty file"),
      ("# nothing\n", "1:1: expected the keys of an architecture, found an empty file"),
      ("rows", #"1:1: expected keys and values, found "rows""#),
      ("- rows\n", "1:1: expected keys and values, found a list"),
      (
        "rows: 1",
        "1:1: name: expected 1 to 40 lower-case letters, digits and hyphens, found nothing"
      ),
      (
        "rows: 'a",
        "17:1: expected YAML, found an error: found unexpected end of stream "
          + "while scanning a quoted scalar"
      ),
      (
        "rows: 1\n\trows: 2",
        "2:1: expected YAML, found an error: found a tab character that violates indentation "
          + "while scanning a plain scalar"
      ),
      ("rows: *nowhere", "1:7: expected YAML, found an error: found undefined alias"),
      (
        "a: 1\nb: \u{1}\n", "2:4: expected YAML, found an error: control characters are not allowed"
      ),
      ("\(fixture)---\nrows: 1\n", "34:1: expected YAML, found a second document"),
    ])
  func notADocument(_ text: String, _ message: String) {
    #expect(refusal(ofFile: text) == "a.yaml:\(message)")
  }

  @Test("A file cut off at any character before its last number is refused with its name")
  func truncated() {
    let characters = Array(fixture)
    for count in 0..<(characters.count - 5) {
      let message = refusal(ofFile: String(characters[..<count]))
      #expect(message?.hasPrefix("a.yaml:") == true, "\(count) characters")
    }
  }

  @Test("A file with any one character missing or replaced is refused, or means what it says")
  func damaged() throws {
    let characters = Array(fixture)
    let substitutes = ["\t", ":", "\"", "{", "&", "9", "\u{0}", "é"]
    for index in characters.indices {
      for substitute in ["", substitutes[index % substitutes.count]] {
        var damaged = characters.map(String.init)
        damaged[index] = substitute
        do throws(ArchitectureError) {
          let read = try Architecture(yaml: damaged.joined(), file: "a.yaml")
          let again = try Architecture(yaml: read.yaml, file: "b.yaml")
          #expect(again == read, "\(index) \(substitute)")
        } catch {
          #expect(
            error.description.hasPrefix("a.yaml:") && error.position?.line != nil,
            "\(index) \(substitute)")
        }
      }
    }
  }

  @Test("Nesting far deeper than any file needs is refused, not followed")
  func deepNesting() {
    for opening in ["[", "{a: ", "- "] {
      let text = String(repeating: opening, count: 100_000)
      #expect(refusal(ofFile: text)?.contains("Maximum nesting level reached") == true)
    }
    let nested = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(refusal(ofFile: nested) == "a.yaml:1:1: expected keys and values, found a list")
    #expect(
      refusal(ofFile: fixture(with: "rows: \(nested)", insteadOf: "rows"))
        == "a.yaml:3:7: rows: expected an integer from 1 to 1024, found a list")
  }

  @Test("What was found is shown on one line and cut to 100 characters")
  func oneLine() {
    let text = fixture(with: "name: \"\(String(repeating: "x", count: 500))\"", insteadOf: "name")
    let found = "\"" + String(repeating: "x", count: 98) + "…"
    #expect(
      refusal(ofFile: text) == "a.yaml:1:7: name: expected 1 to 40 lower-case letters, digits "
        + "and hyphens, found \(found)")
    #expect(
      refusal(ofFile: fixture(with: #"name: "a\nb""#, insteadOf: "name"))
        == "a.yaml:1:7: name: expected 1 to 40 lower-case letters, digits and hyphens, "
        + #"found "a\u{a}b""#)
  }
}
