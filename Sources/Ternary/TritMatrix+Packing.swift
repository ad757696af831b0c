private import CTernaryKernels
private import Dispatch

extension TritMatrix {
  /// The two codings that a matrix is held in.
  enum Storage: Sendable {
    /// Rows of ``TritCodec/twoBit``.
    case twoBit([UInt8])
    /// Five bits for three weights, in strips of 32 rows; `setun_triples.h` describes them.
    case triples(AlignedBytes)
  }

  /// The weights as a kernel takes them.
  package enum KernelBytes {
    /// Rows of ``rowBytes`` bytes in ``TritCodec/twoBit``.
    case twoBit(UnsafePointer<UInt8>?)
    /// Strips of triples, at a multiple of 64.
    case triples(UnsafePointer<UInt8>)
  }

  /// The same weights in the coding that the products on this processor read fastest.
  ///
  /// With AVX-512 that is 5 bits for 3 weights, elsewhere two bits for each.
  public func packedForProducts() -> TritMatrix {
    guard setun_triples_multiply_select() != nil, case .twoBit(let bytes) = storage else {
      return self
    }
    return packedAsTriples(bytes)
  }

  /// The same weights in 5 bits for 3, on any processor.
  package func packedAsTriples() -> TritMatrix { packedAsTriples(bytes) }

  private func packedAsTriples(_ bytes: [UInt8]) -> TritMatrix {
    let packed = AlignedBytes(count: setun_triples_bytes(rows, columns)) { target in
      bytes.withUnsafeBufferPointer { bytes in
        // Strips do not overlap, and both buffers outlive the loop.
        nonisolated(unsafe) let (target, source) = (target, bytes.baseAddress)
        let part = 4 * Int(SETUN_TRIPLES_STRIP_ROWS)
        DispatchQueue.concurrentPerform(iterations: (rows + part - 1) / part) { index in
          let first = index * part
          setun_triples_pack(
            source.map { $0 + first * rowBytes }, rowBytes, first, min(part, rows - first),
            columns, target)
        }
      }
    }
    return TritMatrix(rows: rows, columns: columns, storage: .triples(packed))
  }

  private init(rows: Int, columns: Int, storage: Storage) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// Bytes that hold the weights.
  public var storedBytes: Int {
    switch storage {
    case .twoBit(let bytes): bytes.count
    case .triples(let packed): packed.count
    }
  }

  /// Lends the weights to `body`.
  package func withKernelBytes<Result>(_ body: (KernelBytes) -> Result) -> Result {
    switch storage {
    case .twoBit(let bytes):
      bytes.withUnsafeBufferPointer { body(.twoBit($0.baseAddress)) }
    case .triples(let packed):
      withExtendedLifetime(packed) { body(.triples(packed.address)) }
    }
  }

  /// A range of rows in ``TritCodec/twoBit``.
  func twoBitRows(_ range: Range<Int>) -> [UInt8] {
    switch storage {
    case .twoBit(let bytes):
      guard range != 0..<rows else { return bytes }
      return Array(bytes[range.lowerBound * rowBytes..<range.upperBound * rowBytes])
    case .triples(let packed):
      let count = range.count * rowBytes
      return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
        setun_triples_unpack(
          packed.address, columns, range.lowerBound, range.count, bytes.baseAddress)
        initialized = count
      }
    }
  }

  /// Whether both hold the same weights, in whatever coding.
  public static func == (left: TritMatrix, right: TritMatrix) -> Bool {
    guard left.rows == right.rows, left.columns == right.columns else { return false }
    if case .triples(let one) = left.storage, case .triples(let other) = right.storage,
      one === other
    {
      return true
    }
    return left.bytes == right.bytes
  }
}

/// Bytes at a multiple of 64 that do not change after they were made.
final class AlignedBytes: Sendable {
  let count: Int
  // Nobody writes to it once `init` has returned.
  nonisolated(unsafe) let address: UnsafePointer<UInt8>

  /// `fill` initialises all `count` bytes.
  init(count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64)
    let bytes = memory.bindMemory(to: UInt8.self, capacity: count)
    fill(bytes)
    self.count = count
    address = UnsafePointer(bytes)
  }

  deinit { UnsafeMutableRawPointer(mutating: address).deallocate() }
}
