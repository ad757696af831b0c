/// The energy that a CPU takes for a piece of work, where no counter says it.
public enum CPUEnergy {
  /// Thread shares of published power limits: what a busy thread may take.
  ///
  /// Low: EPYC 9654, 360 W for 192 threads. Typical: Core i7-13700K, 125 W for 24 threads.
  /// High: the same at its turbo limit of 253 W.
  public static let wattsPerThread = Estimate<Watts>(
    low: 360.0 / 192, typical: 125.0 / 24, high: 253.0 / 24, provenance: .assumed,
    source: "thread share of TDP: EPYC 9654 360 W / 192, i7-13700K 125 W / 24 and 253 W / 24")

  /// The energy of `threads` busy threads over `seconds`, from ``wattsPerThread``.
  ///
  /// Memory outside the package is not in it.
  ///
  /// - Precondition: `seconds` is not negative and `threads` is positive.
  public static func range(seconds: Double, threads: Int) -> Estimate<Joules> {
    precondition(seconds >= 0 && threads > 0, "\(threads) threads for \(seconds) s")
    return wattsPerThread.over(seconds: seconds * Double(threads))
  }

  /// A published figure of a whole generated token, for comparison only.
  public struct Published: Equatable, Sendable {
    public let model: String
    public let cpu: String
    public let runtime: String
    public let joulesPerToken: Estimate<Joules>
  }

  /// J per token of ternary models on CPUs, with the baseline of the same source beside each.
  public static let published: [Published] = [
    ("Intel i7-13700H", "llama.cpp", 1.367), ("Intel i7-13700H", "bitnet.cpp", 0.384),
    ("Apple M2 Ultra", "llama.cpp", 0.314), ("Apple M2 Ultra", "bitnet.cpp", 0.140),
  ].map { cpu, runtime, joules in
    Published(
      model: "BitNet b1.58 700M", cpu: cpu, runtime: runtime,
      joulesPerToken: Estimate(
        joules, provenance: .literature, source: "bitnet.cpp technical report, 2024"))
  }
}

extension Estimate<Watts> {
  /// The energy of this power over `seconds`.
  ///
  /// - Precondition: `seconds` is not negative.
  public func over(seconds: Double) -> Estimate<Joules> { (seconds * self).converted() }
}
