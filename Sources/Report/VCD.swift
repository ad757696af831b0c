/// A value change dump (IEEE 1364-2005, clause 18): waveforms that every viewer reads.
///
/// One value per signal and clock cycle goes in; only changes are written.
public struct VCD: Sendable {
  /// Signals shown under one name: `model`, `rtl`.
  public struct Scope: Sendable {
    public var name: String
    public var signals: [Signal]

    public init(name: String, signals: [Signal]) {
      self.name = name
      self.signals = signals
    }
  }

  /// A variable and its value in every cycle.
  public struct Signal: Sendable {
    public var name: String
    /// Bits, at least 1.
    public var width: Int
    /// For each cycle the value in 32-bit words, the least significant first. Words that are not
    /// there are zero; bits at and above ``width`` are not written.
    public var values: [[UInt32]]

    /// - Precondition: `width` is at least 1.
    public init(name: String, width: Int, values: [[UInt32]]) {
      precondition(width >= 1, "\(name) has \(width) bits")
      self.name = name
      self.width = width
      self.values = values
    }

    /// A signal of at most 64 bits.
    public init(name: String, width: Int, values: [UInt64]) {
      self.init(
        name: name, width: width,
        values: values.map {
          [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $0 >> 32)]
        })
    }
  }

  public var scopes: [Scope]
  /// The number of the first cycle; the cycle `n` begins at `n` clock periods.
  public var firstCycle: Int
  /// The clock period in ps, which is the time unit of the file.
  public var clockPeriodPicoseconds: Int

  /// - Precondition: All signals have the same number of values, the period is positive and
  ///   `firstCycle` is not negative.
  public init(scopes: [Scope], firstCycle: Int, clockPeriodPicoseconds: Int) {
    let counts = Set(scopes.flatMap(\.signals).map(\.values.count))
    precondition(counts.count <= 1, "signals with \(counts.sorted()) values")
    precondition(clockPeriodPicoseconds > 0 && firstCycle >= 0)
    self.scopes = scopes
    self.firstCycle = firstCycle
    self.clockPeriodPicoseconds = clockPeriodPicoseconds
  }

  /// The file as text.
  public var text: String {
    var encoder = VCDEncoder(
      scopes: scopes, firstCycle: firstCycle, clockPeriodPicoseconds: clockPeriodPicoseconds)
    let signals = scopes.flatMap(\.signals)
    var words: [UInt32] = []
    for cycle in 0..<(signals.first?.values.count ?? 0) {
      words.removeAll(keepingCapacity: true)
      for signal in signals {
        let value = signal.values[cycle]
        words += (0..<signal.words).map { $0 < value.count ? value[$0] : 0 }
      }
      encoder.append(words)
    }
    return encoder.finished()
  }

  /// The code of a variable: a number in base 94 with the printable ASCII characters as digits.
  static func identifier(_ index: Int) -> String {
    var rest = index
    var code = ""
    repeat {
      code.unicodeScalars.append(Unicode.Scalar(UInt8(33 + rest % 94)))
      rest = rest / 94 - 1
    } while rest >= 0
    return code
  }

  /// The names as Verilog identifiers: other characters become underscores, and a name that was
  /// there before gets the first free number.
  static func legalNames(_ names: [String]) -> [String] {
    var used = Set<String>()
    return names.map { name in
      var legal = String(
        name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
      if legal.first.map({ $0.isNumber }) ?? true { legal = "_" + legal }
      var unique = legal
      var number = 2
      while !used.insert(unique).inserted {
        unique = "\(legal)_\(number)"
        number += 1
      }
      return unique
    }
  }
}

extension VCD.Signal {
  /// 32-bit words of a value.
  public var words: Int { (width + 31) / 32 }
}

/// Writes a value change dump cycle by cycle, as long as a run may be.
public struct VCDEncoder: Sendable {
  /// A variable as the encoder sees it.
  private struct Variable {
    var width: Int
    var offset: Int
    var code: String
  }

  private let firstCycle: Int
  private let clockPeriodPicoseconds: Int
  private var variables: [Variable] = []
  private var last: [UInt32] = []
  private var cycles = 0
  /// What was written so far.
  public private(set) var text: String

  /// - Parameter scopes: Names and widths; the values that signals have here are not written.
  public init(scopes: [VCD.Scope], firstCycle: Int, clockPeriodPicoseconds: Int) {
    self.firstCycle = firstCycle
    self.clockPeriodPicoseconds = clockPeriodPicoseconds
    text = "$version Setun $end\n$timescale 1 ps $end\n"
    var offset = 0
    for (scope, scopeName) in zip(scopes, VCD.legalNames(scopes.map(\.name))) {
      text += "$scope module \(scopeName) $end\n"
      for (signal, name) in zip(scope.signals, VCD.legalNames(scope.signals.map(\.name))) {
        let code = VCD.identifier(variables.count)
        text += "$var wire \(signal.width) \(code) \(name) $end\n"
        variables.append(Variable(width: signal.width, offset: offset, code: code))
        offset += signal.words
      }
      text += "$upscope $end\n"
    }
    text += "$enddefinitions $end\n"
  }

  /// One cycle: the words of all signals, one signal after the other, lowest word first. Bits at
  /// and above a signal's width are not written.
  public mutating func append(_ words: [UInt32]) {
    var changes = ""
    for variable in variables {
      let range = variable.offset..<variable.offset + (variable.width + 31) / 32
      guard last.isEmpty || last[range] != words[range] else { continue }
      let bits = Self.bits(words[range], width: variable.width)
      // A change of a bit that is not written is none.
      guard last.isEmpty || Self.bits(last[range], width: variable.width) != bits else { continue }
      changes += (variable.width == 1 ? bits : "b\(bits) ") + variable.code + "\n"
    }
    if cycles == 0 { changes = "$dumpvars\n" + changes + "$end\n" }
    if !changes.isEmpty { text += timestamp + changes }
    last = words
    cycles += 1
  }

  /// The whole file.
  public func finished() -> String {
    // Without a closing time viewers give the last cycle no width.
    text + timestamp
  }

  private var timestamp: String { "#\((firstCycle + cycles) * clockPeriodPicoseconds)\n" }

  /// The value in binary without leading zeros, which the format adds again.
  private static func bits(_ words: ArraySlice<UInt32>, width: Int) -> String {
    var text = ""
    for (index, word) in words.enumerated().reversed() {
      let valid = width - 32 * index
      let value = valid < 32 ? word & (1 << UInt32(valid) - 1) : word
      let digits = String(value, radix: 2)
      text +=
        text.isEmpty
        ? (value == 0 ? "" : digits) : String(repeating: "0", count: 32 - digits.count) + digits
    }
    return text.isEmpty ? "0" : text
  }
}
