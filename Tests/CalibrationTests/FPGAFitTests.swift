import Architecture
import Energy
import Testing

@testable import Calibration

@Suite struct FPGAFitTests {
  @Test(
    "the coefficients of the files follow from their training", arguments: FPGATechnology.families)
  func reproduced(family: FPGAFamily) throws {
    let technology = try FPGATechnology(family)
    let plan = try FPGAPlan.standard()
    for model in technology.models {
      let part = try #require(FPGAPart(rawValue: model.part))
      for fit in model.fits {
        let terms = try fit.training.map { try values(of: $0.name, part, plan) }
        let used = part.terms(of: fit.resource, designs: terms.count).filter { term in
          terms.contains { ($0[term] ?? 0) > 0 }
        }
        let measured = fit.training.map(\.measured)
        let again = NonNegativeFit(
          terms: terms.map { row in used.map { row[$0] ?? 0 } },
          measured: measured.map { max(1, $0) }, known: measured.map { $0 > 0 ? 0 : 1 })
        for (term, coefficient) in zip(used, again.coefficients) {
          let stated = fit.terms.firstIndex(of: term).map { fit.coefficients[$0] } ?? 0
          #expect(
            abs(stated - coefficient) <= 1e-4 * max(1e-3, abs(coefficient)),
            "\(model.part) \(fit.resource.rawValue) \(term.rawValue)")
        }
      }
    }
  }

  @Test(
    "predictions of the files are those of their coefficients", arguments: FPGATechnology.families)
  func predictions(family: FPGAFamily) throws {
    let technology = try FPGATechnology(family)
    let plan = try FPGAPlan.standard()
    for model in technology.models {
      let part = try #require(FPGAPart(rawValue: model.part))
      for fit in model.fits {
        for sample in fit.training + fit.heldOut {
          let value = fit.value(try values(of: sample.name, part, plan))
          #expect(abs(value - sample.predicted) <= 1e-4 * max(1, value), "\(sample.name)")
        }
      }
    }
  }

  @Test("training and what is held out are different designs")
  func disjoint() throws {
    let plan = try FPGAPlan.standard()
    for arrays in plan.arrays {
      let sizes = { (design: ArrayDesign) in [design.lanes, design.registerEvery, design.rows] }
      #expect(Set(arrays.training.map(sizes)).isDisjoint(with: arrays.heldOut.map(sizes)))
    }
    let names = (plan.training + plan.heldOut).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(
    "held-out LUTs of the default datapath stay within 5% in the mean",
    arguments: FPGATechnology.families)
  func heldOut(family: FPGAFamily) throws {
    let model = try #require(
      try FPGATechnology(family).models.first { $0.datapath == "xor_popcount" })
    let fit = try #require(model.fits.first { $0.resource == .lut })
    #expect(fit.heldOut.count == 5)
    let errors = FPGAFit.errors(of: fit.heldOut)
    #expect(errors.reduce(0, +) / 5 < 0.05)
  }

  private func values(
    of name: String, _ part: FPGAPart, _ plan: FPGAPlan
  ) throws -> [FPGATerm: Double] {
    if part == .block(.treeArray) {
      let designs = plan.arrays.flatMap { $0.training + $0.heldOut }
      return part.terms(of: try #require(designs.first { $0.name == name }).architecture())
    }
    let accelerators = plan.training + plan.heldOut
    return part.terms(of: try #require(accelerators.first { $0.name == name }).architecture)
  }
}
