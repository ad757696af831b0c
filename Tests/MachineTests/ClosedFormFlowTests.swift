import Activity
import Architecture
import Machine
import Mapping
import Testing
import Workload

@Suite("Closed form chunk by chunk")
struct ClosedFormFlowTests {
  private static let sizes = [1, 2, 3, 5, 8, 17, 33, 65, 129]

  /// Every job of some sizes on `parameters`, at any addresses.
  private func compare(_ parameters: Architecture.Parameters) throws -> (jobs: Int, flow: Int) {
    let architecture = try Architecture(parameters: parameters)
    let closedForm = try ClosedForm(architecture)
    var (jobs, flow) = (0, 0)
    for tokens in [1, 2, 5, 16, 33] {
      for (n, k) in zip(Self.sizes, Self.sizes.reversed()) + [(129, 129), (1023, 255)] {
        let shape = MatmulShape(m: tokens, n: n * parameters.rows / 2 + 1, k: k * 8)
        guard let job = try? Job(shape, on: architecture) else { continue }
        for offset in [0, 3, 37] {
          let place = UInt64(offset * parameters.busBytes)
          for mapping in [
            job.mapping, LayerMapping(tokenBlock: (job.tokenBlock + 1) / 2, activationSlice: 0),
            LayerMapping(tokenBlock: 1, activationSlice: 1),
          ] {
            let descriptor = Descriptor(
              job.mapped(mapping), xAddress: place, wAddress: 2 * place, yAddress: 3 * place)
            let expected = try closedForm.counts(of: descriptor, skipsRepeats: false)
            #expect(
              try closedForm.counts(of: descriptor) == expected, "\(parameters) \(descriptor)")
            jobs += 1
            flow += closedForm.flows(descriptor) ? 1 : 0
          }
        }
      }
    }
    return (jobs, flow)
  }

  @Test(
    "counts are those of every burst, played one by one",
    arguments: [500, 800, 1000, 2000], [4, 8, 16])
  func equality(milliBeatsPerCycle: Int, outstandingReads: Int) throws {
    var (jobs, flow) = (0, 0)
    for name in ["default", "edge", "server", "tiny"] {
      var parameters = try Architecture.sample(named: name).parameters
      parameters.memory.milliBytesPerCycle = milliBeatsPerCycle * parameters.busBytes
      parameters.outstandingReads = outstandingReads
      let outcome = try compare(parameters)
      jobs += outcome.jobs
      flow += outcome.flow
    }
    // Both ways are taken.
    #expect(flow > jobs / 25 && flow < jobs, "\(flow) of \(jobs)")
  }

  /// What the jobs of a design came to.
  private struct Outcome {
    var flow = 0
    /// Those of them in which the array waited for the store unit.
    var stalled = 0
  }

  /// Prefill on `parameters`, with n-tiles of full height and a last one that is lower.
  private func comparePrefill(_ parameters: Architecture.Parameters) throws -> Outcome {
    let architecture = try Architecture(parameters: parameters)
    let closedForm = try ClosedForm(architecture)
    var outcome = Outcome()
    for tokens in [7, 33] {
      for lastRows in [0, parameters.rows / 2] {
        for kTiles in [1, 8, 17] {
          let shape = MatmulShape(
            m: tokens, n: 5 * parameters.rows + lastRows, k: kTiles * parameters.lanes)
          guard let job = try? Job(shape, on: architecture) else { continue }
          for block in Set([min(5, job.tokenBlock), job.tokenBlock]) {
            let mapping = LayerMapping(tokenBlock: block, activationSlice: job.activationSlice)
            let descriptor = Descriptor(
              job.mapped(mapping), xAddress: 0, wAddress: 0, yAddress: 0)
            guard closedForm.flows(descriptor) else { continue }
            let expected = try closedForm.counts(of: descriptor, skipsRepeats: false)
            #expect(
              try closedForm.counts(of: descriptor) == expected, "\(parameters) \(descriptor)")
            outcome.flow += 1
            if expected[.stallOutput] > 0 { outcome.stalled += 1 }
          }
        }
      }
    }
    return outcome
  }

  @Test(
    "results that come faster than they are stored wait as if they were played one by one",
    arguments: [300, 500, 750, 1000, 2000], [2, 3, 4, 8])
  func saturation(milliBeatsPerCycle: Int, outputQueueDepth: Int) throws {
    var outcome = Outcome()
    for rows in [16, 31] {
      for dataflow in Architecture.Parameters.Dataflow.allCases {
        var parameters = try Architecture.sample(named: "default").parameters
        (parameters.rows, parameters.lanes, parameters.dataflow) = (rows, 64, dataflow)
        parameters.outputQueueDepth = outputQueueDepth
        parameters.outstandingReads = 16
        parameters.weightBufferWords = 20
        parameters.memory.milliBytesPerCycle = milliBeatsPerCycle * parameters.busBytes
        let more = try comparePrefill(parameters)
        outcome.flow += more.flow
        outcome.stalled += more.stalled
      }
    }
    #expect(outcome.flow > 0)
    // With half a beat a cycle and place enough some have to wait.
    if milliBeatsPerCycle == 500 && outputQueueDepth > 3 { #expect(outcome.stalled > 0) }
  }
}
