#include "limits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LINE = 64, AHEAD = 16 * 1024 };

static inline uint64_t line_fold(const uint64_t *line) {
  uint64_t fold = 0;
  for (int i = 0; i < LINE / 8; i++) fold ^= line[i];
  return fold;
}

uint64_t limits_read(const void *memory, size_t bytes) {
  const char *place = memory;
  uint64_t fold[4] = {0};
  for (size_t i = 0; i + 4 * LINE <= bytes; i += 4 * LINE) {
    for (int j = 0; j < 4; j++) fold[j] ^= line_fold((const uint64_t *)(place + i + j * LINE));
  }
  return fold[0] ^ fold[1] ^ fold[2] ^ fold[3];
}

uint64_t limits_read_ahead(const void *memory, size_t bytes) {
  const char *place = memory;
  uint64_t fold[4] = {0};
  for (size_t i = 0; i + 4 * LINE <= bytes; i += 4 * LINE) {
    for (int j = 0; j < 4; j++) {
      __builtin_prefetch(place + i + j * LINE + AHEAD, 0, 2);
      fold[j] ^= line_fold((const uint64_t *)(place + i + j * LINE));
    }
  }
  return fold[0] ^ fold[1] ^ fold[2] ^ fold[3];
}

#if defined(__x86_64__)
enum { CHAINS = 8 };

__attribute__((target("avx2"))) static void multiply_avx2(size_t count) {
  __m256i lanes[CHAINS];
  for (int i = 0; i < CHAINS; i++) lanes[i] = _mm256_set1_epi8((char)i);
  const __m256i factor = _mm256_set1_epi8(3);
  for (size_t n = 0; n < count; n += CHAINS) {
#pragma GCC unroll 8
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("vpmaddubsw %1, %0, %0" : "+x"(lanes[i]) : "x"(factor));
    }
  }
}

__attribute__((target("avx512f,avx512bw"))) static void permute_avx512(size_t count) {
  __m512i lanes[CHAINS];
  for (int i = 0; i < CHAINS; i++) lanes[i] = _mm512_set1_epi16((short)i);
  const __m512i table = _mm512_set1_epi16(3);
  for (size_t n = 0; n < count; n += CHAINS) {
#pragma GCC unroll 8
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("vpermw %1, %0, %0" : "+v"(lanes[i]) : "v"(table));
    }
  }
}
#endif

uint64_t limits_multiply(size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    multiply_avx2(count);
    return count * 32;
  }
#endif
  return 0;
}

uint64_t limits_permute(size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) {
    permute_avx512(count);
    return count * 32;
  }
#endif
  return 0;
}
