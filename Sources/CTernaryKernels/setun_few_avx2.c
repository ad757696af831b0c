#include "setun_few.h"
#include "setun_lanes.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define UNROLL _Pragma("GCC unroll 8")
#define INLINE static inline __attribute__((always_inline))

enum {
  CHUNK_TRITS = 128,             // one vector of packed trits
  CHUNK_BYTES = CHUNK_TRITS / 4,
  STEP = 8, // tokens whose sums fill half of the registers; the weights are unpacked once for them
  // Chunks of all tokens of a step together: 24 KiB, which the first-level cache holds beside a row
  // of weights.
  BLOCK_CHUNKS = 24 * STEP,
  // A 16-bit lane grows by at most 2 products of 3 * 128 per plane, so by 3,072 per chunk:
  // after 10 chunks it is within 30,720.
  FLUSH_CHUNKS = 10,
};

/// The activations of a step in the order in which shifting a vector of packed trits yields them.
///
/// Of `tokens` tokens, planes[(4c + p) * tokens + t][j] is activation 128c + 4j + p of token t, or
/// 0 past the end; `twice` is twice the sum of a token's activations.
typedef struct {
  _Alignas(32) int8_t planes[BLOCK_CHUNKS * 4][CHUNK_BYTES];
  int32_t twice[STEP];
} Block;

_Static_assert(sizeof(Block) <= SETUN_GEMM_WORKSPACE_BYTES, "the header promises enough");

/// Sorts the columns of each half of 32 by their number modulo 4.
AVX2 INLINE __m256i quarters(const int8_t *columns) {
  const __m256i by_place = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
                                            0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)columns), by_place);
}

/// Writes the four planes of one chunk of a token, `tokens` apart; returns partial sums of it.
AVX2 INLINE __m256i chunk_load(const int8_t chunk[CHUNK_TRITS], size_t tokens,
                               int8_t (*planes)[CHUNK_BYTES]) {
  __m256i parts[4];
  __m256i sum = _mm256_setzero_si256();
  UNROLL
  for (int i = 0; i < 4; i++) {
    parts[i] = quarters(chunk + 32 * i);
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), parts[i]);
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  // Lane p of either half belongs to plane p; here they come together.
  const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  UNROLL
  for (int i = 0; i < 4; i++) parts[i] = _mm256_permutevar8x32_epi32(parts[i], in_order);
  const __m256i even01 = _mm256_unpacklo_epi64(parts[0], parts[1]);
  const __m256i odd01 = _mm256_unpackhi_epi64(parts[0], parts[1]);
  const __m256i even23 = _mm256_unpacklo_epi64(parts[2], parts[3]);
  const __m256i odd23 = _mm256_unpackhi_epi64(parts[2], parts[3]);
  __m256i *plane = (__m256i *)planes;
  _mm256_store_si256(plane, _mm256_permute2x128_si256(even01, even23, 0x20));
  _mm256_store_si256(plane + tokens, _mm256_permute2x128_si256(odd01, odd23, 0x20));
  _mm256_store_si256(plane + 2 * tokens, _mm256_permute2x128_si256(even01, even23, 0x31));
  _mm256_store_si256(plane + 3 * tokens, _mm256_permute2x128_si256(odd01, odd23, 0x31));
  return sum;
}

AVX2 static void block_load(Block *block, const int8_t *activations, size_t tokens, size_t stride,
                            size_t columns) {
  for (size_t t = 0; t < tokens; t++) {
    const int8_t *token = activations + t * stride;
    __m256i sum = _mm256_setzero_si256();
    for (size_t column = 0; column < columns; column += CHUNK_TRITS) {
      int8_t tail[CHUNK_TRITS] = {0};
      const int8_t *chunk = token + column;
      if (columns - column < CHUNK_TRITS) chunk = memcpy(tail, chunk, columns - column);
      int8_t(*planes)[CHUNK_BYTES] = block->planes + column / CHUNK_BYTES * tokens + t;
      sum = _mm256_add_epi32(sum, chunk_load(chunk, tokens, planes));
    }
    block->twice[t] = 2 * setun_lanes_sum(sum);
  }
}

/// Adds the products of 128 trits with the activations of every token to 16 lanes of 16 bits each.
///
/// The trits come as the unsigned numbers trit + 2, which flipping the high bit of each pair
/// makes of them, because the instruction multiplies unsigned by signed bytes.
AVX2 INLINE void chunk_add(__m256i narrow[STEP], const int tokens, __m256i packed,
                           const int8_t (*planes)[CHUNK_BYTES]) {
  const __m256i low_pair = _mm256_set1_epi8(3);
  const __m256i shifted = _mm256_xor_si256(packed, _mm256_set1_epi8((char)0xAA));
  UNROLL
  for (int p = 0; p < 4; p++) {
    const __m256i plane = _mm256_and_si256(_mm256_srli_epi16(shifted, 2 * p), low_pair);
    UNROLL
    for (int t = 0; t < tokens; t++) {
      const __m256i x = _mm256_load_si256((const __m256i *)planes[p * tokens + t]);
      narrow[t] = _mm256_add_epi16(narrow[t], _mm256_maddubs_epi16(plane, x));
    }
  }
}

