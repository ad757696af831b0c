#include "setun_kernels.h"
#include "setun_lanes.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

enum {
  CHUNK_TRITS = 128,             // one vector of packed trits
  CHUNK_BYTES = CHUNK_TRITS / 4,
  BLOCK_CHUNKS = 64,             // 8 KiB of activations stay in the first-level cache
  BLOCK_TRITS = BLOCK_CHUNKS * CHUNK_TRITS,
  // A 16-bit lane grows by at most 2 products of 3 * 128 per plane, so by 3,072 per chunk:
  // after 8 chunks it is within 24,576.
  FLUSH_CHUNKS = 8,
  ROWS = 4, // rows that share each load of activations
};

/// Activations in the order in which shifting a vector of packed trits yields them.
///
/// planes[c][p][j] is activation 128c + 4j + p, or 0 past the end; `sum` is the sum of all.
typedef struct {
  _Alignas(32) int8_t planes[BLOCK_CHUNKS][4][CHUNK_BYTES];
  int32_t sum;
} Block;

static void block_load(Block *block, const int8_t *activations, size_t count) {
  block->sum = 0;
  for (size_t i = 0; i < count; i++) block->sum += activations[i];

  const size_t whole = count / CHUNK_TRITS;
  for (size_t c = 0; c < whole; c++) {
    const int8_t *chunk = activations + c * CHUNK_TRITS;
    for (size_t j = 0; j < CHUNK_BYTES; j++) {
      for (size_t p = 0; p < 4; p++) block->planes[c][p][j] = chunk[4 * j + p];
    }
  }
  if (count % CHUNK_TRITS == 0) return;
  memset(block->planes[whole], 0, sizeof block->planes[whole]);
  for (size_t i = whole * CHUNK_TRITS; i < count; i++) {
    block->planes[whole][i % 4][i % CHUNK_TRITS / 4] = activations[i];
  }
}

/// Adds the products of 128 trits with their activations to 16 lanes of 16 bits.
///
/// The trits come as the unsigned numbers trit + 2, which flipping the high bit of each pair
/// makes of them, because the instruction multiplies unsigned by signed bytes.
AVX2 static inline __m256i chunk_add(__m256i lanes, __m256i packed,
                                     const int8_t planes[4][CHUNK_BYTES]) {
  const __m256i high_bits = _mm256_set1_epi8((char)0xAA);
  const __m256i low_pair = _mm256_set1_epi8(3);
  const __m256i shifted = _mm256_xor_si256(packed, high_bits);
  __m256i plane[4] = {
      shifted,
      _mm256_srli_epi16(shifted, 2),
      _mm256_srli_epi16(shifted, 4),
      _mm256_srli_epi16(shifted, 6),
  };
  for (int p = 0; p < 4; p++) {
    const __m256i x = _mm256_load_si256((const __m256i *)planes[p]);
    plane[p] = _mm256_maddubs_epi16(_mm256_and_si256(plane[p], low_pair), x);
  }
  const __m256i even = _mm256_add_epi16(plane[0], plane[2]);
  const __m256i odd = _mm256_add_epi16(plane[1], plane[3]);
  return _mm256_add_epi16(lanes, _mm256_add_epi16(even, odd));
}

/// Adds the products of one block of `bytes` packed bytes a row, for `rows` <= ROWS rows that are
/// `distance` rows apart.
AVX2 static inline void block_add(const uint8_t *weights, size_t rows, size_t distance,
                                  size_t row_bytes, size_t bytes, const Block *block,
                                  int32_t *sums) {
  const size_t whole = bytes / CHUNK_BYTES;
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i wide[ROWS] = {0};
  for (size_t start = 0; start < whole; start += FLUSH_CHUNKS) {
    const size_t end = whole - start < FLUSH_CHUNKS ? whole : start + FLUSH_CHUNKS;
    __m256i narrow[ROWS] = {0};
    for (size_t c = start; c < end; c++) {
      for (size_t r = 0; r < rows; r++) {
        const uint8_t *chunk = weights + r * distance * row_bytes + c * CHUNK_BYTES;
        const __m256i packed = _mm256_loadu_si256((const __m256i *)chunk);
        narrow[r] = chunk_add(narrow[r], packed, block->planes[c]);
      }
    }
    for (size_t r = 0; r < rows; r++) {
      wide[r] = _mm256_add_epi32(wide[r], _mm256_madd_epi16(narrow[r], ones));
    }
  }
  for (size_t r = 0; r < rows; r++) {
    if (bytes % CHUNK_BYTES != 0) {
      _Alignas(32) uint8_t tail[CHUNK_BYTES] = {0};
      memcpy(tail, weights + r * distance * row_bytes + whole * CHUNK_BYTES,
             bytes % CHUNK_BYTES);
      const __m256i packed = _mm256_load_si256((const __m256i *)tail);
      const __m256i narrow = chunk_add(_mm256_setzero_si256(), packed, block->planes[whole]);
      wide[r] = _mm256_add_epi32(wide[r], _mm256_madd_epi16(narrow, ones));
    }
    // Every trit was taken as trit + 2.
    sums[r * distance] += setun_lanes_sum(wide[r]) - 2 * block->sum;
  }
}

AVX2 void setun_gemv_avx2(const uint8_t *weights, size_t rows, size_t row_bytes,
                          const int8_t *activations, size_t columns, int32_t *sums) {
  memset(sums, 0, rows * sizeof *sums);
  for (size_t start = 0; start < columns; start += BLOCK_TRITS) {
    const size_t count = columns - start < BLOCK_TRITS ? columns - start : BLOCK_TRITS;
    const size_t bytes = (count + 3) / 4;
    const uint8_t *first = weights + start / 4;
    Block block;
    block_load(&block, activations + start, count);
    // Rows that lie far apart are streams of their own, each in order: memory is read faster so.
    const size_t distance = rows / ROWS;
    for (size_t r = 0; r < distance; r++) {
      block_add(first + r * row_bytes, ROWS, distance, row_bytes, bytes, &block, sums + r);
    }
    for (size_t r = ROWS * distance; r < rows; r++) {
      block_add(first + r * row_bytes, 1, 1, row_bytes, bytes, &block, sums + r);
    }
  }
}

#endif
