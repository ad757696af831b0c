#include "setun_triples.h"

#include <string.h>

enum { CHUNK_BYTES = SETUN_TRIPLES_COLUMNS / 4 }; // of two-bit trits

/// The digit of a two-bit trit: 00, 01, 11 become 0, 1, 2.
#define DIGIT(b) (((b) & 3) - ((b) >> 1 & 1))
/// The code of three two-bit trits.
#define CODE(b) (DIGIT(b) + 3 * DIGIT((b) >> 2) + 9 * DIGIT((b) >> 4))
#define CODES4(b) CODE(b), CODE((b) + 1), CODE((b) + 2), CODE((b) + 3)
#define CODES16(b) CODES4(b), CODES4((b) + 4), CODES4((b) + 8), CODES4((b) + 12)
static const uint8_t codes[64] = {CODES16(0), CODES16(16), CODES16(32), CODES16(48)};

/// The two-bit trit of a digit, and the three of a code; codes from 27 on do not occur.
#define PAIR(d) ((d) + ((d) >> 1))
#define PAIRS(c) (PAIR((c) % 3) | PAIR((c) / 3 % 3) << 2 | PAIR((c) / 9 % 3) << 4)
#define PAIRS9(c)                                                                                 \
  PAIRS(c), PAIRS((c) + 1), PAIRS((c) + 2), PAIRS((c) + 3), PAIRS((c) + 4), PAIRS((c) + 5),       \
      PAIRS((c) + 6), PAIRS((c) + 7), PAIRS((c) + 8)
static const uint8_t pairs[32] = {PAIRS9(0), PAIRS9(9), PAIRS9(18)};

size_t setun_triples_bytes(size_t rows, size_t columns) {
  const size_t vectors = (rows + SETUN_TRIPLES_LANES - 1) / SETUN_TRIPLES_LANES;
  return vectors * SETUN_TRIPLES_LANES * setun_triples_words(columns) * sizeof(uint16_t);
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// The three codes of nine two-bit trits.
static uint16_t word_of(uint64_t trits) {
  return (uint16_t)(codes[trits & 63] | codes[trits >> 6 & 63] << 5 | codes[trits >> 12 & 63] << 10);
}

/// Eight bytes as a number, the first of them lowest.
static uint64_t number_of(const uint8_t bytes[8]) {
  uint64_t number = 0;
  for (int i = 0; i < 8; i++) number |= (uint64_t)bytes[i] << 8 * i;
  return number;
}

/// Writes the words of one chunk of a row.
static void chunk_pack(const uint8_t bytes[CHUNK_BYTES], uint16_t *words,
                       size_t word_count) {
  const uint64_t low = number_of(bytes);
  const uint64_t high = number_of(bytes + 4);
  const uint32_t last = codes[high >> 58];
  const uint16_t each[SETUN_TRIPLES_WORDS] = {word_of(low), word_of(low >> 18),
                                              word_of(low >> 36),
                                              word_of(high >> 22),
                                              word_of(high >> 40)};
  for (size_t k = 0; k < word_count; k++) {
    words[k * SETUN_TRIPLES_LANES] = (uint16_t)(each[k] | (last >> (4 - k) & 1) << 15);
  }
}

void setun_triples_pack(const uint8_t *weights, size_t row_bytes, size_t first, size_t count,
                        size_t columns, uint8_t *packed) {
  const size_t bytes = (columns + 3) / 4;
  const size_t words = setun_triples_words(columns);
  const size_t end = (first + count + SETUN_TRIPLES_LANES - 1) / SETUN_TRIPLES_LANES;
  for (size_t strip = first; strip < end * SETUN_TRIPLES_LANES; strip += SETUN_TRIPLES_LANES) {
    for (size_t byte = 0, word = 0; byte < bytes;
         byte += CHUNK_BYTES, word += SETUN_TRIPLES_WORDS) {
      const size_t in_chunk = smaller(bytes - byte, CHUNK_BYTES);
      const size_t word_count = smaller(words - word, SETUN_TRIPLES_WORDS);
      for (size_t r = strip; r < strip + SETUN_TRIPLES_LANES; r++) {
        uint16_t *place = (uint16_t *)packed + setun_triples_place(r, columns);
        place += word * SETUN_TRIPLES_LANES;
        const size_t index = r - first;
        if (in_chunk == CHUNK_BYTES && index < count) {
          chunk_pack(weights + index * row_bytes + byte, place, word_count);
        } else {
          uint8_t chunk[CHUNK_BYTES] = {0};
          if (index < count) memcpy(chunk, weights + index * row_bytes + byte, in_chunk);
          chunk_pack(chunk, place, word_count);
        }
      }
    }
  }
}

/// The inverse of chunk_pack.
static void chunk_unpack(const uint16_t *words, size_t word_count, uint8_t bytes[CHUNK_BYTES]) {
  uint64_t trits[SETUN_TRIPLES_WORDS] = {0};
  uint32_t last = 0;
  for (size_t k = 0; k < word_count; k++) {
    const uint32_t word = words[k * SETUN_TRIPLES_LANES];
    trits[k] = (uint32_t)pairs[word & 31] | (uint32_t)pairs[word >> 5 & 31] << 6
               | (uint32_t)pairs[word >> 10 & 31] << 12;
    last |= (word >> 15) << (4 - k);
  }
  const uint64_t low = trits[0] | trits[1] << 18 | trits[2] << 36 | trits[3] << 54;
  const uint64_t high = trits[3] >> 10 | trits[4] << 8 | (uint64_t)pairs[last] << 26;
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(low >> 8 * i);
  for (int i = 0; i < 4; i++) bytes[8 + i] = (uint8_t)(high >> 8 * i);
}

void setun_triples_unpack(const uint8_t *packed, size_t columns, size_t first, size_t count,
                          uint8_t *weights) {
  const size_t bytes = (columns + 3) / 4;
  const size_t words = setun_triples_words(columns);
  for (size_t r = 0; r < count; r++) {
    const uint16_t *row = (const uint16_t *)packed + setun_triples_place(first + r, columns);
    for (size_t byte = 0, word = 0; byte < bytes;
         byte += CHUNK_BYTES, word += SETUN_TRIPLES_WORDS) {
      uint8_t chunk[CHUNK_BYTES];
      chunk_unpack(row + word * SETUN_TRIPLES_LANES, smaller(words - word, SETUN_TRIPLES_WORDS),
                   chunk);
      memcpy(weights + r * bytes + byte, chunk, smaller(bytes - byte, CHUNK_BYTES));
    }
  }
}
