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
    let heldOutDesigns = Set(plan.families.flatMap(\.heldOut))
    let measured: [ArrayDesign: DesignMeasurement]
    do {
      measured = try await withThrowingTaskGroup(
        of: (ArrayDesign, DesignMeasurement).self
      ) { group in
        var waiting = plan.designs[...]
        func next() {
          guard let design = waiting.popFirst() else { return }
          let recordings = heldOutDesigns.contains(design) ? heldOut : training
          group.addTask {
            (design, try await measure(design, library: library, recordings: recordings))
          }
        }
        for _ in 0..<jobs { next() }
        var results: [ArrayDesign: DesignMeasurement] = [:]
        while let (design, measurement) = try await group.next() {
          results[design] = measurement
          progress(
            Progress(done: results.count, total: plan.designs.count, design: design.name))
          next()
        }
        return results
      }
    } catch {
      throw error as? CalibrationError ?? CalibrationError("\(error)")
    }
    return try technology(of: library, measured)
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

  /// What a design shows, from the cache where it has been measured before.
  private func measure(
    _ design: ArrayDesign, library: CellLibrary, recordings: [LayerRecording]
  ) async throws(CalibrationError) -> DesignMeasurement {
    let netlist = try await synthesiser.netlist(of: design)
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
      let known = try? JSONDecoder().decode(DesignMeasurement.self, from: data)
    {
      return known
    }
    let measurement = try DesignMeasurement(
      design, netlist: netlist, library: library, recordings: recordings)
    do {
      try JSONEncoder().encode(measurement).write(to: file, options: .atomic)
    } catch {
      throw CalibrationError("\(file.path): cannot be written: \(error.localizedDescription)")
    }
    return measurement
  }

  private func technology(
    of library: CellLibrary, _ measured: [ArrayDesign: DesignMeasurement]
  ) throws(CalibrationError) -> CalibratedTechnology {
    var digests: [String] = []
    for file in liberty { digests.append(SHA256.hex(try Synthesiser.read(file))) }
    var models: [CalibratedModel] = []
    for family in plan.families {
      models.append(try ArrayFit(family: family, measured: measured).model())
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
