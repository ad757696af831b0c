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
///     cycle 0   Setup: the descriptor is good
///     cycle 1   the load unit claims a half of the activation buffer
///     cycle 2   it requests the activations, in one burst
///     cycle 3   their address is taken, so that data come from cycle 11 on; the load unit claims
///               a half of the weight buffer
///     cycle 4   it requests the first chunk of weights
///     cycle 5   its address is taken: data from cycle 13 on, after those of the activations
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
    // Activations arrive in cycles 11 and 12 and are ready in 13; weights arrive in 13 and 14 and
    // are ready in 15 = T. Waiting for activations: cycles 1 to 12; for weights: 13 and 14.
    try check(
      MatmulShape(m: 1, n: 5, k: 12), on: architecture(), cycles: 15 + 17, busy: 1,
      activation: 12, weight: 2)
  }

  @Test("A memory of half the bandwidth")
  func halfBandwidth() throws {
    // Beats at every other cycle: activations in 11 and 13, ready in 14; weights in 15 and 17,
    // ready in 18 = T. The result's beats are taken in T + 5, + 7 and + 9 instead of + 5 to + 7.
    try check(
      MatmulShape(m: 1, n: 5, k: 12),
      on: architecture { $0.memory.milliBytesPerCycle = 4000 }, cycles: 18 + 17 + 2, busy: 1,
      activation: 13, weight: 4, drain: 18)
  }

  @Test("Two chunks of weights, enough reads under way")
  func twoChunks() throws {
    // Four beats of activations in cycles 11 to 14, ready in 15. The first chunk arrives in 15 and
    // 16 and is used in 17. The second was requested in cycle 6: it follows in 17 and 18 and is
    // used in 19 = T. Waiting for weights: 15, 16 and 18.
    try check(
      MatmulShape(m: 1, n: 5, k: 24),
      on: architecture { ($0.weightBufferWords, $0.outstandingReads) = (2, 3) }, cycles: 19 + 17,
      busy: 2, activation: 14, weight: 3)
  }

  @Test("Two chunks of weights, too few reads under way")
  func twoReads() throws {
    // As before up to the first chunk. The second waits until the activations' last beat, in cycle
    // 14, has ended a burst: requested in 15, its address taken in 16, data in 24 and 25, used in
    // 26 = T. Waiting for weights: 15, 16 and 18 to 25.
    try check(
      MatmulShape(m: 1, n: 5, k: 24),
      on: architecture { ($0.weightBufferWords, $0.outstandingReads) = (2, 2) }, cycles: 26 + 17,
      busy: 2, activation: 14, weight: 10)
  }

  @Test("Three tokens and two places for results")
  func fullQueue() throws {
    // Six beats of activations in 11 to 16, ready in 17; weights in 17 and 18, ready in 19. Tokens
    // 0 and 1 are issued in 19 and 20 and take both places. Token 0's result is at the head in
    // 19 + 4 = 23 and leaves it in 25, so token 2 is issued in 26 = T: no place in 21 to 25. Token
    // 1's beats are out of the way before token 2's.
    try check(
      MatmulShape(m: 3, n: 5, k: 12), on: architecture(), cycles: 26 + 17, busy: 3,
      activation: 16, weight: 2, output: 5)
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
          counts[.cycles] == 32 + registers - 1 + 2 * latency - 16, "\(every), \(latency)")
      }
    }
  }
}
