#include "setun_triples.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

// A table is one register: the sums of three activations of a token, by code. Every permutation of it
// adds three products to each of 32 rows, 96 where a multiplication of bytes does 64; and decoding
// is a shift, shared by the tokens of a step.

enum {
  LANES = SETUN_TRIPLES_LANES,
  CODES = SETUN_TRIPLES_CODES,
  COLUMNS = SETUN_TRIPLES_COLUMNS,
  WORDS = SETUN_TRIPLES_WORDS,
  // A sum of three is within 384 and fits 16 bits 85 times.
  FLUSH_CHUNKS = 5,
  // Tokens of a step: more would not leave enough registers.
  STEP = 4,
  // Tokens that are prepared together. The weights of a tile come from memory for the first step and
  // from the cache for the others.
  BLOCK = 16,
  // 320 KiB, which the second-level cache holds beside the weights.
  TABLES = 5120,
  // Strips of a step of one token. Each is a stream of its own: memory is read a quarter faster
  // from eight than from one, and their rows share the loads of the tables.
  STRIPS = 8,
  // Bytes that each strip is fetched ahead; measured.
  AHEAD = 2048,
};

_Static_assert(TABLES % (BLOCK * CODES * FLUSH_CHUNKS) == 0, "whole chunks");
_Static_assert(TABLES * 64 <= SETUN_TRIPLES_WORKSPACE_BYTES, "the header promises enough");

/// What turns three activations into a table: the digits of the codes, and what an activation that
/// is taken as the unsigned number x + 128 adds too much, for each half of a table before packing.
typedef struct {
  __m512i digits[2];
  __m512i bias[2];
} Digits;

AVX512 static Digits digits_make(void) {
  int8_t digits[2][CODES][4] = {0};
  int32_t bias[2][CODES];
  for (int i = 0; i < 2 * CODES; i++) {
    // Packing works within quarters: 4 sums of the first half, then 4 of the second.
    const int half = i % 8 / 4;
    const int lane = i / 8 * 4 + i % 4;
    bias[half][lane] = 0;
    for (int place = 0, rest = i < 27 ? i : 0; place < 3; place++, rest /= 3) {
      const int digit = rest % 3 == 2 ? -1 : rest % 3;
      digits[half][lane][place] = (int8_t)digit;
      bias[half][lane] -= 128 * digit;
    }
  }
  Digits result;
  for (int half = 0; half < 2; half++) {
    result.digits[half] = _mm512_loadu_si512(digits[half]);
    result.bias[half] = _mm512_loadu_si512(bias[half]);
  }
  return result;
}

/// The tables of up to 48 columns of one token, `step` apart.
AVX512 INLINE void tables_build(const int8_t *activations, size_t columns, const Digits *digits,
                                __m512i *tables, size_t step) {
  const __mmask64 valid = columns < COLUMNS ? (1ull << columns) - 1 : (1ull << COLUMNS) - 1;
  const __m512i in_threes =
      _mm512_setr_epi32(0x30020100, 0x30050403, 0x30080706, 0x300B0A09, 0x300E0D0C, 0x3011100F,
                        0x30141312, 0x30171615, 0x301A1918, 0x301D1C1B, 0x30201F1E, 0x30232221,
                        0x30262524, 0x30292827, 0x302C2B2A, 0x302F2E2D);
  const __m512i bytes = _mm512_maskz_loadu_epi8(valid, activations);
  const __m512i shifted = _mm512_xor_si512(bytes, _mm512_set1_epi8((char)0x80));
  _Alignas(64) int32_t triples[CODES];
  _mm512_store_si512(triples, _mm512_permutexvar_epi8(in_threes, shifted));
  UNROLL
  for (size_t code = 0; code < CODES; code++) {
    const __m512i triple = _mm512_set1_epi32(triples[code]);
    const __m512i low = _mm512_dpbusd_epi32(digits->bias[0], triple, digits->digits[0]);
    const __m512i high = _mm512_dpbusd_epi32(digits->bias[1], triple, digits->digits[1]);
    _mm512_store_si512(tables + code * step, _mm512_packs_epi32(low, high));
  }
}

/// The sums of one step: some tokens by some strips.
typedef struct {
  __m512i narrow[STEP][STRIPS];  // lanes as in the weights
  __m512i wide[STEP][STRIPS][2]; // rows in order
} Sums;

/// Adds the table lines of one code to the sums of every row and token.
AVX512 INLINE void code_add(Sums *sums, const int tokens, const int strips, const __m512i *tables,
                            const __m512i *code) {
  UNROLL
  for (int t = 0; t < tokens; t++) {
    const __m512i table = _mm512_load_si512(tables + t);
    UNROLL
    for (int s = 0; s < strips; s++) {
      sums->narrow[t][s] =
          _mm512_add_epi16(sums->narrow[t][s], _mm512_permutexvar_epi16(code[s], table));
    }
  }
}

