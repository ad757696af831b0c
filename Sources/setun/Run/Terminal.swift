import Foundation

/// What standard output can show.
struct Terminal {
  /// Columns of the terminal; 140 where the output is no terminal.
  let width: Int
  /// Whether colours are welcome: on a terminal, unless `NO_COLOR` is set (no-color.org).
  let hasColor: Bool

  init() {
    var size = winsize()
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let known = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : 140
    hasColor = isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }

  /// Writes lines to standard output; where `print` is silent, as on a full disk, an error.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw Failure("cannot write to standard output: \(error.localizedDescription)")
    }
  }
}

/// Says on standard error what takes long: nothing in the first second, then the current step.
///
/// On a terminal the step is one line that changes; elsewhere every step is a line of its own.
final class Progress: @unchecked Sendable {
  private let lock = NSLock()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isQuiet = true
  private var current = ""
  private var shown = ""

  init() {
    // A long first step has no successor whose beginning could show it.
    Task { [weak self] in
      try await Task.sleep(for: .seconds(1))
      self?.endQuiet()
    }
  }

  /// The current step; called as often as it changes, from any thread.
  func update(_ step: String) {
    lock.withLock {
      current = step
      show()
    }
  }

  private func endQuiet() {
    lock.withLock {
      isQuiet = false
      show()
    }
  }

  private func show() {
    guard !isQuiet, current != shown else { return }
    shown = current
    write(isTerminal ? "\r\u{1B}[K\(shown)" : "setun: \(shown)\n")
  }

  /// Leaves the terminal as it was.
  func finish() {
    lock.withLock {
      if isTerminal && !shown.isEmpty { write("\r\u{1B}[K") }
      (current, shown) = ("", "")
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
