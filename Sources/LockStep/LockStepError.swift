/// Why the RTL of an architecture could not be built, loaded or run.
///
/// A difference between RTL and model is not an error: it is the result of a comparison.
public enum LockStepError: Error, Equatable {
  /// A tool that the build needs is not installed, or not on the PATH.
  case toolMissing(name: String, install: Install)
  /// A tool is older than the oldest version that is known to work.
  case toolTooOld(name: String, found: String, needed: String, install: Install)
  /// A tool could not be started, failed or ran too long. `output` holds its first error lines,
  /// `log` is the file with all of them.
  case toolFailed(name: String, reason: String, output: [String], log: String)
  /// The task that built was cancelled; nothing of the build remains.
  case cancelled
  /// The RTL folder does not hold what it should.
  case sourceRefused(path: String, reason: String)
  /// The top module lacks ports, or has them in another width.
  case portsRefused(top: String, problems: [String])
  /// The cache folder could be changed by someone else, or is no folder.
  case cacheRefused(path: String, reason: String)
  /// The operating system refused an operation on a file.
  case fileSystem(action: String, path: String, reason: String)
  /// A shared library is not what its file name promises.
  case libraryRefused(path: String, reason: String)
  /// A port has a value that the bus or the accelerator's documentation does not allow.
  case portValue(port: String, expected: UInt8, found: UInt8)
  /// An assertion of the RTL failed, or the RTL ended the simulation. `message` is what it printed.
  case rtlStopped(message: String)
}

extension LockStepError: CustomStringConvertible {
  /// What is wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .toolMissing(let name, let install):
      "\(name) was not found on the PATH. Install it: \(install.line)"
    case .toolTooOld(let name, let found, let needed, let install):
      "\(name) is too old: found \(found), needed \(needed) or later. "
        + "Install it: \(install.line)"
    case .toolFailed(let name, let reason, let output, let log):
      (["\(name) \(reason)"] + output.map { "  \($0)" } + ["The whole output is in \(log)"])
        .joined(separator: "\n")
    case .cancelled:
      "interrupted"
    case .sourceRefused(let path, let reason):
      "RTL source \(path): \(reason)"
    case .portsRefused(let top, let problems):
      (["the ports of \(top) do not fit:"] + problems.map { "  \($0)" }).joined(separator: "\n")
    case .cacheRefused(let path, let reason):
      "cache folder \(path): \(reason)"
    case .fileSystem(let action, let path, let reason):
      "could not \(action) \(path): \(reason)"
    case .libraryRefused(let path, let reason):
      "RTL library \(path): \(reason)"
    case .portValue(let port, let expected, let found):
      "port \(port): expected \(expected), found \(found)"
    case .rtlStopped(let message):
      "the RTL stopped: \(message)"
    }
  }
}
