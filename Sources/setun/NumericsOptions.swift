import ArgumentParser
import Reference

/// The arithmetic of a run, where it is not the published model's.
struct NumericsOptions: ParsableArguments {
  @Option(help: "Bits of the inputs of ternary layers, 2 to 8.")
  var activationBits = Numerics.published.activationBits

  @Option(help: "Bits of the accumulators, 8 to 32; sums that they cannot hold wrap.")
  var accumulatorBits = Numerics.published.accumulatorBits

  @Flag(help: "Outputs of ternary layers leave the accelerator as int8.")
  var int8Outputs = false

  @Option(
    name: .customLong("kv-bits"), help: "Bits of cached keys and values, 2 to 8. Default: float32.")
  var keyValueBits: Int?

  func validate() throws {
    try Self.check("--activation-bits", activationBits, in: 2...8)
    try Self.check("--accumulator-bits", accumulatorBits, in: 8...32)
    if let keyValueBits { try Self.check("--kv-bits", keyValueBits, in: 2...8) }
  }

  private static func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
    guard range ~= value else {
      throw ValidationError(
        "\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
  }

  var numerics: Numerics {
    Numerics(
      activationBits: activationBits, accumulatorBits: accumulatorBits,
      requantisesOutputs: int8Outputs, keyValueBits: keyValueBits)
  }
}
