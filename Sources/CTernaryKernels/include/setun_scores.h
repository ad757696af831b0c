// Products of the rows of a table with float or int8 vectors, and sums of rows: the head of a
// network and its attention.

#ifndef SETUN_SCORES_H
#define SETUN_SCORES_H

#include <stddef.h>
#include <stdint.h>

/// How the values of a table are stored, little-endian.
typedef enum {
  SETUN_F32,
  SETUN_F16,
  SETUN_BF16,
} SetunFloatType;

/// Dot products of `rows` rows with `tokens` vectors: scores[t * stride + r] = row r . inputs[t].
///
/// A row is `columns` values of `type`, the rows `row_stride` values apart from `table` on, with no
/// alignment. `inputs` holds `tokens` rows of `columns` floats. `stride` is at least `rows`.
///
/// Every product is added with one rounding to partial sum column % 16, columns in order, and zeros
/// fill the last 16; the partial sums are added in halves, i and i + 8, then i and i + 4, i + 2,
/// i + 1. So a score depends on its row and its vector only, and all bodies return the same bits.
typedef void setun_scores_fn(const void *table, SetunFloatType type, size_t rows, size_t columns,
                             size_t row_stride, const float *inputs, size_t tokens, float *scores, size_t stride);

setun_scores_fn setun_scores_generic; ///< Portable body.
#if defined(__x86_64__)
setun_scores_fn setun_scores_avx2; ///< AVX2 with FMA and F16C, two rows and four tokens at a time.
#endif

/// The fastest body this processor can run.
setun_scores_fn *setun_scores_select(void);

/// Weighted sums of `rows` rows: sums[s * columns + c] = the sum over r of
/// weights[s * weight_stride + r] * row r [c].
///
/// A row is `columns` floats, the rows `row_stride` floats apart from `table` on. There are `count`
/// sets of `rows` weights, `weight_stride` apart. Products are added with one rounding, rows in
/// order.
typedef void setun_weighted_sums_fn(const float *table, size_t rows, size_t columns,
                                    size_t row_stride, const float *weights, size_t count,
                                    size_t weight_stride, float *sums);

setun_weighted_sums_fn setun_weighted_sums_generic; ///< Portable body.
#if defined(__x86_64__)
setun_weighted_sums_fn setun_weighted_sums_avx2; ///< 16 columns of four sums at a time.
#endif

/// The fastest body this processor can run.
setun_weighted_sums_fn *setun_weighted_sums_select(void);

/// Exact dot products of `rows` int8 rows with `tokens` int8 vectors:
/// sums[t * stride + r] = row r . inputs[t].
///
/// Rows and vectors have `columns` values, fewer than 2^17, which keeps every sum inside int32_t.
typedef void setun_int8_product_fn(const int8_t *table, size_t rows, size_t columns,
                                   const int8_t *inputs, size_t tokens, int32_t *sums,
                                   size_t stride);

setun_int8_product_fn setun_int8_product_generic; ///< Portable body.
#if defined(__x86_64__)
setun_int8_product_fn setun_int8_product_avx2; ///< 32 products at a time.
#endif

/// The fastest body this processor can run.
setun_int8_product_fn *setun_int8_product_select(void);

#endif
