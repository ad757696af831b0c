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
}
