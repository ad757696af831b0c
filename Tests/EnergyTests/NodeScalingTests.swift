import Testing

@testable import Energy

@Suite struct NodeScalingTests {
  @Test("20 nm at 0.8 V to 7 nm at 0.7 V is the ratio of the technology file")
  func published() throws {
    let scaling = try NodeScaling(from: .init(node: 20, volts: 0.8), to: .init(node: 7, volts: 0.7))
    // (0.1776 · 0.49 − 0.09097 · 0.7 + 0.02447) / (0.373 · 0.64 − 0.1582 · 0.8 + 0.04104)
    #expect(abs(scaling.energy.typical - 0.047815 / 0.1532) < 1e-6)
    #expect(close(scaling.energy.low, scaling.energy.typical / 2.5))
    #expect(close(scaling.energy.high, scaling.energy.typical * 2.5))
    #expect(close(scaling.area.typical, 0.059 / 0.21))
  }

  @Test("there and back again is 1, and to the same point is 1")
  func inverse() throws {
    let points = [
      NodeScaling.Point(node: 130, volts: 1.2), .init(node: 45, volts: 1.0),
      .init(node: 7, volts: 0.7),
    ]
    for (one, other) in zip(points, points.dropFirst() + points.prefix(1)) {
      let there = try NodeScaling(from: one, to: other)
      let back = try NodeScaling(from: other, to: one)
      #expect(close(there.energy.typical * back.energy.typical, 1))
      #expect(close(there.area.typical * back.area.typical, 1))
      #expect(close(try NodeScaling(from: one, to: one).energy.typical, 1))
    }
  }

  @Test("a scaled technology is good to a factor of 2.5, whatever is summed")
  func technology() throws {
    let at45 = try Technology(named: "cmos-45nm")
    let at16 = try at45.scaled(to: .init(node: 16, volts: 0.8))
    #expect(at16.node == 16 && at16.name == "cmos-45nm-at-16nm")
    let ratio = (0.2958 * 0.64 - 0.1241 * 0.8 + 0.03024) / (1.103 * 1.21 - 0.362 * 1.1 + 0.2767)
    #expect(close(at16.operations.int8Add.typical, 0.03e-12 * ratio))
    #expect(close(at16.operations.int8Add.high, 0.03e-12 * ratio * 2.5))
    #expect(at16.operations.int8Add.source.contains("Stillmaker and Baas 2017"))
    #expect(at16.operations.int8Add.source.contains("within a factor of 2.5"))
    #expect(close(at16.area.gate.typical, 0.798 * 0.19))
    let sum = 3 * at16.operations.int8Add + 5 * at16.operations.fp16Multiply
    #expect(close(sum.high, 2.5 * sum.typical) && close(sum.low, sum.typical / 2.5))
    let layer = try EnergyModel(architecture: architecture(), technology: at16)
      .energy(of: sampleCounts())
    #expect(layer[.array].high > 2.5 * layer[.array].typical)
    #expect(layer[.array].provenance >= .scaled)
  }

  @Test("nodes and voltages beyond the formula are refused, and files without a node")
  func faults() throws {
    func message(_ body: () throws(EnergyError) -> Void) -> String {
      do {
        try body()
        return "nothing"
      } catch { return error.message }
    }
    let at45 = try Technology(named: "cmos-45nm")
    let nodes = "7, 10, 14, 16, 20, 32, 45, 65, 90, 130"
    #expect(
      message { () throws(EnergyError) in _ = try at45.scaled(to: .init(node: 5, volts: 0.7)) }
        == "node scaling: expected one of \(nodes) nm, found 5 nm")
    #expect(
      message { () throws(EnergyError) in _ = try at45.scaled(to: .init(node: 7, volts: 0.4)) }
        == "node scaling: expected 0.5 to 1.4 V, found 0.4 V")
    let nodeless = try Technology(yaml: TechnologyFileTests.good, file: "user.yaml")
    #expect(
      message { () throws(EnergyError) in _ = try nodeless.scaled(to: .init(node: 7, volts: 0.7)) }
        == "mine: node_nm: missing, which scaling starts from")
  }
}
