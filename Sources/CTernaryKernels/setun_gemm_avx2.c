#include "setun_few.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
// Measured: a fifth faster than the loop as the compiler leaves it.
#define UNROLL _Pragma("GCC unroll 32")
#define INLINE static inline __attribute__((always_inline))

// Sums by table. A byte of weights is one of 81 groups of four trits; for four columns of 32 tokens
// all 81 sums are computed once, and then every row adds one line of the table for each of its bytes
// where it would have multiplied four times. With few tokens or few rows the tables are not paid for.

enum {
  TOKENS = 32,  // a line of a table is 64 bytes
  GROUP = 4,    // columns of a table: the trits of a byte
  ENTRIES = 81, // 3^GROUP
  // Of one pass over the rows: 162 KiB, which the second-level cache holds. A group's sum is at most
  // 4 * 128, so the sum of a pass is within 16,384 and fits 16 bits.
  TABLES = 32,
  UNIT = 16,   // columns that are transposed together
  ROWS = 4096, // rows that share the tables
  // Below these, tables cost more than they save: fewer tokens pay for 32, and setun_few_avx2 does
  // without.
  LEAST_ROWS = 128,
  LEAST_TOKENS = 29,
};

typedef struct {
  _Alignas(64) int16_t sums[ENTRIES][TOKENS];
} Table;

typedef struct {
  Table tables[TABLES];
  int32_t wide[ROWS][TOKENS];
  int8_t columns[TOKENS][TABLES * GROUP];
} Workspace;

_Static_assert(TABLES * GROUP % UNIT == 0, "whole units");
_Static_assert(sizeof(Workspace) <= SETUN_GEMM_WORKSPACE_BYTES, "the header promises enough");

// The byte offset of a group's line in its table, by the byte of weights. A digit is 0 for weight 0,
// 1 for +1 and 2 for -1.
#define DIGIT(b, place) (((b) >> 2 * (place) & 3) == 3 ? 2 : (b) >> 2 * (place) & 3)
#define LINE(b) \
  ((DIGIT(b, 0) + 3 * DIGIT(b, 1) + 9 * DIGIT(b, 2) + 27 * DIGIT(b, 3)) * TOKENS * 2)
#define LINES4(b) LINE(b), LINE((b) + 1), LINE((b) + 2), LINE((b) + 3)
#define LINES16(b) LINES4(b), LINES4((b) + 4), LINES4((b) + 8), LINES4((b) + 12)
#define LINES64(b) LINES16(b), LINES16((b) + 16), LINES16((b) + 32), LINES16((b) + 48)
static const uint16_t lines[256] = {LINES64(0), LINES64(64), LINES64(128), LINES64(192)};

/// Copies `count` columns of up to 32 tokens; what is missing of a pass becomes zero.
static void columns_load(int8_t columns[TOKENS][TABLES * GROUP], const int8_t *activations,
                         size_t tokens, size_t stride, size_t count) {
  if (tokens < TOKENS || count < TABLES * GROUP) memset(columns, 0, TOKENS * TABLES * GROUP);
  for (size_t t = 0; t < tokens; t++) memcpy(columns[t], activations + t * stride, count);
}

