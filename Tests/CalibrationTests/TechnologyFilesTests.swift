import Architecture
import Energy
import Testing

@testable import Calibration

/// The technology files that come with the project: what can be worked out again from them is.
@Suite("Technology files")
struct TechnologyFilesTests {
  static let names = ["asap7", "nangate45", "osu018", "sg13g2", "sky130hd"]

  private func technology(_ name: String) throws -> CalibratedTechnology {
    try #require(try CalibratedTechnology.builtIn().first { $0.name == name })
  }

  /// The design that a sample was taken of.
  private func design(_ sample: String) throws -> ArrayDesign {
    let pattern = /(\w+)-(\d+)x(\d+)x(\d+)-r(\d+)(-ungated)?/
    let match = try #require(try pattern.prefixMatch(in: sample), "\(sample)").output
    return ArrayDesign(
      datapath: try #require(.init(rawValue: String(match.1))), rows: Int(match.2)!,
      lanes: Int(match.3)!, tokens: Int(match.4)!, registerEvery: Int(match.5)!,
      zeroGating: match.6 == nil)
  }

  @Test("names, digests and voltages say what was measured", arguments: names)
  func provenance(name: String) throws {
    let technology = try technology(name)
    #expect(technology.library.files.count == technology.library.digests.count)
    #expect(technology.library.digests.allSatisfy { $0.count == 64 })
    #expect((0.5...5).contains(technology.library.voltageVolts))
    #expect(technology.tools["pyosys"] == "0.70")
    #expect(Set(technology.models.map(\.block)).isSubset(of: Block.allCases.map(\.rawValue)))
  }

  @Test("areas and leakages of every array are coefficients times counts", arguments: names)
  func sums(name: String) throws {
    for model in try technology(name).models where model.block == Block.treeArray.rawValue {
      for fit in [model.area, model.leakage] {
        for sample in fit.training + fit.heldOut {
          let design = try design(sample.name)
          let counts = CalibratedTerm.counts(of: try design.architecture())
          let sum = fit.value { counts[$0] ?? 0 }
          // Coefficients and sums have six digits.
          #expect(abs(sum - sample.predicted) < 1e-4 * sample.predicted, "\(name), \(sample.name)")
        }
      }
    }
  }

  @Test("no coefficient is negative, and covariances are symmetric", arguments: names)
  func coefficients(name: String) throws {
    for model in try technology(name).models {
      for fit in [model.energy, model.area, model.leakage] {
        #expect(fit.coefficients.allSatisfy { $0 >= 0 } && fit.coefficients.contains { $0 > 0 })
        for (row, values) in fit.covariance.enumerated() {
          #expect(values[row] >= 0)
          for (column, value) in values.enumerated() {
            #expect(abs(value - fit.covariance[column][row]) <= 1e-4 * abs(value))
          }
        }
      }
    }
  }

  @Test(
    "nothing of the training is held out, and arrays with all registers keep the goals",
    arguments: names)
  func heldOut(name: String) throws {
    for model in try technology(name).models {
      for fit in [model.energy, model.area, model.leakage] {
        let training = Set(fit.training.map(\.name))
        #expect(!fit.heldOut.isEmpty && training.isDisjoint(with: fit.heldOut.map(\.name)))
        #expect((fit.training + fit.heldOut).allSatisfy { $0.measured > 0 })
      }
      guard model.block == Block.treeArray.rawValue else { continue }
      #expect(model.periods.allSatisfy { $0.nanoseconds > 0 } && !model.periods.isEmpty)
      // With a register after every level the gate level itself is regular: the goals hold.
      if model.registerEvery == [1] {
        #expect(CalibratedFit.mean(model.energy.heldOut) <= 0.03, "\(name)")
        #expect(model.energy.error95 <= 0.06, "\(name)")
        #expect(CalibratedFit.mean(model.area.heldOut) <= 0.02, "\(name)")
        #expect(model.area.heldOut.allSatisfy { abs($0.error) <= 0.05 }, "\(name)")
      }
    }
  }
}
