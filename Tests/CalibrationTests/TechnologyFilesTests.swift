import Architecture
import Energy
import Testing

@testable import Calibration

/// The technology files that come with the project: what can be worked out again from them is.
@Suite("Technology files")
struct TechnologyFilesTests {
  static let names = ["asap7", "nangate45", "osu018", "sg13g2", "sky130hd"]

  private func technology(_ name: String) throws -> CalibratedTechnology {
    try CalibratedTechnology(nameOrFile: name)
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
    let technology = try technology(name)
    for model in technology.models where model.block == Block.treeArray.rawValue {
      for figure in [\CalibratedModel.area, \.leakage] {
        let fit = model[keyPath: figure]
        for sample in fit.training + fit.heldOut + fit.otherSizes {
          let architecture = try design(sample.name).architecture()
          let special = try #require(technology.model(of: .treeArray, in: architecture))
          let sum = special[keyPath: figure].value {
            $0.count(in: .treeArray, of: architecture)
          }
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

  @Test("nothing of the training is held out", arguments: names)
  func heldOut(name: String) throws {
    for model in try technology(name).models {
      for fit in [model.energy, model.area, model.leakage] {
        let training = Set(fit.training.map(\.name))
        let others = fit.heldOut + fit.otherSizes
        #expect(training.isDisjoint(with: others.map(\.name)))
        #expect((fit.training + others).allSatisfy { $0.measured > 0 })
        // What has no other size held out is priced with the errors of its datapath's others.
        let mayLack =
          model.block == Block.storeUnit.rawValue || model.lanesArePowerOfTwo == true
        #expect(!others.isEmpty || mayLack, "\(name): \(model.title)")
      }
      // Of the store unit only designs whose tiles fill a beat are comparable, and these are fitted.
      #expect(model.energy.heldOut.isEmpty == (model.block == Block.storeUnit.rawValue))
      guard model.block == Block.treeArray.rawValue else { continue }
      #expect(model.periods.allSatisfy { $0.nanoseconds > 0 } && !model.periods.isEmpty)
    }
  }

  @Test("every datapath and every block of the machine has its models", arguments: names)
  func completeness(name: String) throws {
    let models = try technology(name).models
    for datapath in Architecture.Parameters.Datapath.allCases {
      for every in 0...3 {
        #expect(
          models.contains {
            $0.datapath == datapath.rawValue && $0.registerEvery == [every]
          }, "\(name): \(datapath) /\(every)")
      }
    }
    #expect(
      Set(models.map(\.block)) == Set(Block.allCases.map(\.rawValue)), "\(name)")
  }

  @Test("an array is as large as its trees", arguments: names)
  func trees(name: String) throws {
    var compared = 0
    for model in try technology(name).models where model.datapath == "xor_popcount" {
      for several in model.area.heldOut where try design(several.name).tokens == 2 {
        let array = try design(several.name)
        var tree = array
        (tree.rows, tree.tokens) = (1, 1)
        let one = try #require(model.area.training.first { $0.name == tree.name })
        #expect(abs(several.measured - 6 * one.measured) < 1e-4 * several.measured, "\(array.name)")
        compared += array.rows * array.tokens == 6 ? 1 : 0
      }
    }
    #expect(compared == 10)
  }

  @Test(
    "arrays with a register after every level keep the goals, or what was found", arguments: names)
  func goals(name: String) throws {
    let models = try technology(name).models.filter { $0.registerEvery == [1] }
    #expect(models.count == 15)
    for model in models {
      let datapath = try #require(model.datapath)
      // Mean and 95th percentile of energy, mean and maximum of area.
      let bounds: [Double] =
        switch datapath {
        case "lookup_2", "lookup_3", "lookup_4", "bit_serial": [0.03, 0.09, 0.041, 0.056]
        case "int8_mac": [0.06, 0.105, 0.02, 0.05]
        default: [0.03, 0.06, 0.02, 0.05]
        }
      let (energy, area) = (model.energy.heldOut, model.area.otherSizes)
      #expect(!energy.isEmpty && !area.isEmpty && !model.leakage.otherSizes.isEmpty)
      let errors = [
        CalibratedFit.mean(energy), CalibratedFit.percentile95(energy), CalibratedFit.mean(area),
        area.map { abs($0.error) }.max() ?? 1,
      ]
      #expect(zip(errors, bounds).allSatisfy { $0 <= $1 }, "\(name) \(datapath): \(errors)")
    }
  }

  @Test("a size that was not measured has a range of its own", arguments: names)
  func otherSizes(name: String) throws {
    let technology = try technology(name)
    for datapath in Architecture.Parameters.Datapath.allCases {
      for every in 0...3 {
        for lanes in [10, 128] {
          let design = ArrayDesign(
            datapath: datapath, rows: 1, lanes: lanes, tokens: 1, registerEvery: every,
            zeroGating: true)
          let model = technology.model(of: .treeArray, in: try design.architecture())
          for fit in [\CalibratedModel.energy, \.area, \.leakage] {
            let fit = try #require(model)[keyPath: fit]
            #expect(!fit.heldOut.isEmpty && fit.error95 > 0, "\(name): \(design.name)")
          }
        }
      }
    }
  }
}
