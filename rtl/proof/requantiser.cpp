// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Takes the requantiser to both sides of every rounding boundary of every shift, with many
// multipliers, and compares with GMP. Exits with 1 when a value was wrong.

#include <gmp.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "Vsetun_requantiser.h"

namespace {

Vsetun_requantiser requantiser;
mpz_t product, whole, rest, half;

void Cycle() {
  requantiser.clk_i = 0;
  requantiser.eval();
  requantiser.clk_i = 1;
  requantiser.eval();
}

/// sum * multiplier / 2^shift, rounded half to even and saturated.
int Expected(int32_t sum, unsigned multiplier, unsigned shift) {
  mpz_set_si(product, sum);
  mpz_mul_ui(product, product, multiplier);
  mpz_fdiv_q_2exp(whole, product, shift);
  mpz_fdiv_r_2exp(rest, product, shift);
  mpz_mul_2exp(rest, rest, 1);
  mpz_ui_pow_ui(half, 2, shift);
  const int order = mpz_cmp(rest, half);
  if (order > 0 || (order == 0 && mpz_odd_p(whole))) mpz_add_ui(whole, whole, 1);
  if (mpz_cmp_si(whole, 127) > 0) return 127;
  if (mpz_cmp_si(whole, -128) < 0) return -128;
  return static_cast<int>(mpz_get_si(whole));
}

/// The sums whose products with `multiplier` are next to `value` + 1/2, and the next ones.
void AddSums(std::vector<int32_t> &sums, int value, unsigned multiplier, unsigned shift) {
  mpz_set_si(product, 2 * value + 1);
  mpz_mul_2exp(product, product, shift);
  mpz_fdiv_q_ui(product, product, 2 * multiplier);
  mpz_sub_ui(product, product, 1);
  for (unsigned step = 0; step < 4; step++) {
    mpz_add_ui(whole, product, step);
    if (mpz_cmp_si(whole, INT32_MIN) >= 0 && mpz_cmp_si(whole, INT32_MAX) <= 0) {
      sums.push_back(static_cast<int32_t>(mpz_get_si(whole)));
    }
  }
}

}  // namespace

int main() {
  mpz_inits(product, whole, rest, half, nullptr);
  // Powers of two and what is next to them, and some in between.
  std::vector<unsigned> multipliers;
  for (unsigned power = 1; power <= 1 << 16; power *= 2) {
    for (unsigned multiplier : {power - 1, power, power + 1, power * 5 / 3}) {
      if (multiplier >= 1 && multiplier < 1 << 16) multipliers.push_back(multiplier);
    }
  }
  requantiser.rst_ni = 0;
  requantiser.clear_i = 0;
  requantiser.valid_i = 0;
  Cycle();
  requantiser.rst_ni = 1;
  requantiser.valid_i = 1;
  long values = 0, wrong = 0;
  std::vector<int32_t> sums;
  for (unsigned shift = 0; shift <= 47; shift++) {
    for (unsigned multiplier : multipliers) {
      sums = {INT32_MIN, -1, 0, 1, INT32_MAX};
      for (int value = -130; value <= 129; value++) AddSums(sums, value, multiplier, shift);
      requantiser.shift_i = shift;
      requantiser.multipliers_i = multiplier;
      // A value is there two cycles after its sum.
      for (size_t index = 0; index < sums.size() + 1; index++) {
        requantiser.sums_i = static_cast<uint32_t>(sums[index < sums.size() ? index : 0]);
        Cycle();
        if (index == 0) continue;
        const int expected = Expected(sums[index - 1], multiplier, shift);
        values++;
        if (static_cast<int8_t>(requantiser.values_o) != expected && wrong++ == 0) {
          std::printf("%d * %u / 2^%u: expected %d, found %d\n", sums[index - 1], multiplier, shift,
                      expected, static_cast<int8_t>(requantiser.values_o));
        }
      }
    }
  }
  std::printf("%ld values beside rounding boundaries, %ld wrong\n", values, wrong);
  return wrong != 0;
}
