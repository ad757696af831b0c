import Foundation

/// Waits until a script that was just written can be started.
///
/// A child that another thread is just starting may hold the file open for writing, and until it
/// lets go the file cannot be started. The script is run with `--version`.
public func waitUntilStartable(_ file: String) throws {
  while true {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: file)
    process.arguments = ["--version"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
      process.waitUntilExit()
      return
    } catch let error as NSError {
      let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
      guard cause.code == Int(ETXTBSY) else { throw error }
      usleep(1000)
    }
  }
}
