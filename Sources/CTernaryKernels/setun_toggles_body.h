// The body of setun_tree_toggles, in loops that a compiler turns into vectors of whatever width the
// including function is compiled for.
//
// VALUE is the type of terms and sums, wide enough for all of a tree; NAME(x) makes names of it.

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t NAME(ones)(UVALUE bits) { return (uint32_t)__builtin_popcount(bits); }

/// Elements whose changed bits a sum of 16 bits surely holds.
enum { NAME(BLOCK) = 1 << 11 };

/// Replaces `count` old values by new ones, EXPRESSION of the index i, and counts the bits of `mask`
/// that change.
#define REPLACE(old, count, mask, EXPRESSION)                                                     \
  uint64_t total = 0;                                                                             \
  for (size_t start = 0; start < (count); start += NAME(BLOCK)) {                                 \
    const size_t left = (count) - start;                                                          \
    const size_t end = start + (left < NAME(BLOCK) ? left : NAME(BLOCK));                         \
    uint16_t changed = 0;                                                                         \
    for (size_t i = start; i < end; i++) {                                                        \
      const VALUE new = (VALUE)(EXPRESSION);                                                      \
      changed += (uint16_t)NAME(ones)((UVALUE)(new ^ (old)[i]) & (mask));                         \
      (old)[i] = new;                                                                             \
    }                                                                                             \
    total += changed;                                                                             \
  }                                                                                               \
  return total;

/// A function that replaces the terms of `count` places and rows.
#define TERMS(name, EXPRESSION)                                                                   \
  INLINE uint64_t NAME(name)(VALUE *restrict old, const int8_t *restrict x,                       \
                             const int8_t *restrict w, const int8_t *restrict inverted,           \
                             size_t count, UVALUE mask, int shift) {                              \
    (void)inverted;                                                                               \
    (void)shift;                                                                                  \
    REPLACE(old, count, mask, EXPRESSION)                                                         \
  }

#define MEMBER(m) ((VALUE)x[i + (m) * count] * (VALUE)w[i + (m) * count])
TERMS(select, (int8_t)((x[i] ^ w[i] >> 7) & -(w[i] & 1)))
TERMS(product, MEMBER(0))
TERMS(plus, (int8_t)(x[i] & -(w[i] > 0)))
TERMS(minus, (int8_t)(x[i] & w[i] >> 7))
TERMS(plus_bit, x[i] >> shift & (w[i] > 0))
TERMS(minus_bit, x[i] >> shift & (w[i] < 0))
TERMS(group_2, MEMBER(0) + MEMBER(1) + inverted[i])
TERMS(group_3, MEMBER(0) + MEMBER(1) + MEMBER(2) + inverted[i])
TERMS(group_4, MEMBER(0) + MEMBER(1) + MEMBER(2) + MEMBER(3) + inverted[i])
#undef MEMBER
#undef TERMS

/// The bits that change when `count` sums of a level are made of the values below, half of them
/// `count` further.
INLINE uint64_t NAME(level)(const VALUE *restrict below, VALUE *restrict sums, size_t count,
                            UVALUE mask) {
  REPLACE(sums, count, mask, below[i] + below[i + count])
}

INLINE UVALUE NAME(mask)(uint32_t bits) { return (UVALUE)(((uint64_t)1 << bits) - 1); }

/// Counts the levels of one tree over terms that were replaced; `values` holds the terms and, behind
/// them, the sums of each level.
INLINE void NAME(levels)(const SetunTree *tree, VALUE *values, uint64_t *counts) {
  const size_t rows = tree->rows;
  size_t real = tree->terms;
  uint32_t bits = tree->term_bits;
  VALUE *below = values;
  for (size_t places = tree->places / 2; places; places /= 2) {
    VALUE *sums = below + 2 * places * rows;
    bits++;
    // An odd value at the end is passed on, not added: what changes in it is no sum's.
    uint64_t passed = 0;
    if (real & 1) {
      const size_t place = setun_tree_place(real / 2, places);
      for (size_t r = 0; r < rows; r++) {
        const VALUE new = below[place * rows + r];
        passed += NAME(ones)((UVALUE)(new ^ sums[place * rows + r]) & NAME(mask)(bits));
      }
    }
    *counts++ += NAME(level)(below, sums, places * rows, NAME(mask)(bits)) - passed;
    real = (real + 1) / 2;
    below = sums;
  }
}

