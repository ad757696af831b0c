import Architecture

/// What one bank of a memory costs, as an SRAM macro or as flip-flops.
struct MemoryCost: Sendable {
  /// Per read or write of one word of the bank.
  var readEnergy: Estimate<Joules>
  var writeEnergy: Estimate<Joules>
  var leakage: Estimate<Watts>
  var area: Estimate<SquareMicrometres>

  init(
    _ memory: Memory, flavour: Architecture.Parameters.SRAMFlavour, technology: Technology,
    table: SRAMTable
  ) throws(EnergyError) {
    guard memory.isSRAM else {
      self.init(flipFlops: memory, technology: technology)
      return
    }
    if !table.parts.isEmpty {
      self.init(table.built(bits: memory.bits, words: memory.words))
      return
    }
    self.init(try Self.macros(memory, flavour: flavour, technology: technology, table: table))
  }

  private init(_ macro: SRAMMacro) {
    readEnergy = macro.readEnergy
    writeEnergy = macro.writeEnergy
    leakage = macro.leakage
    area = macro.area
  }

  /// One macro, or the 2, 4, 8 … equal ones side by side that read a word for less.
  ///
  /// Wide and shallow macros are mostly periphery. Parts are no smaller than the table's smallest.
  private static func macros(
    _ memory: Memory, flavour: Architecture.Parameters.SRAMFlavour, technology: Technology,
    table: SRAMTable
  ) throws(EnergyError) -> SRAMMacro {
    // What the user measured in the technology's own node is not scaled.
    let isOwn = table.isOwn && table.nodes(flavour: flavour).contains { $0 == technology.node }
    let node = isOwn ? technology.node! : technology.sram.node
    func macros(_ parts: Int) throws(EnergyError) -> SRAMMacro {
      let part = try table.macro(
        bits: memory.bits / parts, words: memory.words, flavour: flavour, node: node
      ).times(parts)
      return isOwn ? part : part.scaled(by: technology.sram)
    }
    var best = try macros(1)
    var parts = 2
    while memory.bits % parts == 0, memory.bits / parts >= Memory.narrowestSRAMBits,
      memory.bits / parts * memory.words >= Memory.smallestSRAMBits
    {
      let candidate = try macros(parts)
      if candidate.readEnergy.typical < best.readEnergy.typical { best = candidate }
      parts *= 2
    }
    return best
  }

  /// Flip-flops with a clock gate per word, so that only the written word is clocked, and a
  /// multiplexer tree whose select bits stand in for multiplexer bits.
  private init(flipFlops memory: Memory, technology: Technology) {
    let (bits, words) = (Double(memory.bits), Double(memory.words))
    let what = memory.description
    let cell = technology.energy
    writeEnergy = (bits * (cell.registerClock + Structure.togglesPerBit * cell.registerToggle))
      .from("\(what): \(cell.registerClock.source); \(cell.registerToggle.source)")
    readEnergy = (bits * Double(memory.selectLevels) * cell.selectBit)
      .from("\(what): \(cell.selectBit.source)")
    let muxGates = bits * (words - 1) * Structure.gatesPerMultiplexer
    area =
      (bits * words * technology.area.registerBit + muxGates * technology.area.gate)
      .from("\(what): \(technology.area.registerBit.source); \(technology.area.gate.source)")
    leakage = area.times(technology.logicLeakage)
  }
}

/// The memories of one accelerator, each per bank.
struct MemoryCosts: Sendable {
  let weightBuffer: MemoryCost
  let activationBuffer: MemoryCost
  let accumulators: MemoryCost
  /// Where rows have multipliers.
  let multiplierBuffer: MemoryCost?

  init(
    architecture: Architecture, technology: Technology, table: SRAMTable?
  ) throws(EnergyError) {
    let structure = Structure(architecture)
    let source: SRAMTable
    if let table { source = table } else { source = try SRAMTable.standard() }
    let flavour = architecture.parameters.sramFlavour
    func cost(_ memory: Memory) throws(EnergyError) -> MemoryCost {
      try MemoryCost(memory, flavour: flavour, technology: technology, table: source)
    }
    weightBuffer = try cost(structure.weightBuffer)
    activationBuffer = try cost(structure.activationBuffer)
    accumulators = try cost(structure.accumulatorMemory)
    multiplierBuffer =
      if let memory = structure.multiplierBuffer { try cost(memory) } else { nil }
  }
}
