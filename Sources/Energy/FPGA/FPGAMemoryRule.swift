import Architecture

/// How the flow of a family builds a memory with one write and one registered read port.
///
/// Yosys takes the cheapest of the shapes that its tables know, by cost: a shape of D words of B bits
/// takes as many units as cover the memory. Where words lie in several of them a multiplexer follows; in
/// block RAM such rows of words lie side by side, so that one unit may hold bits of two rows.
/// The tables are those of pyosys 0.70; what synthesis made of the memories of ``FPGATechnology`` is
/// held against the rule.
struct FPGAMemoryRule {
  let family: FPGAFamily

  /// One way to cover a memory.
  private struct Shape {
    /// Words and bits of a unit.
    let words: Int
    let bits: Int
    /// In Yosys's measure.
    let cost: Double
    /// Whether a unit that is used in part costs in part.
    var scales = false
    let resource: FPGAResource
    /// Of the resource, in a unit.
    let count: Int

    /// Units that hold `deep` rows of `bits` bits.
    func units(deep: Int, bits: Int) -> Int {
      guard resource == .ram else { return deep * ceilDivide(bits, self.bits) }
      // Bytes of a block with parity are not divided.
      let padded = self.bits.isMultiple(of: 9) ? 9 * ceilDivide(bits, 9) : bits
      return ceilDivide(deep * padded, self.bits)
    }
  }

  /// What a memory of `words` words of `bits` bits takes.
  func resources(words: Int, bits: Int) -> [FPGAResource: Int] {
    var best = registers(words, bits)
    for shape in shapes {
      let deep = ceilDivide(words, shape.words)
      let units = shape.units(deep: deep, bits: bits)
      let priced =
        shape.scales ? Double(deep) * Double(bits) / Double(shape.bits) : Double(units)
      // The multiplexer of Yosys's cost: half for a bit of each further row, and a select for each row.
      let cost = priced * shape.cost + (deep > 1 ? 0.5 * Double((deep - 1) * bits + deep) : 0)
      guard cost < best.cost else { continue }
      var resources = [shape.resource: units * shape.count]
      if deep > 1 { resources[.lut] = multiplexerLUTs(deep) * bits + deep }
      // LUTs read at once: the registers stand behind them.
      resources[.ff] = shape.resource == .lutRAM ? bits : deep > 1 ? ceilLog2(deep) : 0
      best = (cost, resources)
    }
    return best.resources.filter { $0.value > 0 }
  }

  /// Flip-flops, with a multiplexer before those of the read port.
  private func registers(
    _ words: Int, _ bits: Int
  ) -> (cost: Double, resources: [FPGAResource: Int]) {
    (
      Double(words * bits),
      [.ff: (words + 1) * bits, .lut: words > 1 ? (words - 1) * bits + words : 0]
    )
  }

  private var shapes: [Shape] {
    switch family {
    case .ultraScalePlus:
      // SDP LUT RAM takes eight LUTs; half and whole blocks.
      [(32, 14), (64, 7)].map {
        Shape(words: $0.0, bits: $0.1, cost: 16, scales: true, resource: .lutRAM, count: 8)
      }
        + Self.blocks(words: 512, bits: 36, cost: 129, count: 1)
        + Self.blocks(words: 512, bits: 72, cost: 257, count: 2)
    case .ecp5:
      [Shape(words: 16, bits: 4, cost: 4, resource: .lutRAM, count: 4)]
        + Self.blocks(words: 512, bits: 36, cost: 128, count: 1)
    case .ice40:
      [(256, 16), (512, 8), (1024, 4), (2048, 2)].map {
        Shape(words: $0.0, bits: $0.1, cost: 64, resource: .ram, count: 1)
      }
    }
  }

  /// The shapes of a block RAM of so many words at its widest, with a parity bit for each byte: down to
  /// a bit.
  private static func blocks(words: Int, bits: Int, cost: Double, count: Int) -> [Shape] {
    var shapes = [Shape(words: words, bits: bits, cost: cost, resource: .ram, count: count)]
    while let last = shapes.last, last.bits > 1 {
      let bits = last.bits == 9 ? 4 : last.bits / 2
      shapes.append(
        Shape(words: 2 * last.words, bits: bits, cost: cost, resource: .ram, count: count))
    }
    return shapes
  }

  /// LUTs of a multiplexer of one bit among so many units.
  private func multiplexerLUTs(_ inputs: Int) -> Int {
    switch family {
    // Four data and two selects fit six inputs; wide multiplexers join LUTs.
    case .ultraScalePlus: ceilDivide(inputs - 1, 3)
    // As pairs of LUTs of four inputs are joined.
    case .ecp5, .ice40: inputs == 4 ? 4 : inputs * 3 / 4
    }
  }
}
