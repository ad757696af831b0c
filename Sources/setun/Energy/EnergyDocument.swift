import Energy

/// A figure with its bounds, provenance and source, as JSON has it.
struct EstimateDocument: Encodable {
  let low: Double
  let typical: Double
  let high: Double
  let provenance: Provenance
  let source: String

  init<U: Energy.Unit>(_ estimate: Estimate<U>) {
    (low, typical, high) = (estimate.low, estimate.typical, estimate.high)
    (provenance, source) = (estimate.provenance, estimate.source)
  }
}

/// What `setun energy --json` prints; energies in J.
struct EnergyDocument: Encodable {
  struct Origin: Encodable {
    let origin: String
    let below: Double
    let above: Double
  }

  struct Term: Encodable {
    let component: String
    let event: String
    let count: UInt64
    let what: String
    let uses: Double
    let joulesEach: EstimateDocument
    let joules: EstimateDocument
  }

  struct Baseline: Encodable {
    let name: String
    let seconds: EstimateDocument
    let bytes: Double
    let joules: EstimateDocument
    let isTrafficOnly: Bool
    let assumptions: [String]
  }

  let layer: String
  let m: Int
  let n: Int
  let k: Int
  let architecture: String
  let technology: String
  let joules: EstimateDocument
  let origins: [Origin]
  let terms: [Term]
  let baselines: [Baseline]
}

/// What `setun energy --area --json` prints; areas in µm².
struct AreaDocument: Encodable {
  struct Term: Encodable {
    let block: String
    let part: String
    let count: Double
    let squareMicrometresEach: EstimateDocument
    let squareMicrometres: EstimateDocument
  }

  let architecture: String
  let technology: String
  let squareMicrometres: EstimateDocument
  let terms: [Term]
}
