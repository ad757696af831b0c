import CGMP

extension Oracle {
  /// `sum * multiplier / 2^shift` as the nearest integer, the even one of two, and of −128...127 the
  /// nearest to that.
  ///
  /// - Precondition: `shift` is not negative.
  public static func requantise(_ sum: Int32, multiplier: UInt16, shift: Int) -> Int8 {
    withUnsafeTemporaryAllocation(of: __mpz_struct.self, capacity: 4) { integers in
      let base = integers.baseAddress!
      for index in integers.indices { __gmpz_init(base + index) }
      defer { for index in integers.indices { __gmpz_clear(base + index) } }
      let (product, quotient, remainder, divisor) = (base, base + 1, base + 2, base + 3)
      __gmpz_set_si(product, Int(sum))
      __gmpz_mul_ui(product, product, UInt(multiplier))
      __gmpz_fdiv_q_2exp(quotient, product, UInt(shift))
      __gmpz_fdiv_r_2exp(remainder, product, UInt(shift))
      // Twice the remainder against the divisor: below, at or above a half.
      __gmpz_mul_2exp(remainder, remainder, 1)
      __gmpz_set_ui(divisor, 1)
      __gmpz_mul_2exp(divisor, divisor, UInt(shift))
      let order = __gmpz_cmp(remainder, divisor)
      if order > 0 || (order == 0 && __gmpz_tstbit(quotient, 0) == 1) {
        __gmpz_add_ui(quotient, quotient, 1)
      }
      if __gmpz_cmp_si(quotient, -128) < 0 { return -128 }
      if __gmpz_cmp_si(quotient, 127) > 0 { return 127 }
      return Int8(__gmpz_get_si(quotient))
    }
  }
}