/// The products of one row of `bytes` packed bytes, each token's trits taken as trit + 2.
AVX2 INLINE void row_multiply(const uint8_t *row, size_t bytes, const int tokens,
                              const Block *block, __m256i wide[STEP]) {
  const size_t whole = bytes / CHUNK_BYTES;
  const size_t chunks = (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
  const int8_t(*planes)[CHUNK_BYTES] = block->planes;
  UNROLL
  for (int t = 0; t < tokens; t++) wide[t] = _mm256_setzero_si256();
  for (size_t start = 0; start < chunks; start += FLUSH_CHUNKS) {
    const size_t end = whole < start + FLUSH_CHUNKS ? whole : start + FLUSH_CHUNKS;
    __m256i narrow[STEP];
    UNROLL
    for (int t = 0; t < tokens; t++) narrow[t] = _mm256_setzero_si256();
    for (size_t c = start; c < end; c++) {
      const __m256i packed = _mm256_loadu_si256((const __m256i *)(row + c * CHUNK_BYTES));
      chunk_add(narrow, tokens, packed, planes);
      planes += 4 * tokens;
    }
    if (whole < chunks && chunks - start <= FLUSH_CHUNKS) {
      _Alignas(32) uint8_t tail[CHUNK_BYTES] = {0};
      memcpy(tail, row + whole * CHUNK_BYTES, bytes % CHUNK_BYTES);
      chunk_add(narrow, tokens, _mm256_load_si256((const __m256i *)tail), planes);
    }
    UNROLL
    for (int t = 0; t < tokens; t++) {
      const __m256i pairs = _mm256_madd_epi16(narrow[t], _mm256_set1_epi16(1));
      wide[t] = _mm256_add_epi32(wide[t], pairs);
    }
  }
}

/// One step: `tokens` tokens times all rows, block of columns after block.
AVX2 INLINE void step_multiply(const uint8_t *weights, size_t rows, size_t row_bytes,
                               const int8_t *activations, const int tokens, size_t stride,
                               size_t columns, Block *block, int32_t *sums, size_t sums_stride) {
  // Blocks of equal size, in whole chunks.
  const size_t chunks = (columns + CHUNK_TRITS - 1) / CHUNK_TRITS;
  const size_t most = BLOCK_CHUNKS / tokens;
  const size_t blocks = (chunks + most - 1) / most;
  const size_t width = blocks ? (chunks + blocks - 1) / blocks * CHUNK_TRITS : 0;
  for (size_t column = 0; column < columns; column += width) {
    const size_t here = columns - column < width ? columns - column : width;
    block_load(block, activations + column, tokens, stride, here);
    for (size_t r = 0; r < rows; r++) {
      __m256i wide[STEP];
      row_multiply(weights + r * row_bytes + column / 4, (here + 3) / 4, tokens, block, wide);
      UNROLL
      for (int t = 0; t < tokens; t++) {
        int32_t *sum = sums + t * sums_stride + r;
        *sum = (column ? *sum : 0) + setun_lanes_sum(wide[t]) - block->twice[t];
      }
    }
  }
}

#define STEP_OF(tokens)                                                                           \
  AVX2 static void step_##tokens(const uint8_t *weights, size_t rows, size_t row_bytes,           \
                                 const int8_t *activations, size_t stride, size_t columns,        \
                                 Block *block, int32_t *sums, size_t sums_stride) {               \
    step_multiply(weights, rows, row_bytes, activations, tokens, stride, columns, block, sums,    \
                  sums_stride);                                                                   \
  }
STEP_OF(8)
STEP_OF(4)
STEP_OF(2)

typedef void step_fn(const uint8_t *, size_t, size_t, const int8_t *, size_t, size_t, Block *,
                     int32_t *, size_t);

void setun_few_avx2(const uint8_t *weights, size_t rows, size_t row_bytes,
                    const int8_t *activations, size_t tokens, size_t stride, size_t columns,
                    void *workspace, int32_t *sums, size_t sums_stride) {
  for (size_t t = 0; t < tokens;) {
    const size_t rest = tokens - t;
    const size_t step = rest >= 8 ? 8 : rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
    const int8_t *token = activations + t * stride;
    int32_t *output = sums + t * sums_stride;
    if (step == 1) {
      setun_gemv_avx2(weights, rows, row_bytes, token, columns, output);
    } else {
      step_fn *multiply = step == 8 ? step_8 : step == 4 ? step_4 : step_2;
      multiply(weights, rows, row_bytes, token, stride, columns, workspace, output, sums_stride);
    }
    t += step;
  }
}

#endif
