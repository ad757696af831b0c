// Bits that change from operand to operand in a tree array: its terms, the sums of each level of
// its trees, and its dot products.
//
// All bodies of a function return the same bits. Arrays of a tree hold value p of row r at
// p * rows + r, and values are ordered so that those which the tree adds are half of a level apart:
// place p of 2^n holds the value whose number is p with its n bits in reverse.

#ifndef SETUN_TOGGLES_H
#define SETUN_TOGGLES_H

#include <stddef.h>
#include <stdint.h>

/// What the tree of a datapath adds for a trit w and an activation x.
typedef enum {
  SETUN_TERMS_SELECT,  ///< x under +1, its complement -x - 1 under -1, and 0 under 0.
  SETUN_TERMS_PRODUCT, ///< w * x.
  SETUN_TERMS_SPLIT,   ///< x under +1 in one tree, x under -1 in another.
  SETUN_TERMS_GROUP,   ///< The dot product of a group of lanes, less 1 if its highest trit but 0s is -1.
  SETUN_TERMS_SERIAL,  ///< SPLIT for each bit of x, the sign first: activation_bits values an operand.
} SetunTermKind;

/// One tree array of one token.
typedef struct {
  SetunTermKind kind;
  size_t group;     ///< Lanes of a term: 1 unless the kind is GROUP.
  size_t lanes;     ///< Activations of an operand.
  size_t terms;     ///< Terms of a row and tree: lanes / group, rounded up.
  size_t places;    ///< The least power of two that is not less.
  size_t rows;      ///< Rows, rounded up to a multiple of 16.
  uint32_t activation_bits; ///< Of an activation, which is sign-extended to a byte.
  uint32_t term_bits;
  uint32_t sum_bits;
} SetunTree;

/// Bytes of the weights of an operand as setun_tree_toggles takes them.
size_t setun_tree_weight_bytes(const SetunTree *tree);

/// Unpacks the weights of an operand: `count` rows of two-bit trits, `row_bytes` apart, from column
/// `first` on, of which there are `columns`; rows and columns that are missing are zeros.
void setun_tree_weights(const SetunTree *tree, const uint8_t *packed, size_t row_bytes,
                        size_t count, size_t first, size_t columns, int8_t *weights);

/// Bits in which two operands' weights differ, two for each trit.
uint64_t setun_tree_weight_distance(const SetunTree *tree, const int8_t *weights,
                                    const int8_t *others);

/// Bytes of what is kept from operand to operand; all zero before the first.
size_t setun_tree_state_bytes(const SetunTree *tree);

/// Takes one operand: `weights` from setun_tree_weights, and `lanes` activations.
///
/// Adds to `counts` the bits that change: of the terms, of each level of the trees from the first on
/// (log2(places) numbers), and of the dot products. A level's last sum counts only where it adds two.
/// Writes the dot products, one for each row. `state` is at a multiple of 64.
typedef void setun_tree_toggles_fn(const SetunTree *tree, const int8_t *weights,
                                   const int8_t *activations, void *state, int32_t *sums,
                                   uint64_t *counts);

setun_tree_toggles_fn setun_tree_toggles_generic; ///< Portable body.
#if defined(__x86_64__)
setun_tree_toggles_fn setun_tree_toggles_avx2;   ///< The same for AVX2.
setun_tree_toggles_fn setun_tree_toggles_avx512; ///< The same for AVX-512 with BITALG.
#endif

/// Bits in which two lists of numbers of `bits` bits differ.
uint64_t setun_sums_distance(const int32_t *sums, const int32_t *others, size_t count,
                             uint32_t bits);

/// Adds sums to partial sums of `bits` bits, which wrap, and returns how many bits of `running`
/// change: running[i] = base[i] + sums[i]. `base` may be `running`.
uint64_t setun_sums_add(int32_t *running, const int32_t *base, const int32_t *sums, size_t count,
                        uint32_t bits);

/// Bits in which two lists of bytes differ, among those of `mask` in each.
uint64_t setun_bytes_distance(const void *bytes, const void *others, size_t count, uint8_t mask);

/// The fastest body this processor can run.
setun_tree_toggles_fn *setun_tree_toggles_select(void);

#endif
