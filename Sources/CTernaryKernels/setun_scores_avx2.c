#include "setun_scores.h"
#include "setun_lanes.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")

enum {
  LANES = 16,
  ROWS = 2,   // that share each load of the inputs
  TOKENS = 4, // that share each load of the table
};

/// Eight values of a table that are stored from `source` on.
AVX2 INLINE __m256 values_load(const void *source, const SetunFloatType type) {
  if (type == SETUN_F32) return _mm256_loadu_ps(source);
  const __m128i words = _mm_loadu_si128(source);
  if (type == SETUN_F16) return _mm256_cvtph_ps(words);
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(words), 16));
}

/// The partial sums of some rows and tokens, lanes 0 to 7 and 8 to 15.
typedef struct {
  __m256 halves[ROWS][TOKENS][2];
} Partial;

/// Adds the products of 16 columns; rows are `row_bytes` apart and inputs `columns`.
AVX2 INLINE void columns_add(Partial *partial, const SetunFloatType type, const int rows,
                             const int tokens, const uint8_t *row, size_t row_bytes,
                             const float *inputs, size_t columns) {
  UNROLL
  for (int half = 0; half < 2; half++) {
    __m256 values[ROWS];
    UNROLL
    for (int r = 0; r < rows; r++) {
      const size_t size = type == SETUN_F32 ? 4 : 2;
      values[r] = values_load(row + r * row_bytes + half * 8 * size, type);
    }
    UNROLL
    for (int t = 0; t < tokens; t++) {
      const __m256 x = _mm256_loadu_ps(inputs + t * columns + half * 8);
      UNROLL
      for (int r = 0; r < rows; r++) {
        partial->halves[r][t][half] = _mm256_fmadd_ps(values[r], x, partial->halves[r][t][half]);
      }
    }
  }
}

