import CRTLModel

/// Runs `operation` and cancels it when the user presses Ctrl-C or the process is asked to end.
///
/// Tools run in process groups of their own, so the terminal's Ctrl-C does not reach them: a
/// command that builds RTL wraps its work in this function, once. The operation then ends by
/// throwing, having killed its tools and removed what it had half built. A second signal acts as
/// usual and ends the process at once.
public func cancellingOnInterrupt<Value: Sendable>(
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  rtl_interrupt_watch()
  defer { rtl_interrupt_unwatch() }
  let work = Task { try await operation() }
  // Looked at in a loop, because a signal handler can do no more than leave a note.
  let watch = Task {
    while rtl_interrupt_seen() == 0 { try await Task.sleep(for: .milliseconds(20)) }
    work.cancel()
  }
  defer { watch.cancel() }
  return try await withTaskCancellationHandler {
    try await work.value
  } onCancel: {
    work.cancel()
  }
}
