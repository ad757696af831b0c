import Activity
import Architecture

@testable import Energy

/// Two rows of four lanes: small enough to count its parts by hand.
func smallParameters() -> Architecture.Parameters {
  Architecture.Parameters(
    name: "hand", description: "Small enough to count by hand.", rows: 2, lanes: 4,
    treeRegisterEvery: 1, weightBufferWords: 256, activationBufferWords: 512, accumulatorDepth: 8,
    accumulatorBits: 24, outputQueueDepth: 2, busBytes: 4, outstandingReads: 4, clockMHz: 500,
    technology: "cmos-45nm", sramFlavour: .highPerformance,
    memory: .init(
      kind: "LPDDR5", latencyCycles: 40, milliBytesPerCycle: 4000,
      picojoulesPerBit: .init(low: 3, typical: 5, high: 8)))
}

func architecture(
  _ change: (inout Architecture.Parameters) -> Void = { _ in }
) throws -> Architecture {
  var parameters = smallParameters()
  change(&parameters)
  return try Architecture(parameters: parameters)
}

/// Counts that differ in every event.
func sampleCounts() -> EventCounts {
  var counts = EventCounts()
  for (event, count) in [
    (Event.cycles, 100), (.busy, 60), (.stallWeight, 40), (.weightBufferRead, 61),
    (.weightBufferWrite, 62), (.activationBufferRead, 63), (.activationBufferWrite, 21),
    (.laneAdd, 200), (.laneSubtract, 150), (.laneSkip, 130), (.accumulatorRead, 10),
    (.accumulatorWrite, 12), (.outputResult, 15), (.weightBytesRead, 248),
    (.activationBytesRead, 84), (.outputBytesWritten, 120), (.readBurst, 5), (.writeBurst, 3),
  ] {
    counts[event] = UInt64(count)
  }
  return counts
}

/// Equal to nine digits.
func close(_ left: Double, _ right: Double) -> Bool {
  abs(left - right) <= 1e-9 * max(abs(left), abs(right))
}