/// Four dwords of eight tokens, those of each group together.
///
/// Token numbers within the halves are such that packing two results to 16 bits leaves them in
/// order: first, first + 1, ..., and first + 8, first + 9, ...
AVX2 INLINE void transpose(int8_t columns[TOKENS][TABLES * GROUP], size_t first, size_t column,
                           __m256i groups[4]) {
  __m256i v[4];
  for (size_t i = 0; i < 4; i++) {
    const __m128i low = _mm_loadu_si128((const __m128i *)&columns[first + i][column]);
    const __m128i high = _mm_loadu_si128((const __m128i *)&columns[first + 8 + i][column]);
    v[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  }
  const __m256i low01 = _mm256_unpacklo_epi32(v[0], v[1]);
  const __m256i low23 = _mm256_unpacklo_epi32(v[2], v[3]);
  const __m256i high01 = _mm256_unpackhi_epi32(v[0], v[1]);
  const __m256i high23 = _mm256_unpackhi_epi32(v[2], v[3]);
  groups[0] = _mm256_unpacklo_epi64(low01, low23);
  groups[1] = _mm256_unpackhi_epi64(low01, low23);
  groups[2] = _mm256_unpacklo_epi64(high01, high23);
  groups[3] = _mm256_unpackhi_epi64(high01, high23);
}

/// The 81 sums of four columns, for 16 tokens whose int8 values are the bytes of `a` and `b`.
AVX2 INLINE void table_build(Table *table, size_t first, __m256i a, __m256i b) {
  __m256i x[GROUP];
  for (int i = 0; i < GROUP; i++) {
    const __m128i left = _mm_cvtsi32_si128(24 - 8 * i);
    x[i] = _mm256_packs_epi32(_mm256_srai_epi32(_mm256_sll_epi32(a, left), 24),
                              _mm256_srai_epi32(_mm256_sll_epi32(b, left), 24));
  }
  const __m256i zero = _mm256_setzero_si256();
  __m256i low[9];
  __m256i high[9];
  for (int d = 0; d < 3; d++) {
    const __m256i first_of_low = d == 0 ? zero : d == 1 ? x[0] : _mm256_sub_epi16(zero, x[0]);
    const __m256i first_of_high = d == 0 ? zero : d == 1 ? x[2] : _mm256_sub_epi16(zero, x[2]);
    low[d] = first_of_low;
    low[d + 3] = _mm256_add_epi16(first_of_low, x[1]);
    low[d + 6] = _mm256_sub_epi16(first_of_low, x[1]);
    high[d] = first_of_high;
    high[d + 3] = _mm256_add_epi16(first_of_high, x[3]);
    high[d + 6] = _mm256_sub_epi16(first_of_high, x[3]);
  }
  for (int h = 0; h < 9; h++) {
    for (int l = 0; l < 9; l++) {
      _mm256_store_si256((__m256i *)&table->sums[9 * h + l][first],
                         _mm256_add_epi16(high[h], low[l]));
    }
  }
}

AVX2 static void tables_build(Workspace *work, size_t count) {
  for (size_t first = 0; first < TOKENS; first += 16) {
    for (size_t g = 0; g < count; g += UNIT / GROUP) {
      __m256i a[UNIT / GROUP];
      __m256i b[UNIT / GROUP];
      transpose(work->columns, first, g * GROUP, a);
      transpose(work->columns, first + 4, g * GROUP, b);
      for (size_t i = 0; i < UNIT / GROUP; i++) {
        table_build(&work->tables[g + i], first, a[i], b[i]);
      }
    }
  }
}

/// Adds 16 sums of 16 bits to 16 of 32 bits.
AVX2 INLINE void widen(int32_t *wide, __m256i narrow) {
  __m256i *target = (__m256i *)wide;
  const __m256i low = _mm256_cvtepi16_epi32(_mm256_castsi256_si128(narrow));
  const __m256i high = _mm256_cvtepi16_epi32(_mm256_extracti128_si256(narrow, 1));
  _mm256_store_si256(target, _mm256_add_epi32(_mm256_load_si256(target), low));
  _mm256_store_si256(target + 1, _mm256_add_epi32(_mm256_load_si256(target + 1), high));
}

/// One pass: adds the sums of `count` groups to every row.
AVX2 INLINE void rows_add(const uint8_t *weights, size_t rows, size_t row_bytes, size_t count,
                          Workspace *work) {
  for (size_t r = 0; r < rows; r++) {
    const uint8_t *row = weights + r * row_bytes;
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    UNROLL
    for (size_t g = 0; g < count; g++) {
      const __m256i *line = (const __m256i *)((const char *)&work->tables[g] + lines[row[g]]);
      low = _mm256_add_epi16(low, _mm256_load_si256(line));
      high = _mm256_add_epi16(high, _mm256_load_si256(line + 1));
    }
    widen(work->wide[r], low);
    widen(work->wide[r] + 16, high);
  }
}

/// Writes the sums of `rows` rows and `tokens` tokens, a row of `stride` for every token.
AVX2 static void sums_store(int32_t wide[ROWS][TOKENS], size_t rows, size_t tokens, size_t stride,
                            int32_t *sums) {
  size_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    for (size_t t = 0; t < tokens; t += 8) {
      __m256i v[8];
      __m256i w[8];
      for (int i = 0; i < 8; i++) v[i] = _mm256_load_si256((const __m256i *)&wide[r + i][t]);
      for (int i = 0; i < 8; i += 2) {
        w[i] = _mm256_unpacklo_epi32(v[i], v[i + 1]);
        w[i + 1] = _mm256_unpackhi_epi32(v[i], v[i + 1]);
      }
      for (int i = 0; i < 8; i += 4) {
        v[i] = _mm256_unpacklo_epi64(w[i], w[i + 2]);
        v[i + 1] = _mm256_unpackhi_epi64(w[i], w[i + 2]);
        v[i + 2] = _mm256_unpacklo_epi64(w[i + 1], w[i + 3]);
        v[i + 3] = _mm256_unpackhi_epi64(w[i + 1], w[i + 3]);
      }
      for (int i = 0; i < 4; i++) {
        w[i] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x20);
        w[i + 4] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x31);
      }
      for (size_t i = 0; i < 8 && t + i < tokens; i++) {
        _mm256_storeu_si256((__m256i *)(sums + (t + i) * stride + r), w[i]);
      }
    }
  }
  for (; r < rows; r++) {
    for (size_t t = 0; t < tokens; t++) sums[t * stride + r] = wide[r][t];
  }
}

