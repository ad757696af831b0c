import Architecture
import Energy
import Foundation
import Testing

@testable import Calibration

@Suite("Calibrated technologies")
struct CalibratedTechnologyTests {
  private func fit(_ terms: [CalibratedTerm], _ coefficients: [Double]) -> CalibratedFit {
    CalibratedFit(
      terms: terms, coefficients: coefficients,
      covariance: terms.map { _ in terms.map { _ in 0 } }, training: [],
      heldOut: [1.1, 0.98, 1].map { .init(name: "x, \($0)", measured: 1, predicted: $0) })
  }

  private func technology(_ fit: CalibratedFit) -> CalibratedTechnology {
    CalibratedTechnology(
      name: "t",
      library: .init(files: ["t.lib"], digests: ["0"], voltageVolts: 1, temperatureCelsius: 25),
      tools: ["pyosys": "0.70"],
      models: [
        CalibratedModel(
          block: "tree_array", datapath: "carry_in", registerEvery: [0],
          lanesArePowerOfTwo: false, energy: fit, area: fit, leakage: fit)
      ])
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let one = technology(fit([.clock, .sums], [1.5e-15, 0]))
    let text = try one.json()
    #expect(try CalibratedTechnology(json: Data(text.utf8), file: "t.json") == one)
    #expect(text.split(separator: "\n").allSatisfy { $0.count < 200 })
    #expect(text.contains(#""x":{"0.98":[1, 0.98], "1.0":[1, 1], "1.1":[1, 1.1]}"#))
  }

  @Test("a sample that is not two values is refused")
  func samples() throws {
    let text = try technology(fit([.clock], [1])).json()
    #expect {
      try CalibratedTechnology(
        json: Data(text.replacing("[1, 0.98]", with: "[1]").utf8), file: "t.json")
    } throws: { error in
      "\(error)".hasPrefix("t.json: models.")
        && "\(error)".hasSuffix(
          "x, 0.98: expected what was measured and what was predicted, found 1 values")
    }
  }

  @Test(
    "in a size of the training the fit is what it became there, elsewhere its errors are others")
  func sizes() throws {
    var technology = technology(fit([.clock, .sums], [2, 3]))
    technology.models[0].energy.covariance = [[1, 0], [0, 5]]
    technology.models[0].energy.otherSizes = [.init(name: "y", measured: 10, predicted: 13)]
    technology.models[0].sizes = [.init(lanes: 48, energy: 1.5, area: 2, leakage: 0.5)]
    var parameters = try Architecture.sample(named: "default").parameters
    parameters.datapath = .carryIn
    parameters.treeRegisterEvery = 0
    func model(lanes: Int) throws -> CalibratedModel {
      parameters.lanes = lanes
      return try #require(
        try technology.model(of: .treeArray, in: Architecture(parameters: parameters)))
    }
    // The clock is decided by flip-flops alone.
    let known = try model(lanes: 48)
    #expect(known.energy.coefficients == [2, 4.5])
    #expect(known.energy.covariance == [[1, 0], [0, 5 * 1.5 * 1.5]])
    #expect(known.area.coefficients == [2, 6] && known.leakage.coefficients == [2, 1.5])
    #expect(abs(known.energy.error95 - 0.1) < 1e-12)
    let other = try model(lanes: 40)
    #expect(other.energy.coefficients == [2, 3])
    #expect(abs(other.energy.error95 - 0.3) < 1e-12)
  }

  @Test(
    "a file that is none is refused",
    arguments: [
      ("{", "t.json: : The given data was not valid JSON."),
      ("{\"name\":\"t\"}", "t.json: library: missing"),
    ])
  func refusals(text: String, message: String) {
    #expect {
      try CalibratedTechnology(json: Data(text.utf8), file: "t.json")
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test("coefficients without terms are refused")
  func lengths() throws {
    let text = try technology(fit([.clock, .sums], [1])).json()
    #expect {
      try CalibratedTechnology(json: Data(text.utf8), file: "t.json")
    } throws: { error in
      "\(error)"
        == "t.json: tree_array: expected 2 coefficients and their covariance, found 1"
    }
  }

  @Test("errors: mean, and the 95th percentile by nearest rank")
  func errors() {
    let fit = fit([.clock], [1])
    #expect(abs(CalibratedFit.mean(fit.heldOut) - 0.04) < 1e-12)
    #expect(abs(fit.error95 - 0.1) < 1e-12)
    let hundred = (1...100).map {
      CalibratedFit.Sample(name: "", measured: 100, predicted: 100 - Double($0))
    }
    #expect(CalibratedFit.percentile95(hundred) == 0.95)
  }

  @Test("a model covers its datapath, pipelining and kind of lanes, and nothing else")
  func coverage() throws {
    let technology = technology(fit([.clock], [1]))
    var parameters = try Architecture.sample(named: "default").parameters
    func isCovered() throws -> Bool {
      try technology.model(of: .treeArray, in: Architecture(parameters: parameters)) != nil
    }
    parameters.datapath = .carryIn
    parameters.treeRegisterEvery = 0
    parameters.lanes = 48
    #expect(try isCovered())
    parameters.lanes = 64
    #expect(try !isCovered())
    parameters.lanes = 48
    parameters.treeRegisterEvery = 1
    #expect(try !isCovered())
    parameters.treeRegisterEvery = 0
    parameters.datapath = .negate
    #expect(try !isCovered())
    #expect(
      try technology.model(of: .controller, in: Architecture(parameters: parameters)) == nil)
  }
}

@Suite("Fastest clock")
struct CalibratedClockTests {
  @Test("an architecture that asks for more than the netlists allow is told so, with the figure")
  func warning() throws {
    let fit = CalibratedFit(
      terms: [], coefficients: [], covariance: [], training: [], heldOut: [])
    let technology = CalibratedTechnology(
      name: "t",
      library: .init(files: [], digests: [], voltageVolts: 1, temperatureCelsius: 25), tools: [:],
      models: [
        CalibratedModel(
          block: "tree_array", datapath: "negate", registerEvery: [1], energy: fit, area: fit,
          leakage: fit,
          periods: [8, 32, 64].map {
            .init(lanes: $0, registerEvery: 1, nanoseconds: Double($0) / 10)
          })
      ])
    var parameters = try Architecture.sample(named: "default").parameters
    parameters.datapath = .negate
    parameters.treeRegisterEvery = 1
    parameters.lanes = 20
    parameters.clockMHz = 400
    let clock = try #require(technology.clock(of: Architecture(parameters: parameters)))
    #expect(clock.maximumMHz == 312.5 && clock.lanes == 32)
    #expect(
      clock.warning
        == "clock_mhz is 400, but the tree array reaches 313 MHz in t (32 lanes, unsized cells, "
        + "no wires)")
    parameters.clockMHz = 312.5
    #expect(try technology.clock(of: Architecture(parameters: parameters))?.warning == nil)
    parameters.lanes = 100
    #expect(try technology.clock(of: Architecture(parameters: parameters))?.lanes == 64)
    parameters.treeRegisterEvery = 2
    #expect(try technology.clock(of: Architecture(parameters: parameters)) == nil)
  }
}
