/// Why an architecture was refused.
public struct ArchitectureError: Error, Equatable {
  public var message: String
}
