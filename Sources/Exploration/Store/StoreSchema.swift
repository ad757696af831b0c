import GRDB

/// The tables of a store.
///
/// A row of `point` holds what metrics follow from, and not what follows: a sweep of ten million
/// points is then a file of one gigabyte, and a formula stands in one place.
enum StoreSchema {
  /// "Setu", so that `file` and other tools know whose database it is.
  static let applicationID = 0x5365_7475
  /// Raised whenever tables or records change: 4 says what points are priced with.
  static let version = 4

  /// What points in FPGAs take, each low, typical and high.
  static let resources = ["luts", "flip_flops", "block_rams", "dsps", "device_share"]

  /// The columns of a point after its number: those of the design, then those of each workload.
  static func columns(_ space: DesignSpace) -> [String] {
    let workloads = space.workloads.count
    let design =
      [
        "hash INTEGER NOT NULL", "clock_hz REAL NOT NULL", "peak_products REAL NOT NULL",
        "area_low_mm2 REAL", "area_mm2 REAL", "area_high_mm2 REAL",
      ]
      + (space.prices(.luts) ? resources : []).flatMap { name in
        ["\(name)_low REAL", "\(name) REAL", "\(name)_high REAL"]
      }
    let phases = (0..<workloads).flatMap { workload in
      let accuracy = [
        "decode_kv_bytes INTEGER", "decode_kv_energy_low_j REAL", "decode_kv_energy_j REAL",
        "decode_kv_energy_high_j REAL", "perplexity REAL", "published_perplexity REAL",
      ].map { workloads == 1 ? $0 : "w\(workload + 1)_\($0)" }
      return ["prefill", "decode"].flatMap { phase in
        [
          "cycles INTEGER", "bytes INTEGER", "energy_low_j REAL", "energy_j REAL",
          "energy_high_j REAL",
        ].map { column in
          workloads == 1 ? "\(phase)_\(column)" : "w\(workload + 1)_\(phase)_\(column)"
        }
      } + accuracy
    }
    return design + phases
  }

  /// Makes the tables of an empty database.
  static func create(in database: Database, for space: DesignSpace) throws {
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
    let columns = columns(space).map { ", \($0)" }.joined()
    try database.execute(
      sql: """
        CREATE TABLE sweep (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          identity INTEGER NOT NULL,
          record TEXT NOT NULL
        );
        -- What each number of a point stands for:
        -- value = (point.number / stride) % count, counted from 0.
        CREATE TABLE parameter (
          position INTEGER PRIMARY KEY,
          name TEXT NOT NULL, unit TEXT NOT NULL, stride INTEGER NOT NULL, count INTEGER NOT NULL
        );
        CREATE TABLE parameter_value (
          parameter INTEGER NOT NULL REFERENCES parameter, position INTEGER NOT NULL,
          value NOT NULL,
          PRIMARY KEY (parameter, position)
        ) WITHOUT ROWID;
        -- What follows from the columns of a point, and how far it can be trusted.
        CREATE TABLE metric (
          name TEXT PRIMARY KEY, unit TEXT NOT NULL, smaller_is_better INTEGER NOT NULL,
          is_objective INTEGER NOT NULL, provenance TEXT NOT NULL, source TEXT NOT NULL
        );
        CREATE TABLE point (number INTEGER PRIMARY KEY\(columns));
        -- What was done: the unit in which a sweep is written, continued and merged.
        CREATE TABLE block (
          number INTEGER PRIMARY KEY, tally TEXT NOT NULL, population TEXT
        );
        -- What the model of a workload came to in each arithmetic.
        CREATE TABLE perplexity (
          workload INTEGER NOT NULL, activation_bits INTEGER NOT NULL,
          accumulator_bits INTEGER NOT NULL, int8_outputs INTEGER NOT NULL,
          kv_bits INTEGER NOT NULL, value REAL NOT NULL,
          PRIMARY KEY (workload, activation_bits, accumulator_bits, int8_outputs, kv_bits)
        ) WITHOUT ROWID;
        CREATE TABLE front (number INTEGER PRIMARY KEY REFERENCES point);
        CREATE TABLE verification (
          number INTEGER PRIMARY KEY REFERENCES point,
          jobs INTEGER NOT NULL, model_cycles INTEGER NOT NULL, rtl_cycles INTEGER,
          difference TEXT
        );
        """)
  }

  /// Writes what numbers of points stand for, and a view `design` that says it point by point.
  static func describe(_ space: DesignSpace, in database: Database) throws {
    var stride = space.count
    var selections: [String] = []
    var joins = ""
    for (position, parameter) in space.parameters.enumerated() {
      stride /= parameter.values.count
      try database.execute(
        sql: "INSERT INTO parameter VALUES (?, ?, ?, ?, ?)",
        arguments: [position, parameter.name, parameter.unit, stride, parameter.values.count])
      for (index, value) in parameter.values.enumerated() {
        let number: (any DatabaseValueConvertible)? = Int(value.text) ?? Double(value.text)
        try database.execute(
          sql: "INSERT INTO parameter_value VALUES (?, ?, ?)",
          arguments: [position, index, number ?? value.text])
      }
      selections.append("p\(position).value AS \"\(parameter.name)\"")
      joins += """
         JOIN parameter_value p\(position) ON p\(position).parameter = \(position)
          AND p\(position).position = (point.number / \(stride)) % \(parameter.values.count)
        """
    }
    try database.execute(
      sql: """
        CREATE VIEW design AS
          SELECT \(selections.joined(separator: ", ")), point.*,
            point.number IN (SELECT number FROM front) AS on_front
          FROM point\(joins)
        """)
  }
}