/// Replaces the terms of the trees, `second` behind `first`, and counts what changes in them.
INLINE uint64_t NAME(terms)(const SetunTree *tree, const int8_t *w, const int8_t *x, int step,
                            VALUE *first, VALUE *second) {
  const size_t size = tree->places * tree->rows;
  const int8_t *inverted = w + size * tree->group;
  const UVALUE mask = NAME(mask)(tree->term_bits);
  const int shift = (int)tree->activation_bits - 1 - step;
  switch (tree->kind) {
  case SETUN_TERMS_SELECT: return NAME(select)(first, x, w, inverted, size, mask, 0);
  case SETUN_TERMS_PRODUCT: return NAME(product)(first, x, w, inverted, size, mask, 0);
  case SETUN_TERMS_SPLIT:
    return NAME(plus)(first, x, w, inverted, size, mask, 0)
           + NAME(minus)(second, x, w, inverted, size, mask, 0);
  case SETUN_TERMS_SERIAL:
    return NAME(plus_bit)(first, x, w, inverted, size, mask, shift)
           + NAME(minus_bit)(second, x, w, inverted, size, mask, shift);
  case SETUN_TERMS_GROUP: break;
  }
  return tree->group == 2   ? NAME(group_2)(first, x, w, inverted, size, mask, 0)
         : tree->group == 3 ? NAME(group_3)(first, x, w, inverted, size, mask, 0)
                            : NAME(group_4)(first, x, w, inverted, size, mask, 0);
}

INLINE void NAME(toggles)(const SetunTree *tree, const int8_t *weights, const int8_t *activations,
                          void *state, int32_t *sums, uint64_t *counts) {
  const size_t rows = tree->rows;
  const size_t size = tree->places * rows;
  const int two = tree->kind == SETUN_TERMS_SPLIT || tree->kind == SETUN_TERMS_SERIAL;
  const int steps = tree->kind == SETUN_TERMS_SERIAL ? (int)tree->activation_bits : 1;
  int32_t *old_sums = state;
  int8_t *x = (int8_t *)(old_sums + rows);
  VALUE *first = (VALUE *)(x + size * tree->group);
  VALUE *second = first + 2 * size;
  const VALUE *top = first + 2 * size - 2 * rows;
  const VALUE *minus = second + 2 * size - 2 * rows;
  const int32_t *corrections = (const int32_t *)(weights + size * (tree->group + 1));
  const uint32_t sum_mask = (uint32_t)(((uint64_t)1 << tree->sum_bits) - 1);
  uint64_t sum_changes = 0;
  setun_tree_spread(tree, activations, x);
  for (int step = 0; step < steps; step++) {
    counts[0] += NAME(terms)(tree, weights, x, step, first, second);
    NAME(levels)(tree, first, counts + 1);
    if (two) NAME(levels)(tree, second, counts + 1);
    for (size_t r = 0; r < rows; r++) {
      int32_t sum = top[r] + corrections[r] - (two ? minus[r] : 0);
      // The first bit of an activation is its sign, and counts as -1.
      if (steps > 1) sum = step == 0 ? -sum : 2 * old_sums[r] + sum;
      sum_changes += (uint64_t)__builtin_popcount((uint32_t)(sum ^ old_sums[r]) & sum_mask);
      old_sums[r] = sum;
    }
  }
  memcpy(sums, old_sums, rows * sizeof *sums);
  counts[1 + setun_tree_levels(tree)] += sum_changes;
}

#undef REPLACE
#undef INLINE
