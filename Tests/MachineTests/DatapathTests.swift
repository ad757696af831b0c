import Activity
import Architecture
import Machine
import TestSupport
import Testing
import Workload

@Suite("Datapaths of the machine")
struct DatapathTests {
  typealias Datapath = Architecture.Parameters.Datapath

  @Test("Sums are the oracle's, whatever the datapath", arguments: Datapath.allCases)
  func sums(_ datapath: Datapath) throws {
    for lanes in [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65] {
      let architecture = try smallArchitecture {
        ($0.lanes, $0.rows, $0.datapath, $0.treeRegisterEvery) = (lanes, 3, datapath, 1)
      }
      let k = min(architecture.maxK, 2 * lanes + 1)
      let matmul = try MatmulCase(MatmulShape(m: 2, n: 4, k: k), on: architecture, seed: lanes)
      #expect(try matmul.run().outputs == matmul.expected, "\(lanes) lanes")
    }
  }

  @Test(
    "A job takes the cycles of the default datapath, and the difference of the latencies",
    arguments: [
      // 12 lanes and a register every level: 4 levels of adders; compressors make 13 words 9, 6, 4,
      // 3 and 2; 6, 4 and 3 groups have 3, 2 and 2 levels; the last bit comes 7 cycles late.
      (Datapath.carrySave, 1), (.carryIn, 0), (.negate, 0), (.splitSign, 0), (.lookup2, -1),
      (.lookup3, -2), (.lookup4, -2), (.bitSerial, 7), (.int8MAC, 0),
    ])
  func latency(_ datapath: Datapath, _ difference: Int) throws {
    func cycles(_ datapath: Datapath) throws -> Int {
      let architecture = try smallArchitecture {
        ($0.treeRegisterEvery, $0.datapath) = (1, datapath)
      }
      let matmul = try MatmulCase(MatmulShape(m: 1, n: 5, k: 12), on: architecture, seed: 1)
      return Int(try matmul.run().counts[.cycles])
    }
    #expect(try cycles(datapath) == cycles(.xorPopcount) + difference)
  }
}
