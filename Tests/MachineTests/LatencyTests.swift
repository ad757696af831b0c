import Activity
import Architecture
import Machine
import TestSupport
import Testing
import Workload

/// Cycle counts derived by hand from the timing of the RTL, cycle 0 being that of `ControllerSetup`.
///
/// The derivations use the small architecture: an activation word takes 2 beats of 8 bytes, a
/// weight word of 60 trits 2, a result of 5 rows 3. The tree has one register inside, so its
/// latency is 2. The memory answers a read address 8 cycles after it was taken.
///
/// What every job does at its beginning:
///
///     cycle 0   Setup; the load unit, which saw the job a cycle before, claims a half of the
///               weight buffer
///     cycle 1   it requests the first chunk of weights, in one burst
///     cycle 2   its address is taken, so that data come from cycle 10 on; the load unit claims a
///               half of the activation buffer
///     cycle 3   it requests the activations
///     cycle 4   their address is taken: data from cycle 12 on, after those of the weights
///
/// And at its end, when the last operand is issued in cycle T and 3 beats are to be written:
///
///     T + 1     operands leave the buffers
///     T + 3     their sums leave the tree (latency 2) and finish a result
///     T + 4     the result is at the head of the queue: beat 0 into the data register
///     T + 6     beat 2 into the data register
///     T + 7     the last beat is taken; the response comes 8 cycles later
///     T + 15    the response; nothing is pending from the next cycle on
///     T + 16    Drain ends: the job took T + 17 cycles, 16 of them in Drain
@Suite("Latency of the machine")
struct LatencyTests {
  /// The small architecture with a memory that moves a beat a cycle.
  private func architecture(
    _ change: (inout Architecture.Parameters) -> Void = { _ in }
  ) throws -> Architecture {
    try smallArchitecture {
      $0.memory.milliBytesPerCycle = 8000
      change(&$0)
    }
  }

  private func check(
    _ shape: MatmulShape, on architecture: Architecture, cycles: UInt64, busy: UInt64,
    activation: UInt64, weight: UInt64, output: UInt64 = 0, drain: UInt64 = 16
  ) throws {
    let counts = try MatmulCase(shape, on: architecture, seed: 1).run().counts
    #expect(counts[.stallSetup] == 1)
    #expect(counts[.stallActivation] == activation)
    #expect(counts[.stallWeight] == weight)
    #expect(counts[.stallOutput] == output)
    #expect(counts[.stallDrain] == drain)
    #expect(counts[.busy] == busy)
    #expect(counts[.cycles] == cycles)
  }

  @Test("One token, one tile")
  func oneTile() throws {
    // Weights arrive in cycles 10 and 11, activations in 12 and 13, ready in 14 = T.
    try check(
      MatmulShape(m: 1, n: 5, k: 12), on: architecture(), cycles: 14 + 17, busy: 1,
      activation: 13, weight: 0)
  }

  @Test("A memory of half the bandwidth")
  func halfBandwidth() throws {
    // Beats at every other cycle: weights in 10 and 12, activations in 14 and 16, ready in 17 = T.
    // The result's beats are taken in T + 5, + 7 and + 9 instead of + 5 to + 7.
    try check(
      MatmulShape(m: 1, n: 5, k: 12),
      on: architecture { $0.memory.milliBytesPerCycle = 4000 }, cycles: 17 + 17 + 2, busy: 1,
      activation: 16, weight: 0, drain: 18)
  }

  @Test("Two chunks of weights, enough reads under way")
  func twoChunks() throws {
    // The first chunk arrives in 10 and 11, four beats of activations in 12 to 15, ready in 16. The
    // second chunk was requested in cycle 5: it follows in 16 and 17 and is used in 18 = T.
    try check(
      MatmulShape(m: 1, n: 5, k: 24),
      on: architecture { ($0.weightBufferWords, $0.outstandingReads) = (2, 3) }, cycles: 18 + 17,
      busy: 2, activation: 15, weight: 1)
  }

  @Test("Two chunks of weights, too few reads under way")
  func twoReads() throws {
    // As before up to the activations. The second chunk waits until the first one's last beat, in
    // cycle 11, has ended a burst: requested in 12, its address taken in 13, data in 21 and 22, used
    // in 23 = T. Waiting for weights: 17 to 22.
    try check(
      MatmulShape(m: 1, n: 5, k: 24),
      on: architecture { ($0.weightBufferWords, $0.outstandingReads) = (2, 2) }, cycles: 23 + 17,
      busy: 2, activation: 15, weight: 6)
  }

  @Test("Three tokens and two places for results")
  func fullQueue() throws {
    // Weights in 10 and 11, six beats of activations in 12 to 17, ready in 18. Tokens 0 and 1 are
    // issued in 18 and 19 and take both places. Token 0's result is at the head in 18 + 4 = 22 and
    // leaves it in 24, so token 2 is issued in 25 = T: no place in 20 to 24. Token 1's beats are out
    // of the way before token 2's.
    try check(
      MatmulShape(m: 3, n: 5, k: 12), on: architecture(), cycles: 25 + 17, busy: 3,
      activation: 17, weight: 0, output: 5)
  }

  @Test("Each register in the tree adds a cycle, and each cycle of latency two")
  func registersAndLatency() throws {
    let shape = MatmulShape(m: 1, n: 5, k: 12)
    // Four levels.
    for (every, registers) in [(0, 0), (1, 4), (2, 2), (3, 1), (4, 1)] as [(Int, UInt64)] {
      for latency: UInt64 in [1, 2, 8, 33] {
        let counts = try MatmulCase(
          shape,
          on: architecture {
            ($0.treeRegisterEvery, $0.memory.latencyCycles) = (every, Int(latency))
          }, seed: 1
        ).run().counts
        #expect(
          counts[.cycles] == 31 + registers - 1 + 2 * latency - 16, "\(every), \(latency)")
      }
    }
  }
}
