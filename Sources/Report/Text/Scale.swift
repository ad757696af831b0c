/// One unit prefix and one number of decimals for all figures of a column.
struct Scale {
  /// The unit with its prefix: `nJ`.
  let symbol: String
  private let factor: Double
  private var decimals: Int
  private let digits: Int

  /// The scale of a column that shows `values`, the largest of them with `digits` digits.
  ///
  /// The prefix leaves three digits or fewer before the point of the largest of `neighbours` (of
  /// `values` when there are none), so that columns with the same neighbours share a unit. Areas in
  /// µm² change to mm²; ratios, and tokens a second, take no prefix, nor does what `takesPrefix`
  /// excludes.
  init(
    fitting values: [Double], digits: Int = 4, neighbours: [Double] = [], unit: String,
    takesPrefix: Bool = true
  ) {
    func largest(_ values: [Double]) -> Double {
      values.map(\.magnitude).filter(\.isFinite).max() ?? 0
    }
    let deciding = largest(neighbours.isEmpty ? values : neighbours)
    let prefixes = takesPrefix ? Self.prefixes(unit) : [(unit, 1)]
    // The largest prefix that leaves at least 1, counting what rounds up to it.
    let chosen = prefixes.last { deciding / $0.size >= 0.99995 } ?? prefixes[0]
    let (symbol, size) = deciding == 0 ? (unit, 1) : chosen
    self.symbol = symbol
    factor = 1 / size
    self.digits = digits
    decimals = Self.decimals(of: largest(values) * factor, digits: digits)
  }

  private static func decimals(of scaled: Double, digits: Int) -> Int {
    // Digits before the point, counting what rounds up to another one.
    let before = powersOfTen.prefix(4).lastIndex { scaled >= 0.99995 * $0 } ?? 0
    return max(0, digits - before - 1)
  }

  /// `value` in the unit of the scale; what would round to zero as a bound: `<0.01`.
  func text(_ value: Double) -> String {
    let scaled = value * factor
    let text = Self.fixed(scaled, decimals: decimals)
    guard value > 0, !text.contains(where: { ("1"..."9").contains($0) }), scaled.isFinite else {
      return value == 0 ? "0" : text
    }
    return "<" + Self.fixed(1 / Self.powersOfTen[decimals], decimals: decimals)
  }

  /// `value` in the unit of the scale with the digits of its own size, as far as six decimals.
  func significant(_ value: Double) -> String {
    var own = self
    var scaled = (value * factor).magnitude
    own.decimals = Self.decimals(of: scaled, digits: digits)
    while scaled > 0, scaled < 0.99995, own.decimals + 1 < Self.powersOfTen.count {
      scaled *= 10
      own.decimals += 1
    }
    return own.text(value)
  }

  /// `low–high`, or one figure when both read the same.
  func range(_ estimate: any AnyEstimate) -> String {
    let (low, high) = (text(estimate.low), text(estimate.high))
    return low == high ? low : "\(low)–\(high)"
  }

  /// A share as a percentage without decimals: `55%`, `<1%`.
  static func percent(_ share: Double) -> String {
    let percent = Int((100 * share).rounded())
    return share > 0 && percent == 0 ? "<1%" : "\(percent)%"
  }

  // MARK: Units

  private static func prefixes(_ unit: String) -> [(symbol: String, size: Double)] {
    switch unit {
    case "µm²": [("µm²", 1), ("mm²", 1e6)]
    case "×", "%", "tokens/s": [(unit, 1)]
    default:
      [
        ("a", 1e-18), ("f", 1e-15), ("p", 1e-12), ("n", 1e-9), ("µ", 1e-6), ("m", 1e-3), ("", 1),
        ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
      ].map { ($0 + unit, $1) }
    }
  }

  // MARK: Digits

  private static let powersOfTen: [Double] = [1, 10, 100, 1000, 1e4, 1e5, 1e6]

  private static func fixed(_ value: Double, decimals: Int) -> String {
    let scaled = (value * powersOfTen[decimals]).rounded()
    // Beyond 2⁵³ there are no decimals to keep.
    guard scaled.magnitude < 9_007_199_254_740_992 else { return value.description }
    let digits = String(Int64(scaled.magnitude))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = grouped(String(padded.dropLast(decimals)))
    let sign = scaled < 0 ? "−" : ""
    return sign + whole + (decimals == 0 ? "" : "." + padded.suffix(decimals))
  }

  /// The integer with a comma before every third digit.
  static func grouped(_ value: UInt64) -> String { grouped(String(value)) }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }
}
