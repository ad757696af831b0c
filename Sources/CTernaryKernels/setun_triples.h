// The places of a packed matrix that the bodies share; include/setun_triples.h describes them.

#ifndef SETUN_TRIPLES_LAYOUT_H
#define SETUN_TRIPLES_LAYOUT_H

#include "include/setun_triples.h"

enum {
  SETUN_TRIPLES_LANES = SETUN_TRIPLES_STRIP_ROWS, // of a vector
  SETUN_TRIPLES_CODES = 16,                       // of a chunk
  SETUN_TRIPLES_COLUMNS = 48,                     // of a chunk
  SETUN_TRIPLES_WORDS = 5,                        // of a chunk
};

/// Words that a row of `columns` columns takes.
static inline size_t setun_triples_words(size_t columns) {
  const size_t chunks = columns / SETUN_TRIPLES_COLUMNS;
  const size_t codes = (columns % SETUN_TRIPLES_COLUMNS + 2) / 3;
  const size_t words = (codes + 2) / 3;
  return chunks * SETUN_TRIPLES_WORDS
         + (words < SETUN_TRIPLES_WORDS ? words : SETUN_TRIPLES_WORDS);
}

/// The place of word 0 of `row`; word k is k * SETUN_TRIPLES_LANES further.
static inline size_t setun_triples_place(size_t row, size_t columns) {
  const size_t strip = row / SETUN_TRIPLES_LANES;
  const size_t lane = row % 16 * 2 + row % SETUN_TRIPLES_LANES / 16;
  return strip * SETUN_TRIPLES_LANES * setun_triples_words(columns) + lane;
}

#endif
