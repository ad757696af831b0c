internal import Reference
private import Ternary
internal import Workload

/// Times of one product by Setun and its peers.
struct ProductResult: Encodable {
  let rows: Int
  let columns: Int
  let tokens: Int
  let threads: Int
  /// Of one matrix, quantisation of the activations included.
  let setun: Timing
  /// By the type of the peer's weights.
  let peers: [String: Timing]
  /// Bytes of one matrix as Setun holds it.
  let weightBytes: Int
  /// Bytes a second read from memory in the same rounds, the best of them; for one token.
  let bandwidth: Double?

  private enum CodingKeys: String, CodingKey {
    case rows, columns, tokens, threads, setun, peers
    case weightBytes = "weight_bytes"
    case bandwidth = "bandwidth_bytes_per_second"
  }

  var operations: Double { 2 * Double(rows * columns * tokens) }
}

/// Runs one shape after another.
struct ProductBenchmark {
  /// The matrices of the 2B-4T shape, outputs × inputs.
  static let shapes = [(2560, 2560), (640, 2560), (6912, 2560), (2560, 6912)]
  static let peerTypes = ["TQ2_0", "TQ1_0", "F16"]
  /// Weights of one pass with one token: far more than the last-level cache.
  private static let streamedBytes = 256 << 20

  let rounds: Int
  let peer: Peer?

  func run(rows: Int, columns: Int, tokens: Int, threads: Int) throws -> ProductResult {
    let layer = Self.layer(rows: rows, columns: columns)
    let bytes = layer.weights.storedBytes
    // For one token weights come from memory, for more one matrix is used again.
    let copies = tokens == 1 ? Self.streamedBytes / bytes : 1
    let layers = [layer] + (1..<copies).map { _ in Self.layer(rows: rows, columns: columns) }
    let inputs = (0..<tokens * columns).map { Float(($0 &* 37) % 255 - 127) / 64 }
    let pool = WorkerPool(threads: threads)
    var contestants: [() throws -> [Double]] = [
      {
        layers.map { layer in
          seconds(threads: threads) {
            let activations = QuantizedActivations(quantizing: inputs, columns: columns)
            if let activations { _ = layer.accumulators(for: activations, on: pool) }
          }
        }
      }
    ]
    if let peer {
      for type in Self.peerTypes {
        contestants.append {
          // Sixteen bits a weight take as much memory as eight of the others.
          try peer.seconds(
            Peer.ProductRequest(
              type: type, rows: rows, columns: columns, tokens: tokens, threads: threads,
              matrices: type == "F16" ? max(1, copies / 8) : copies))
        }
      }
    }
    if tokens == 1 {
      // The same number of bytes as a matrix, at places as far apart.
      for ahead in [false, true] {
        contestants.append { MemoryReader.shared.seconds(bytes, pool, ahead: ahead) }
      }
    }
    let timings = try race(rounds: tokens == 1 ? rounds : 3 * rounds, contestants)
    let peers = peer == nil ? 0 : Self.peerTypes.count
    return ProductResult(
      rows: rows, columns: columns, tokens: tokens, threads: threads, setun: timings[0],
      peers: Dictionary(
        uniqueKeysWithValues: zip(Self.peerTypes.prefix(peers), timings[1...])),
      weightBytes: bytes,
      bandwidth: timings[(1 + peers)...].map { Double(bytes) / $0.best }.max())
  }

  /// A layer whose weights look random and are cheap to make.
  private static func layer(rows: Int, columns: Int) -> LinearLayer {
    var state: UInt64 = 1
    let bytes = [UInt8](unsafeUninitializedCapacity: rows * columns / 4) { bytes, initialized in
      initialized = bytes.count
      for index in bytes.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = UInt8(truncatingIfNeeded: state >> 56)
        // A pair 10 becomes 00: half of the weights are zero.
        bytes[index] = random & ~((random & 0xAA) & ~(random << 1))
      }
    }
    guard let weights = try? TritMatrix(rows: rows, columns: columns, packed: bytes) else {
      preconditionFailure("weights of \(rows)×\(columns)")
    }
    return LinearLayer(name: "benchmark", weights: weights, scale: .multiply(1))
  }
}
