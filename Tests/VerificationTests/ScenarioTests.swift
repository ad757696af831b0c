import Architecture
import Machine
import TestSupport
import Testing
import Workload

@testable import Verification

@Suite("Scenarios")
struct ScenarioTests {
  @Test("An ID reads as it prints, and nothing else is one")
  func identifiers() throws {
    let id = ScenarioID(seed: -3, architecture: 17, index: 4)
    #expect("\(id)" == "-3:17:4" && ScenarioID("\(id)") == id)
    for text in ["", "1", "1:2", "1:2:3:4", "1::3", "a:0:0", "1:-1:0", "1:0:-1", "1:2:3 "] {
      #expect(ScenarioID(text) == nil, "\(text)")
    }
  }

  @Test("The model gets every scenario right, and every kind is drawn")
  func model() throws {
    var kinds: Set<Scenario.Kind> = []
    for number in 0..<3 {
      let architecture = try Campaign.Target(drawing: number, seed: 5).architecture
      for index in 0..<16 {
        let id = ScenarioID(seed: 5, architecture: number, index: index)
        let scenario = Scenario(id, on: architecture, limit: 100)
        kinds.insert(scenario.kind)
        let records = try scenario.run(on: Machine(architecture))
        #expect(records.lazy.compactMap(\.mistake).first == nil, "\(id), \(scenario.kind)")
        #expect(!records.isEmpty)
      }
    }
    #expect(kinds == Set(Scenario.Kind.allCases))
  }

  @Test("The same scenario runs the same, cycle for cycle")
  func repeats() throws {
    let architecture = try Architecture.sample(named: "tiny")
    for index in 0..<8 {
      let id = ScenarioID(seed: 2, architecture: 0, index: index)
      let results = try (0..<2).map { _ in
        try Scenario(id, on: architecture).run(on: Machine(architecture)).map(\.result)
      }
      #expect(results[0] == results[1], "\(id)")
    }
  }

  @Test("A wrong sum, a missing error and an unexpected one are mistakes with their place")
  func mistakes() throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 2, n: 3, k: 5), on: architecture, seed: 1)
    var result = try matmul.run()
    func mistake(_ error: JobError? = nil) -> String? {
      Scenario.Record(
        job: matmul.job, result: result, expectedOutputs: matmul.expected, expectedError: error
      ).mistake
    }
    #expect(mistake() == nil)
    #expect(mistake(.read)?.hasSuffix(": expected the error 'read', found no error") == true)
    result.outputs[4] += 1
    #expect(
      mistake()?.hasSuffix(
        ": output 1 of token 1: expected \(matmul.expected[4]), found \(matmul.expected[4] + 1)")
        == true)
    result.error = .size
    #expect(mistake()?.hasSuffix(": expected no error, found the error 'size'") == true)
  }
}
