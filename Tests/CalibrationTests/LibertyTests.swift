import Liberty
import Testing

@Suite("Liberty files")
struct LibertyTests {
  @Test("a library is read with its units, cells, tables and conditions; latches are left out")
  func library() throws {
    let library = try SmallLibrary.library()
    #expect(library.cells.keys.sorted() == ["DFF", "DFFE", "INV", "NAND2", "XOR2"])
    #expect(library.units.seconds == 1e-9)
    #expect(library.units.farads == 1e-15)
    #expect(library.units.joules == 1e-15)
    #expect(library.units.watts == 1e-9)
    let nand = try #require(library.cells["NAND2"])
    #expect(nand.inputs.map(\.capacitance.rise) == [2, 3])
    #expect(nand.inputs.map(\.capacitance.fall) == [2, 1])
    #expect(nand.outputs[0].arcs.map(\.input) == ["A", "B"])
    #expect(nand.outputs[0].powers[1].condition == .pin("A"))
    let flipFlop = try #require(library.cells["DFF"]?.flipFlop)
    #expect(flipFlop.clock == "CK" && flipFlop.clear == .not(.pin("RN")) && flipFlop.preset == nil)
    #expect(library.cells["INV"]?.flipFlop == nil)
  }

  @Test("cells that are not wanted are passed over, whatever is in them")
  func skipping() throws {
    let text = """
      library (l) { time_unit : "1ps"; leakage_power_unit : 1pW; capacitive_load_unit (1, pf);
        cell (BAD) { x : "}"; /* } */ pin (A) { nonsense } }
        cell ("GOOD") { pin (Y) { direction : output; function : "1"; } } }
      """
    let library = try CellLibrary(Array(text.utf8), cells: ["GOOD"])
    #expect(library.cells.keys.sorted() == ["GOOD"])
    #expect(library.units.seconds == 1e-12)
  }

