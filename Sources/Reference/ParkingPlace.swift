private import CTernaryKernels
internal import Synchronization

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// Where threads sleep until something that they wait for has changed.
final class ParkingPlace: Sendable {
  /// Threads that sleep or are about to.
  private let sleepers = Atomic(0)
  // Both stay where they are; the system's functions guard them.
  nonisolated(unsafe) private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  nonisolated(unsafe) private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Returns when `isReady`, which must load with sequential consistency: after `patience` looks the
  /// thread sleeps between them.
  func wait(patience: Int, until isReady: () -> Bool) {
    for _ in 0..<patience {
      if isReady() { return }
      setun_spin_hint()
    }
    // Either the waker sees this, or `isReady` below sees what the waker did before it looked.
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    while !isReady() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
    sleepers.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Lets the sleepers look again, after a change made with sequential consistency.
  func wakeAll() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    // A sleeper looks and falls asleep in one step for those who hold the mutex.
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

/// Processors that are there for threads.
func processorCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// Runs `body` on a thread of its own that nobody waits for.
func startThread(_ body: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(ThreadBody(run: body))
  #if canImport(Darwin)
    var thread: pthread_t?
    let failure = pthread_create(&thread, nil, { runThread($0) }, box.toOpaque())
    if failure == 0, let thread { pthread_detach(thread) }
  #else
    var thread = pthread_t()
    let failure = pthread_create(&thread, nil, { runThread($0) }, box.toOpaque())
    if failure == 0 { pthread_detach(thread) }
  #endif
  // Without the thread, the others do its share.
  if failure != 0 { box.release() }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
  return nil
}
