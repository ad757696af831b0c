public import Architecture
import Machine

/// Why lock-step stopped.
public enum LockStepFailure: Error, CustomStringConvertible {
  /// Model and RTL differ.
  case divergence(Divergence)
  /// The RTL stopped by itself in this cycle: an assertion fired.
  case rtl(LockStepError, cycle: UInt64)

  public var description: String {
    switch self {
    case .divergence(let divergence): divergence.description
    case .rtl(let error, let cycle): "cycle \(cycle): \(error)"
    }
  }
}

/// The first difference between model and RTL.
public struct Divergence: Sendable {
  /// The state of both sides after one cycle, word by word as `layout` says.
  public struct Snapshot: Sendable {
    public let cycle: UInt64
    public let model: [UInt32]
    public let rtl: [UInt32]
  }

  /// The cycle after which they differ, counted from the first cycle of reset.
  public let cycle: UInt64
  /// The first word that differs.
  public let word: Int
  public let layout: ProbeLayout
  /// All words that differ in that cycle.
  public let differing: [Int]
  /// The cycles around it, oldest first: up to 32 before it, and some after it.
  public internal(set) var history: [Snapshot] = []

  /// The first signal that differs: `accumulator[3]`, `counter[lane_add]`.
  public var signal: String { name(ofWord: word) }

  /// The name of one word; counters by their events.
  public func name(ofWord word: Int) -> String { layout.signalName(ofWord: word) }

  private var snapshot: Snapshot? { history.first { $0.cycle == cycle } }

  /// The model's value of that signal.
  public var modelValue: UInt32 { snapshot?.model[word] ?? 0 }
  /// The RTL's value of that signal.
  public var rtlValue: UInt32 { snapshot?.rtl[word] ?? 0 }
}

extension Divergence: CustomStringConvertible {
  /// Cycle, signal, both values, what was being worked on, and the signal's recent values.
  public var description: String {
    var lines = [
      "model and RTL differ after cycle \(cycle): \(signal) is \(hex(modelValue)) in the model and "
        + "\(hex(rtlValue)) in the RTL",
      "  \(block), \(context)",
    ]
    let others = differing.dropFirst().prefix(8).map(name(ofWord:))
    if !others.isEmpty {
      let more = differing.count - 1 - others.count
      lines.append(
        "  also: " + others.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
    }
    lines.append("  cycle       model         RTL  (\(signal))")
    for snapshot in history {
      let mark = snapshot.model[word] == snapshot.rtl[word] ? "" : "  <"
      lines.append(
        "  \(padded(String(snapshot.cycle), to: 6))  \(hex(snapshot.model[word]))  "
          + "\(hex(snapshot.rtl[word]))\(mark)")
    }
    return lines.joined(separator: "\n")
  }

  /// Where in the loop nest the controller of the model was.
  private var context: String {
    guard let snapshot else { return "" }
    func value(_ signal: ProbeSignal) -> UInt32 { snapshot.model[layout[signal].lowerBound] }
    return "token \(value(.token)) of \(value(.blockTokens)), \(value(.nTilesLeft)) n-tiles left, "
      + "k-tile \(value(.kBase) + value(.kTile)), \(value(.tokensLeft)) tokens left"
  }
}

private func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}

private func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
