/// A cell of a library: a function of its pins, or one flip-flop, in the library's units.
public struct Cell: Sendable {
  public let name: String
  public let area: Double
  /// Of all states of its pins, as the library averages it.
  public let leakage: Double
  public let inputs: [Input]
  public let outputs: [Output]
  /// What it stores, or `nil`.
  public let flipFlop: FlipFlop?

  /// An input pin.
  public struct Input: Sendable {
    public let name: String
    /// With a rising and a falling edge.
    public let capacitance: Edges<Double>
    /// What a change costs inside, besides what it costs at outputs that follow.
    public let powers: [Power]
    /// How long it must have been still before the clock; only of data pins.
    public let setups: [Edges<LookupTable>]
  }

  /// An output pin.
  public struct Output: Sendable {
    public let name: String
    /// Of inputs, or of the names of the flip-flop's state.
    public let function: BooleanFunction
    public let arcs: [Arc]
    public let powers: [Power]
  }

  /// How an input reaches an output.
  public struct Arc: Sendable {
    public let input: String
    /// The edges of the output that an edge of the input brings about.
    public let sense: Sense
    /// By the edge of the output.
    public let delay: Edges<LookupTable>
    public let transition: Edges<LookupTable>
  }

  public enum Sense: Sendable { case positive, negative, both, clock }

  /// Energy of a change, one of the edges of the pin that it belongs to.
  public struct Power: Sendable {
    /// The inputs that bring the change about; empty at inputs.
    public let inputs: Set<String>
    /// Only in these states of the other pins; `nil` in all.
    public let condition: BooleanFunction?
    public let energy: Edges<LookupTable>
  }

  /// A rising-edge flip-flop.
  public struct FlipFlop: Sendable {
    /// Names of the state and of its inverse.
    public let state: String
    public let inverse: String
    public let next: BooleanFunction
    public let clock: String
    public let clear: BooleanFunction?
    public let preset: BooleanFunction?
  }
}

/// One of something for each edge.
public struct Edges<Value: Sendable>: Sendable {
  public let rise: Value
  public let fall: Value

  public init(rise: Value, fall: Value) {
    self.rise = rise
    self.fall = fall
  }

  public subscript(rising: Bool) -> Value { rising ? rise : fall }
}
