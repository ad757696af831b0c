// The places of a packed matrix that the bodies share; include/setun_triples.h describes them.

#ifndef SETUN_TRIPLES_LAYOUT_H
#define SETUN_TRIPLES_LAYOUT_H

#include "include/setun_triples.h"

enum {
  SETUN_TRIPLES_LANES = 32,   // rows of a vector
  SETUN_TRIPLES_VECTORS = 4,  // of a tile
  SETUN_TRIPLES_CODES = 16,   // of a chunk
  SETUN_TRIPLES_COLUMNS = 48, // of a chunk
  SETUN_TRIPLES_WORDS = 5,    // of a chunk
};

/// Words that a row of `columns` columns takes.
static inline size_t setun_triples_words(size_t columns) {
  const size_t chunks = columns / SETUN_TRIPLES_COLUMNS;
  const size_t codes = (columns % SETUN_TRIPLES_COLUMNS + 2) / 3;
  const size_t words = (codes + 2) / 3;
  return chunks * SETUN_TRIPLES_WORDS
         + (words < SETUN_TRIPLES_WORDS ? words : SETUN_TRIPLES_WORDS);
}

/// A tile of a packed matrix.
typedef struct {
  size_t offset;  // of its first word, in 16-bit words
  size_t vectors; // 1 to SETUN_TRIPLES_VECTORS
} SetunTriplesTile;

/// The tile of `row`.
static inline SetunTriplesTile setun_triples_tile(size_t row, size_t rows, size_t columns) {
  const size_t first = row / SETUN_TRIPLES_TILE_ROWS * SETUN_TRIPLES_TILE_ROWS;
  const size_t vectors = (rows - first + SETUN_TRIPLES_LANES - 1) / SETUN_TRIPLES_LANES;
  return (SetunTriplesTile){
      .offset = first * setun_triples_words(columns),
      .vectors = vectors < SETUN_TRIPLES_VECTORS ? vectors : SETUN_TRIPLES_VECTORS,
  };
}

/// The lane of a row of its vector.
static inline size_t setun_triples_lane(size_t row) {
  return row % 16 * 2 + row % SETUN_TRIPLES_LANES / 16;
}

/// The place of the first vector of the 32 rows around `row`; that of word k is at k * stride.
static inline size_t setun_triples_vector(size_t row, size_t rows, size_t columns,
                                          size_t *stride) {
  const SetunTriplesTile tile = setun_triples_tile(row, rows, columns);
  *stride = tile.vectors * SETUN_TRIPLES_LANES;
  return tile.offset + row % SETUN_TRIPLES_TILE_ROWS / SETUN_TRIPLES_LANES * SETUN_TRIPLES_LANES;
}

#endif
