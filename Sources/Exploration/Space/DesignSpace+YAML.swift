public import Architecture

extension DesignSpace {
  /// The name of the parameter that says how layers are mapped.
  static let mappingName = "mapping"
  /// The name of the parameter that says how many bits keys and values have.
  static let keyValueName = "kv_bits"

  /// Reads a space file.
  ///
  /// - Parameters:
  ///   - file: The name of the file, for error messages.
  ///   - base: The architecture that the file names as its base.
  /// - Throws: ``ExplorationError/input(place:problem:)`` at the first thing that is not as it should
  ///   be, with file, line and column.
  public init(
    yaml text: String, file: String,
    base load: (_ name: String) throws(ArchitectureError) -> Architecture
  ) throws(ExplorationError) {
    let root = try SpaceNode.root(yaml: text, file: file)
    let section = try root.section([
      "name", "description", "base", "workloads", "parameters", "derived", "constraints",
      "objectives", "search",
    ])
    func required(_ key: String) throws(ExplorationError) -> SpaceNode {
      guard let node = section[key] else { throw root.fault(key, found: "no such key") }
      return node
    }
    self.text = text
    name = try required("name").text(expected: "a name")
    description = try section["description"]?.text(expected: "a text") ?? ""
    let baseNode = try required("base")
    let baseName = try baseNode.text(expected: "the name or file of an architecture")
    do {
      base = try load(baseName)
    } catch {
      throw .input(place: "\(file): base", problem: "\(error)")
    }
    workloads = try WorkloadRequest.list(try required("workloads"))
    parameters = try Parameter.list(try required("parameters"), base: base)
    try Self.checkCount(parameters, try required("parameters"))
    let metrics = MetricNames(workloads.map(\.name))
    objectives = try Self.objectives(try required("objectives"), metrics)
    let names = Conditions.Names(base: base, parameters: parameters, metrics: metrics)
    derived = try DerivedKey.list(section["derived"], base: base, names: names)
    conditions = try Conditions(section["constraints"], names: names, derived: derived)
    try Self.checkVariables(names, derived, conditions, try required("parameters"))
    search = try Search(section["search"], spaceSize: parameters.reduce(1) { $0 * $1.values.count })
    try checkTexts(try required("workloads"))
  }

  /// A text that nothing asks to predict.
  private func checkTexts(_ node: SpaceNode) throws(ExplorationError) {
    for (index, element) in try node.list(expected: "a list of workloads").enumerated()
    where !asksForPerplexity(ofWorkload: index) {
      for (key, value) in try element.entries(expected: "a workload")
      where ["text", "text_tokens"].contains(key) {
        throw value.fault("perplexity in an objective or a condition beside \(key)", found: "none")
      }
    }
  }

  private static func checkCount(
    _ parameters: [Parameter], _ node: SpaceNode
  ) throws(ExplorationError) {
    var count = 1
    for parameter in parameters {
      let (product, overflow) = count.multipliedReportingOverflow(by: parameter.values.count)
      guard !overflow, product <= mostPoints else {
        throw node.fault("at most 2⁶⁰ points", found: "more")
      }
      count = product
    }
  }

  /// A variable that nothing uses is a key with a slip of the pen.
  private static func checkVariables(
    _ names: Conditions.Names, _ derived: [DerivedKey], _ conditions: Conditions,
    _ node: SpaceNode
  ) throws(ExplorationError) {
    let used = (derived.map(\.slots) + conditions.all.map(\.slots)).reduce(into: Set<Int>()) {
      $0.formUnion($1)
    }
    let keys = Architecture.Setting.keyPaths + [mappingName, keyValueName]
    for name in names.variables where !used.contains(names.vocabulary.slot(of: name)!) {
      throw node.fault(
        nearest(to: name, among: keys)
          ?? "a key of an architecture file, or a variable that a formula uses",
        found: "the unknown name \(name)")
    }
  }

