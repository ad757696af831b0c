public import Workload

extension ExplorationWorkload {
  /// A layer as a run recorded it.
  public struct Recorded: Equatable, Sendable {
    public let name: String
    public let shape: MatmulShape

    public init(name: String, shape: MatmulShape) {
      self.name = name
      self.shape = shape
    }
  }

  /// The layers of a recorded pass over a prompt.
  ///
  /// - Parameters:
  ///   - source: Where shapes and zeros come from.
  ///   - nonzeros: The weights of a layer that are −1 or +1.
  /// - Precondition: There is a layer, and all have as many tokens.
  public init(
    name: String, source: String, recorded: [Recorded], nonzeros: (Recorded) throws -> Int
  ) rethrows {
    let tokens = recorded[0].shape.m
    precondition(recorded.allSatisfy { $0.shape.m == tokens }, "\(name): tokens differ")
    self.init(
      name: name, source: source,
      prefill: Phase(
        tokens: tokens,
        layers: try recorded.map {
          Layer(name: $0.name, shape: $0.shape, nonzeros: try nonzeros($0))
        }),
      decode: nil, decodeSteps: 0)
  }
}
