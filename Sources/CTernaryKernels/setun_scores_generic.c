#include "setun_scores.h"

#include <math.h>
#include <string.h>

enum { LANES = 16 };

/// The value of a half-precision number.
static float half_value(uint16_t bits) {
  const uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
  const uint32_t exponent = bits >> 10 & 31;
  const uint32_t fraction = bits & 0x3FF;
  // Zero and subnormals are multiples of 2^-24.
  if (exponent == 0) return (sign ? -1.0f : 1.0f) * (float)fraction * 0x1p-24f;
  const uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  const uint32_t word = sign | wide << 23 | fraction << 13;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

/// The value at `index` of a table.
static float value_at(const void *table, SetunFloatType type, size_t index) {
  const uint8_t *bytes = (const uint8_t *)table + index * (type == SETUN_F32 ? 4 : 2);
  const uint32_t low = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
  if (type == SETUN_F16) return half_value((uint16_t)low);
  const uint32_t word =
      type == SETUN_BF16 ? low << 16 : low | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

void setun_scores_generic(const void *table, SetunFloatType type, size_t rows, size_t columns,
                          size_t row_stride, const float *inputs, size_t tokens, float *scores,
                          size_t stride) {
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = 0; r < rows; r++) {
      float partial[LANES] = {0};
      for (size_t start = 0; start < columns; start += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
          const size_t c = start + lane;
          const float x = c < columns ? inputs[t * columns + c] : 0;
          const float w = c < columns ? value_at(table, type, r * row_stride + c) : 0;
          partial[lane] = fmaf(w, x, partial[lane]);
        }
      }
      for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) partial[lane] += partial[lane + half];
      }
      scores[t * stride + r] = partial[0];
    }
  }
}

void setun_weighted_sums_generic(const float *table, size_t rows, size_t columns,
                                 size_t row_stride, const float *weights, size_t count,
                                 size_t weight_stride, float *sums) {
  for (size_t s = 0; s < count; s++) {
    for (size_t c = 0; c < columns; c++) {
      float sum = 0;
      for (size_t r = 0; r < rows; r++) {
        sum = fmaf(weights[s * weight_stride + r], table[r * row_stride + c], sum);
      }
      sums[s * columns + c] = sum;
    }
  }
}

void setun_int8_product_generic(const int8_t *table, size_t rows, size_t columns,
                                const int8_t *inputs, size_t tokens, int32_t *sums,
                                size_t stride) {
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = 0; r < rows; r++) {
      int32_t sum = 0;
      for (size_t c = 0; c < columns; c++) sum += table[r * columns + c] * inputs[t * columns + c];
      sums[t * stride + r] = sum;
    }
  }
}
