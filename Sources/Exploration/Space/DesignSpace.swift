public import Architecture

/// What is explored: the values of each parameter, the conditions on a point, and how points are
/// judged.
///
/// Every combination of values is a point and has a number; the last parameter changes fastest.
public struct DesignSpace: Sendable {
  public let name: String
  public let description: String
  /// What points have in common.
  public let base: Architecture
  public let parameters: [Parameter]
  /// What points are run on, as the file names it.
  public let workloads: [WorkloadRequest]
  /// What the best points are best in.
  public let objectives: [Objective]
  public let search: Search
  /// The space as it was written.
  public let text: String
  /// What follows from parameters.
  let derived: [DerivedKey]
  /// The conditions in their order.
  let conditions: Conditions

  /// What varies, or several keys that vary together.
  public struct Parameter: Sendable {
    /// The path of a key of an architecture file, `mapping`, or the name of a bundle of keys.
    public let name: String
    /// The unit of the values; empty for counts and texts.
    public let unit: String
    public let values: [Value]
  }

  /// One value of a parameter.
  public struct Value: Sendable {
    /// As a file writes it; the name of a bundle.
    public let text: String
    /// The keys and variables that the value decides.
    let settings: [(keyPath: String, text: String)]
    let setting: Architecture.Setting?
    let mapping: MappingPolicy?
    /// Bits of keys and values.
    var keyValueBits: Int?

    /// Those of ``settings`` that are part of the design.
    var design: [(keyPath: String, text: String)] {
      (setting?.values ?? [])
        + (mapping.map { [(DesignSpace.mappingName, $0.rawValue)] } ?? [])
        + (keyValueBits.map { [(DesignSpace.keyValueName, "\($0)")] } ?? [])
    }
  }

  /// A metric on a workload.
  public struct Objective: Hashable, Sendable {
    public let metric: Metric
    /// The index of the workload.
    public let workload: Int
    /// The metric, preceded by the workload where there are several: `chat.decode_latency_s`.
    public let name: String
  }

  /// The most points of a space, so that numbers leave room for arithmetic.
  public static let mostPoints = 1 << 60

  /// The number of points.
  public var count: Int { parameters.reduce(1) { $0 * $1.values.count } }

  /// The texts of the conditions.
  public var constraints: [String] { conditions.all.map(\.text) }
}

/// How points are chosen.
public enum Search: Equatable, Sendable {
  /// Every point.
  case exhaustive
  /// So many different points, drawn evenly.
  case random(points: Int, seed: UInt64)
  /// NSGA-II (Deb and others, 2002): generations of a population that approaches the front.
  case nsga2(population: Int, generations: Int, seed: UInt64)

  /// Spaces up to this size are searched exhaustively when the file does not say how.
  public static let mostExhaustive = 100_000_000
}

/// What a point is run on, as a space file says it.
public struct WorkloadRequest: Equatable, Sendable {
  /// Where layers come from.
  public enum Source: Equatable, Sendable {
    /// A published shape, a model file, or the built-in model.
    case model(String)
    /// Matrices of a SCALE-Sim topology file, with this share of zeros.
    case topology(String, zeroShare: Double)
    /// The layers that `setun trace` or `setun run` recorded.
    case trace(String, zeros: TraceZeros)
  }

  /// Where the zeros in the weights of recorded layers come from.
  public enum TraceZeros: Equatable, Sendable {
    /// The run counted them.
    case counted
    /// The weights of this model, as in ``Source/model(_:)``.
    case model(String)
    /// The same share in each.
    case share(Double)
  }

  public var name: String
  public var source: Source
  public var request: ExplorationWorkload.Request
  /// The file whose perplexity counts, where it is not the built-in model's own.
  public var text: String?
  /// The place of ``text`` in the file, for errors.
  public var textPlace: String?
  /// How many of its first tokens; `nil` for all.
  public var textTokens: Int?
  /// The place in the file, for errors.
  public var place: String
}
