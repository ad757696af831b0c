import Architecture

/// What the tree of one row consists of, and what all rows share, as the datapath builds it.
///
/// An adder bit is a full adder. A select bit is an AND and an XOR gate, or as much.
struct Tree: Equatable {
  /// What chooses between an activation, its inverse and zero, or an entry of a table.
  var selectBits = 0.0
  /// Full adders of the multipliers, each with the AND gate of its product bit.
  var multiplierBits = 0
  /// Adder bits of the first level, which single terms drive.
  var firstLevelAdderBits = 0
  /// Adder bits of the further levels.
  var upperAdderBits = 0
  /// Adder bits of the count of negations and of what follows the tree.
  var popcountAdderBits = 0
  /// Bits of 3:2 compressors.
  var compressorBits = 0
  /// Pipeline and output registers.
  var registers = 0

  /// Adder bits of the tables, once for all rows.
  var tableAdderBits = 0
  /// Select bits of the bits of the activations, once for all rows.
  var planeSelectBits = 0.0

  /// A bit of a compressor, or of a multiplier, in adder bits: without full adder cells, which the
  /// synthesis does not use, its sum and carry take more gates than those of a chain. 32 lanes in
  /// Nangate45, pyosys 0.70.
  static let compressorBitShare = 1.36

  /// The full adders of the multipliers, in adder bits.
  var multiplierAdderBits: Double { Self.compressorBitShare * Double(multiplierBits) }

  /// All adder bits of one tree but those of multipliers.
  var adderBits: Double {
    Double(firstLevelAdderBits + upperAdderBits + popcountAdderBits)
      + Self.compressorBitShare * Double(compressorBits)
  }
}

extension Tree {
  init(_ architecture: Architecture) {
    let lanes = architecture.parameters.lanes
    let bits = architecture.parameters.activationBits
    let datapath = architecture.parameters.datapath
    switch datapath {
    case .xorPopcount:
      selectBits = Double(bits * lanes)
      addLevels(architecture, termBits: bits, countBits: 1)
      popcountAdderBits = Structure.popcountAdderBits(lanes) + architecture.sumBits
    case .carryIn:
      // A single pending 1 beside each sum; the last one is added at the end.
      selectBits = Double(bits * lanes)
      addLevels(architecture, termBits: bits, flags: 1)
      popcountAdderBits = architecture.sumBits
    case .carrySave:
      selectBits = Double(bits * lanes)
      addCompressors(architecture)
      popcountAdderBits = architecture.sumBits
    case .negate:
      // An increment of as many half adders behind the inversion.
      selectBits = Double(2 * bits * lanes)
      addLevels(architecture, termBits: bits + 1)
    case .splitSign:
      // Two AND gates.
      selectBits = Double(bits * lanes)
      addLevels(architecture, termBits: bits, trees: 2)
      popcountAdderBits = architecture.sumBits
    case .lookup2, .lookup3, .lookup4: addTables(architecture)
    case .bitSerial:
      // Two AND gates a lane and row; one for each bit, and an OR of them, a lane.
      selectBits = Double(lanes)
      planeSelectBits = 0.4 * Double(bits * lanes)
      addLevels(architecture, termBits: 1, trees: 2, areSigned: false)
      popcountAdderBits = architecture.sumBits + ceilLog2(lanes) + 2
    case .int8MAC:
      multiplierBits = 8 * bits * lanes
      addLevels(architecture, termBits: bits + 8)
    }
    registers += Self.outputBits(architecture)
  }

  /// Bits of the output register.
  private static func outputBits(_ architecture: Architecture) -> Int {
    architecture.parameters.datapath == .int8MAC
      ? Architecture.signedBits(
        magnitude: 128 * architecture.activationMagnitude * architecture.parameters.lanes)
      : architecture.sumBits
  }

  /// The levels of adders: a level has a sum for each pair, and passes an odd one on.
  ///
  /// - Parameters:
  ///   - trees: How many trees of the same terms there are.
  ///   - areSigned: An adder of signed terms extends them by a bit.
  ///   - countBits: Bits of the counts beside the terms, 0 for none.
  ///   - flags: Single bits that go through the registers beside each sum.
  private mutating func addLevels(
    _ architecture: Architecture, termBits: Int, trees: Int = 1, areSigned: Bool = true,
    countBits: Int = 0, flags: Int = 0
  ) {
    let (parameters, group) = (architecture.parameters, architecture.parameters.datapath.group)
    var count = ceilDivide(parameters.lanes, group)
    // An odd one that is passed on keeps its width: a sign or a zero takes one flip-flop, or none.
    var last = termBits - ceilLog2(group) + ceilLog2((parameters.lanes - 1) % group + 1)
    var lastCount = countBits
    let outputBits = Self.outputBits(architecture)
    for level in 0..<architecture.treeLevels {
      let (bits, isEven) = (termBits + level + 1, count % 2 == 0)
      let adders = trees * (count / 2) * (areSigned ? bits : bits - 1)
      if level == 0 { firstLevelAdderBits = adders } else { upperAdderBits += adders }
      count = (count + 1) / 2
      if isEven { (last, lastCount) = (bits, countBits == 0 ? 0 : countBits + level + 1) }
      let every = parameters.treeRegisterEvery
      if every > 0 && (level + 1) % every == 0 {
        let counts = countBits == 0 ? 0 : countBits + level + 1
        // Terms as wide as products may fill more bits than the output has.
        let widths = (count - 1) * min(bits, outputBits) + min(last, outputBits)
        registers += trees * widths + (count - 1) * counts + lastCount + count * flags
      }
    }
  }

