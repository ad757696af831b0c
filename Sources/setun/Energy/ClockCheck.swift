import Architecture
import Energy

/// The clocks that designs ask for, beside those that the calibrated cells of their technologies reach.
struct ClockCheck {
  /// By the name of the technology; `nil` inside where it has no calibration.
  private var cells: [String: CalibratedTechnology?] = [:]

  /// One sentence where the design asks for more, `nil` where it does not or where nobody knows.
  mutating func warning(of architecture: Architecture) throws -> String? {
    let name = architecture.parameters.technology
    // What clock an FPGA reaches, only place and route can tell.
    guard !FPGATarget.names.contains(name) else { return nil }
    if cells[name] == nil {
      do throws(EnergyError) {
        cells[name] = .some(try Technology(named: name).calibratedCells())
      } catch {
        throw Failure("\(architecture.parameters.name): \(error)")
      }
    }
    return cells[name]??.clock(of: architecture)?.warning
  }
}
