import CGMP

extension Oracle {
  /// `sum * multiplier / 2^shift` as the nearest integer, the even one of two, and of −128...127 the
  /// nearest to that.
  ///
  /// - Precondition: `shift` is not negative.
  public static func requantise(_ sum: Int32, multiplier: UInt16, shift: Int) -> Int8 {
    var (doubled, quotient, remainder) = (__mpz_struct(), __mpz_struct(), __mpz_struct())
    __gmpz_init_set_si(&doubled, Int(sum))
    __gmpz_init(&quotient)
    __gmpz_init(&remainder)
    defer {
      __gmpz_clear(&doubled)
      __gmpz_clear(&quotient)
      __gmpz_clear(&remainder)
    }
    __gmpz_mul_ui(&doubled, &doubled, UInt(multiplier))
    __gmpz_fdiv_q_2exp(&quotient, &doubled, UInt(shift))
    __gmpz_fdiv_r_2exp(&remainder, &doubled, UInt(shift))
    // Twice the remainder against the divisor: below, at or above a half.
    __gmpz_mul_2exp(&remainder, &remainder, 1)
    __gmpz_set_ui(&doubled, 1)
    __gmpz_mul_2exp(&doubled, &doubled, UInt(shift))
    let order = __gmpz_cmp(&remainder, &doubled)
    if order > 0 || (order == 0 && __gmpz_tstbit(&quotient, 0) == 1) {
      __gmpz_add_ui(&quotient, &quotient, 1)
    }
    if __gmpz_cmp_si(&quotient, -128) < 0 { return -128 }
    if __gmpz_cmp_si(&quotient, 127) > 0 { return 127 }
    return Int8(__gmpz_get_si(&quotient))
  }
}
