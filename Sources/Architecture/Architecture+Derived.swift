extension Architecture {
  // MARK: Words, beats and halves

  /// Trits that a beat of weights holds.
  public var weightBeatTrits: Int {
    switch parameters.weightCoding {
    case .twoBit: 4 * parameters.busBytes
    case .fiveInEight: 5 * parameters.busBytes
    }
  }
  /// Bits of one weight word in the weight buffer: `rows * lanes` trits of two bits.
  public var weightWordBits: Int { 2 * parameters.rows * parameters.lanes }
  /// Bus beats of one weight word; the last one is padded with zeros.
  public var weightBeats: Int { ceilDivide(parameters.rows * parameters.lanes, weightBeatTrits) }
  /// Bytes of one weight word in memory, padding included.
  public var weightWordBytes: Int { weightBeats * parameters.busBytes }
  /// Bus beats of one activation word, a byte for each lane; the last one is padded with zeros.
  public var activationBeats: Int { ceilDivide(parameters.lanes, parameters.busBytes) }
  /// Bytes of one activation word in memory, padding included.
  public var activationWordBytes: Int { activationBeats * parameters.busBytes }
  /// Bytes of one result in memory.
  public var resultBytes: Int {
    switch parameters.output {
    case .int32: 4
    case .int8: 1
    }
  }
  /// Bus beats of one finished n-tile of one token: `rows` results.
  public var outputBeats: Int { ceilDivide(resultBytes * parameters.rows, parameters.busBytes) }
  /// Bytes of one n-tile of one token in memory, padding included.
  public var outputTileBytes: Int { outputBeats * parameters.busBytes }

  /// Bus beats of the 16-bit multipliers of one n-tile; the last one is padded with zeros.
  public var multiplierBeats: Int { ceilDivide(2 * parameters.rows, parameters.busBytes) }
  /// Bytes of the multipliers of one n-tile in memory, padding included.
  public var multiplierWordBytes: Int { multiplierBeats * parameters.busBytes }

  /// Weight words in one half of the weight buffer: the longest chunk, in k-tiles.
  public var weightHalfWords: Int { parameters.weightBufferWords / 2 }
  /// Activation words in one half of a bank of the activation buffer, of which there is one for each
  /// token that shares a weight word.
  public var activationHalfWords: Int {
    parameters.activationBufferWords / (2 * parameters.tokensPerWeight)
  }
  /// n-tiles in one half of the multiplier buffer: the most of a job with a multiplier per row.
  public var multiplierHalfWords: Int { parameters.multiplierBufferWords / 2 }

  // MARK: Limits

  /// The most k-tiles of a job: a token's activations must fit one half of the buffer.
  public var maxKTiles: Int { activationHalfWords }
  /// The largest K of a job.
  public var maxK: Int { maxKTiles * parameters.lanes }
  /// The most n-tiles and the most tokens of a job: what the 16-bit descriptor fields hold.
  public static let maxTiles = 65_535

  // MARK: Arithmetic

  /// The largest magnitude of an activation, which only a negative one has: 128 with 8 bits.
  public var activationMagnitude: Int { parameters.activationMagnitude }
  /// What the array makes of the byte `value` in memory: its lowest `activation_bits`, as a number.
  @inlinable
  public func activation(_ value: Int8) -> Int8 {
    let unused = Int8(8 - parameters.activationBits)
    return (value &<< unused) &>> unused
  }
  /// What the array makes of the bytes of X.
  public func activations(_ values: [Int8]) -> [Int8] {
    parameters.activationBits == 8 ? values : values.map(activation)
  }

  /// Bits of one tree sum, which lies in `-activationMagnitude * lanes` to as much.
  public var sumBits: Int { Self.signedBits(magnitude: activationMagnitude * parameters.lanes) }
  /// Bits of a partial sum: as stated, or the fewest that hold `±activationMagnitude * maxK`.
  public var accumulatorBits: Int {
    parameters.accumulatorBits ?? parameters.derivedAccumulatorBits
  }

  /// The fewest bits that hold every partial sum of the longest job.
  public var derivedAccumulatorBits: Int { parameters.derivedAccumulatorBits }

  /// The fewest bits of a two's-complement number that holds both `-magnitude` and `magnitude`.
  public static func signedBits(magnitude: Int) -> Int { ceilLog2(magnitude + 1) + 1 }
}

extension Architecture.Parameters {
  /// The largest magnitude of an activation, which only a negative one has: 128 with 8 bits.
  var activationMagnitude: Int { 1 << (activationBits - 1) }

  /// The fewest bits that hold every partial sum of the longest job.
  var derivedAccumulatorBits: Int {
    Architecture.signedBits(
      magnitude: activationMagnitude * lanes * (activationBufferWords / (2 * tokensPerWeight)))
  }
}

/// `dividend / divisor`, rounded up. Both positive.
@inlinable
package func ceilDivide(_ dividend: Int, _ divisor: Int) -> Int {
  (dividend + divisor - 1) / divisor
}

/// The fewest bits that count `value` things: 0 for 1, 1 for 2, 2 for 3 and 4.
///
/// - Precondition: `value` is at least 1.
package func ceilLog2(_ value: Int) -> Int {
  precondition(value >= 1, "ceilLog2(\(value))")
  return Int.bitWidth - (value - 1).leadingZeroBitCount
}
