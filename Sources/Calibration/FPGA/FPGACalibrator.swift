import Architecture
public import Energy
public import Foundation

/// Calibrates the models of an FPGA family: synthesises arrays, whole accelerators and memories, and
/// fits.
///
/// What was synthesised is kept; a run that was interrupted goes on where it stopped.
public struct FPGACalibrator: Sendable {
  public let family: FPGAFamily
  public let plan: FPGAPlan
  /// Runs of Yosys at once.
  public var jobs: Int

  private let synthesiser: FPGASynthesiser

  /// - Parameters:
  ///   - cache: The folder that Yosys and counts are kept in.
  ///   - rtl: The folder `rtl`, with the sources and `synth`.
  /// - Throws: ``CalibrationError`` when a file cannot be read.
  public init(
    family: FPGAFamily, plan: FPGAPlan, cache: URL, rtl: URL, jobs: Int
  ) throws(CalibrationError) {
    self.family = family
    self.plan = plan
    self.jobs = max(1, jobs)
    synthesiser = try FPGASynthesiser(family: family, cache: cache, rtl: rtl)
  }

  /// One run of Yosys.
  private enum Work: Sendable {
    case arrays([ArrayDesign])
    case accelerator(FPGAPlan.Accelerator)
    case memories([FPGAPlan.MemorySize])

    var name: String {
      switch self {
      case .arrays(let designs): "\(designs.count) arrays of \(designs[0].datapath.rawValue)"
      case .accelerator(let accelerator): "accelerator \(accelerator.name)"
      case .memories(let sizes): "\(sizes.count) memories"
      }
    }
  }

  /// Runs the whole plan.
  ///
  /// - Parameter progress: Called after every run of Yosys, from any thread.
  /// - Throws: ``CalibrationError``, at the first run that fails.
  public func run(
    progress: @escaping @Sendable (Calibrator.Progress) -> Void
  ) async throws(CalibrationError) -> FPGATechnology {
    try await synthesiser.prepare()
    let work: [Work] =
      plan.arrays.flatMap { [.arrays($0.training), .arrays($0.heldOut)] }
      + (plan.training + plan.heldOut).map { .accelerator($0) } + [.memories(plan.memories)]
    var measured = FPGAMeasurements()
    do {
      try await withThrowingTaskGroup(of: (Work, FPGAMeasurements).self) { group in
        var waiting = work[...]
        var done = 0
        func next() {
          guard let work = waiting.popFirst() else { return }
          group.addTask { (work, try await measure(work)) }
        }
        for _ in 0..<jobs { next() }
        while let (finished, results) = try await group.next() {
          measured.formUnion(results)
          done += 1
          progress(
            Calibrator.Progress(done: done, total: work.count, design: finished.name))
          next()
        }
      }
    } catch {
      throw error as? CalibrationError ?? CalibrationError("\(error)")
    }
    return try FPGAFitter(family: family, plan: plan, measured: measured)
      .technology(requirement: synthesiser.requirement)
  }

  private func measure(_ work: Work) async throws(CalibrationError) -> FPGAMeasurements {
    var measured = FPGAMeasurements()
    switch work {
    case .arrays(let designs):
      measured.arrays = try await synthesiser.arrays(designs, of: plan.host)
    case .accelerator(let accelerator):
      measured.parts[accelerator.name] = try await synthesiser.parts(of: accelerator)
    case .memories(let sizes):
      measured.memories = try await synthesiser.memories(sizes, of: plan.host)
    }
    return measured
  }
}

/// What synthesis counted.
struct FPGAMeasurements: Sendable {
  var arrays: [ArrayDesign: FPGACounts] = [:]
  /// By the name of the accelerator.
  var parts: [String: [FPGAPart: FPGACounts]] = [:]
  var memories: [FPGAPlan.MemorySize: FPGACounts] = [:]

  mutating func formUnion(_ other: FPGAMeasurements) {
    arrays.merge(other.arrays) { $1 }
    parts.merge(other.parts) { $1 }
    memories.merge(other.memories) { $1 }
  }
}