  /// Tables of all signed sums of a group, and a tree over the selected ones.
  private mutating func addTables(_ architecture: Architecture) {
    let parameters = architecture.parameters
    let bits = parameters.activationBits
    tableAdderBits = Self.tableAdderBits(parameters)
    let groups = Self.groups(of: parameters)
    for (size, count) in groups {
      // Choosing and inverting a bit of an entry, in Nangate45 with pyosys 0.70: 73, 172 and 616 µm²
      // for a whole entry, over 2.66 µm². A lane alone has no table.
      let selects = [1: 1, 2: 3, 3: 6.5, 4: 23.2][size]!
      selectBits += Double(count * (bits + ceilLog2(size))) * selects
    }
    let tables = groups.reduce(0) { $0 + $1.count }
    addLevels(
      architecture, termBits: bits + ceilLog2(parameters.datapath.group), countBits: 1)
    popcountAdderBits = Structure.popcountAdderBits(tables) + architecture.sumBits
  }

  /// Full adders of the tables, once for all rows; 0 where the datapath has none.
  static func tableAdderBits(_ parameters: Architecture.Parameters) -> Int {
    groups(of: parameters).reduce(0) { sum, group in
      // Half of all sums, without 0; the group's own activations are there already.
      let sums = [1: 0, 2: 4 - 2, 3: 13 - 3, 4: 40 - 4][group.size]!
      return sum + group.count * sums * (parameters.activationBits + ceilLog2(group.size))
    }
  }

  /// Lanes that share a table, and how many such groups there are: the last may be smaller.
  private static func groups(
    of parameters: Architecture.Parameters
  ) -> [(size: Int, count: Int)] {
    let group = parameters.datapath.group
    let (full, rest) = parameters.lanes.quotientAndRemainder(dividingBy: group)
    return [(group, full)] + (rest > 0 ? [(rest, 1)] : [])
  }

  /// The compressors, bit by bit: columns of constants take no gates and no registers.
  private mutating func addCompressors(_ architecture: Architecture) {
    let (lanes, every) = (architecture.parameters.lanes, architecture.parameters.treeRegisterEvery)
    let (magnitude, bits) = (architecture.activationMagnitude, architecture.sumBits)
    var words =
      [Word(variable: 0, constant: -magnitude * lanes, bits: bits)]
      + Array(
        repeating: Word(variable: UInt(2 * magnitude - 1), constant: 0, bits: bits), count: lanes)
    for level in 0..<architecture.treeLevels {
      let triples = words.count / 3
      var next: [Word] = []
      for triple in 0..<triples {
        let three = words[3 * triple..<3 * triple + 3]
        compressorBits += Word.live(three).nonzeroBitCount
        next += Word.compress(three)
      }
      words = next + words[(3 * triples)...]
      let isLast = level + 1 == architecture.treeLevels
      if every > 0 && ((level + 1) % every == 0 || isLast) {
        // One pending 1 less than words.
        registers += words.reduce(words.count - 1) { $0 + $1.variable.nonzeroBitCount }
      }
    }
  }
}

/// A word of which some bits are always 0 or 1.
private struct Word {
  /// Bits that are neither.
  var variable: UInt
  /// Bits that are always 1.
  var constant: UInt
  let bits: Int

  init(variable: UInt, constant: Int, bits: Int) {
    let mask: UInt = (1 << UInt(bits)) - 1
    self.variable = variable & mask
    self.constant = UInt(bitPattern: constant) & mask
    self.bits = bits
  }

  /// Columns with gates: with at least two bits that vary.
  static func live(_ three: ArraySlice<Word>) -> UInt {
    let v = three.map(\.variable)
    return v[0] & v[1] | v[0] & v[2] | v[1] & v[2]
  }

  /// The sums and the carries, whose bit 0 takes a pending 1.
  static func compress(_ three: ArraySlice<Word>) -> [Word] {
    let bits = three.first!.bits
    let v = three.map(\.variable)
    let c = three.map(\.constant)
    let anyVariable = v[0] | v[1] | v[2]
    let anyConstant = c[0] | c[1] | c[2]
    let twoConstants = c[0] & c[1] | c[0] & c[2] | c[1] & c[2]
    // One bit that varies is carried where exactly one of the others is 1.
    let carried = live(three) | anyVariable & anyConstant & ~twoConstants
    return [
      Word(
        variable: anyVariable, constant: Int((c[0] ^ c[1] ^ c[2]) & ~anyVariable), bits: bits),
      Word(variable: carried << 1 | 1, constant: Int(twoConstants << 1), bits: bits),
    ]
  }
}
