import Activity
import Energy
public import Report

/// Text that breaks out of whatever does not escape it.
public let hostileText = "</script><b>\"&'\u{1B}[31m,\n\t\\ 税 é 👩‍🔬 <!-- --> \u{2028}"

/// A report in the shape of the built-in model: `blocks` transformer blocks of seven layers.
///
/// Every figure is a plain function of the layer's sizes, so that tests can compute it again.
public func sampleReport(
  blocks: Int = 4, prompt: String = "In the beginning"
) -> RunReport {
  RunReport(
    toolVersion: "0.1.0", date: "2026-01-02T03:04:05Z",
    command: ["setun", "run", "--model", "my models/kjv's", "--tokens", "33"],
    model: .init(
      name: "kjv-bitnet-3m", path: "my models/kjv's",
      description: "A BitNet b1.58 of 3 million parameters, trained on the King James Bible.",
      parameters: [.init("hidden_size", "256"), .init("intermediate_size", "768")]),
    prompt: .init(text: prompt, tokens: 33),
    architecture: .init(
      name: "default-16x64", description: "Sixteen rows of sixty-four lanes, one DDR4 channel.",
      configurationHash: "0123456789abcdef",
      parameters: [
        .init("rows", "16"), .init("lanes", "64"), .init("bus_bytes", "16"),
        .init("clock_mhz", "1000"), .init("memory.kind", "DDR4"),
      ],
      technology: "literature-45nm",
      peakThroughput: .init(1.024e12, provenance: .counted, source: "rows × lanes × clock"),
      peakBandwidth: .init(1.6e10, provenance: .assumed, source: "architecture file")),
    phases: [
      .init(name: "decode", tokens: 1, layers: sampleLayers(blocks: blocks, tokens: 1)),
      .init(name: "prefill", tokens: 33, layers: sampleLayers(blocks: blocks, tokens: 33)),
    ],
    areas: Dictionary(
      uniqueKeysWithValues: Block.allCases.enumerated().map { index, block in
        let area = Double((10 - index) * (10 - index)) * 1234.5
        return (
          block,
          Estimate(
            low: 0.8 * area, typical: area, high: 1.3 * area, provenance: .modelled,
            source: "structural counts × cell areas")
        )
      }),
    areaSources: Block.allCases.enumerated().map { index, block in
      Contribution(
        part: block, provenance: .modelled, source: "structural counts × cell areas",
        amount: Double((10 - index) * (10 - index)) * 1234.5)
    },
    modelSpeed: .init(1.3e7, provenance: .measured, source: "clock of this run"),
    rtlSpeed: .init(1.86e5, provenance: .measured, source: "clock of this run"),
    baselines: [
      BaselineReport(
        name: "int8 array", description: "8-bit products and weights",
        metrics: [
          "decode_j_per_token": .init(
            low: 2e-6, typical: 3e-6, high: 5e-6, provenance: .literature, source: "a paper")
        ])
    ],
    warnings: ["clock_mhz is 1000, but the tree array reaches 800 MHz"],
    notes: [
      "Attention, norms and the output head are not included.",
      "Static timing was not checked: the clock frequency is what the architecture file says.",
    ])
}

func sampleLayers(blocks: Int, tokens: Int) -> [RunReport.Layer] {
  let shapes = [
    ("self_attn.q_proj", 256, 256), ("self_attn.k_proj", 64, 256), ("self_attn.v_proj", 64, 256),
    ("self_attn.o_proj", 256, 256), ("mlp.gate_proj", 768, 256), ("mlp.up_proj", 768, 256),
    ("mlp.down_proj", 256, 768),
  ]
  return (0..<blocks).flatMap { block in
    shapes.map { sampleLayer("layers.\(block).\($0)", m: tokens, n: $1, k: $2, block: block) }
  }
}

