import Foundation

/// Why a command stopped, for what no module below has an error of its own.
struct CommandError: Error, CustomStringConvertible {
  /// What, where, what was expected and what was found.
  let description: String

  init(_ description: String) { self.description = description }
}

extension Error {
  /// The operating system's words where it refused something, else Foundation's.
  var reason: String {
    let error = self as NSError
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : error.localizedDescription
  }
}
