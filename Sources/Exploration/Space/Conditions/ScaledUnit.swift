/// A unit of measurement as powers of base units times a power of ten and one of two.
///
/// Scales are kept apart from the values, so that `0.1 mm²` compared with µm² is exactly 100,000.
struct ScaledUnit: Equatable {
  /// What is counted or measured.
  enum Base: Int, CaseIterable { case second, joule, squareMetre, byte, operation, token }

  /// The power of each base unit.
  private(set) var powers = [Int](repeating: 0, count: Base.allCases.count)
  private(set) var decimalExponent = 0
  private(set) var binaryExponent = 0
  /// As it was written; empty without a unit.
  private(set) var text = ""

  /// No unit at all.
  static let none = ScaledUnit()

  private init() {}

  private init(
    _ powers: [(Base, Int)], decimal: Int = 0, binary: Int = 0
  ) {
    for (base, power) in powers { self.powers[base.rawValue] = power }
    decimalExponent = decimal
    binaryExponent = binary
  }

  /// Reads `W`, `mm2`, `J/token`, `J·s`; `nil` for anything else. Empty is ``none``.
  init?(_ text: String) {
    guard !text.isEmpty else {
      self = .none
      return
    }
    var unit = ScaledUnit.none
    for (position, divisor) in text.split(separator: "/", omittingEmptySubsequences: false)
      .enumerated()
    {
      for name in divisor.split(separator: "·", omittingEmptySubsequences: false) {
        guard let atom = Self.atoms[String(name)] else { return nil }
        unit = position == 0 ? unit * atom : unit / atom
      }
    }
    self = unit
    self.text = text
  }

  /// The unit of a product.
  static func * (left: Self, right: Self) -> Self { left.combined(with: right, sign: 1, "·") }

  /// The unit of a quotient.
  static func / (left: Self, right: Self) -> Self { left.combined(with: right, sign: -1, "/") }

  private func combined(with other: Self, sign: Int, _ symbol: String) -> Self {
    var result = self
    result.powers = zip(powers, other.powers).map { $0 + sign * $1 }
    result.decimalExponent += sign * other.decimalExponent
    result.binaryExponent += sign * other.binaryExponent
    if !other.text.isEmpty {
      result.text =
        (text.isEmpty && sign < 0 ? "1" : text) + (text.isEmpty && sign > 0 ? "" : symbol)
        + other.text
    }
    return result
  }

  /// Whether values of both can be added and compared.
  func measuresTheSame(as other: Self) -> Bool { powers == other.powers }

  /// Whether values measure something, and are no mere numbers.
  var hasDimension: Bool { !measuresTheSame(as: .none) }

  /// Whether values are plain numbers.
  var isNone: Bool { !hasDimension && decimalExponent == 0 && binaryExponent == 0 }

  private static let atoms: [String: ScaledUnit] = {
    let plain: [String: ScaledUnit] = [
      "s": .init([(.second, 1)]),
      "J": .init([(.joule, 1)]),
      "W": .init([(.joule, 1), (.second, -1)]),
      "Hz": .init([(.second, -1)]),
    ]
    let prefixes = [
      "": 0, "p": -12, "n": -9, "µ": -6, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9,
    ]
    var atoms: [String: ScaledUnit] = [:]
    for (name, unit) in plain {
      for (prefix, exponent) in prefixes {
        var scaled = unit
        scaled.decimalExponent = exponent
        atoms[prefix + name] = scaled
      }
    }
    for square in ["2", "²"] {
      atoms["mm" + square] = .init([(.squareMetre, 1)], decimal: -6)
      for micro in ["u", "µ"] {
        atoms[micro + "m" + square] = .init([(.squareMetre, 1)], decimal: -12)
      }
    }
    for (name, exponent) in ["B": 0, "kB": 3, "MB": 6, "GB": 9] {
      atoms[name] = .init([(.byte, 1)], decimal: exponent)
    }
    for (name, exponent) in ["bit": -3, "KiB": 10, "MiB": 20, "GiB": 30] {
      atoms[name] = .init([(.byte, 1)], binary: exponent)
    }
    for (name, exponent) in ["GOPS": 9, "TOPS": 12] {
      atoms[name] = .init([(.operation, 1), (.second, -1)], decimal: exponent)
    }
    for name in ["token", "tokens"] { atoms[name] = .init([(.token, 1)]) }
    // A count, so that a frequency times a time is a number of cycles.
    for name in ["cycle", "cycles"] { atoms[name] = .init([]) }
    return atoms
  }()
}
