import Testing

@testable import Exploration

@Suite("Metrics of a point")
struct PointMetricsTests {
  private let metrics = PointMetrics(
    prefill: .init(
      tokens: 16, cycles: 4000, products: 800_000, memoryBytes: 3200,
      energy: Bounded(low: 2e-6, typical: 3e-6, high: 5e-6)),
    decode: .init(
      tokens: 2, cycles: 1000, products: 100_000, memoryBytes: 600,
      energy: Bounded(low: 1e-6, typical: 1e-6, high: 2e-6)),
    decodeSteps: 4, clockHertz: 5e8, peakProducts: 1000,
    area: Bounded(low: 0.5, typical: 1, high: 2))

  @Test("a phase gives latency, speed, energy, utilisation and traffic")
  func phases() {
    #expect(metrics[.decodeLatency] == Bounded(2e-6))
    #expect(metrics[.decodeThroughput] == Bounded(1e6))
    #expect(metrics[.decodeEnergy] == Bounded(low: 5e-7, typical: 5e-7, high: 1e-6))
    #expect(metrics[.decodeUtilisation] == Bounded(0.1))
    #expect(metrics[.decodeTraffic] == Bounded(300))
    #expect(metrics[.prefillLatency] == Bounded(8e-6))
    #expect(metrics[.prefillThroughput] == Bounded(2e6))
    #expect(metrics[.prefillUtilisation] == Bounded(0.2))
    #expect(metrics[.prefillTraffic] == Bounded(200))
  }

  @Test("a request is the prompt and every step, 8,000 cycles and 7 µJ")
  func request() throws {
    #expect(metrics[.requestLatency] == Bounded(16e-6))
    #expect(try #require(metrics[.requestEnergy]).typical.isClose(to: 7e-6))
    #expect(try #require(metrics[.power]).typical.isClose(to: 0.4375))
    #expect(try #require(metrics[.energyDelayProduct]).high.isClose(to: 13e-6 * 16e-6))
    #expect(try #require(metrics[.peakPerformance]).typical.isClose(to: 1))
    // 2.4 million operations.
    #expect(try #require(metrics[.performance]).typical.isClose(to: 0.15))
  }

  @Test("the bounds of a quotient change places")
  func quotients() throws {
    let efficiency = try #require(metrics[.efficiency])
    #expect(efficiency.low.isClose(to: 2.4e-6 / 13e-6))
    #expect(efficiency.high.isClose(to: 2.4e-6 / 6e-6))
    let density = try #require(metrics[.density])
    #expect(density.low.isClose(to: 0.075) && density.high.isClose(to: 0.3))
  }

  @Test("keys and values add to the energy of decoding and of the request, and to nothing else")
  func keyValues() throws {
    var more = metrics
    more.decode?.keyValues = .init(
      bytes: 3000, energy: Bounded(low: 1e-6, typical: 2e-6, high: 4e-6))
    #expect(more[.keyValueTraffic] == Bounded(1500))
    #expect(more[.keyValueEnergy] == Bounded(low: 5e-7, typical: 1e-6, high: 2e-6))
    #expect(try #require(more[.decodeEnergy]).typical.isClose(to: 1.5e-6))
    #expect(try #require(more[.requestEnergy]).typical.isClose(to: 15e-6))
    #expect(try #require(more[.requestEnergy]).high.isClose(to: 29e-6))
    for metric in [Metric.decodeLatency, .prefillEnergy, .decodeTraffic, .area, .performance] {
      #expect(more[metric] == metrics[metric])
    }
  }

  @Test("the perplexity increase is what the published arithmetic does not have")
  func perplexity() {
    var more = metrics
    more.accuracy = .init(perplexity: 12.5, published: 12)
    #expect(more[.perplexity] == Bounded(12.5) && more[.perplexityIncrease] == Bounded(0.5))
  }

  @Test("a phase that the workload lacks has no metrics")
  func missing() {
    var metrics = metrics
    (metrics.decode, metrics.decodeSteps) = (nil, 0)
    for metric in [Metric.decodeLatency, .decodeThroughput, .decodeEnergy, .decodeTraffic] {
      #expect(metrics[metric] == nil)
    }
    #expect(metrics[.requestLatency] == metrics[.prefillLatency])
    #expect(metrics[.perplexity] == nil && metrics[.perplexityIncrease] == nil)
    #expect(metrics[.keyValueTraffic] == nil && metrics[.keyValueEnergy] == nil)
  }
}

extension Double {
  func isClose(to other: Double) -> Bool { abs(self - other) <= 1e-12 * abs(other) }
}