  private static func objectives(
    _ node: SpaceNode, _ names: MetricNames
  ) throws(ExplorationError) -> [Objective] {
    var objectives: [Objective] = []
    for element in try node.list(expected: "a list of metrics") {
      let name = try element.text(expected: "the name of a metric")
      guard let metric = names[name] else {
        throw element.fault(
          nearest(to: name, among: names.all.map(\.name))
            ?? "one of \(names.all.map(\.name).joined(separator: ", "))")
      }
      guard !objectives.contains(metric) else {
        throw element.fault("each objective once", found: "\(name) again")
      }
      objectives.append(metric)
    }
    guard objectives.count <= mostObjectives else {
      throw node.fault("at most \(mostObjectives) objectives", found: "\(objectives.count)")
    }
    return objectives
  }

  /// With more, hardly any point dominates another.
  static let mostObjectives = 8
}

/// What metrics are called: by their name alone where that is clear, else with the workload before.
struct MetricNames {
  let all: [DesignSpace.Objective]

  init(_ workloads: [String]) {
    all = workloads.enumerated().flatMap { index, workload in
      Metric.allCases.compactMap { metric -> DesignSpace.Objective? in
        if workloads.count == 1 || metric.isOfTheDesign {
          // One workload is enough to say what all have in common.
          return index == 0
            ? .init(metric: metric, workload: 0, name: metric.rawValue) : nil
        }
        return .init(metric: metric, workload: index, name: "\(workload).\(metric.rawValue)")
      }
    }
  }

  subscript(name: String) -> DesignSpace.Objective? { all.first { $0.name == name } }
}

extension WorkloadRequest {
  fileprivate static func list(_ node: SpaceNode) throws(ExplorationError) -> [WorkloadRequest] {
    var list: [WorkloadRequest] = []
    for element in try node.list(expected: "a list of workloads") {
      let workload = try WorkloadRequest(element)
      guard !list.contains(where: { $0.name == workload.name }) else {
        throw element.fault("a name that no other workload has", found: workload.name)
      }
      list.append(workload)
    }
    guard list.count <= mostWorkloads else {
      throw node.fault("at most \(mostWorkloads) workloads", found: "\(list.count)")
    }
    return list
  }

  private static let mostWorkloads = 16

  private init(_ node: SpaceNode) throws(ExplorationError) {
    let section = try node.section([
      "name", "model", "topology", "trace", "zero_share", "prompt_tokens", "generated_tokens",
      "batch", "context", "text", "text_tokens",
    ])
    place = node.place
    request = .init(promptTokens: 1, generatedTokens: 0)
    switch (section["model"], section["topology"], section["trace"]) {
    case (let model?, nil, nil):
      source = .model(try model.text(expected: "a published shape or a model file"))
      request = try Self.request(section, node)
      text = try section["text"]?.text(expected: "a text file")
      textPlace = section["text"]?.place
      textTokens = try section["text_tokens"]?.integer(2...100_000_000)
      if let share = section["zero_share"] {
        throw share.fault("no zero_share: a model knows its zeros", found: "one")
      }
    case (nil, let topology?, nil):
      try Self.refuseSizes(section, "a topology file")
      guard let share = section["zero_share"] else {
        throw node.fault("zero_share beside topology", found: "none")
      }
      source = .topology(
        try topology.text(expected: "a SCALE-Sim topology file"), zeroShare: try share.share())
    case (_, nil, let trace?):
      try Self.refuseSizes(section, "a recorded run")
      let path = try trace.text(expected: "a file of setun trace or setun run")
      source = .trace(path, zeros: try Self.zeros(section, node, of: path))
    default:
      let found = ["model", "topology", "trace"].filter { section[$0] != nil }
      throw node.fault(
        "model, topology or trace",
        found: found.isEmpty ? "none of them" : found.joined(separator: " and "))
    }
    name = ""
    name =
      try section["name"].map { node throws(ExplorationError) in
        let name = try node.text(expected: Self.nameRule)
        guard name.isWorkloadName else { throw node.fault(Self.nameRule) }
        return name
      } ?? defaultName
  }

