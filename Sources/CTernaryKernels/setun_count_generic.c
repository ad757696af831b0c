#include "setun_triples.h"

/// Of a code's three digits of base 3: the ones and twos in the lowest four bits, the twos above.
static uint32_t digits_of(uint32_t code) {
  uint32_t digits = 0;
  for (; code; code /= 3) digits += (code % 3 != 0) + (code % 3 == 2) * 16;
  return digits;
}

void setun_triples_count_generic(const uint8_t *packed, size_t rows, size_t columns,
                                 size_t *nonzero, size_t *negative) {
  const size_t words = setun_triples_words(columns);
  size_t sums[2] = {0};
  for (size_t r = 0; r < rows; r++) {
    const uint16_t *row = (const uint16_t *)packed + setun_triples_place(r, columns);
    uint32_t last = 0;
    for (size_t k = 0; k < words; k++) {
      const uint32_t word = row[k * SETUN_TRIPLES_LANES];
      uint32_t digits = digits_of(word & 31) + digits_of(word >> 5 & 31) + digits_of(word >> 10 & 31);
      last = last << 1 | word >> 15;
      if (k % SETUN_TRIPLES_WORDS == SETUN_TRIPLES_WORDS - 1) {
        digits += digits_of(last);
        last = 0;
      }
      sums[0] += digits & 15;
      sums[1] += digits >> 4;
    }
  }
  *nonzero = sums[0];
  *negative = sums[1];
}
