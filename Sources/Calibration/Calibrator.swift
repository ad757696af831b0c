import Architecture
public import Energy
public import Foundation
import Liberty

/// Calibrates the models of a cell library: synthesises, measures and fits.
///
/// What was synthesised and measured is kept; a run that was interrupted goes on where it stopped.
public struct Calibrator: Sendable {
  public var name: String
  public var plan: CalibrationPlan
  /// The layers that models are fitted to.
  public var training: [LayerRecording]
  /// Other layers, that fits are held against.
  public var heldOut: [LayerRecording]
  /// Designs at work at once.
  public var jobs: Int

  private let liberty: [URL]
  private let synthesiser: Synthesiser
  /// Changes whenever a measurement would come out differently.
  private static let measurementVersion = 2

  /// How far a calibration is.
  public struct Progress: Sendable {
    public let done: Int
    public let total: Int
    /// What has just been done.
    public let design: String
  }

  /// - Parameters:
  ///   - name: What the technology will be called.
  ///   - liberty: The files of the library, plain or packed by gzip.
  ///   - cache: The folder that netlists and measurements are kept in.
  ///   - rtl: The folder `rtl`, with the sources and `synth`.
  /// - Throws: ``CalibrationError`` when a file cannot be read.
  public init(
    name: String, liberty: [URL], cache: URL, rtl: URL, plan: CalibrationPlan,
    training: [LayerRecording], heldOut: [LayerRecording], jobs: Int
  ) async throws(CalibrationError) {
    self.name = name
    self.plan = plan
    self.training = training
    self.heldOut = heldOut
    self.jobs = max(1, jobs)
    var plain: [URL] = []
    for file in liberty { plain.append(try await PackedFile.unpacked(file, into: cache)) }
    self.liberty = plain
    synthesiser = try Synthesiser(cache: cache, rtl: rtl, liberty: plain)
  }

  /// Runs the whole plan.
  ///
  /// - Parameter progress: Called after every design, from any thread.
  /// - Throws: ``CalibrationError``, at the first design that fails.
  public func run(
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws(CalibrationError) -> CalibratedTechnology {
    try await synthesiser.prepare()
    let library = try readLibrary()
    var results = Results()
    do {
      try await withThrowingTaskGroup(of: Result.self) { group in
        var waiting = work(library)[...]
        let total = waiting.count
        for task in waiting.prefix(jobs) { group.addTask(operation: task) }
        waiting = waiting.dropFirst(jobs)
        while let result = try await group.next() {
          let name = results.take(result)
          progress(Progress(done: results.count, total: total, design: name))
          if let task = waiting.popFirst() { group.addTask(operation: task) }
        }
      }
    } catch {
      throw error as? CalibrationError ?? CalibrationError("\(error)")
    }
    return try technology(of: library, results)
  }

  /// What one task brings.
  private enum Result: Sendable {
    case array(ArrayDesign, DesignMeasurement)
    case accelerator(AcceleratorDesign, AcceleratorMeasurement)
  }

  private struct Results {
    var arrays: [ArrayDesign: DesignMeasurement] = [:]
    var accelerators: [AcceleratorDesign: AcceleratorMeasurement] = [:]
    var count: Int { arrays.count + accelerators.count }

    /// Returns the name of the design.
    mutating func take(_ result: Result) -> String {
      switch result {
      case .array(let design, let measurement):
        arrays[design] = measurement
        return design.name
      case .accelerator(let design, let measurement):
        accelerators[design] = measurement
        return "accelerator \(design.name)"
      }
    }
  }

  /// One task for each design of the plan.
  private func work(_ library: CellLibrary) -> [@Sendable () async throws -> Result] {
    let (trainingArrays, heldOutArrays) = (plan.training, plan.heldOut)
    let accelerators = (plan.accelerators?.designs ?? []).map {
      design -> @Sendable () async throws -> Result in
      let isHeldOut = plan.accelerators?.heldOut.contains(design) ?? false
      let recordings = isHeldOut ? heldOut : training
      return {
        let netlist = try await synthesiser.netlist(of: design)
        return .accelerator(
          design,
          try cached(netlist, recordings) { () throws(CalibrationError) in
            try AcceleratorMeasurement(
              design, netlist: netlist, library: library, recordings: recordings)
          })
      }
    }
    let arrays = plan.designs.map { design -> @Sendable () async throws -> Result in
      let recordings =
        (trainingArrays.contains(design) ? training : [])
        + (heldOutArrays.contains(design) ? heldOut : [])
      return {
        let netlist = try await synthesiser.netlist(of: design)
        return .array(
          design,
          try cached(netlist, recordings) { () throws(CalibrationError) in
            try DesignMeasurement(
              design, netlist: netlist, library: library, recordings: recordings)
          })
      }
    }
    return accelerators + arrays
  }

  private func readLibrary() throws(CalibrationError) -> CellLibrary {
    var library: CellLibrary?
    for file in liberty {
      do {
        let part = try CellLibrary(try Synthesiser.read(file))
        if library == nil { library = part } else { library!.formUnion(part) }
      } catch let error as LibertyError {
        throw CalibrationError("\(file.path): \(error)")
      } catch {
        throw error as? CalibrationError ?? CalibrationError("\(error)")
      }
    }
    guard let library else { throw CalibrationError("expected a Liberty file, found none") }
    return library
  }

  /// What a netlist shows, from the cache where it has been measured before.
  private func cached<Measurement: Codable>(
    _ netlist: URL, _ recordings: [LayerRecording],
    measure: () throws(CalibrationError) -> Measurement
  ) throws(CalibrationError) -> Measurement {
    var key = try Synthesiser.read(netlist)
    key += "\(Self.measurementVersion)".utf8
    for recording in recordings {
      key += recording.name.utf8
      key += recording.activations.map { UInt8(bitPattern: $0) }
      key += recording.weights.map { UInt8(bitPattern: $0) }
    }
    let file = netlist.deletingPathExtension().appendingPathExtension(
      "\(SHA256.hex(key).prefix(16)).json")
    if let data = try? Data(contentsOf: file),
      let known = try? JSONDecoder().decode(Measurement.self, from: data)
    {
      return known
    }
    let measurement = try measure()
    do {
      try JSONEncoder().encode(measurement).write(to: file, options: .atomic)
    } catch {
      throw CalibrationError("\(file.path): cannot be written: \(error.localizedDescription)")
    }
    return measurement
  }

  private func technology(
    of library: CellLibrary, _ measured: Results
  ) throws(CalibrationError) -> CalibratedTechnology {
    var digests: [String] = []
    for file in liberty { digests.append(SHA256.hex(try Synthesiser.read(file))) }
    var models: [CalibratedModel] = []
    for family in plan.families {
      let fit = ArrayFit(
        family: family, measured: measured.arrays, heldOutRecordings: Set(heldOut.map(\.name)))
      models.append(try fit.model())
    }
    if let plan = plan.accelerators {
      for block in BlockFit.blocks {
        let fit = BlockFit(
          block: block, training: plan.training, heldOut: plan.heldOut,
          measured: measured.accelerators)
        models.append(fit.model())
      }
    }
    let parts = synthesiser.requirement.split(separator: "=", omittingEmptySubsequences: true)
    return CalibratedTechnology(
      name: name,
      library: .init(
        files: liberty.map(\.lastPathComponent), digests: digests,
        voltageVolts: library.voltageVolts, temperatureCelsius: library.temperatureCelsius),
      tools: [String(parts[0]): String(parts.last!)], models: models)
  }
}
