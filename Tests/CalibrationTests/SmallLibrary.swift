import Liberty

/// A library of five cells with round numbers: delays in ns, 1 V, capacitances in fF, energies in fJ.
///
/// A load of L fF makes an inverter's delay 0.01 + 0.001 L rising and twice that falling; every change
/// of an output costs 2 fJ rising and 1 fJ falling inside, of the NAND's pin B twice that while A is 1.
enum SmallLibrary {
  static let text = """
    /* Five cells. */
    library (small) {
      time_unit : "1ns"; leakage_power_unit : "1nW"; voltage_unit : "1V";
      capacitive_load_unit (1, ff);
      nom_voltage : 1.0; nom_temperature : 25.0;
      lu_table_template (by_load) { variable_1 : total_output_net_capacitance; }
      power_lut_template (by_load_power) { variable_1 : total_output_net_capacitance; }
      cell (INV) {
        area : 1; cell_leakage_power : 3;
        pin (A) { direction : input; capacitance : 2; }
        pin (Y) {
          direction : output; function : "A'";
          timing () {
            related_pin : "A"; timing_sense : negative_unate;
            \(tables("0.010, 0.020", "0.020, 0.040"))
          }
          internal_power () { related_pin : "A"; \(powers(2, 1)) }
        }
      }
      cell (NAND2) {
        area : 2; cell_leakage_power : 5;
        pin (A) { direction : input; capacitance : 2; }
        pin (B) { direction : input; rise_capacitance : 3; fall_capacitance : 1; capacitance : 2; }
        pin (Y) {
          direction : output; function : "!(A & B)";
          timing () {
            related_pin : "A B"; timing_sense : negative_unate;
            \(tables("0.010, 0.020", "0.020, 0.040"))
          }
          internal_power () { related_pin : "A"; \(powers(2, 1)) }
          internal_power () { related_pin : "B"; when : "A"; \(powers(4, 2)) }
        }
      }
      cell (XOR2) {
        area : 3; cell_leakage_power : 7;
        pin (A) { direction : input; capacitance : 2; }
        pin (B) { direction : input; capacitance : 2; }
        pin (Y) {
          direction : output; function : "A ^ B";
          timing () {
            related_pin : "A B"; timing_sense : non_unate;
            \(tables("0.030, 0.040", "0.030, 0.040"))
          }
          internal_power () { related_pin : "A B"; \(powers(2, 1)) }
        }
      }
      cell (DFF) {
        area : 5; cell_leakage_power : 11;
        ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; clear : "!RN"; }
        pin (CK) {
          direction : input; capacitance : 4;
          internal_power () { \(powers(6, 5)) }
        }
        pin (RN) { direction : input; capacitance : 1; }
        pin (D) {
          direction : input; capacitance : 2;
          timing () {
            related_pin : "CK"; timing_type : setup_rising;
            rise_constraint (scalar) { values ("0.05"); }
            fall_constraint (scalar) { values ("0.07"); }
          }
        }
        pin (Q) {
          direction : output; function : "IQ";
          timing () {
            related_pin : "CK"; timing_type : rising_edge;
            \(tables("0.100, 0.110", "0.100, 0.110"))
          }
          internal_power () { related_pin : "CK"; \(powers(9, 8)) }
        }
      }
      cell (DFFE) {
        area : 6;
        ff (IQ, IQN) { next_state : "(D & E) | (IQ & E')"; clocked_on : "CK"; }
        pin (CK) { direction : input; capacitance : 4; }
        pin (D) { direction : input; capacitance : 2; }
        pin (E) { direction : input; capacitance : 2; }
        pin (Q) {
          direction : output; function : "IQ";
          timing () {
            related_pin : "CK"; timing_type : rising_edge;
            \(tables("0.100, 0.110", "0.100, 0.110"))
          }
        }
      }
      cell (LATCH) { latch (IQ, IQN) { } pin (Q) { direction : output; function : "IQ"; } }
    }
    """

  /// At loads of 0 and 10 fF.
  private static func tables(_ rise: String, _ fall: String) -> String {
    ["cell_rise", "rise_transition"].map { table($0, rise) }.joined()
      + ["cell_fall", "fall_transition"].map { table($0, fall) }.joined()
  }

  private static func table(_ kind: String, _ values: String) -> String {
    "\(kind) (by_load) { index_1 (\"0, 10\"); values (\"\(values)\"); } "
  }

  private static func powers(_ rise: Int, _ fall: Int) -> String {
    "rise_power (scalar) { values (\"\(rise)\"); } fall_power (scalar) { values (\"\(fall)\"); }"
  }

  static func library() throws -> CellLibrary { try CellLibrary(Array(text.utf8)) }
}