  private static func request(
    _ section: [String: SpaceNode], _ node: SpaceNode
  ) throws(ExplorationError) -> ExplorationWorkload.Request {
    let tokens = 0...65_535
    let prompt = try section["prompt_tokens"]?.integer(tokens) ?? 0
    let generated = try section["generated_tokens"]?.integer(tokens) ?? 0
    guard prompt + generated > 0 else {
      throw node.fault("prompt_tokens or generated_tokens above 0", found: "no token")
    }
    let batch = try section["batch"]?.integer(1...65_535) ?? 1
    let context = try section["context"]?.integer(1...1 << 20)
    if let context = section["context"], generated < (prompt > 0 ? 2 : 1) {
      guard generated > 0 else {
        throw context.fault("generated_tokens beside context", found: "none")
      }
      throw context.fault(
        "2 or more generated_tokens beside context and a prompt, which gives the first", found: "1")
    }
    return .init(
      promptTokens: prompt, generatedTokens: generated, batch: batch, context: context)
  }

  private static func refuseSizes(
    _ section: [String: SpaceNode], _ what: String
  ) throws(ExplorationError) {
    let ofModels = [
      "prompt_tokens", "generated_tokens", "batch", "context", "text", "text_tokens",
    ]
    for key in ofModels {
      if let value = section[key] {
        throw value.fault("no such key: \(what) has its sizes", found: key)
      }
    }
  }

  private static func zeros(
    _ section: [String: SpaceNode], _ node: SpaceNode, of path: String
  ) throws(ExplorationError) -> TraceZeros {
    switch (section["model"], section["zero_share"]) {
    case (nil, nil):
      guard path.hasSuffix(".json") else {
        throw node.fault(
          "model or zero_share beside a trace, which has no weights", found: "neither")
      }
      return .counted
    case (let other?, nil), (nil, let other?):
      guard !path.hasSuffix(".json") else {
        throw other.fault("no model or zero_share: a run counted its zeros", found: "one")
      }
      guard section["model"] != nil else { return .share(try other.share()) }
      return .model(try other.text(expected: "a published shape or a model file"))
    case (_?, let share?):
      throw share.fault("no zero_share: a model knows its zeros", found: "one")
    }
  }

  private static let nameRule = "a letter and then letters, digits and underscores"

  /// The last part of the path, as a name that conditions can use.
  private var defaultName: String {
    let path =
      switch source {
      case .model(let path), .topology(let path, _), .trace(let path, _): path
      }
    let last = path.split(separator: "/").last.map(String.init) ?? path
    let name = String(last.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.isWorkloadName ? name : "w_\(name)"
  }
}

extension String {
  fileprivate var isWorkloadName: Bool {
    first.map { $0.isASCII && $0.isLetter } == true
      && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}

extension Search {
  private enum Method: String, CaseIterable { case exhaustive, random, nsga2 }

  fileprivate init(_ node: SpaceNode?, spaceSize: Int) throws(ExplorationError) {
    guard let node else {
      self =
        spaceSize <= Self.mostExhaustive
        ? .exhaustive : .nsga2(population: 128, generations: 200, seed: 1)
      return
    }
    let section = try node.section(["method", "points", "population", "generations", "seed"])
    guard let methodNode = section["method"] else { throw node.fault("method", found: "none") }
    let method = try methodNode.choice(Method.self)
    let keys: [Method: [String]] = [
      .exhaustive: [], .random: ["points", "seed"], .nsga2: ["population", "generations", "seed"],
    ]
    for key in keys[method]! where section[key] == nil {
      throw node.fault("\(key) beside method \(method.rawValue)", found: "none")
    }
    for (key, value) in section.sorted(by: { $0.key < $1.key })
    where key != "method" && !keys[method]!.contains(key) {
      throw value.fault("no such key with method \(method.rawValue)", found: key)
    }
    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ExplorationError) -> Int {
      try section[key]!.integer(range)
    }
    switch method {
    case .exhaustive: self = .exhaustive
    case .random:
      self = .random(
        points: try integer("points", 1...spaceSize), seed: UInt64(try integer("seed", 0...Int.max))
      )
    case .nsga2:
      let population = try integer("population", 4...10_000)
      guard population.isMultiple(of: 2) else {
        throw section["population"]!.fault("an even number")
      }
      self = .nsga2(
        population: population, generations: try integer("generations", 1...1_000_000),
        seed: UInt64(try integer("seed", 0...Int.max)))
    }
  }
}
