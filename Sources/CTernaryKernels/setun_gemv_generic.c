#include "setun_kernels.h"

void setun_gemv_generic(const uint8_t *weights, size_t rows, size_t row_bytes,
                        const int8_t *activations, size_t columns, int32_t *sums) {
  for (size_t r = 0; r < rows; r++) {
    const uint8_t *row = weights + r * row_bytes;
    int32_t sum = 0;
    for (size_t c = 0; c < columns; c++) {
      const int pair = row[c / 4] >> (2 * (c % 4)) & 3;
      // Sign-extend two bits: 11 becomes -1 without a table or a branch.
      const int trit = (pair ^ 2) - 2;
      sum += trit * activations[c];
    }
    sums[r] = sum;
  }
}
