#include "setun_kernels.h"
#include "setun_quantize.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static uint32_t largest_magnitude_bits(const float *values, size_t count) {
  const __m256i not_sign = _mm256_set1_epi32(0x7FFFFFFF);
  __m256i lanes = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i bits = _mm256_loadu_si256((const __m256i *)(values + i));
    lanes = _mm256_max_epu32(lanes, _mm256_and_si256(bits, not_sign));
  }
  uint32_t each[8];
  _mm256_storeu_si256((__m256i *)each, lanes);
  uint32_t largest = 0;
  for (int l = 0; l < 8; l++) largest = each[l] > largest ? each[l] : largest;
  for (; i < count; i++) {
    const uint32_t bits = setun_magnitude_bits(values[i]);
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

AVX2 static inline __m256i quantize8(const float *values, __m256 scale) {
  return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(values), scale));
}

AVX2 float setun_quantize_row_avx2(const float *values, size_t count, int8_t *quantized) {
  const float scale = setun_quantize_scale(largest_magnitude_bits(values, count));
  if (isnan(scale)) {
    memset(quantized, 0, count);
    return scale;
  }
  const __m256 scales = _mm256_set1_ps(scale);
  // Packing works within 128-bit halves and leaves groups of four in the order 0 2 4 6 1 3 5 7.
  const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i low =
        _mm256_packs_epi32(quantize8(values + i, scales), quantize8(values + i + 8, scales));
    const __m256i high =
        _mm256_packs_epi32(quantize8(values + i + 16, scales), quantize8(values + i + 24, scales));
    const __m256i bytes = _mm256_packs_epi16(low, high);
    _mm256_storeu_si256((__m256i *)(quantized + i),
                        _mm256_permutevar8x32_epi32(bytes, in_order));
  }
  setun_quantize_values(values + i, count - i, scale, quantized + i);
  return scale;
}

#endif
