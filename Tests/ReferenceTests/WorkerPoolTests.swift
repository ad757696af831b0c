import Synchronization
import Testing

@testable import Reference

@Suite("A pool of threads")
struct WorkerPoolTests {
  @Test("runs every part once, for any number of threads and parts", arguments: [1, 2, 3, 8])
  func counts(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for parts in [0, 1, 2, 3, 5, 17, 129] {
      let calls = (0..<parts).map { _ in Counter() }
      pool.run(parts: parts) { calls[$0].add(1) }
      #expect(calls.allSatisfy { $0.value == 1 }, "\(parts) parts")
    }
  }

  @Test("leaves nothing of a job to the next, over many small ones", arguments: [2, 4])
  func manyJobs(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let total = Counter()
    for job in 0..<20_000 {
      let sum = Counter()
      pool.run(parts: 1 + job % 5) { sum.add($0 + 1) }
      let parts = 1 + job % 5
      guard sum.value == parts * (parts + 1) / 2 else {
        Issue.record("job \(job) of \(parts) parts: \(sum.value)")
        return
      }
      total.add(1)
    }
    #expect(total.value == 20_000)
  }

  @Test("wakes threads that have parked")
  func parked() async throws {
    let pool = WorkerPool(threads: 2)
    for _ in 0..<3 {
      // Far longer than threads wait awake.
      try await Task.sleep(for: .milliseconds(20))
      let calls = Counter()
      pool.run(parts: 2) { _ in calls.add(1) }
      #expect(calls.value == 2)
    }
  }

  @Test("waits for a part that takes long")
  func slowPart() {
    let pool = WorkerPool(threads: 2)
    let calls = Counter()
    pool.run(parts: 2) { part in
      if part == 1 {
        let end = ContinuousClock.now + .milliseconds(20)
        while ContinuousClock.now < end {}
      }
      calls.add(1)
    }
    #expect(calls.value == 2)
  }

  @Test("runs a job inside a job on its caller")
  func nested() {
    let pool = WorkerPool(threads: 3)
    let calls = Counter()
    pool.run(parts: 6) { _ in pool.run(parts: 5) { _ in calls.add(1) } }
    #expect(calls.value == 30)
  }

  @Test("serves callers on several threads at once")
  func concurrentCallers() async {
    let pool = WorkerPool(threads: 3)
    let calls = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<200 { pool.run(parts: 4) { _ in calls.add(1) } } }
      }
    }
    #expect(calls.value == 8 * 200 * 4)
  }

  @Test("ends with its owner, whether its threads are parked or not")
  func endOfLife() async throws {
    for round in 0..<50 {
      let pool = WorkerPool(threads: 4)
      let calls = Counter()
      if round % 2 == 0 { pool.run(parts: 4) { _ in calls.add(1) } }
      #expect(calls.value == (round % 2 == 0 ? 4 : 0))
    }
  }

  @Test("splits a range without gaps, at multiples of the unit", arguments: [1, 2, 3])
  func split(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for count in [0, 1, 2, 7, 31, 128, 129, 1023] {
      for unit in [1, 8, 128] {
        for minimum in [1, 100] {
          let seen = (0..<count).map { _ in Counter() }
          let misplaced = Counter()
          pool.split(count, unit: unit, minimum: minimum) { range in
            if range.lowerBound % unit != 0 || range.isEmpty { misplaced.add(1) }
            for index in range { seen[index].add(1) }
          }
          #expect(
            misplaced.value == 0 && seen.allSatisfy { $0.value == 1 }, "\(count) by \(unit)")
        }
      }
    }
  }
}

/// A number that several threads count up.
private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add(_ amount: Int) { count.wrappingAdd(amount, ordering: .relaxed) }
}