AVX2 INLINE float partial_sum(const __m256 halves[2]) {
  const __m256 eight = _mm256_add_ps(halves[0], halves[1]);
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

/// The scores of `rows` rows that are `distance` rows apart, and `tokens` tokens.
AVX2 INLINE void block_score(const SetunFloatType type, const int rows, size_t distance,
                             const int tokens, const uint8_t *table, size_t columns,
                             size_t row_stride, const float *inputs, float *scores,
                             size_t stride) {
  const size_t size = type == SETUN_F32 ? 4 : 2;
  const size_t row_bytes = distance * row_stride * size;
  Partial partial;
  UNROLL
  for (int r = 0; r < rows; r++) {
    UNROLL
    for (int t = 0; t < tokens; t++) {
      partial.halves[r][t][0] = partial.halves[r][t][1] = _mm256_setzero_ps();
    }
  }
  const size_t whole = columns / LANES * LANES;
  for (size_t c = 0; c < whole; c += LANES) {
    columns_add(&partial, type, rows, tokens, table + c * size, row_bytes, inputs + c, columns);
  }
  if (whole < columns) {
    uint8_t tail[ROWS][LANES * 4] = {0};
    float x[TOKENS][LANES] = {0};
    for (int r = 0; r < rows; r++) {
      memcpy(tail[r], table + r * row_bytes + whole * size, (columns - whole) * size);
    }
    for (int t = 0; t < tokens; t++) {
      memcpy(x[t], inputs + t * columns + whole, (columns - whole) * sizeof(float));
    }
    columns_add(&partial, type, rows, tokens, tail[0], sizeof tail[0], x[0], LANES);
  }
  for (int r = 0; r < rows; r++) {
    for (int t = 0; t < tokens; t++) {
      scores[t * stride + r * distance] = partial_sum(partial.halves[r][t]);
    }
  }
}

/// The scores of all rows for `tokens` tokens.
AVX2 INLINE void rows_score(const SetunFloatType type, const int tokens, const uint8_t *table,
                            size_t rows, size_t columns, size_t row_stride, const float *inputs,
                            float *scores, size_t stride) {
  const size_t row_bytes = row_stride * (type == SETUN_F32 ? 4 : 2);
  size_t r = 0;
  // Sixteen registers hold the partial sums of eight pairs of a row and a token, not more.
  if (tokens <= 2) {
    // Rows that lie far apart are two streams, each in order: memory is read twice as fast as by
    // turns from neighbours.
    const size_t half = rows / ROWS;
    for (; r < half; r++) {
      block_score(type, ROWS, half, tokens, table + r * row_bytes, columns, row_stride, inputs,
                  scores + r, stride);
    }
    r = ROWS * half;
  }
  for (; r < rows; r++) {
    block_score(type, 1, 1, tokens, table + r * row_bytes, columns, row_stride, inputs, scores + r,
                stride);
  }
}

AVX2 INLINE void tokens_score(const SetunFloatType type, const uint8_t *table, size_t rows,
                              size_t columns, size_t row_stride, const float *inputs,
                              size_t tokens, float *scores, size_t stride) {
  size_t t = 0;
  for (; t + TOKENS <= tokens; t += TOKENS) {
    rows_score(type, TOKENS, table, rows, columns, row_stride, inputs + t * columns,
               scores + t * stride, stride);
  }
  for (; t < tokens; t++) {
    rows_score(type, 1, table, rows, columns, row_stride, inputs + t * columns,
               scores + t * stride, stride);
  }
}

AVX2 void setun_scores_avx2(const void *table, SetunFloatType type, size_t rows, size_t columns,
                            size_t row_stride, const float *inputs, size_t tokens, float *scores,
                            size_t stride) {
  switch (type) {
    case SETUN_F32:
      tokens_score(SETUN_F32, table, rows, columns, row_stride, inputs, tokens, scores, stride);
      break;
    case SETUN_F16:
      tokens_score(SETUN_F16, table, rows, columns, row_stride, inputs, tokens, scores, stride);
      break;
    case SETUN_BF16:
      tokens_score(SETUN_BF16, table, rows, columns, row_stride, inputs, tokens, scores, stride);
      break;
  }
}

/// `sets` weighted sums of 16 columns.
AVX2 INLINE void columns_sum(const int sets, const float *table, size_t rows, size_t row_stride,
                             const float *weights, size_t weight_stride, float *sums,
                             size_t columns) {
  __m256 lanes[TOKENS][2];
  UNROLL
  for (int s = 0; s < sets; s++) lanes[s][0] = lanes[s][1] = _mm256_setzero_ps();
  for (size_t r = 0; r < rows; r++) {
    const __m256 low = _mm256_loadu_ps(table + r * row_stride);
    const __m256 high = _mm256_loadu_ps(table + r * row_stride + 8);
    UNROLL
    for (int s = 0; s < sets; s++) {
      const __m256 weight = _mm256_broadcast_ss(weights + s * weight_stride + r);
      lanes[s][0] = _mm256_fmadd_ps(weight, low, lanes[s][0]);
      lanes[s][1] = _mm256_fmadd_ps(weight, high, lanes[s][1]);
    }
  }
  UNROLL
  for (int s = 0; s < sets; s++) {
    _mm256_storeu_ps(sums + s * columns, lanes[s][0]);
    _mm256_storeu_ps(sums + s * columns + 8, lanes[s][1]);
  }
}

AVX2 void setun_weighted_sums_avx2(const float *table, size_t rows, size_t columns,
                                   size_t row_stride, const float *weights, size_t count,
                                   size_t weight_stride, float *sums) {
  const size_t whole = columns / LANES * LANES;
  size_t s = 0;
  for (; s + TOKENS <= count; s += TOKENS) {
    for (size_t c = 0; c < whole; c += LANES) {
      columns_sum(TOKENS, table + c, rows, row_stride, weights + s * weight_stride, weight_stride,
                  sums + s * columns + c, columns);
    }
  }
  for (; s < count; s++) {
    for (size_t c = 0; c < whole; c += LANES) {
      columns_sum(1, table + c, rows, row_stride, weights + s * weight_stride, weight_stride,
                  sums + s * columns + c, columns);
    }
  }
  for (s = 0; s < count && whole < columns; s++) {
    for (size_t c = whole; c < columns; c++) {
      __m128 sum = _mm_setzero_ps();
      for (size_t r = 0; r < rows; r++) {
        sum = _mm_fmadd_ss(_mm_load_ss(weights + s * weight_stride + r),
                           _mm_load_ss(table + r * row_stride + c), sum);
      }
      sums[s * columns + c] = _mm_cvtss_f32(sum);
    }
  }
}

/// Sixteen bytes as words.
AVX2 INLINE __m256i words_load(const int8_t *bytes) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}

AVX2 INLINE int32_t int8_dot(const int8_t *row, const int8_t *inputs, size_t columns) {
  __m256i low = _mm256_setzero_si256();
  __m256i high = _mm256_setzero_si256();
  size_t c = 0;
  for (; c + 32 <= columns; c += 32) {
    low = _mm256_add_epi32(low, _mm256_madd_epi16(words_load(row + c), words_load(inputs + c)));
    high = _mm256_add_epi32(
        high, _mm256_madd_epi16(words_load(row + c + 16), words_load(inputs + c + 16)));
  }
  const __m256i lanes = _mm256_add_epi32(low, high);
  int32_t result = setun_lanes_sum(lanes);
  for (; c < columns; c++) result += row[c] * inputs[c];
  return result;
}

AVX2 void setun_int8_product_avx2(const int8_t *table, size_t rows, size_t columns,
                                  const int8_t *inputs, size_t tokens, int32_t *sums,
                                  size_t stride) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t t = 0; t < tokens; t++) {
      sums[t * stride + r] = int8_dot(table + r * columns, inputs + t * columns, columns);
    }
  }
}

#endif
