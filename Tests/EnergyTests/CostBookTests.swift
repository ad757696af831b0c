import Activity
import Architecture
import Foundation
import Testing

@testable import Energy

/// Sweeps' plain numbers against the model with sources, as runs price.
@Suite("Costs of sweeps") struct CostBookTests {
  enum Cells: CaseIterable {
    case literature, calibratedArray, calibratedBlocks, builtIn
  }

  private func technology(_ cells: Cells) throws -> (Technology, cleanUp: () -> Void) {
    let text = try Resources.text("cmos-45nm.yaml")
    func named(_ line: String) throws -> Technology {
      try Technology(
        yaml: text.replacing("calibration: nangate45", with: line), file: "cmos-45nm.yaml")
    }
    let calibration: CalibratedTechnology
    switch cells {
    case .literature: return (try named(""), {})
    case .builtIn: return (try Technology(named: "cmos-45nm"), {})
    case .calibratedArray: calibration = CalibratedModelTests.calibration(every: nil)
    case .calibratedBlocks:
      calibration = CalibratedBlocksTests.calibration()
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try JSONEncoder().encode(calibration).write(to: file)
    return (
      try named("calibration: \(file.path)"), { try? FileManager.default.removeItem(at: file) }
    )
  }

  private let changes: [(inout Architecture.Parameters) -> Void] = [
    { _ in },
    { ($0.rows, $0.lanes, $0.tokensPerWeight) = (3, 12, 2) },
    { ($0.output, $0.multiplierBufferWords, $0.weightCoding) = (.int8, 8, .fiveInEight) },
    { ($0.zeroGating, $0.laneCounters, $0.activationBits) = (false, false, 4) },
  ]

  @Test("are those of the model, bounds included", arguments: Cells.allCases)
  func equality(cells: Cells) throws {
    let (technology, cleanUp) = try technology(cells)
    defer { cleanUp() }
    let book = try CostBook(technology)
    for change in changes {
      let architecture = try architecture(change)
      let model = try EnergyModel(priced: architecture, in: technology)
      #expect((model.calibration == nil) == (cells == .literature))
      let costs = try book.costs(of: architecture)
      var counts = SIMD32<Int>()
      for event in Event.allCases {
        counts[event.rawValue] = Int(clamping: sampleCounts()[event])
      }
      let (energy, total) = (costs.energy(of: counts), model.energy(of: sampleCounts()).total)
      #expect(close(energy.typical, total.typical))
      #expect(close(energy.low, total.low) && close(energy.high, total.high))
      let (area, whole) = (costs.area, model.area.total)
      #expect(close(area.typical, whole.typical))
      #expect(close(area.low, whole.low) && close(area.high, whole.high))
    }
  }

  @Test("an array that the calibration does not cover has no price, in words")
  func uncovered() throws {
    let book = try CostBook(Technology(named: "cmos-45nm"))
    let seven = try architecture { $0.treeRegisterEvery = 5 }
    let error = #expect(throws: EnergyError.self) { try book.costs(of: seven) }
    #expect(
      error?.message.hasPrefix(
        "calibration nangate45: expected a tree array of xor_popcount with tree_register_every 5 "
          + "and 4 lanes, found none among ") == true)
  }
}