/// One layer; lock-step is recorded for those of block 0.
public func sampleLayer(
  _ name: String, m: Int, n: Int, k: Int, block: Int = 0
) -> RunReport.Layer {
  let counts = sampleCounts(m: m, n: n, k: k)
  let seconds = Double(counts[.cycles]) * 1e-9
  let macs = Double(m * n * k)
  let shares: [(EnergyComponent, Double)] = [
    (.array, 0.05e-12), (.weightBuffer, 0.02e-12), (.activationBuffer, 0.004e-12),
    (.accumulators, 0.003e-12), (.output, 0.001e-12), (.control, 0.002e-12),
    (.externalMemory, 1.2e-12 / Double(m)), (.leakage, 1e-18),
  ]
  let energy = shares.map { component, perMAC in
    let joules = perMAC * macs
    return (
      component,
      Estimate<Joules>(
        low: joules / 2, typical: joules, high: 2 * joules,
        provenance: component == .externalMemory ? .literature : .modelled,
        source: component == .externalMemory ? "DDR4 data sheets" : "Horowitz, ISSCC 2014")
    )
  }
  let sums = m * n
  return .init(
    name: name, m: m, n: n, k: k, bound: .init(counts, bytesPerCycle: 16),
    figures: .init(
      counts: counts,
      time: .init(seconds, provenance: .counted, source: "cycles at 1000 MHz"),
      energy: Dictionary(uniqueKeysWithValues: energy),
      energySources: energy.map { component, joules in
        .init(
          part: component, provenance: joules.provenance, source: joules.source,
          amount: joules.typical)
      },
      alternatives: [("exact", 1.0), ("density", 1.1), ("literature", 0.5)].map { name, factor in
        sampleAlternative(name, times: factor, macs: macs)
      },
      cpuTime: .init(
        low: macs * 1.5e-11, typical: macs * 1.8e-11, high: macs * 3e-11, provenance: .measured,
        source: "CPU runtime, 1 thread, AVX2, 7 repetitions"),
      cpuEnergy: .init(
        low: macs * 1.5e-10, typical: macs * 2.7e-10, high: macs * 6e-10, provenance: .assumed,
        source: "5–20 W a core × measured time"),
      baselines: sampleBaselines(macs: macs, seconds: seconds),
      reference: .init(compared: sums), oracle: .init(compared: sums),
      lockStepCycles: block == 0 ? counts[.cycles] : nil))
}

private func sampleAlternative(
  _ name: String, times factor: Double, macs: Double
) -> RunReport.Alternative {
  func joules(_ perMAC: Double) -> Estimate<Joules> {
    let joules = factor * perMAC * macs
    return .init(
      low: joules / 2, typical: joules, high: 2 * joules, provenance: .modelled,
      source: "toggles of \(name)")
  }
  return .init(
    name: name, description: "\(name), as a sample", array: joules(0.05e-12),
    total: joules(1.3e-12))
}

private func sampleBaselines(macs: Double, seconds: Double) -> Baselines {
  Baselines(
    all: Baseline.Kind.allCases.enumerated().map { index, kind in
      let joules = Double(index + 2) * 1e-12 * macs
      return Baseline(
        kind: kind, time: .init(2 * seconds, provenance: .modelled, source: "a formula"),
        energy: [
          .externalMemory: .init(
            low: joules / 2, typical: joules, high: 2 * joules, provenance: .literature,
            source: "a paper")
        ], memoryBytes: macs)
    })
}

private func sampleCounts(m: Int, n: Int, k: Int) -> EventCounts {
  var counts = EventCounts()
  let busy = m * ((n + 15) / 16) * ((k + 63) / 64)
  let weightBytes = ((n + 15) / 16) * ((k + 63) / 64) * 256
  counts.add(busy, to: .busy)
  counts.add(5, to: .stallSetup)
  counts.add(40 + m, to: .stallActivation)
  counts.add(m == 1 ? weightBytes / 16 - busy / 2 : 60, to: .stallWeight)
  counts.add(m > 1 ? n / 4 : 0, to: .stallOutput)
  counts.add(31, to: .stallDrain)
  counts[.cycles] = counts[.busy] + counts.stalls
  counts.add(weightBytes, to: .weightBytesRead)
  counts.add(m * k, to: .activationBytesRead)
  counts.add(4 * m * n, to: .outputBytesWritten)
  counts.add(m * n * k * 2 / 3, to: .laneAdd)
  return counts
}
