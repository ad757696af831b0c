import Activity
import Architecture

/// What an array is given in one cycle of a run.
struct ArrayStep: Sendable {
  /// Weights and activations of the operand that enters, or `nil` for a pause.
  ///
  /// Weights are −1, 0 and +1, row by row; activations token by token.
  let operand: (weights: [Int8], activations: [Int8])?
}

/// What a run of an array's netlist showed.
struct ArrayMeasurement: Codable, Equatable, Sendable {
  var cycles: Int
  var toggles: Toggles
  /// Joules of data pins, inside cells, and of clock pins.
  var pinJoules: Double
  var cellJoules: Double
  var clockJoules: Double
  /// Changes of nets, and those that remained at the end of a cycle.
  var netToggles: Int
  var settledToggles: Int

  var joules: Double { pinJoules + cellJoules + clockJoules }
}

/// Runs the netlist of a tree array and compares every sum with the dot product that it should be.
struct ArrayBench {
  let design: ArrayDesign
  let latency: Int

  /// - Throws: ``CalibrationError`` at the first sum that is wrong.
  func run(_ steps: [ArrayStep], on simulator: GateSimulator) throws(CalibrationError)
    -> ArrayMeasurement
  {
    simulator.reset("rst_ni")
    var reference = TreeToggles(design)
    let interval = design.datapath == .bitSerial ? 8 : 1
    // A shift-accumulator shows its sum only when all bits are in it.
    var expected = (0..<latency).map {
      (sums: reference.sums, isWhole: interval == 1 || $0 <= latency - interval)
    }
    var valid = [Bool](repeating: false, count: latency)
    var cycles = 0
    for step in steps {
      for part in 0..<(step.operand == nil ? 1 : interval) {
        valid.insert(part == 0 && step.operand != nil, at: 0)
        valid.removeLast()
        var inputs = [(port: "valid_i", bits: valid)]
        if part == 0, let operand = step.operand {
          inputs.append(("weights_i", operand.weights.flatMap { Self.bits(Int($0), 2) }))
          inputs.append(("activations_i", operand.activations.flatMap { Self.bits(Int($0), 8) }))
          let sums = reference.add(weights: operand.weights, activations: operand.activations)
          expected.append((sums, true))
        } else {
          expected.append((expected.last!.sums, interval == 1))
        }
        simulator.cycle(inputs)
        cycles += 1
        let due = expected.removeFirst()
        if due.isWhole { try check(simulator, against: due.sums, cycle: cycles) }
      }
    }
    let energy = simulator.energies.reduce(into: (0.0, 0.0, 0.0)) {
      $0 = ($0.0 + $1.pins, $0.1 + $1.cells, $0.2 + $1.clock)
    }
    return ArrayMeasurement(
      cycles: cycles, toggles: reference.toggles, pinJoules: energy.0, cellJoules: energy.1,
      clockJoules: energy.2, netToggles: simulator.toggles,
      settledToggles: simulator.settledToggles)
  }

  private func check(
    _ simulator: GateSimulator, against sums: [Int], cycle: Int
  ) throws(CalibrationError) {
    let bits = simulator.value(of: "sums_o")
    for (index, sum) in sums.enumerated() {
      let expected = Self.bits(sum, design.sumBits)
      let found = Array(bits[index * design.sumBits..<(index + 1) * design.sumBits])
      guard found == expected else {
        throw CalibrationError(
          "\(design.name), cycle \(cycle), sum \(index): the netlist gives \(Self.number(found)), "
            + "expected \(sum)")
      }
    }
  }

  private static func bits(_ value: Int, _ count: Int) -> [Bool] {
    (0..<count).map { value >> $0 & 1 == 1 }
  }

  private static func number(_ bits: [Bool]) -> Int {
    bits.enumerated().reduce(0) { sum, bit in
      sum + (bit.element ? (bit.offset == bits.count - 1 ? -1 : 1) << bit.offset : 0)
    }
  }
}
