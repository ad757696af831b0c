import Activity
import Architecture
import Foundation
public import Machine

/// The model and the RTL as one device: both see the same inputs, and every word of their
/// architectural state is compared after every cycle.
///
/// The outputs are the model's. At the first difference the pair runs on for a few cycles, so that
/// the report shows what comes of it, and then throws.
public final class LockStepPair: Device {
  /// Cycles kept before a difference, and run after it.
  public static let cyclesBefore = 32
  public static let cyclesAfter = 8

  public let model: Machine
  public let rtl: RTLDevice
  private let layout: ProbeLayout
  /// Cycles compared since the pair was made.
  public private(set) var cyclesCompared: UInt64 = 0

  private let words: Int
  /// A ring of snapshots: the model's words, then the RTL's.
  private let snapshots: UnsafeMutablePointer<UInt32>
  private let slots = cyclesBefore + cyclesAfter + 1
  private var first: Divergence?

  /// Called after every cycle with its number, the model's words and the RTL's.
  public var observer: ((UInt64, UnsafePointer<UInt32>, UnsafePointer<UInt32>) -> Void)?

  /// A pair before its reset.
  ///
  /// - Precondition: The RTL has a probe.
  public init(_ model: Machine, _ rtl: RTLDevice) {
    self.model = model
    self.rtl = rtl
    layout = ProbeLayout(model.architecture)
    words = layout.words
    precondition(rtl.probe.count == words, "a probe of \(rtl.probe.count) words, not of \(words)")
    rtl.checksAllAttributes = true
    snapshots = .allocate(capacity: slots * 2 * words)
    snapshots.initialize(repeating: 0, count: slots * 2 * words)
  }

  deinit { snapshots.deallocate() }

  public var outputs: PortOutputs { model.outputs }
  public var operandsTaken: UInt64 { model.operandsTaken }
  public func probeWords() -> [UInt32] { model.probeWords() }

  public func step(_ inputs: PortInputs) throws(LockStepFailure) {
    model.step(inputs)
    do {
      try rtl.step(inputs)
    } catch {
      // A difference that was found before explains why the RTL stopped.
      if let first { throw .divergence(complete(first)) }
      throw .rtl(error, cycle: cyclesCompared)
    }
    let slot = snapshots + Int(cyclesCompared % UInt64(slots)) * 2 * words
    model.probe(into: slot)
    (slot + words).update(from: rtl.probe.baseAddress!, count: words)
    observer?(cyclesCompared, slot, slot + words)
    cyclesCompared += 1
    if let first {
      if cyclesCompared - 1 == first.cycle + UInt64(Self.cyclesAfter) {
        throw .divergence(complete(first))
      }
    } else if memcmp(slot, slot + words, words * MemoryLayout<UInt32>.stride) != 0 {
      let word = (0..<words).first { slot[$0] != slot[words + $0] }!
      first = Divergence(
        cycle: cyclesCompared - 1, word: word, layout: layout,
        differing: (0..<words).filter { slot[$0] != slot[words + $0] })
    }
  }

  /// A difference that the run was too short to report.
  public func check() throws(LockStepFailure) {
    if let first { throw .divergence(complete(first)) }
  }

  /// Adds the recorded cycles, oldest first.
  private func complete(_ divergence: Divergence) -> Divergence {
    var divergence = divergence
    let oldest = cyclesCompared > UInt64(slots) ? cyclesCompared - UInt64(slots) : 0
    for cycle in oldest..<cyclesCompared {
      let slot = snapshots + Int(cycle % UInt64(slots)) * 2 * words
      divergence.history.append(
        Divergence.Snapshot(
          cycle: cycle, model: Array(UnsafeBufferPointer(start: slot, count: words)),
          rtl: Array(UnsafeBufferPointer(start: slot + words, count: words))))
    }
    return divergence
  }
}
