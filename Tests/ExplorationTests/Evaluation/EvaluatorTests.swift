import Activity
import Architecture
import Energy
import Exploration
import Machine
import Mapping
import ModelFile
import Testing
import Verification
import Workload

@Suite("Evaluation of points")
struct EvaluatorTests {
  private static let workload = ExplorationWorkload(
    name: "two layers, one of them twice", source: "made up",
    matrices: [
      .init(name: "a", n: 65, k: 127, nonzeros: 4000),
      .init(name: "b", n: 65, k: 127, nonzeros: 0),
      .init(name: "c", n: 33, k: 31, nonzeros: 1023),
    ], request: .init(promptTokens: 17, generatedTokens: 4, batch: 2))

  /// Architectures as the campaigns draw them, that hold the workload and have a price.
  private static func architectures(_ count: Int) throws -> [Architecture] {
    var found: [Architecture] = []
    var seed = 0
    while found.count < count {
      var random = SplitMix64(seed: 7, seed)
      seed += 1
      var parameters = try DrawnArchitecture(named: "drawn", using: &random).architecture
        .parameters
      parameters.technology = Technology.names[seed % 2]
      parameters.sramFlavour = seed % 3 == 0 ? .lowStandbyPower : .highPerformance
      parameters.activationBufferWords = max(
        parameters.activationBufferWords,
        2 * parameters.tokensPerWeight * (127 / parameters.lanes + 1))
      parameters.accumulatorBits = nil
      parameters.treeRegisterEvery %= 4
      if let architecture = try? Architecture(parameters: parameters) {
        found.append(architecture)
      }
    }
    return found
  }

