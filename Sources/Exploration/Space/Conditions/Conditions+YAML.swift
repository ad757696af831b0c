import Architecture

extension Conditions {
  /// Reads `constraints`, a list of conditions that may be absent.
  init(_ node: SpaceNode?, names: Names, derived: [DerivedKey]) throws(ExplorationError) {
    var conditions: [Condition] = []
    for element in try node?.list(expected: "a list of conditions") ?? [] {
      let text = try element.text(expected: "a condition")
      do {
        conditions.append(try Condition(text, vocabulary: names.vocabulary))
      } catch {
        throw element.fault(error)
      }
    }
    self.init(conditions, names, derived)
  }

  /// Conditions whose names are those of `names`.
  init(_ conditions: [Condition], _ names: Names, _ derived: [DerivedKey]) {
    let used = (conditions.map(\.slots) + derived.map(\.slots)).reduce(into: Set<Int>()) {
      $0.formUnion($1)
    }
    all = conditions
    onMetrics = conditions.indices.filter { index in
      !conditions[index].slots.isDisjoint(with: names.metricSlots.keys)
    }
    onParameters = conditions.indices.filter { [onMetrics] in !onMetrics.contains($0) }
    initialSlots = names.initial
    assignments = names.assignments.map { values in
      values.map { $0.filter { used.contains($0.slot) } }
    }
    metricSlots = names.workloads.map { workload in
      names.metricSlots.filter { used.contains($0.key) && $0.value.workload == workload }
        .map { (slot: $0.key, metric: $0.value.metric) }.sorted { $0.slot < $1.slot }
    }
  }

  /// All names that a condition on the points of a space may use.
  struct Names {
    private(set) var vocabulary = Vocabulary()
    /// The values at the base, NaN for metrics.
    private(set) var initial: [Double] = []
    /// By parameter and value.
    private(set) var assignments: [[[(slot: Int, value: Double)]]]
    private(set) var metricSlots: [Int: DesignSpace.Objective] = [:]
    /// Names that are neither keys nor bundles of them.
    private(set) var variables: [String] = []
    /// The indices of the workloads.
    let workloads: Range<Int>

    init(base: Architecture, parameters: [DesignSpace.Parameter], metrics: MetricNames) {
      workloads = 0..<(metrics.all.map(\.workload).max() ?? 0) + 1
      assignments = parameters.map { $0.values.map { _ in [] } }
      let design =
        base.parameters.design
        + [
          (keyPath: DesignSpace.mappingName, text: MappingPolicy.standard.rawValue),
          (keyPath: DesignSpace.keyValueName, text: "\(KeyValueCache.floatBits)"),
        ]
      for (key, text) in design {
        let owner = parameters.firstIndex { parameter in
          parameter.values[0].settings.contains { $0.keyPath == key }
        }
        let texts = owner.map { owner in
          parameters[owner].values.map { value in
            value.settings.first { $0.keyPath == key }!.text
          }
        }
        add(key, base: text, values: texts ?? [], of: owner)
      }
      for (index, parameter) in parameters.enumerated() {
        for (position, variable) in parameter.values[0].settings.enumerated()
        where vocabulary.slot(of: variable.keyPath) == nil {
          let texts = parameter.values.map { $0.settings[position].text }
          add(variable.keyPath, base: texts[0], values: texts, of: index)
          variables.append(variable.keyPath)
        }
        guard vocabulary.slot(of: parameter.name) == nil else { continue }
        let texts = parameter.values.map(\.text)
        add(parameter.name, base: texts[0], values: texts, of: index)
      }
      for metric in metrics.all where vocabulary.slot(of: metric.name) == nil {
        guard let unit = ScaledUnit(metric.metric.unit) else {
          preconditionFailure("no unit \(metric.metric.unit)")
        }
        metricSlots[vocabulary.add(metric.name, .number(unit))] = metric
        initial.append(.nan)
      }
    }

    /// Whether a parameter decides the value of `slot`.
    func isVaried(_ slot: Int) -> Bool {
      assignments.contains { $0[0].contains { $0.slot == slot } }
    }

    /// Adds a name with the text of its value at the base and those that a parameter gives it.
    private mutating func add(_ name: String, base: String, values: [String], of owner: Int?) {
      let numbers = values.compactMap { Double($0) }
      let kind: Vocabulary.Kind
      let codes: [Double]
      if let number = Double(base), numbers.count == values.count,
        let unit = ScaledUnit(DesignSpace.Parameter.unit(of: name))
      {
        kind = .number(unit)
        initial.append(number)
        codes = numbers
      } else {
        var choices: [String] = []
        for text in values + [base] where !choices.contains(text) { choices.append(text) }
        kind = .choice(choices.map(\.withoutQuotes))
        initial.append(Double(choices.firstIndex(of: base)!))
        codes = values.map { Double(choices.firstIndex(of: $0)!) }
      }
      let slot = vocabulary.add(name, kind)
      guard let owner else { return }
      for (value, code) in codes.enumerated() { assignments[owner][value].append((slot, code)) }
    }
  }
}