/// The three codes of one word, whose bit 15 is shifted into `last`; strips are `stride` apart.
AVX512 INLINE void word_add(Sums *sums, const int tokens, const int strips, const __m512i *tables,
                            const uint16_t *words, size_t stride, __m512i *last) {
  // Multiplying shifts right by 5 and 10 bits on units that permutations leave free; the compiler
  // would make shifts of it if it knew the factors.
  __m512i by5 = _mm512_set1_epi16(1 << 11);
  __m512i by10 = _mm512_set1_epi16(1 << 6);
  __asm__("" : "+v"(by5), "+v"(by10));
  UNROLL
  for (int place = 0; place < 3; place++) {
    __m512i code[STRIPS];
    UNROLL
    for (int s = 0; s < strips; s++) {
      // Permutations ignore all but the lowest 5 bits.
      const __m512i word = _mm512_loadu_si512(words + s * stride);
      if (place == 0) {
        code[s] = word;
        last[s] = _mm512_shldi_epi16(last[s], word, 1);
        // The first-level cache would drop them again.
        _mm_prefetch((const char *)(words + s * stride) + AHEAD, _MM_HINT_T1);
      } else {
        code[s] = _mm512_mulhi_epu16(word, place == 1 ? by5 : by10);
      }
    }
    code_add(sums, tokens, strips, tables + place * tokens, code);
  }
}

/// Moves the narrow sums to the wide ones.
AVX512 INLINE void sums_flush(Sums *sums, const int tokens, const int strips) {
  const __m512i even = _mm512_set1_epi32(1);
  const __m512i odd = _mm512_set1_epi32(1 << 16);
  UNROLL
  for (int t = 0; t < tokens; t++) {
    UNROLL
    for (int s = 0; s < strips; s++) {
      __m512i *wide = sums->wide[t][s];
      wide[0] = _mm512_dpwssd_epi32(wide[0], sums->narrow[t][s], even);
      wide[1] = _mm512_dpwssd_epi32(wide[1], sums->narrow[t][s], odd);
      sums->narrow[t][s] = _mm512_setzero_si512();
    }
  }
}

/// What the steps of a call share.
typedef struct {
  size_t rows;
  size_t stride;  // from strip to strip, in 16-bit words
  size_t words;   // of a row in this block of columns
  int accumulate; // whether sums of earlier columns are added to
} Block;

/// Writes the sums of the rows from `row` on that exist.
AVX512 INLINE void sums_store(const Sums *sums, const Block *block, const int tokens,
                              const int strips, size_t row, int32_t *output) {
  UNROLL
  for (int t = 0; t < tokens; t++) {
    UNROLL
    for (int half = 0; half < 2 * strips; half++) {
      const size_t start = row + 16 * half;
      const size_t rest = start < block->rows ? block->rows - start : 0;
      const __mmask16 valid = rest < 16 ? (__mmask16)((1u << rest) - 1) : 0xFFFF;
      int32_t *place = output + t * block->rows + start;
      __m512i sum = sums->wide[t][half / 2][half % 2];
      if (block->accumulate) {
        sum = _mm512_add_epi32(sum, _mm512_maskz_loadu_epi32(valid, place));
      }
      _mm512_mask_storeu_epi32(place, valid, sum);
    }
  }
}

/// One step: products of `words` with the tables of `tokens` tokens, for the rows from `row` on.
AVX512 INLINE void step_multiply(const Block *block, const int tokens, const int strips,
                                 const uint16_t *words, const __m512i *tables, size_t row,
                                 int32_t *output) {
  Sums sums;
  UNROLL
  for (int t = 0; t < tokens; t++) {
    UNROLL
    for (int s = 0; s < strips; s++) {
      sums.narrow[t][s] = sums.wide[t][s][0] = sums.wide[t][s][1] = _mm512_setzero_si512();
    }
  }
  const size_t chunks = block->words / WORDS;
  const size_t stride = block->stride;
  __m512i last[STRIPS] = {0};
  for (size_t start = 0; start < chunks; start += FLUSH_CHUNKS) {
    const size_t end = chunks - start < FLUSH_CHUNKS ? chunks : start + FLUSH_CHUNKS;
    for (size_t chunk = start; chunk < end; chunk++) {
      UNROLL
      for (int k = 0; k < WORDS; k++) {
        word_add(&sums, tokens, strips, tables + 3 * k * tokens, words + k * LANES, stride, last);
      }
      code_add(&sums, tokens, strips, tables + 15 * tokens, last);
      tables += CODES * tokens;
      words += WORDS * LANES;
    }
    sums_flush(&sums, tokens, strips);
  }
  for (size_t k = 0; k < block->words % WORDS; k++) {
    word_add(&sums, tokens, strips, tables + 3 * k * tokens, words + k * LANES, stride, last);
  }
  sums_flush(&sums, tokens, strips);
  sums_store(&sums, block, tokens, strips, row, output);
}

#define STEP_OF(tokens, strips)                                                                   \
  AVX512 static void step_##tokens##x##strips(const Block *block, const uint16_t *words,          \
                                              const __m512i *tables, size_t row, int32_t *sums) { \
    step_multiply(block, tokens, strips, words, tables, row, sums);                               \
  }
