import Activity
import ArgumentParser
import Foundation
import Machine

/// `--activity`: how it is found what toggles in a layer.
enum ActivityOption: Equatable, ExpressibleByArgument {
  case exact
  case sampled(share: Double, seed: UInt64)
  case density

  /// What is sampled where the option does not say, and beside an exact count.
  static let standardSample = ActivityOption.sampled(share: 0.1, seed: 1)

  /// `exact`, `sampled`, `sampled=0.2`, `sampled=0.2,7` or `density`.
  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("exact", 1): self = .exact
    case ("density", 1): self = .density
    case ("sampled", 1): self = Self.standardSample
    case ("sampled", _):
      let values = parts[1].split(separator: ",", omittingEmptySubsequences: false)
      guard values.count <= 2, let share = Double(values[0]), share > 0, share <= 1,
        let seed = values.count == 2 ? UInt64(values[1]) : 1
      else { return nil }
      self = .sampled(share: share, seed: seed)
    default: return nil
    }
  }

  var counting: ToggleCounting {
    switch self {
    case .exact: .exact
    case .sampled(let share, let seed): .sampled(share: share, seed: seed)
    case .density: .density
    }
  }

  /// What is compared with it: the estimates that are cheaper.
  var estimates: [ActivityOption] {
    switch self {
    case .exact: [Self.standardSample, .density]
    case .sampled: [.density]
    case .density: []
    }
  }

  var name: String {
    switch self {
    case .exact: "exact"
    case .sampled: "sampled"
    case .density: "density"
    }
  }

  var words: String {
    switch self {
    case .exact: "toggles counted from every operand"
    case .sampled(let share, let seed):
      "toggles counted in about \(String(format: "%g", 100 * share))% of the n-tiles, three at least, seed "
        + "\(seed)"
    case .density: "toggles of drawn operands with as many zeros as the weights have"
    }
  }
}