  @Test("metrics are those of the closed form and of the energy model, layer by layer")
  func slowly() throws {
    let evaluator = try Evaluator(Self.workload)
    let session = Evaluator.Session(evaluator)
    for architecture in try Self.architectures(150) {
      let metrics = try session.metrics(of: DesignPoint(architecture))
      let technology = try Technology(named: architecture.parameters.technology)
      let model = try EnergyModel(priced: architecture, in: technology)
      let closedForm = try ClosedForm(architecture)
      let phases = [
        (try #require(metrics.prefill), 34), (try #require(metrics.decode), 2),
      ]
      for (phase, tokens) in phases {
        var (cycles, bytes) = (0, 0)
        var counts = EventCounts()
        for (n, k, nonzeros) in [(65, 127, 4000), (65, 127, 0), (33, 31, 1023)] {
          let job = try Job(
            MatmulShape(m: tokens, n: n, k: k), on: architecture,
            requantisation: architecture.parameters.output == .int8
              ? Requantisation(largest: 1) : nil)
          let place = Testbench<Machine>.Placement(job)
          let layer = try closedForm.counts(
            of: Descriptor(
              job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m),
            plusOnes: nonzeros)
          cycles += Int(layer[.cycles])
          bytes += Int(
            layer[.weightBytesRead] + layer[.activationBytesRead] + layer[.outputBytesWritten])
          counts += layer
        }
        let energy = model.energy(of: counts).total
        #expect(phase.cycles == cycles && phase.memoryBytes == bytes, "\(architecture)")
        #expect(phase.tokens == tokens && phase.products == tokens * (2 * 65 * 127 + 33 * 31))
        let sum = try #require(phase.energy)
        #expect(sum.typical.isClose(to: energy.typical, 1e-9), "\(architecture)")
        #expect(sum.low.isClose(to: energy.low, 1e-5), "\(architecture)")
        #expect(sum.high.isClose(to: energy.high, 1e-5), "\(architecture)")
      }
      let (area, found) = (model.area.total, try #require(metrics.area))
      #expect(found.typical.isClose(to: 1e-6 * area.typical, 1e-9), "\(architecture)")
      #expect(found.low.isClose(to: 1e-6 * area.low, 1e-5), "\(architecture)")
      #expect(found.high.isClose(to: 1e-6 * area.high, 1e-5), "\(architecture)")
      #expect(metrics.decodeSteps == 3)
    }
  }

  @Test("the details of a point add up to its metrics, whatever the mapping")
  func details() throws {
    let evaluator = try Evaluator(Self.workload)
    for architecture in try Self.architectures(12) {
      for mapping in MappingPolicy.allCases {
        let point = DesignPoint(architecture, mapping: mapping)
        let metrics = try evaluator.metrics(of: point)
        let details = try evaluator.details(of: point)
        for (phase, detail) in [
          (metrics.prefill, details.prefill), (metrics.decode, details.decode),
        ] {
          let layers = try #require(detail).layers
          #expect(layers.map(\.layer.name) == ["a", "b", "c"])
          let sums = layers.reduce(into: (cycles: 0, energy: 0.0)) {
            $0.cycles += Int($1.counts[.cycles])
            $0.energy += $1.energy?.total.typical ?? .nan
          }
          #expect(phase?.cycles == sums.cycles)
          #expect(try #require(phase?.energy).typical.isClose(to: sums.energy, 1e-9))
        }
      }
    }
  }

  @Test("a searched mapping is never worse, and sometimes better, than the standard one")
  func mappings() throws {
    let evaluator = try Evaluator(Self.workload)
    var better = 0
    for architecture in try Self.architectures(60) {
      func metrics(_ mapping: MappingPolicy) throws -> PointMetrics.Phase {
        try #require(
          try evaluator.metrics(of: DesignPoint(architecture, mapping: mapping)).prefill)
      }
      let standard = try metrics(.standard)
      let (fastest, least) = (try metrics(.fastest), try metrics(.leastEnergy))
      #expect(fastest.cycles <= standard.cycles && fastest.cycles <= least.cycles)
      let energies = try [least, standard, fastest].map { try #require($0.energy).typical }
      #expect(energies[0] <= energies[1] * (1 + 1e-12))
      #expect(energies[0] <= energies[2] * (1 + 1e-12))
      if fastest.cycles < standard.cycles { better += 1 }
    }
    #expect(better > 0)
  }

  @Test("the order of the points and the number of sessions change nothing")
  func sessions() async throws {
    let evaluator = try Evaluator(Self.workload)
    let architectures = try Self.architectures(64)
    func points(_ architectures: [Architecture]) throws -> [PointMetrics] {
      let session = Evaluator.Session(evaluator)
      return try architectures.flatMap { architecture in
        try MappingPolicy.allCases.map {
          try session.metrics(of: DesignPoint(architecture, mapping: $0))
        }
      }
    }
    let expected = try architectures.flatMap { try points([$0]) }
    #expect(try points(architectures + architectures) == expected + expected)
    let backwards = try points(architectures.reversed())
    let policies = MappingPolicy.allCases.count
    for index in expected.indices {
      let (place, policy) = index.quotientAndRemainder(dividingBy: policies)
      #expect(
        backwards[(architectures.count - 1 - place) * policies + policy] == expected[index])
    }
    let shared = try await withThrowingTaskGroup(of: (Int, [PointMetrics]).self) { group in
      for part in 0..<4 {
        group.addTask { (part, try points(Array(architectures[16 * part..<16 * part + 16]))) }
      }
      var parts = [[PointMetrics]](repeating: [], count: 4)
      for try await (part, metrics) in group { parts[part] = metrics }
      return parts.flatMap { $0 }
    }
    #expect(shared == expected)
  }

  /// Changes of one parameter each, of all that a design can be varied in.
  private static let changes: [@Sendable (inout Architecture.Parameters) -> Void] = [
    { $0.rows += 1 }, { $0.lanes += 1 }, { $0.tokensPerWeight = 2 },
    { $0.weightCoding = .fiveInEight }, { $0.datapath = .carrySave }, { $0.datapath = .bitSerial },
    { $0.treeRegisterEvery += 1 }, { $0.dataflow = .weightStationary }, { $0.zeroGating.toggle() },
    { $0.laneCounters.toggle() }, { $0.weightBufferWords += 2 }, { $0.activationBufferWords += 8 },
    { $0.accumulatorDepth += 2 }, { $0.accumulatorBits = 31 }, { $0.output = .int8 },
    { ($0.output, $0.multiplierBufferWords) = (.int8, 16) }, { $0.outputQueueDepth += 1 },
    { $0.jobQueueDepth += 1 }, { $0.busBytes *= 2 }, { $0.outstandingReads += 1 },
    { $0.clockMHz += 1 }, { $0.technology = "cmos-45nm" },
    { $0.sramFlavour = .lowStandbyPower }, { $0.memory.latencyCycles += 1 },
    { $0.memory.milliBytesPerCycle += 1 }, { $0.memory.picojoulesPerBit.low = 0.5 },
    { $0.memory.picojoulesPerBit.typical += 1 }, { $0.memory.picojoulesPerBit.high += 1 },
  ]

  @Test("what neighbours have in common is worked out once, and what they have not is not mixed up")
  func neighbours() throws {
    let evaluator = try Evaluator(Self.workload)
    let session = Evaluator.Session(evaluator)
    let base = try Architecture.sample(named: "default").parameters
    var parameters = [base]
    for (index, change) in Self.changes.enumerated() {
      var one = base
      change(&one)
      var two = one
      Self.changes[(index + 1) % Self.changes.count](&two)
      parameters += [one, two]
    }
    let points = try parameters.map { DesignPoint(try Architecture(parameters: $0)) }
    let expected = try points.map { try evaluator.metrics(of: $0) }
    // Each after the base, after its neighbours, and backwards.
    let order =
      points.indices.flatMap { [0, $0] } + Array(points.indices) + points.indices.reversed()
    for index in order {
      #expect(try session.metrics(of: points[index]) == expected[index], "\(parameters[index])")
    }
  }

  @Test("what cannot be evaluated says why")
  func refusals() throws {
    let evaluator = try Evaluator(Self.workload)
    func message(_ change: (inout Architecture.Parameters) -> Void) throws -> String? {
      var parameters = try Architecture.sample(named: "default").parameters
      change(&parameters)
      let architecture = try Architecture(parameters: parameters)
      let error = #expect(throws: ExplorationError.self) {
        try evaluator.metrics(of: DesignPoint(architecture))
      }
      return error?.description
    }
    #expect(
      try message { $0.activationBufferWords = 2 }
        == "a: K = 127 inputs do not fit: one half of the activation buffer holds 64; raise "
        + "activation_buffer_words or lanes")
    #expect(
      try message { $0.technology = "cmos-1nm" }
        == "default: technology: expected one of cmos-45nm, cmos-7nm, or an FPGA of "
        + "\(FPGATarget.names.joined(separator: ", ")), found cmos-1nm")
    #expect(
      try message { $0.memory.dram = .init(standard: .ddr4, channels: 1) }
        == "default: closed form: expected an ideal memory, found memory.model dram "
        + "(ddr4_3200); run the cycle-level model instead")
  }

  @Test("2B-4T has 210 layers of 2,084 million weights, about 42% of them zero")
  func publishedModel() throws {
    let model = try #require(PublishedModel(named: "2b-4t"))
    let workload = ExplorationWorkload(
      model, request: .init(promptTokens: 512, generatedTokens: 10, batch: 4))
    let (prefill, decode) = (try #require(workload.prefill), try #require(workload.decode))
    #expect(prefill.tokens == 2048 && decode.tokens == 4 && workload.decodeSteps == 9)
    #expect(prefill.layers.count == 210 && decode.layers.count == 210)
    #expect(decode.layers.allSatisfy { $0.shape.m == 4 })
    let weights = decode.layers.reduce(0) { $0 + $1.shape.n * $1.shape.k }
    #expect(weights == model.shape.ternaryWeights)
    let zeros = 1 - Double(decode.layers.reduce(0) { $0 + $1.nonzeros }) / Double(weights)
    #expect((0.40...0.44).contains(zeros))
  }

  @Test("recorded layers are a prompt with the zeros that each is given")
  func recorded() {
    let layers = [(5, 8), (2, 3)].enumerated().map { index, size in
      ExplorationWorkload.Recorded(
        name: "layer \(index)", shape: MatmulShape(m: 7, n: size.0, k: size.1))
    }
    let workload = ExplorationWorkload(name: "trace", source: "a file", recorded: layers) {
      $0.shape.n + 1
    }
    #expect(workload.decode == nil && workload.prefill?.tokens == 7)
    #expect(
      workload.prefill?.layers == [
        .init(name: "layer 0", shape: MatmulShape(m: 7, n: 5, k: 8), nonzeros: 6),
        .init(name: "layer 1", shape: MatmulShape(m: 7, n: 2, k: 3), nonzeros: 3),
      ])
  }

  @Test("a topology is run once for an input")
  func topology() throws {
    let topology = try Topology(csv: "Layer, M, N, K\nfirst, 3, 5, 8\n", file: "net.csv")
    let workload = ExplorationWorkload(topology, name: "net", zeroShare: 0.25)
    #expect(workload.decode == nil && workload.prefill?.tokens == 1)
    #expect(
      workload.prefill?.layers == [
        .init(name: "first", shape: MatmulShape(m: 3, n: 5, k: 8), nonzeros: 30)
      ])
  }
}

extension Double {
  func isClose(to other: Double, _ relative: Double) -> Bool {
    abs(self - other) <= relative * abs(other)
  }
}
