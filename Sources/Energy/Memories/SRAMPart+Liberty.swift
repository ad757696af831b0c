import Liberty

extension SRAMTable {
  /// Reads the memories of a Liberty file, as memory compilers write them.
  ///
  /// - Words: two to the power of `address_width`, or fewer where the name says so (`_256x16`):
  ///   compilers with spare rows have an address bit more than words.
  /// - Energy of an access: both edges of the clock's internal power, at the middle of its table, in
  ///   the state (`when`) of a read or a write. A figure without state holds for both.
  /// - Leakage: `cell_leakage_power`, else the mean of its `leakage_power` groups.
  ///
  /// - Throws: ``EnergyError`` at text that is no Liberty file, or a memory without these figures.
  static func parts(liberty text: [UInt8], file: String) throws(EnergyError) -> [SRAMPart] {
    do throws(LibertyError) {
      let library = try LibertyGroup.parse(text)
      let units = try LibertyUnits(library)
      var parts: [SRAMPart] = []
      for cell in library.groups("cell") where !cell.groups("memory").isEmpty {
        parts.append(try MemoryCell(cell, units).part(file: file))
      }
      guard !parts.isEmpty else {
        throw LibertyError(line: library.line, "expected a cell with a memory group, found none")
      }
      return parts
    } catch {
      throw EnergyError(file: file, line: error.line, error.message)
    }
  }
}

/// What the library's units are in SI.
private struct LibertyUnits {
  let joules: Double
  let watts: Double

  init(_ library: LibertyGroup) throws(LibertyError) {
    let load = library.values("capacitive_load_unit") ?? []
    guard load.count == 2, let count = Double(load[0]),
      let farad = Self.prefix(of: load[1], unit: "f")
    else {
      throw LibertyError(line: library.line, "capacitive_load_unit: expected (1, pf) or (1, ff)")
    }
    let volts = try Self.scale("voltage_unit", unit: "v", in: library)
    joules = count * farad * volts * volts
    watts = try Self.scale("leakage_power_unit", unit: "w", in: library)
  }

  private static func scale(
    _ attribute: String, unit: String, in library: LibertyGroup
  ) throws(LibertyError) -> Double {
    let text = library.value(attribute) ?? ""
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let count = Double(digits),
      let scale = prefix(of: String(text.dropFirst(digits.count)), unit: unit)
    else {
      throw LibertyError(
        line: library.line,
        "\(attribute): expected a number and \(unit.uppercased()), found “\(text)”")
    }
    return count * scale
  }

  /// The power of ten of a unit, in whatever case it is written.
  private static func prefix(of text: String, unit: String) -> Double? {
    let text = text.lowercased()
    guard text.hasSuffix(unit) else { return nil }
    let scales = ["": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15]
    return scales[String(text.dropLast(unit.count))]
  }
}

/// One cell with a `memory` group.
private struct MemoryCell {
  private let cell: LibertyGroup
  private let units: LibertyUnits
  private let bits: Int
  private let addressBits: Int

  init(_ cell: LibertyGroup, _ units: LibertyUnits) throws(LibertyError) {
    (self.cell, self.units) = (cell, units)
    let memory = cell.groups("memory")[0]
    func integer(_ name: String, upTo most: Int) throws(LibertyError) -> Int {
      let text = memory.value(name) ?? "nothing"
      guard let value = Int(text), 1...most ~= value else {
        throw LibertyError(
          line: memory.line, "\(cell.name): \(name): expected 1 to \(most), found \(text)")
      }
      return value
    }
    bits = try integer("word_width", upTo: 1 << 16)
    addressBits = try integer("address_width", upTo: 32)
  }

  func part(file: String) throws(LibertyError) -> SRAMPart {
    guard let area = try cell.number("area"), area > 0 else {
      throw LibertyError(line: cell.line, "\(cell.name): area: missing")
    }
    let (read, write) = try accesses()
    return SRAMPart(
      name: cell.name, words: words, bits: bits, readEnergy: read * units.joules,
      writeEnergy: write * units.joules, leakage: try leakage() * units.watts, area: area,
      source: file)
  }

