import Architecture

/// A memory macro of the user's, as a compiler or a data sheet states it.
public struct SRAMPart: Equatable, Sendable {
  public let name: String
  public let words: Int
  /// Width of a word.
  public let bits: Int
  /// J per read of a whole word.
  public let readEnergy: Double
  /// J per write of a whole word.
  public let writeEnergy: Double
  /// W.
  public let leakage: Double
  /// µm².
  public let area: Double
  /// Where the figures come from: the file.
  public let source: String
}

extension SRAMTable {
  /// The cheapest memory of `words` words of `bits` bits that the parts make: equal parts side by
  /// side for wider words, and on top of each other for more of them.
  ///
  /// An access goes to the parts of one word; all leak. Of equally dear reads the smallest area.
  ///
  /// - Precondition: There are parts, and `bits` and `words` are positive.
  func built(bits: Int, words: Int) -> SRAMMacro {
    precondition(!parts.isEmpty && bits > 0 && words > 0, "\(words) words of \(bits) bits")
    let candidates = parts.map { part in
      (part: part, across: ceilDivide(bits, part.bits), deep: ceilDivide(words, part.words))
    }
    let best = candidates.min {
      let left = Double($0.across) * $0.part.readEnergy
      let right = Double($1.across) * $1.part.readEnergy
      return left == right
        ? Double($0.across * $0.deep) * $0.part.area < Double($1.across * $1.deep) * $1.part.area
        : left < right
    }!
    let (part, across) = (best.part, Double(best.across))
    let count = Double(best.across * best.deep)
    let source =
      "\(part.source): \(best.across) × \(best.deep) of \(part.name) for \(words) × \(bits) bits"
    func figure<U: Unit>(_ value: Double) -> Estimate<U> {
      Estimate(value, provenance: .modelled, source: source)
    }
    return SRAMMacro(
      readEnergy: figure(across * part.readEnergy), writeEnergy: figure(across * part.writeEnergy),
      leakage: figure(count * part.leakage), area: figure(count * part.area), accessTime: nil,
      basis: .exact)
  }
}

// MARK: Reading lists

extension SRAMTable {
  static let partColumns = [
    "macro", "words", "bits", "read_pJ", "write_pJ", "leakage_uW", "area_um2",
  ]

  /// Reads a list of macros: a header of ``partColumns``, and a line for each.
  static func parts(csv: String, file: String) throws(EnergyError) -> [SRAMPart] {
    let lines = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first.map(String.init) == partColumns.joined(separator: ",") else {
      throw EnergyError(
        file: file, line: 1, "expected the columns \(partColumns.joined(separator: ","))")
    }
    var parts: [SRAMPart] = []
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let part = try part(line, file: file, line: index + 1)
      guard !parts.contains(where: { $0.name == part.name }) else {
        throw EnergyError(file: file, line: index + 1, "\(part.name): stated twice")
      }
      parts.append(part)
    }
    guard !parts.isEmpty else {
      throw EnergyError(file: file, line: 1, "expected rows after the header, found none")
    }
    return parts
  }

  private static func part(
    _ text: Substring, file: String, line: Int
  ) throws(EnergyError) -> SRAMPart {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == partColumns.count, !fields[0].isEmpty else {
      throw EnergyError(
        file: file, line: line,
        "expected a name and \(partColumns.count - 1) numbers, found “\(text)”")
    }
    func number(_ column: Int, isWhole: Bool = false) throws(EnergyError) -> Double {
      guard let value = Double(fields[column]), value > 0, value.isFinite,
        !isWhole || Int(fields[column]) != nil
      else {
        let kind = isWhole ? "a positive whole number" : "a positive number"
        throw EnergyError(
          file: file, line: line,
          "\(partColumns[column]): expected \(kind), found “\(fields[column])”")
      }
      return value
    }
    return SRAMPart(
      name: fields[0], words: Int(try number(1, isWhole: true)),
      bits: Int(try number(2, isWhole: true)), readEnergy: try number(3) * 1e-12,
      writeEnergy: try number(4) * 1e-12, leakage: try number(5) * 1e-6, area: try number(6),
      source: file)
  }
}
