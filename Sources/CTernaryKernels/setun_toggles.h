// What the bodies of setun_tree_toggles share.

#ifndef SETUN_TOGGLES_BODIES_H
#define SETUN_TOGGLES_BODIES_H

#include <string.h>

#include "include/setun_toggles.h"

/// The place of a value among `places` of a level, a power of two.
static inline size_t setun_tree_place(size_t number, size_t places) {
  size_t place = 0;
  for (; places > 1; places >>= 1, number >>= 1) place = place << 1 | (number & 1);
  return place;
}

/// The place of the value whose number is one more, of the last number that of the first.
static inline size_t setun_tree_next_place(size_t place, size_t places) {
  // Counts up from the highest bit.
  size_t bit = places / 2;
  for (; place & bit; bit /= 2) place ^= bit;
  return place | bit;
}

/// Levels of sums.
static inline size_t setun_tree_levels(const SetunTree *tree) {
  size_t levels = 0;
  while (tree->places >> levels > 1) levels++;
  return levels;
}

/// Writes the activations of every term beside all rows; lanes that do not exist stay zero.
static inline __attribute__((always_inline)) void
setun_tree_spread(const SetunTree *tree, const int8_t *activations, int8_t *spread) {
  const size_t size = tree->places * tree->rows;
  // To reverse bits is its own inverse: here the places count, and the numbers are reversed.
  for (size_t p = 0, number = 0; p < tree->places; p++) {
    for (size_t m = 0; m < tree->group; m++) {
      const size_t lane = number * tree->group + m;
      if (lane < tree->lanes) {
        int8_t *target = spread + m * size + p * tree->rows;
        for (size_t r = 0; r < tree->rows; r += 16) memset(target + r, activations[lane], 16);
      }
    }
    number = setun_tree_next_place(number, tree->places);
  }
}

#define VALUE int16_t
#define UVALUE uint16_t
#define NAME(x) x##_16
#include "setun_toggles_body.h"
#undef VALUE
#undef UVALUE
#undef NAME

#define VALUE int32_t
#define UVALUE uint32_t
#define NAME(x) x##_32
#include "setun_toggles_body.h"
#undef VALUE
#undef UVALUE
#undef NAME

/// In 16 bits where the widest sum of the tree fits.
static inline __attribute__((always_inline)) void
setun_tree_toggles_any(const SetunTree *tree, const int8_t *weights, const int8_t *activations,
                       void *state, int32_t *sums, uint64_t *counts) {
  uint32_t bits = tree->term_bits;
  for (size_t places = tree->places; places > 1; places /= 2) bits++;
  if (bits <= 16) {
    toggles_16(tree, weights, activations, state, sums, counts);
  } else {
    toggles_32(tree, weights, activations, state, sums, counts);
  }
}

#endif