  @Test(
    "a fault is reported with its line",
    arguments: [
      ("module x;", "line 1: expected a library, found “module”"),
      ("library (x) {\n a : 1;\n", "line 1: library (x): expected }, found the end"),
      ("library (x) {\n a 1; }", "line 2: a: expected : or (, found “1”"),
      ("library (x) {\n }", "line 1: capacitive_load_unit: expected (1, pf) or (1, ff)"),
      (
        "library (x) { capacitive_load_unit (1, ff);\n time_unit : \"1h\"; }",
        "line 1: time_unit: expected a number and s, found “1h”"
      ),
      (
        "library (x) { capacitive_load_unit (1, ff); time_unit : \"1ns\";"
          + "leakage_power_unit : \"1nW\";\n cell (c) { area : big;"
          + " pin (Y) { direction : output; function : \"A\"; } } }",
        "line 2: area: expected a number, found “big”"
      ),
      (
        "library (x) { capacitive_load_unit (1, ff); time_unit : \"1ns\";"
          + "leakage_power_unit : \"1nW\"; cell (c) {\n pin (Y) { direction : output;"
          + " function : \"A &\"; } } }",
        "line 2: function “A &”: unexpected the end at 3"
      ),
      ("library (x) { y (1, ", "line 1: expected ), found the end"),
    ])
  func faults(text: String, message: String) {
    #expect {
      try CellLibrary(Array(text.utf8))
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test("functions bind not, exclusive or, and, or: compared with Swift on every input")
  func functions() throws {
    let cases: [(String, (Bool, Bool, Bool) -> Bool)] = [
      ("!A & B | C", { !$0 && $1 || $2 }), ("A' + B' C", { !$0 || !$1 && $2 }),
      ("A * B ^ C", { $0 && ($1 != $2) }), ("!(A + B) ^ !C", { !($0 || $1) != !$2 }),
      ("((A) (B))' | 0", { a, b, _ in !(a && b) }), ("1 A C''", { a, _, c in a && c }),
    ]
    for (text, expected) in cases {
      let function = try BooleanFunction(text, line: 1)
      for bits in 0..<8 {
        let (a, b, c) = (bits & 1 == 1, bits & 2 == 2, bits & 4 == 4)
        let found = function.value { ["A": a, "B": b, "C": c][$0]! }
        #expect(found == expected(a, b, c), "\(text) at \(bits)")
      }
    }
    #expect(try BooleanFunction("A & (B | !C)", line: 1).pins == ["A", "B", "C"])
  }

  @Test("tables are bilinear, in either order of their axes, and stop at the border for energies")
  func tables() throws {
    let text = """
      library (l) { time_unit : "1ns"; leakage_power_unit : "1nW"; capacitive_load_unit (1, ff);
        lu_table_template (load_first) {
          variable_1 : total_output_net_capacitance; variable_2 : input_net_transition; }
        lu_table_template (slope_first) {
          variable_1 : input_net_transition; variable_2 : total_output_net_capacitance; }
        cell (c) { pin (A) { direction : input; } pin (Y) { direction : output; function : "A";
          timing () { related_pin : "A"; timing_sense : positive_unate;
            cell_rise (load_first) {
              index_1 ("0, 2, 4"); index_2 ("0, 1"); values ("0, 10", \\
                "2, 12", "4, 14"); }
            cell_fall (slope_first) {
              index_1 ("0, 1"); index_2 ("0, 2, 4"); values ("0, 2, 4", "10, 12, 14"); }
            rise_transition (scalar) { values ("5"); }
            fall_transition (scalar) { values ("6"); } } } } }
      """
    let arc = try #require(try CellLibrary(Array(text.utf8)).cells["c"]?.outputs[0].arcs.first)
    // The plane is load + 10 × transition.
    for table in [arc.delay.rise, arc.delay.fall] {
      for (slope, load) in [(0.0, 0.0), (0.5, 1), (1, 3), (0.25, 4), (2, 6), (-1, -2)] {
        #expect(abs(table.value(transition: slope, load: load) - load - 10 * slope) < 1e-12)
      }
      #expect(table.valueInside(transition: 9, load: 9) == 14)
      #expect(table.valueInside(transition: -9, load: -9) == 0)
    }
    #expect(arc.transition.rise.value(transition: 3, load: 3) == 5)
  }

  @Test("a table with too few values is refused")
  func shortTable() {
    let text = """
      library (l) { time_unit : "1ns"; leakage_power_unit : "1nW"; capacitive_load_unit (1, ff);
        lu_table_template (t) { variable_1 : total_output_net_capacitance; index_1 ("1, 2, 3"); }
        cell (c) { pin (Y) { direction : output; function : "1"; timing () { related_pin : "A";
          cell_rise (t) {
            values ("1, 2"); } cell_fall (t) { values ("1, 2, 3"); } } } } }
      """
    #expect {
      try CellLibrary(Array(text.utf8))
    } throws: { error in
      "\(error)" == "line 4: cell_rise (t): expected 3 values, found 2"
    }
  }

  @Test("energies and leakage of a ground rail are those of the supply once more, and left out")
  func groundRails() throws {
    let text = """
      library (l) { time_unit : "1ns"; leakage_power_unit : "1nW"; capacitive_load_unit (1, ff);
        cell (c) {
          pg_pin (VDD) { pg_type : primary_power; } pg_pin (VSS) { pg_type : primary_ground; }
          leakage_power () { value : 4; related_pg_pin : VDD; }
          leakage_power () { value : 8; related_pg_pin : VDD; }
          leakage_power () { value : 0; related_pg_pin : VSS; }
          pin (A) { direction : input;
            internal_power () { related_pg_pin : VDD; power (scalar) { values ("1"); } }
            internal_power () { related_pg_pin : VSS; power (scalar) { values ("1"); } } }
          pin (Y) { direction : output; function : "A"; } } }
      """
    let cell = try #require(try CellLibrary(Array(text.utf8)).cells["c"])
    #expect(cell.leakage == 6)
    #expect(cell.inputs[0].powers.count == 1)
  }
}
