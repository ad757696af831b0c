import Dispatch
import Foundation

/// Runs `operation` and cancels it when the user presses Ctrl-C or the process is asked to end.
///
/// Tools run in process groups of their own, so the terminal's Ctrl-C does not reach them: a
/// command that builds RTL wraps its work in this function. The operation then ends by throwing,
/// having killed its tools and removed what it had half built. A second signal acts as usual and
/// ends the process at once.
public func cancellingOnInterrupt<Value: Sendable>(
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let task = Task { try await operation() }
  let sources = [SIGINT, SIGTERM].map { number in
    let previous = signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      signal(number, SIG_DFL)
      task.cancel()
    }
    source.activate()
    return (number, previous, source)
  }
  defer {
    for (number, previous, source) in sources {
      source.cancel()
      signal(number, previous)
    }
  }
  return try await withTaskCancellationHandler {
    try await task.value
  } onCancel: {
    task.cancel()
  }
}
