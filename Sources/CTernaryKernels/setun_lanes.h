// What the AVX2 bodies share.

#ifndef SETUN_LANES_H
#define SETUN_LANES_H

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>

/// The sum of eight lanes of 32 bits.
__attribute__((target("avx2"), always_inline)) static inline int32_t
setun_lanes_sum(__m256i lanes) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return _mm_cvtsi128_si32(sum);
}

#endif

#endif
