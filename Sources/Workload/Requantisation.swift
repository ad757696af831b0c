/// How exact sums become int8: `sum * multiplier / 2^shift`, rounded half to even and saturated to
/// −128...127.
public struct Requantisation: Equatable, Sendable {
  /// The multipliers, unsigned.
  public enum Multipliers: Equatable, Sendable {
    /// One for all outputs.
    case all(UInt16)
    /// One for each output.
    case rows([UInt16])
  }

  /// The largest shift: beyond it every int32 sum becomes 0.
  public static let largestShift = 47

  public let multipliers: Multipliers
  public let shift: Int

  /// - Precondition: `shift` is 0 to ``largestShift``.
  public init(multipliers: Multipliers, shift: Int) {
    precondition(0...Self.largestShift ~= shift, "shift \(shift)")
    self.multipliers = multipliers
    self.shift = shift
  }

  /// One multiplier for all outputs, with which sums of magnitude `largest` become ±127 and no sum
  /// up to that saturates.
  public init(largest: UInt32) {
    // The largest 16-bit multiplier m and its shift s with m / 2^s ≤ 127.5 / largest.
    let sum = max(UInt64(largest), 1)
    var shift = 0
    while shift < Self.largestShift, (255 << UInt64(shift + 1)) / (2 * sum) <= UInt16.max {
      shift += 1
    }
    let multiplier = min((254 << UInt64(shift)) / (2 * sum), UInt64(UInt16.max))
    self.init(multipliers: .all(UInt16(multiplier)), shift: shift)
  }

  /// The multiplier of output `row`.
  public func multiplier(row: Int) -> UInt16 {
    switch multipliers {
    case .all(let multiplier): multiplier
    case .rows(let multipliers): multipliers[row]
    }
  }

  /// The value of output `row` with this exact sum.
  public func value(_ sum: Int32, row: Int) -> Int8 {
    Self.round(Int64(sum) * Int64(multiplier(row: row)), shift: shift)
  }

  /// `product / 2^shift`, rounded half to even and saturated.
  public static func round(_ product: Int64, shift: Int) -> Int8 {
    var whole = product >> Int64(shift)
    let rest = product - whole << Int64(shift)
    let half: Int64 = shift == 0 ? 1 : 1 << Int64(shift - 1)
    if rest > half || (rest == half && whole & 1 == 1) { whole += 1 }
    return Int8(clamping: whole)
  }
}
