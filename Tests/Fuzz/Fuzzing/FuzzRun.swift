private import ModelFile

/// What came of mutated inputs; that there is a result at all means that none of them trapped.
public struct FuzzRun: Sendable {
  public var inputs = 0
  /// Inputs that were read as sound files.
  public var accepted = 0
  /// The kinds of refusal: the first words of messages, without numbers.
  public var diagnostics: Set<String> = []
  /// The longest time that one input took, and its number.
  public var slowest: (time: Duration, input: Int) = (.zero, 0)

  public init() {}

  /// Gives `target` the inputs of these numbers. An input depends on its number and `seed` alone, so
  /// that one of them can be repeated.
  public mutating func run(_ target: FuzzTarget, inputs numbers: Range<Int>, seed: Int) {
    let clock = ContinuousClock()
    for number in numbers {
      // Neighbouring numbers must not give neighbouring streams.
      var mutator = Mutator(seed: (seed &+ number &* 0x2545_F491_4F6C_DD1D))
      let bytes = mutator.mutated(target.seeds)
      let start = clock.now
      do {
        try target.read(bytes)
        accepted += 1
      } catch {
        diagnostics.insert(Self.kind(of: error))
      }
      let time = clock.now - start
      if time > slowest.time { slowest = (time, number) }
      inputs += 1
    }
  }

  /// The first words of a message: later ones may come from the file.
  private static func kind(of error: ModelFileError) -> String {
    error.problem.split(separator: " ").prefix(4).joined(separator: " ").filter { !$0.isNumber }
  }
}
