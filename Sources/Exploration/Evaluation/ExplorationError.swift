public import Energy
public import Machine
public import Mapping

/// Why a point has no metrics, or a space or a store cannot be used.
public enum ExplorationError: Error, Equatable, Sendable {
  /// The hardware cannot hold a layer of the workload.
  case unfit(layer: String, MappingError)
  /// The closed form cannot count the workload on this architecture.
  case uncountable(architecture: String, ClosedFormError)
  /// The architecture's technology, or its SRAM, has no figures.
  case unpriced(architecture: String, EnergyError)
  /// An input is wrong: in which file and where in it, what was expected and what was found.
  case input(place: String, problem: String)
  /// The task was cancelled while a model predicted a text.
  case cancelled
}

extension ExplorationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unfit(let layer, let error): "\(layer): \(error)"
    case .uncountable(let architecture, let error): "\(architecture): \(error)"
    case .unpriced(let architecture, let error): "\(architecture): \(error)"
    case .input(let place, let problem): "\(place): \(problem)"
    case .cancelled: "cancelled"
    }
  }
}
