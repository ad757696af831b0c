#include "include/setun_toggles.h"

#include <string.h>

#include "setun_toggles.h"

static size_t tree_size(const SetunTree *tree) { return tree->places * tree->rows; }

size_t setun_tree_weight_bytes(const SetunTree *tree) {
  return tree_size(tree) * (tree->group + 1) + tree->rows * sizeof(int32_t);
}

size_t setun_tree_state_bytes(const SetunTree *tree) {
  // Sums, spread activations, and twice the places in each of two trees.
  return tree->rows * sizeof(int32_t) + tree_size(tree) * (tree->group + 4 * sizeof(int32_t));
}

/// Writes one column of `count` rows: trits from a byte of each, `shift` bits up.
static void column_write(const uint8_t *restrict bytes, size_t count, unsigned shift,
                         int8_t *restrict column) {
  for (size_t r = 0; r < count; r++) {
    // Sign-extends two bits.
    column[r] = (int8_t)(((bytes[r] >> shift & 3) ^ 2) - 2);
  }
}

/// Marks the terms of a place whose highest trit but zeros is -1, and counts them for each row.
static void invert(const int8_t *restrict weights, size_t group, size_t size, size_t rows,
                   int8_t *restrict inverted, int32_t *restrict counts) {
  for (size_t m = 0; m < group; m++) {
    for (size_t r = 0; r < rows; r++) {
      const int8_t trit = weights[m * size + r];
      inverted[r] = trit ? trit >> 7 : inverted[r];
    }
  }
  for (size_t r = 0; r < rows; r++) counts[r] -= inverted[r];
}

/// Which terms are inverted, and what that and complements take from the sum of a row.
static void corrections_write(const SetunTree *tree, int8_t *weights) {
  const size_t size = tree_size(tree);
  int8_t *inverted = weights + tree->group * size;
  int32_t *corrections = (int32_t *)(inverted + size);
  memset(corrections, 0, tree->rows * sizeof *corrections);
  memset(inverted, 0, size);
  if (tree->kind != SETUN_TERMS_SELECT && tree->kind != SETUN_TERMS_GROUP) return;
  for (size_t p = 0; p < tree->places; p++) {
    invert(weights + p * tree->rows, tree->group, size, tree->rows, inverted + p * tree->rows,
           corrections);
  }
}

void setun_tree_weights(const SetunTree *tree, const uint8_t *packed, size_t row_bytes,
                        size_t count, size_t first, size_t columns, int8_t *weights) {
  const size_t size = tree_size(tree);
  memset(weights, 0, size * tree->group);
  enum { PART = 64 };
  for (size_t start = 0; start < count; start += PART) {
    const size_t part = count - start < PART ? count - start : PART;
    uint8_t bytes[PART];
    size_t place = 0;
    for (size_t lane = 0; lane < tree->lanes && first + lane < columns; lane++) {
      const size_t column = first + lane;
      if (lane == 0 || column % 4 == 0) {
        for (size_t r = 0; r < part; r++) bytes[r] = packed[(start + r) * row_bytes + column / 4];
      }
      column_write(bytes, part, 2 * (column % 4),
                   weights + lane % tree->group * size + place * tree->rows + start);
      if ((lane + 1) % tree->group == 0) place = setun_tree_next_place(place, tree->places);
    }
  }
  corrections_write(tree, weights);
}

uint64_t setun_tree_weight_distance(const SetunTree *tree, const int8_t *weights,
                                    const int8_t *others) {
  // Two bits of each of 16 trits: both halves side by side.
  const uint64_t pairs = 0x0303030303030303;
  uint64_t bits = 0;
  const size_t count = tree->group * tree_size(tree);
  for (size_t i = 0; i < count; i += 16) {
    uint64_t one[2], other[2];
    memcpy(one, weights + i, 16);
    memcpy(other, others + i, 16);
    const uint64_t low = (one[0] ^ other[0]) & pairs;
    const uint64_t high = (one[1] ^ other[1]) & pairs;
    bits += (uint64_t)__builtin_popcountll(low | high << 2);
  }
  return bits;
}

static uint32_t bits_of(uint32_t bits) { return (uint32_t)(((uint64_t)1 << bits) - 1); }

uint64_t setun_sums_distance(const int32_t *sums, const int32_t *others, size_t count,
                             uint32_t bits) {
  uint64_t changes = 0;
  for (size_t i = 0; i < count; i++) {
    changes += (uint64_t)__builtin_popcount((uint32_t)(sums[i] ^ others[i]) & bits_of(bits));
  }
  return changes;
}

uint64_t setun_sums_add(int32_t *running, const int32_t *base, const int32_t *sums, size_t count,
                        uint32_t bits) {
  uint64_t changes = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t sum = (uint32_t)base[i] + (uint32_t)sums[i];
    const int32_t wrapped = (int32_t)(sum << (32 - bits)) >> (32 - bits);
    changes += (uint64_t)__builtin_popcount((uint32_t)(wrapped ^ running[i]) & bits_of(bits));
    running[i] = wrapped;
  }
  return changes;
}

uint64_t setun_bytes_distance(const void *bytes, const void *others, size_t count, uint8_t mask) {
  const uint64_t masks = mask * UINT64_C(0x0101010101010101);
  uint64_t changes = 0;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t one, other;
    memcpy(&one, (const uint8_t *)bytes + i, 8);
    memcpy(&other, (const uint8_t *)others + i, 8);
    changes += (uint64_t)__builtin_popcountll((one ^ other) & masks);
  }
  for (; i < count; i++) {
    changes += (uint64_t)__builtin_popcount(
        (uint32_t)(((const uint8_t *)bytes)[i] ^ ((const uint8_t *)others)[i]) & mask);
  }
  return changes;
}

void setun_tree_toggles_generic(const SetunTree *tree, const int8_t *weights,
                                const int8_t *activations, void *state, int32_t *sums,
                                uint64_t *counts) {
  setun_tree_toggles_any(tree, weights, activations, state, sums, counts);
}
