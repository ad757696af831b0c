// Ternary kernels. One contract per function, many bodies: every body is exact, so all bodies of
// a function return the same bits for the same input.

#ifndef SETUN_KERNELS_H
#define SETUN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Dot products of `rows` packed ternary rows with one int8 vector: sums[r] = W[r] . x.
///
/// `weights` holds `rows` rows of `row_bytes` bytes, four trits per byte, lowest column in the
/// lowest bits (00 = 0, 01 = +1, 11 = -1); bits past `columns` in a row are zero. `activations`
/// holds `columns` bytes. Neither needs alignment; nothing past the rows and `columns` is read.
/// `columns` is less than 2^24, which keeps every sum inside int32_t.
typedef void setun_gemv_fn(const uint8_t *weights, size_t rows, size_t row_bytes,
                           const int8_t *activations, size_t columns, int32_t *sums);

setun_gemv_fn setun_gemv_generic; ///< Portable body; the one the others are tested against.

/// The fastest body this processor can run. Decided once, at first call.
setun_gemv_fn *setun_gemv_select(void);

/// Which body `setun_gemv_select` chose: "generic", "avx2".
const char *setun_gemv_name(void);

#endif