/// Up to 32 tokens and ROWS rows; `stride` and `sums_stride` are from token to token.
AVX2 static void block_multiply(const uint8_t *weights, size_t rows, size_t row_bytes,
                                const int8_t *activations, size_t tokens, size_t stride,
                                size_t columns, Workspace *work, int32_t *sums,
                                size_t sums_stride) {
  memset(work->wide, 0, rows * sizeof work->wide[0]);
  const size_t bytes = (columns + GROUP - 1) / GROUP;
  for (size_t start = 0; start < bytes; start += TABLES) {
    const size_t column = start * GROUP;
    const size_t here = columns - column < TABLES * GROUP ? columns - column : TABLES * GROUP;
    const size_t count = (here + GROUP - 1) / GROUP;
    columns_load(work->columns, activations + column, tokens, stride, here);
    tables_build(work, count);
    // A count that the compiler knows makes a straight line of the inner loop.
    if (count == TABLES) {
      rows_add(weights + start, rows, row_bytes, TABLES, work);
    } else {
      rows_add(weights + start, rows, row_bytes, count, work);
    }
  }
  sums_store(work->wide, rows, tokens, sums_stride, sums);
}

AVX2 void setun_gemm_avx2(const uint8_t *weights, size_t rows, size_t row_bytes,
                          const int8_t *activations, size_t tokens, size_t stride, size_t columns,
                          void *workspace, int32_t *sums, size_t sums_stride) {
  size_t t = 0;
  if (rows >= LEAST_ROWS) {
    // Blocks of equal size: a short one would pay for tables of its own.
    const size_t blocks = (rows + ROWS - 1) / ROWS;
    const size_t block = (rows + blocks - 1) / blocks;
    for (; tokens - t >= LEAST_TOKENS && t < tokens; t += TOKENS) {
      const size_t width = tokens - t < TOKENS ? tokens - t : TOKENS;
      for (size_t r = 0; r < rows; r += block) {
        const size_t height = rows - r < block ? rows - r : block;
        block_multiply(weights + r * row_bytes, height, row_bytes, activations + t * stride, width,
                       stride, columns, workspace, sums + t * sums_stride + r, sums_stride);
      }
    }
  }
  if (t < tokens) {
    setun_few_avx2(weights, rows, row_bytes, activations + t * stride, tokens - t, stride, columns,
                   workspace, sums + t * sums_stride, sums_stride);
  }
}

#endif
