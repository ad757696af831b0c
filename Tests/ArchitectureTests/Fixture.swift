import Architecture

/// A complete architecture file; `rows` is on line 3 and `memory` on line 22.
let fixture = """
  name: fixture
  description: A design for tests.
  rows: 16
  lanes: 64
  weight_coding: two_bit
  datapath: xor_popcount
  tree_register_every: 2
  dataflow: output_stationary
  zero_gating: true
  lane_counters: false
  weight_buffer_words: 64
  activation_buffer_words: 512
  accumulator_depth: 32
  accumulator_bits: derived
  output: int32
  output_queue_depth: 4
  bus_bytes: 16
  outstanding_reads: 4
  clock_mhz: 500
  technology: cmos-7nm
  sram_flavour: hp
  memory:
    kind: LPDDR4
    latency_cycles: 40
    bytes_per_cycle: 12.8
    picojoules_per_bit:
      low: 4
      typical: 8
      high: 14.5
  tokens_per_weight: 1
  multiplier_buffer_words: 0
  job_queue_depth: 3
  activation_bits: 8

  """

/// What ``fixture`` says.
let fixtureParameters = Architecture.Parameters(
  name: "fixture", description: "A design for tests.", rows: 16, lanes: 64,
  treeRegisterEvery: 2, laneCounters: false, weightBufferWords: 64, activationBufferWords: 512,
  accumulatorDepth: 32, outputQueueDepth: 4, jobQueueDepth: 3, busBytes: 16, outstandingReads: 4,
  clockMHz: 500, technology: "cmos-7nm", sramFlavour: .highPerformance,
  memory: .init(
    kind: "LPDDR4", latencyCycles: 40, milliBytesPerCycle: 12_800,
    picojoulesPerBit: .init(low: 4, typical: 8, high: 14.5)))

/// ``fixture`` with the line of `key` replaced, or left out when `line` is empty.
func fixture(with line: String, insteadOf key: String) -> String {
  let lines = fixture.split(separator: "\n", omittingEmptySubsequences: false)
  precondition(lines.contains { $0.drop { $0 == " " }.hasPrefix("\(key):") }, "no \(key)")
  return lines.compactMap { old -> String? in
    let indent = old.prefix { $0 == " " }
    guard old.dropFirst(indent.count).hasPrefix("\(key):") else { return String(old) }
    return line.isEmpty ? nil : indent + line
  }.joined(separator: "\n")
}

/// ``fixtureParameters`` after a change.
func parameters(
  _ change: (inout Architecture.Parameters) -> Void
) -> Architecture.Parameters {
  var parameters = fixtureParameters
  change(&parameters)
  return parameters
}

/// The message with which `text` is refused, or `nil` when it is accepted.
func refusal(ofFile text: String) -> String? {
  do throws(ArchitectureError) {
    _ = try Architecture(yaml: text, file: "a.yaml")
    return nil
  } catch { return error.description }
}

/// The message with which `parameters` are refused, or `nil` when they are accepted.
func refusal(of parameters: Architecture.Parameters) -> String? {
  do throws(ArchitectureError) {
    _ = try Architecture(parameters: parameters)
    return nil
  } catch { return error.description }
}
