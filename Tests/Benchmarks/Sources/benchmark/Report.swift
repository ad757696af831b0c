private import Foundation

/// All figures of a run, printed as they come.
struct Report: Encodable {
  let kernels: String
  var limits: Limits?
  private(set) var products: [ProductResult] = []
  private(set) var models: [ModelResult] = []

  init(kernels: String) { self.kernels = kernels }

  func printLimits() {
    guard let limits else { return }
    print("kernels: \(kernels)")
    for (threads, rate) in limits.bandwidth.sorted(by: { $0.key < $1.key }) {
      print("reading memory, \(threads) threads: \(giga(rate)) GB/s")
    }
    print("maddubs, one thread: \(giga(2 * limits.multiplyAdds)) GOP/s")
    print("vpermw, one thread: \(giga(limits.lookUps)) G words/s")
  }

  /// GOP/s is 2·M·K·N over the time, whatever the number of instructions.
  mutating func add(_ result: ProductResult) {
    if products.isEmpty { printProductHeader(result) }
    products.append(result)
    let name = "\(result.columns)→\(result.rows)"
    var cells = [
      "\(result.threads)", "\(result.tokens)", giga(result.operations / result.setun.best),
      giga(result.operations / result.setun.median),
    ]
    cells += result.peers.sorted { $0.key > $1.key }.map { giga(result.operations / $0.value.best) }
    let best = result.peers.values.map(\.best).min()
    cells.append(best.map { String(format: "%.2f×", $0 / result.setun.best) } ?? "")
    if let bandwidth = result.bandwidth {
      let rate = Double(result.weightBytes) / result.setun.best
      cells.append(
        "\(giga(rate)) of \(giga(bandwidth)) GB/s, "
          + String(format: "%.0f%%", 100 * rate / bandwidth))
    }
    print(([left(name, 12)] + cells.map { right($0, 9) }).joined(separator: " "))
  }

  private func printProductHeader(_ result: ProductResult) {
    let peers = result.peers.keys.sorted(by: >)
    let titles = ["threads", "M", "GOP/s", "median"] + peers + ["ratio", "weights read"]
    print(([left("K→N", 12)] + titles.map { right($0, 9) }).joined(separator: " "))
  }

  mutating func add(_ result: ModelResult) {
    models.append(result)
    print(
      left(result.runtime, 20), "\(result.threads) threads:",
      String(
        format: "load %.2f s, prompt of %d %.1f tokens/s, decode %.2f tokens/s, "
          + "resident %.0f MB, file %.0f MB",
        result.loadSeconds, result.promptTokens, result.prefillTokensPerSecond,
        result.decodeTokensPerSecond, Double(result.residentBytes) / 1e6,
        Double(result.fileBytes) / 1e6))
  }
}

private func giga(_ value: Double) -> String { String(format: "%.1f", value / 1e9) }

private func left(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

private func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