STEP_OF(1, 8)
STEP_OF(1, 4)
STEP_OF(1, 2)
STEP_OF(1, 1)
STEP_OF(2, 4)
STEP_OF(2, 2)
STEP_OF(2, 1)
STEP_OF(4, 2)
STEP_OF(4, 1)

typedef void step_fn(const Block *, const uint16_t *, const __m512i *, size_t, int32_t *);

/// The steps of 1, 2 and 4 tokens by 1, 2, 4 and 8 strips: where there is none, registers would not
/// hold its sums, tables and codes.
static step_fn *const steps[3][4] = {
    {step_1x1, step_1x2, step_1x4, step_1x8},
    {step_2x1, step_2x2, step_2x4, NULL},
    {step_4x1, step_4x2, NULL, NULL},
};

/// Tokens of the step that begins at token `t`: 4, or 2 or 1 of the last three.
static size_t step_tokens(size_t t, size_t tokens) {
  return tokens - t >= 4 ? 4 : tokens - t >= 2 ? 2 : 1;
}

/// The products of some strips, of which `words` is the first, with a block of tokens.
AVX512 static void strips_multiply(const Block *block, const uint16_t *words, size_t strips,
                                   size_t tokens, const __m512i *tables, size_t codes, size_t row,
                                   int32_t *sums) {
  for (size_t t = 0; t < tokens;) {
    const size_t step = step_tokens(t, tokens);
    for (size_t s = 0; s < strips;) {
      int power = 3;
      while ((size_t)1 << power > strips - s || !steps[step / 2][power]) power--;
      steps[step / 2][power](block, words + s * block->stride, tables + t * codes,
                             row + s * LANES, sums + t * block->rows);
      s += (size_t)1 << power;
    }
    t += step;
  }
}

/// Fetches a share of what the first step reads before its own fetches arrive: `AHEAD` bytes of
/// each of its strips, `stride` words apart.
static inline void start_fetch(const uint16_t *words, size_t stride, size_t share, size_t shares) {
  const size_t lines = STRIPS * AHEAD / 64;
  for (size_t i = lines * share / shares; i < lines * (share + 1) / shares; i++) {
    const uint16_t *strip = words + i % STRIPS * stride;
    _mm_prefetch((const char *)strip + i / STRIPS * 64, _MM_HINT_T1);
  }
}

/// The tables of a block of columns and tokens: those of a step's tokens side by side.
///
/// Meanwhile the memory begins to deliver `words`, the weights of the first step.
AVX512 static void block_build(const int8_t *activations, size_t columns, size_t tokens,
                               size_t stride, const Digits *digits, __m512i *tables, size_t codes,
                               const Block *block, const uint16_t *words) {
  const size_t chunks = (columns + COLUMNS - 1) / COLUMNS;
  for (size_t t = 0; t < tokens;) {
    const size_t step = step_tokens(t, tokens);
    for (size_t i = 0; i < step; i++) {
      const int8_t *token = activations + (t + i) * stride;
      __m512i *first = tables + t * codes + i;
      for (size_t column = 0; column < columns; column += COLUMNS) {
        if (t + i == 0) start_fetch(words, block->stride, column / COLUMNS, chunks);
        tables_build(token + column, columns - column, digits, first + column / 3 * step, step);
      }
    }
    t += step;
  }
}

AVX512 void setun_triples_multiply_avx512(const uint8_t *packed, size_t rows, size_t columns,
                                          size_t first, size_t end, const int8_t *activations,
                                          size_t tokens, size_t stride, void *workspace,
                                          int32_t *sums) {
  const Digits digits = digits_make();
  __m512i *tables = workspace;
  Block block = {.rows = rows, .stride = setun_triples_words(columns) * LANES};
  for (size_t t = 0; t < tokens; t += BLOCK) {
    const size_t together = tokens - t < BLOCK ? tokens - t : BLOCK;
    const size_t flush = CODES * FLUSH_CHUNKS;
    const size_t codes = TABLES / together / flush * flush;
    for (size_t column = 0; column < columns; column += codes * 3) {
      const size_t here = columns - column < codes * 3 ? columns - column : codes * 3;
      const uint16_t *words = (const uint16_t *)packed + setun_triples_place(first, columns);
      words += column / COLUMNS * WORDS * LANES;
      block_build(activations + t * stride + column, here, together, stride, &digits, tables,
                  codes, &block, words);
      block.words = setun_triples_words(here);
      block.accumulate = column > 0;
      // What one step reads from memory, the others find in the cache.
      const size_t share = together > STEP ? 4 : STRIPS;
      for (size_t row = first; row < end; row += share * LANES) {
        const size_t strips = (end - row + LANES - 1) / LANES;
        strips_multiply(&block, words, strips < share ? strips : share, together, tables, codes,
                        row, sums + t * rows);
        words += share * block.stride;
      }
    }
  }
}

#endif
