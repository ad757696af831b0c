import ArgumentParser
import Foundation
import LockStep

/// Runs the work of a command; Ctrl-C cancels it.
///
/// - Parameter hint: What the user may want to know then.
/// - Throws: What `work` throws; `ExitCode` 130 when it was interrupted, after saying so.
func interruptible<Value: Sendable>(
  hint: String? = nil, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  do {
    return try await cancellingOnInterrupt(work)
  } catch let error where isInterruption(error) {
    FileHandle.standardError.write(
      Data("setun: interrupted\(hint.map { "; \($0)" } ?? "")\n".utf8))
    throw ExitCode(130)
  }
}

func isInterruption(_ error: any Error) -> Bool {
  error is CancellationError || error as? LockStepError == .cancelled
}
