#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// The rotary position encoding: pairs (i, i + size/2) of every head turn by an angle that grows
/// with the position.
struct RotaryEncoding: Sendable {
  private let headSize: Int
  /// Radians a position, one for each pair.
  private let frequencies: [Float]

  init(base: Float, headSize: Int) {
    self.headSize = headSize
    frequencies = stride(from: 0, to: headSize, by: 2).map {
      1 / powf(base, Float($0) / Float(headSize))
    }
  }

  /// The rotations of `count` consecutive tokens, for all blocks and heads.
  func rotations(from position: Int, count: Int) -> Rotations {
    let angles = (0..<count).flatMap { token in
      frequencies.map { Float(position + token) * $0 }
    }
    return Rotations(headSize: headSize, cosines: angles.map(cosf), sines: angles.map(sinf))
  }

  /// The angles of some tokens, as cosines and sines.
  struct Rotations: Sendable {
    fileprivate let headSize: Int
    /// Tokens × pairs.
    fileprivate let cosines: [Float]
    /// Tokens × pairs.
    fileprivate let sines: [Float]

    /// Turns all heads of the row of `columns` values of every token.
    func rotate(_ rows: inout [Float], columns: Int, on pool: WorkerPool) {
      let half = headSize / 2
      rows.withUnsafeMutableBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        pool.split(rows.count / columns, minimum: max(1, (1 << 14) / columns)) { tokens in
          for token in tokens {
            for head in stride(from: token * columns, to: (token + 1) * columns, by: headSize) {
              rotateHead(base + head, angle: token * half)
            }
          }
        }
      }
    }

    private func rotateHead(_ head: UnsafeMutablePointer<Float>, angle: Int) {
      let half = headSize / 2
      cosines.withUnsafeBufferPointer { cosines in
        sines.withUnsafeBufferPointer { sines in
          for pair in 0..<half {
            let (low, high) = (head[pair], head[half + pair])
            let (cosine, sine) = (cosines[angle + pair], sines[angle + pair])
            head[pair] = low * cosine - high * sine
            head[half + pair] = high * cosine + low * sine
          }
        }
      }
    }
  }
}
