#include "setun_triples.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))

/// For each code the ones and twos among its digits in the lower byte of a lane, the twos in the upper.
AVX512 static __m512i table_make(void) {
  uint16_t table[32] = {0};
  for (int code = 0; code < 27; code++) {
    for (int rest = code; rest; rest /= 3) table[code] += (rest % 3 != 0) + (rest % 3 == 2) * 256;
  }
  return _mm512_loadu_si512(table);
}

/// The counts of three codes in the lowest 15 bits of each lane.
AVX512 static inline __m512i three_codes(__m512i words, __m512i table) {
  // A permutation looks at the lowest five bits of a lane.
  const __m512i first = _mm512_permutexvar_epi16(words, table);
  const __m512i second = _mm512_permutexvar_epi16(_mm512_srli_epi16(words, 5), table);
  const __m512i third = _mm512_permutexvar_epi16(_mm512_srli_epi16(words, 10), table);
  return _mm512_add_epi16(first, _mm512_add_epi16(second, third));
}

/// The counts of the code in the highest bits of five words; the first has its highest bit.
AVX512 static inline __m512i last_code(const __m512i words[5], __m512i table) {
  __m512i code = _mm512_srli_epi16(words[0], 15);
  for (int k = 1; k < 5; k++) {
    code = _mm512_or_si512(_mm512_slli_epi16(code, 1), _mm512_srli_epi16(words[k], 15));
  }
  return _mm512_permutexvar_epi16(code, table);
}

AVX512 void setun_triples_count_avx512(const uint8_t *packed, size_t rows, size_t columns,
                                       size_t *nonzero, size_t *negative) {
  const __m512i table = table_make();
  const __m512i low = _mm512_set1_epi16(255);
  const size_t words = setun_triples_words(columns);
  const size_t strips = (rows + SETUN_TRIPLES_LANES - 1) / SETUN_TRIPLES_LANES;
  const __m512i *vector = (const __m512i *)packed;
  __m512i sums[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (size_t strip = 0; strip < strips; strip++) {
    size_t word = 0;
    // A chunk counts at most 48 in a byte.
    for (; word + 5 <= words; word += 5, vector += 5) {
      __m512i chunk[5];
      for (int k = 0; k < 5; k++) chunk[k] = _mm512_loadu_si512(vector + k);
      __m512i counts = last_code(chunk, table);
      for (int k = 0; k < 5; k++) counts = _mm512_add_epi16(counts, three_codes(chunk[k], table));
      // Bytes to eight sums of 64 bits.
      const __m512i zero = _mm512_setzero_si512();
      sums[0] = _mm512_add_epi64(sums[0], _mm512_sad_epu8(_mm512_and_si512(counts, low), zero));
      sums[1] = _mm512_add_epi64(sums[1], _mm512_sad_epu8(_mm512_srli_epi16(counts, 8), zero));
    }
    for (; word < words; word++, vector++) {
      const __m512i counts = three_codes(_mm512_loadu_si512(vector), table);
      const __m512i zero = _mm512_setzero_si512();
      sums[0] = _mm512_add_epi64(sums[0], _mm512_sad_epu8(_mm512_and_si512(counts, low), zero));
      sums[1] = _mm512_add_epi64(sums[1], _mm512_sad_epu8(_mm512_srli_epi16(counts, 8), zero));
    }
  }
  *nonzero = (size_t)_mm512_reduce_add_epi64(sums[0]);
  *negative = (size_t)_mm512_reduce_add_epi64(sums[1]);
}

#endif
