internal import Workload

/// The multi-objective search NSGA-II over the points of a space.
///
/// Non-dominated sorting, crowding distance, binary tournaments and constrained domination as in
/// Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II" (2002). Points cross over by exchanging values of parameters, and mutate by steps to a
/// neighbouring value or to any.
///
/// All that is drawn in a generation follows from the seed, the shard and the generation, so that a
/// search continues from a population alone. Shards are islands with seeds of their own.
struct GeneticSearch {
  private struct Individual {
    var number: Int
    var standing: BlockResult.Standing
    var rank = 0
    var crowding = 0.0
  }

  private let space: DesignSpace
  private let size: Int
  private let seed: UInt64
  private var individuals: [Individual] = []

  /// - Precondition: The space of `sweep` says to search so.
  init(_ sweep: Sweep) {
    guard case .nsga2(let population, _, let seed) = sweep.space.search else {
      preconditionFailure("another search")
    }
    space = sweep.space
    size = population
    self.seed = SplitMix64.mixed(seed &+ UInt64(sweep.shard.index) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// The points that survived, best first.
  var population: [Int] { individuals.map(\.number) }

  /// Goes on with a population of an earlier search.
  mutating func restore(_ numbers: [Int], standings: [BlockResult.Standing]) {
    individuals = []
    select(numbers, standings)
  }

  /// The points of a generation; those of the first are drawn evenly.
  func offspring(generation: Int) -> [Int] {
    var random = SplitMix64(state: SplitMix64.mixed(seed &+ UInt64(generation)))
    guard !individuals.isEmpty else {
      let permutation = Permutation(of: space.count, seed: random.next())
      return (0..<min(size, space.count)).map { permutation[$0] }
    }
    var taken = Set(individuals.map(\.number))
    var offspring: [Int] = []
    for _ in 0..<size {
      var child = crossed(&random)
      // A child that is known already goes on mutating; in a small space it may have to be.
      for _ in 0..<Self.mostMutations {
        mutate(&child, &random)
        if !taken.contains(space.number(of: child)) { break }
      }
      let number = space.number(of: child)
      taken.insert(number)
      offspring.append(number)
    }
    return offspring
  }

  private static let mostMutations = 8

  /// Keeps the best of the population and `numbers`.
  mutating func select(_ numbers: [Int], _ standings: [BlockResult.Standing]) {
    var known = Set(individuals.map(\.number))
    for (number, standing) in zip(numbers, standings) where known.insert(number).inserted {
      individuals.append(Individual(number: number, standing: standing))
    }
    rank()
    individuals.sort {
      ($0.rank, -$0.crowding, $0.number) < ($1.rank, -$1.crowding, $1.number)
    }
    individuals.removeLast(max(0, individuals.count - size))
  }

  // MARK: - Variation

  private func crossed(_ random: inout SplitMix64) -> [Int] {
    let mother = space.digits(of: tournament(&random).number)
    let father = space.digits(of: tournament(&random).number)
    return zip(mother, father).map { Bool.random(using: &random) ? $0 : $1 }
  }

  private func tournament(_ random: inout SplitMix64) -> Individual {
    let first = individuals[Int.random(in: individuals.indices, using: &random)]
    let second = individuals[Int.random(in: individuals.indices, using: &random)]
    return (second.rank, -second.crowding) < (first.rank, -first.crowding) ? second : first
  }

  private func mutate(_ digits: inout [Int], _ random: inout SplitMix64) {
    for (index, parameter) in space.parameters.enumerated() where parameter.values.count > 1 {
      guard Int.random(in: 0..<digits.count, using: &random) == 0 else { continue }
      if Bool.random(using: &random) {
        let step = Bool.random(using: &random) ? 1 : -1
        digits[index] = min(max(digits[index] + step, 0), parameter.values.count - 1)
      } else {
        digits[index] = Int.random(in: 0..<parameter.values.count, using: &random)
      }
    }
  }

  // MARK: - Ranks

  private mutating func rank() {
    var rest = Array(individuals.indices)
    var rank = 0
    while !rest.isEmpty {
      let best = rest.filter { candidate in
        !rest.contains { dominates(individuals[$0], individuals[candidate]) }
      }
      for index in best { individuals[index].rank = rank }
      crowd(best)
      let ranked = Set(best)
      rest.removeAll(where: ranked.contains)
      rank += 1
    }
  }

  private func dominates(_ left: Individual, _ right: Individual) -> Bool {
    switch (left.standing, right.standing) {
    case (.kept, .ruledOut): true
    case (.ruledOut, .kept): false
    case (.ruledOut(let first), .ruledOut(let second)): first < second
    case (.kept(let first), .kept(let second)):
      first != second && zip(first, second).allSatisfy { $0 <= $1 }
    }
  }

  /// The distance between the neighbours of each point of a front, summed over the objectives.
  private mutating func crowd(_ front: [Int]) {
    for index in front { individuals[index].crowding = 0 }
    for objective in space.objectives.indices {
      let sorted = front.compactMap { index -> (index: Int, value: Double)? in
        guard case .kept(let vector) = individuals[index].standing else { return nil }
        return (index, vector[objective])
      }.sorted {
        ($0.value, individuals[$0.index].number) < ($1.value, individuals[$1.index].number)
      }
      guard let first = sorted.first, let last = sorted.last else { return }
      individuals[first.index].crowding = .infinity
      individuals[last.index].crowding = .infinity
      guard last.value > first.value else { continue }
      for place in sorted.indices.dropFirst().dropLast() {
        individuals[sorted[place].index].crowding +=
          (sorted[place + 1].value - sorted[place - 1].value) / (last.value - first.value)
      }
    }
  }
}
