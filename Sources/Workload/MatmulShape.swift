/// The sizes of `Y[M×N] = X[M×K] · Wᵀ`: M tokens, N outputs, K inputs.
public struct MatmulShape: Hashable, Sendable {
  /// Tokens: rows of X and Y. 1 is decode.
  public let m: Int
  /// Outputs: rows of W.
  public let n: Int
  /// Inputs: columns of X and W.
  public let k: Int

  /// - Precondition: All sizes are positive.
  public init(m: Int, n: Int, k: Int) {
    precondition(m > 0 && n > 0 && k > 0, "matmul \(m)×\(n)×\(k)")
    self.m = m
    self.n = n
    self.k = k
  }

  /// Ternary multiply-accumulates of one execution.
  public var macs: Int { m * n * k }
}
