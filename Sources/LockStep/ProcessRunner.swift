import CRTLModel
import Foundation

/// One run of an external tool: an argument array in, an exit out, never a shell between.
///
/// The tool runs in a process group of its own, so that whatever it started ends with it;
/// Foundation's `Process` does not promise one.
struct ProcessRunner: Sendable {
  /// Absolute path of the program.
  var executable: String
  var arguments: [String]
  var environment: [String: String]
  /// The folder to run in.
  var folder: String
  /// The file that receives stdout and stderr, appended.
  var log: String
  /// The tool and everything it started are killed after this time.
  var timeLimit: Duration

  /// How a tool ended.
  enum Exit: Equatable {
    case status(Int32)
    case signal(Int32)
    case timedOut
  }

  /// How long the tool may have been finished before it is noticed.
  private static let pollInterval = Duration.milliseconds(5)

  /// Runs the tool to its end.
  ///
  /// - Throws: ``LockStepError/cancelled`` when the task is cancelled; the process group is then
  ///   dead. ``LockStepError/fileSystem(action:path:reason:)`` when the tool cannot be started.
  func run() async throws(LockStepError) -> Exit {
    guard !Task.isCancelled else { throw .cancelled }
    let process = try start()
    let deadline = ContinuousClock.now + timeLimit
    while true {
      // Before the clock is looked at: a tool that ended in time is not late because this task had
      // to wait for a thread.
      if let exit = Self.poll(process) { return exit }
      if Task.isCancelled || ContinuousClock.now > deadline {
        Self.kill(process)
        if Task.isCancelled { throw .cancelled }
        return .timedOut
      }
      // Sleeping ends early, with an error, exactly when the task is cancelled.
      try? await Task.sleep(for: Self.pollInterval)
    }
  }

  /// How the process ended, or `nil` while it runs.
  private static func poll(_ process: pid_t) -> Exit? {
    var status: Int32 = 0
    let result = waitpid(process, &status, WNOHANG)
    if result == 0 || (result == -1 && errno == EINTR) { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
  }

  /// Kills the group and collects the process.
  private static func kill(_ process: pid_t) {
    _ = Foundation.kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
  }

  private func start() throws(LockStepError) -> pid_t {
    var process: pid_t = 0
    let failure = withCStrings([executable] + arguments) { argv in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
        rtl_process_start(executable, argv, envp, folder, log, &process)
      }
    }
    guard failure == 0 else {
      throw .fileSystem(
        action: "start", path: executable, reason: String(cString: strerror(failure)))
    }
    return process
  }
}

/// Calls `body` with a null-terminated array of C strings that lives as long as the call.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
