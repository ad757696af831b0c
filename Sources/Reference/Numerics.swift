internal import Workload

/// The arithmetic of a forward pass: that of the published model, or of hardware that has fewer
/// bits.
///
/// Weights stay ternary, and norms, rotations, softmax and the scores of the vocabulary stay in
/// single precision: what varies is what a ternary accelerator and its memory decide on.
public struct Numerics: Hashable, Sendable {
  /// Bits of the inputs of ternary layers, 2 to 8: each row becomes
  /// −(2^(bits−1) − 1)...2^(bits−1) − 1.
  public var activationBits: Int
  /// Bits of a sum, 8 to 32, in two's complement: what they cannot hold wraps. That is where
  /// partial sums wrap too, since wrapping twice is wrapping once.
  public var accumulatorBits: Int
  /// Outputs of a layer leave the accelerator as int8: the largest sum of the call becomes ±127.
  public var requantisesOutputs: Bool
  /// Bits of the keys and values that later tokens read, 2 to 8, with a scale for each head of each
  /// token; nil for single precision.
  public var keyValueBits: Int?

  /// The arithmetic that the model was trained for.
  public static let published = Numerics()

  /// - Precondition: Each is in the range that its property states.
  public init(
    activationBits: Int = 8, accumulatorBits: Int = 32, requantisesOutputs: Bool = false,
    keyValueBits: Int? = nil
  ) {
    precondition(2...8 ~= activationBits, "activations of \(activationBits) bits")
    precondition(8...32 ~= accumulatorBits, "sums of \(accumulatorBits) bits")
    precondition(2...8 ~= keyValueBits ?? 8, "keys and values of \(keyValueBits ?? 8) bits")
    self.activationBits = activationBits
    self.accumulatorBits = accumulatorBits
    self.requantisesOutputs = requantisesOutputs
    self.keyValueBits = keyValueBits
  }
}

extension Numerics: CustomStringConvertible {
  /// `a8 acc32`, `a4 acc16 int8 kv4`.
  public var description: String {
    "a\(activationBits) acc\(accumulatorBits)" + (requantisesOutputs ? " int8" : "")
      + (keyValueBits.map { " kv\($0)" } ?? "")
  }
}

extension Numerics {
  /// What the accelerator makes of exact sums, as sums again.
  ///
  /// A requantised sum is the nearest whole number to what its int8 stands for.
  func results(_ sums: [Int32]) -> [Int32] {
    guard accumulatorBits < 32 || requantisesOutputs else { return sums }
    let unused = Int32(32 - accumulatorBits)
    let wrapped = sums.map { ($0 << unused) >> unused }
    guard requantisesOutputs else { return wrapped }
    let requantisation = Requantisation(largest: wrapped.map(\.magnitude).max() ?? 0)
    let step = Double(1 << Int64(requantisation.shift)) / Double(requantisation.multiplier(row: 0))
    return wrapped.map { Int32((Double(requantisation.value($0, row: 0)) * step).rounded()) }
  }

  /// Rounds each run of `size` values to ``keyValueBits`` by its largest magnitude.
  func roundKeyValues(_ values: inout [Float], headSize size: Int) {
    guard let keyValueBits else { return }
    let largestCode = Float((1 << (keyValueBits - 1)) - 1)
    for start in stride(from: 0, to: values.count, by: size) {
      let head = start..<start + size
      let largest = values[head].reduce(0) { max($0, $1.magnitude) }
      guard largest > 0 else { continue }
      let step = largest / largestCode
      for index in head {
        values[index] = (values[index] / step).rounded(.toNearestOrEven) * step
      }
    }
  }
}
