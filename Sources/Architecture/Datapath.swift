extension Architecture.Parameters {
  /// How the array multiplies and adds. Sums never differ, only latency, area and energy.
  ///
  /// The position of a case is its number in the capability register and in SystemVerilog: cases
  /// are only ever appended.
  public enum Datapath: String, CaseIterable, Sendable {
    /// AND gate and XOR per lane, adder tree, and one popcount for the +1 of all negations.
    case xorPopcount = "xor_popcount"
    /// The same lanes, 3:2 compressors, and one carry-propagate adder in a cycle of its own.
    case carrySave = "carry_save"
    /// The same lanes; the +1 of each negation is the carry-in of an adder of the tree.
    case carryIn = "carry_in"
    /// A complete 9-bit negation per lane, and an adder tree.
    case negate
    /// A tree for the weights +1 and one for −1, and a subtraction.
    case splitSign = "split_sign"
    /// All signed sums of 2 activations, shared by all rows; each row selects among them.
    case lookup2 = "lookup_2"
    /// All signed sums of 3 activations.
    case lookup3 = "lookup_3"
    /// All signed sums of 4 activations.
    case lookup4 = "lookup_4"
    /// One bit of each activation per cycle, two popcounts, and a shift-accumulator.
    case bitSerial = "bit_serial"
    /// A multiplier of an activation and an 8-bit weight per lane: the reference that the others save against.
    case int8MAC = "int8_mac"

    /// The activations that one selected term stands for: 1 but for the lookups.
    public var group: Int {
      switch self {
      case .lookup2: 2
      case .lookup3: 3
      case .lookup4: 4
      case .xorPopcount, .carrySave, .carryIn, .negate, .splitSign, .bitSerial, .int8MAC: 1
      }
    }

    /// The name of the enumeration constant in SystemVerilog.
    var constant: String { "Datapath\(upperCamel(rawValue))" }
  }
}

extension Architecture {
  /// Levels of the tree, which `tree_register_every` counts: of two-input adders, or of 3:2
  /// compressors in `carry_save`.
  ///
  /// The multipliers of `int8_mac` and the tables of a lookup stand before the first level.
  public var treeLevels: Int {
    switch parameters.datapath {
    case .carrySave: Self.compressorLevels(words: parameters.lanes + 1)
    case .xorPopcount, .carryIn, .negate, .splitSign, .lookup2, .lookup3, .lookup4, .bitSerial,
      .int8MAC:
      ceilLog2(ceilDivide(parameters.lanes, parameters.datapath.group))
    }
  }

  /// Pipeline registers inside the tree: one after every `tree_register_every` levels.
  ///
  /// `carry_save` has one more where levels are left over, so that its last adder has a cycle of
  /// its own.
  public var treeRegisters: Int {
    let every = parameters.treeRegisterEvery
    guard every > 0 else { return 0 }
    return parameters.datapath == .carrySave ? ceilDivide(treeLevels, every) : treeLevels / every
  }

  /// Cycles from one operand of the array to the next: `activation_bits` in `bit_serial`, one for each
  /// bit, and 1 in all others.
  ///
  /// Weights and activations hold still at the array's inputs for as long.
  public var operandInterval: Int {
    parameters.datapath == .bitSerial ? parameters.activationBits : 1
  }

  /// Cycles from operands at the tree array to their sums: the registers inside the tree, and the
  /// output register, which takes one bit of the activations a cycle in `bit_serial`.
  public var treeLatency: Int { treeRegisters + operandInterval }

  /// Levels of 3:2 compressors that leave two words of `words`.
  static func compressorLevels(words: Int) -> Int {
    var (words, levels) = (words, 0)
    while words > 2 {
      words -= words / 3
      levels += 1
    }
    return levels
  }
}
