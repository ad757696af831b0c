#include "setun_triples.h"

/// The weight at `place` of a code: the digits of base 3 are 0, +1 and -1.
static int weight(uint32_t code, size_t place) {
  static const uint8_t powers[3] = {1, 3, 9};
  const int digit = (int)(code / powers[place] % 3);
  return digit == 2 ? -1 : digit;
}

/// The code of three columns of the row whose word 0 is the first of `words`.
static uint32_t code_at(const uint16_t *words, size_t triple) {
  const size_t code = triple % SETUN_TRIPLES_CODES;
  words += triple / SETUN_TRIPLES_CODES * SETUN_TRIPLES_WORDS * SETUN_TRIPLES_LANES;
  if (code < 15) return words[code / 3 * SETUN_TRIPLES_LANES] >> (5 * (code % 3)) & 31;
  uint32_t last = 0;
  for (size_t k = 0; k < SETUN_TRIPLES_WORDS; k++) {
    last = last << 1 | words[k * SETUN_TRIPLES_LANES] >> 15;
  }
  return last;
}

void setun_triples_multiply_generic(const uint8_t *packed, size_t rows, size_t columns,
                                    size_t first, size_t end, const int8_t *activations,
                                    size_t tokens, size_t stride, void *workspace, int32_t *sums) {
  (void)workspace;
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = first; r < end; r++) {
      const uint16_t *words = (const uint16_t *)packed + setun_triples_place(r, columns);
      int32_t sum = 0;
      for (size_t c = 0; c < columns; c++) {
        sum += weight(code_at(words, c / 3), c % 3) * activations[t * stride + c];
      }
      sums[t * rows + r] = sum;
    }
  }
}
