public import Architecture

/// One accelerator, how layers are mapped onto it, and how wide the keys and values beside it are.
public struct DesignPoint: Equatable, Sendable {
  public var architecture: Architecture
  public var mapping: MappingPolicy
  /// Bits of a key or value that later tokens read, 2 to 8, or ``KeyValueCache/floatBits``; `nil` where
  /// nothing is said of them.
  public var keyValueBits: Int?

  public init(
    _ architecture: Architecture, mapping: MappingPolicy = .standard, keyValueBits: Int? = nil
  ) {
    self.architecture = architecture
    self.mapping = mapping
    self.keyValueBits = keyValueBits
  }
}

/// How token block and activation slice of a layer are chosen. The raw value names it in files.
///
/// Chunks are as long as the weight buffer allows, and the dataflow is the hardware's: a descriptor
/// says neither.
public enum MappingPolicy: String, CaseIterable, Codable, Sendable {
  /// As `Job` chooses them: the largest block, slices spread evenly.
  case standard
  /// The choice with the fewest cycles; of those the one with the least energy.
  case fastest
  /// The choice with the least energy; of those the one with the fewest cycles.
  case leastEnergy = "least_energy"
}
