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
    let signals = scopes.flatMap(\.signals)
    var text = header
    var last = [String?](repeating: nil, count: signals.count)
    let cycles = signals.first?.values.count ?? 0
    for cycle in 0..<cycles {
      var changes = ""
      for (index, signal) in signals.enumerated() {
        let bits = signal.bits(cycle: cycle)
        guard bits != last[index] else { continue }
        last[index] = bits
        changes += signal.width == 1 ? bits : "b\(bits) "
        changes += Self.identifier(index) + "\n"
      }
      if cycle == 0 { changes = "$dumpvars\n" + changes + "$end\n" }
      if !changes.isEmpty { text += timestamp(cycle) + changes }
    }
    // Without a closing time viewers give the last cycle no width.
    return text + timestamp(cycles)
  }

  private var header: String {
    var text = "$version Setun $end\n$timescale 1 ps $end\n"
    var index = 0
    let scopeNames = Self.legalNames(scopes.map(\.name))
    for (scope, scopeName) in zip(scopes, scopeNames) {
      text += "$scope module \(scopeName) $end\n"
      for (signal, name) in zip(scope.signals, Self.legalNames(scope.signals.map(\.name))) {
        text += "$var wire \(signal.width) \(Self.identifier(index)) \(name) $end\n"
        index += 1
      }
      text += "$upscope $end\n"
    }
    return text + "$enddefinitions $end\n"
  }

  private func timestamp(_ cycle: Int) -> String {
    "#\((firstCycle + cycle) * clockPeriodPicoseconds)\n"
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
  /// The value in binary without leading zeros, which the format adds again.
  fileprivate func bits(cycle: Int) -> String {
    let words = values[cycle]
    var text = ""
    for bit in (0..<width).reversed() where bit / 32 < words.count {
      let isSet = words[bit / 32] >> UInt32(bit % 32) & 1 == 1
      if isSet || !text.isEmpty { text += isSet ? "1" : "0" }
    }
    return text.isEmpty ? "0" : text
  }
}
