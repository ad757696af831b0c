import Foundation

/// An advisory lock on a file, exclusive between processes and between tasks of one process.
///
/// The operating system releases it when the process ends, however it ends.
final class RTLCacheLock {
  private let path: String
  private var descriptor: Int32
  /// Whether this object holds the lock.
  private(set) var isHeld = false

  /// Creates the file where it is missing and tries to lock it, without waiting.
  init(path: String) throws(LockStepError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .posix("open lock", path) }
    try tryAgain()
  }

  /// Tries to lock the file, without waiting.
  func tryAgain() throws(LockStepError) {
    isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    guard isHeld || errno == EWOULDBLOCK || errno == EINTR else { throw .posix("lock", path) }
  }

  /// Gives the lock up. The file stays: removing it would let two processes lock two files.
  func release() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    isHeld = false
  }

  deinit { release() }
}