  /// All that the address can tell apart, or what the name says beside the width.
  private var words: Int {
    let most = 1 << addressBits
    for piece in cell.name.split(separator: "_") {
      let factors = piece.split(separator: "x").map { Int($0) }
      guard factors.count == 2, let left = factors[0], let right = factors[1] else { continue }
      if right == bits, 1...most ~= left { return left }
      if left == bits, 1...most ~= right { return right }
    }
    return most
  }

  private func leakage() throws(LibertyError) -> Double {
    if let stated = try cell.number("cell_leakage_power") { return stated }
    var values: [Double] = []
    for state in cell.groups("leakage_power") {
      if let value = try state.number("value") { values.append(value) }
    }
    guard !values.isEmpty else {
      throw LibertyError(line: cell.line, "\(cell.name): cell_leakage_power: missing")
    }
    return values.reduce(0, +) / Double(values.count)
  }

  // MARK: Accesses

  /// Energies of a read and of a write, in the library's unit, of the first clock that has both.
  private func accesses() throws(LibertyError) -> (read: Double, write: Double) {
    for pin in cell.groups("pin") where pin.value("clock") == "true" {
      if let read = try energy(isWrite: false, of: pin),
        let write = try energy(isWrite: true, of: pin)
      {
        return (read, write)
      }
    }
    throw LibertyError(
      line: cell.line,
      "\(cell.name): expected a clock pin with internal_power of reads and writes; states (when) "
        + "must name a write enable: \(PinRole.names(.write))")
  }

  private func energy(isWrite: Bool, of pin: LibertyGroup) throws(LibertyError) -> Double? {
    for power in pin.groups("internal_power") {
      if let text = power.value("when") {
        let state = try BooleanFunction(text, line: power.line)
        // A state that does not name the write enable holds for reads and writes.
        guard state.pins.allSatisfy({ PinRole($0) != nil }),
          state.value({ PinRole($0)!.level(isWrite: isWrite) })
        else { continue }
      }
      if let both = try middle("power", of: power) { return 2 * both }
      let (rise, fall) = (try middle("rise_power", of: power), try middle("fall_power", of: power))
      if rise != nil || fall != nil { return (rise ?? 0) + (fall ?? 0) }
    }
    return nil
  }

  /// The middle value of a table.
  private func middle(_ kind: String, of power: LibertyGroup) throws(LibertyError) -> Double? {
    guard let table = power.groups(kind).first else { return nil }
    let words = (table.values("values") ?? []).flatMap {
      $0.split(whereSeparator: { $0 == "," || $0.isWhitespace || $0 == "\\" })
    }
    let numbers = words.compactMap { Double($0) }
    guard !numbers.isEmpty, numbers.count == words.count else {
      throw LibertyError(
        line: table.line, "\(kind): expected numbers, found “\(words.joined(separator: " "))”")
    }
    return numbers[numbers.count / 2]
  }
}

/// What a pin of a memory is for, by the names that compilers use.
private struct PinRole {
  enum Use { case select, write }

  private let use: Use
  private let isActiveLow: Bool

  private static let known: [(name: String, use: Use, isActiveLow: Bool)] = [
    ("we", .write, false), ("wr", .write, false), ("wr_en", .write, false),
    ("write_en", .write, false), ("web", .write, true), ("wen", .write, true),
    ("we_n", .write, true), ("gwen", .write, true), ("ce", .select, false), ("cs", .select, false),
    ("en", .select, false), ("me", .select, false), ("csb", .select, true), ("ceb", .select, true),
    ("cen", .select, true), ("cs_n", .select, true), ("ce_n", .select, true),
  ]

  static func names(_ use: Use) -> String {
    known.filter { $0.use == use }.map(\.name).joined(separator: ", ")
  }

  /// The role of a pin: `web0`, `we_in`.
  init?(_ pin: String) {
    var name = pin.lowercased()
    while let last = name.last, last.isNumber { name.removeLast() }
    if name.hasSuffix("_in") { name.removeLast(3) }
    guard let role = Self.known.first(where: { $0.name == name }) else { return nil }
    (use, isActiveLow) = (role.use, role.isActiveLow)
  }

  /// The level while the memory is selected, for a read or a write.
  func level(isWrite: Bool) -> Bool {
    switch use {
    case .select: !isActiveLow
    case .write: isWrite != isActiveLow
    }
  }
}
