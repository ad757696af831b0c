import GRDB
internal import Reference

extension ExplorationStore {
  /// What the model of the workload `index` came to so far, by arithmetic.
  func perplexities(ofWorkload index: Int) throws(ExplorationError) -> [Numerics: Double] {
    let rows = try translating {
      try queue.read {
        try Row.fetchAll(
          $0, sql: "SELECT * FROM perplexity WHERE workload = ?", arguments: [index])
      }
    }
    var values: [Numerics: Double] = [:]
    for row in rows {
      let (activations, sums, keyValues) = (row[1] as Int, row[2] as Int, row[4] as Int)
      guard 2...8 ~= activations, 8...32 ~= sums,
        2...8 ~= keyValues || keyValues == KeyValueCache.floatBits
      else {
        throw .input(
          place: "\(path): perplexity",
          problem: "expected an arithmetic, found \(activations), \(sums) and \(keyValues) bits")
      }
      let numerics = Numerics(
        activationBits: activations, accumulatorBits: sums, requantisesOutputs: row[3],
        keyValueBits: keyValues == KeyValueCache.floatBits ? nil : keyValues)
      values[numerics] = row[5]
    }
    return values
  }

  /// Notes what the model of the workload `index` came to in `numerics`.
  func note(
    _ value: Double, in numerics: Numerics, workload index: Int
  ) throws(ExplorationError) {
    try translating {
      try queue.write {
        try $0.execute(
          sql: "INSERT OR REPLACE INTO perplexity VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            index, numerics.activationBits, numerics.accumulatorBits, numerics.requantisesOutputs,
            numerics.keyValueBits ?? KeyValueCache.floatBits, value,
          ])
      }
    }
  }
}
