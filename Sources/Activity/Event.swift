/// What the model and the RTL count while a job runs.
///
/// The raw value is the index of the hardware counter, so cases are only ever appended. Names in
/// the SystemVerilog and in reports are the snake-case ``name``.
public enum Event: Int, CaseIterable, Sendable {
  /// Clock cycles from the start of the job to its end.
  case cycles
  /// Cycles in which the tree array took an operand, or was not done with the last one.
  case busy
  /// Cycles spent on setting up jobs.
  case stallSetup
  /// Cycles without an operand because the activations of the token block were not there.
  case stallActivation
  /// Cycles without an operand because the weights of the chunk were not there.
  case stallWeight
  /// Cycles without an operand because no place for another result was free.
  case stallOutput
  /// Cycles after the last operand, until the bus has taken and acknowledged every result.
  case stallDrain
  /// Weight words (`rows * lanes` trits) read from the weight buffer.
  case weightBufferRead
  /// Beats (`bus_bytes` bytes) written to the weight buffer.
  case weightBufferWrite
  /// Activation words (`lanes` int8) read from the activation buffer.
  case activationBufferRead
  /// Beats (`bus_bytes` bytes) written to the activation buffer.
  case activationBufferWrite
  /// Products with a weight of +1.
  case laneAdd
  /// Products with a weight of −1.
  case laneSubtract
  /// Products with a weight of 0.
  case laneSkip
  /// Words of `rows * tokens_per_weight` partial sums read from the accumulator memory.
  case accumulatorRead
  /// Words of `rows * tokens_per_weight` partial sums written to the accumulator memory.
  case accumulatorWrite
  /// Finished results (one n-tile of one token) passed to the output stage.
  case outputResult
  /// Bytes of weights that crossed the bus, padding included.
  case weightBytesRead
  /// Bytes of activations that crossed the bus, padding included.
  case activationBytesRead
  /// Bytes of results that crossed the bus, padding included.
  case outputBytesWritten
  /// Read bursts.
  case readBurst
  /// Write bursts.
  case writeBurst
  /// Sums that a partial sum of `accumulator_bits` could not hold; they wrapped.
  case accumulatorOverflow
  /// Sums that were requantised to int8.
  case requantisation
  /// Beats (`bus_bytes` bytes) written to the multiplier buffer.
  case multiplierBufferWrite
  /// Words of `rows` multipliers read from the multiplier buffer.
  case multiplierBufferRead
  /// Bytes of multipliers that crossed the bus, padding included.
  case multiplierBytesRead
}

extension Event {
  /// The name in SystemVerilog, JSON and tables: `weight_buffer_read`.
  public var name: String {
    var name = ""
    for character in String(describing: self) {
      if character.isUppercase { name += "_" }
      name += character.lowercased()
    }
    return name
  }

  /// What one count stands for.
  public var unit: String {
    switch self {
    case .cycles, .busy, .stallSetup, .stallActivation, .stallWeight, .stallOutput, .stallDrain:
      "cycles"
    case .weightBufferRead, .activationBufferRead, .accumulatorRead, .accumulatorWrite,
      .multiplierBufferRead:
      "words"
    case .weightBufferWrite, .activationBufferWrite, .multiplierBufferWrite: "beats"
    case .accumulatorOverflow, .requantisation: "sums"
    case .laneAdd, .laneSubtract, .laneSkip: "products"
    case .outputResult: "results"
    case .weightBytesRead, .activationBytesRead, .outputBytesWritten, .multiplierBytesRead: "bytes"
    case .readBurst, .writeBurst: "bursts"
    }
  }

  /// The reasons for which the tree array waits; with ``busy`` they add up to ``cycles``.
  public static let stalls: [Event] = [
    .stallSetup, .stallActivation, .stallWeight, .stallOutput, .stallDrain,
  ]
}
