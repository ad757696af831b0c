internal import CLimits
internal import Reference
private import Synchronization

/// What this machine can do at best, measured beside the rest.
struct Limits: Encodable {
  /// Bytes a second that threads read from memory together; by number of threads.
  var bandwidth: [String: Double] = [:]
  /// Products of bytes a second on one thread; 0 without the instruction.
  var multiplyAdds: Double = 0
  /// Looked-up words a second on one thread; 0 without the instruction.
  var lookUps: Double = 0

  private enum CodingKeys: String, CodingKey {
    case bandwidth = "bandwidth_bytes_per_second"
    case multiplyAdds = "maddubs_products_per_second"
    case lookUps = "vpermw_words_per_second"
  }

  static func measure(threads: [Int], rounds: Int) -> Limits {
    var limits = Limits()
    for count in threads {
      limits.bandwidth["\(count)"] = MemoryReader.shared.bestRate(threads: count, rounds: rounds)
    }
    let count = 1 << 20
    for _ in 0..<rounds {
      var operations: UInt64 = 0
      let multiplying = seconds(threads: 1) { operations = limits_multiply(count) }
      limits.multiplyAdds = max(limits.multiplyAdds, Double(operations) / multiplying)
      let looking = seconds(threads: 1) { operations = limits_permute(count) }
      limits.lookUps = max(limits.lookUps, Double(operations) / looking)
    }
    return limits
  }
}

/// Memory far larger than the caches, to be read as fast as it goes.
final class MemoryReader {
  nonisolated(unsafe) static let shared = MemoryReader(bytes: 512 << 20)

  private let memory: UnsafeMutableRawBufferPointer

  private init(bytes: Int) {
    memory = .allocate(byteCount: bytes, alignment: 4096)
    _ = memory.initializeMemory(as: UInt8.self, repeating: 1)
  }

  /// The seconds of reading each piece of `bytes` bytes, all pieces once.
  func seconds(_ bytes: Int, _ pool: WorkerPool, ahead: Bool) -> [Double] {
    let size = bytes / (pool.threadCount * 4096) * 4096
    nonisolated(unsafe) let base = UnsafeRawPointer(memory.baseAddress)
    let sink = Atomic<UInt64>(0)
    return (0..<memory.count / bytes).map { piece in
      benchmark.seconds(threads: pool.threadCount) {
        pool.run(parts: pool.threadCount) { part in
          guard let place = base.map({ $0 + (piece * pool.threadCount + part) * size }) else {
            return
          }
          let value = ahead ? limits_read_ahead(place, size) : limits_read(place, size)
          // What is read must be needed.
          sink.bitwiseXor(value, ordering: .relaxed)
        }
      } * Double(bytes) / Double(size * pool.threadCount)
    }
  }

  /// Bytes a second, by the faster way.
  func bestRate(threads: Int, rounds: Int) -> Double {
    let pool = WorkerPool(threads: threads)
    let bytes = 2 << 20
    let rates = [false, true].map { ahead in
      var timing = Timing()
      for _ in 0..<rounds { timing.add(seconds(bytes, pool, ahead: ahead)) }
      return Double(bytes) / timing.best
    }
    return rates.max() ?? .nan
  }
}
