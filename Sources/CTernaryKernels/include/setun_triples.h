// Ternary weights in 5 bits for 3, and products with them.
//
// Columns are taken in threes: a code is the number d0 + 3 d1 + 9 d2, where a digit is 0 for weight
// 0, 1 for +1 and 2 for -1, and fits 5 bits. The sums of three activations that the 27 codes stand
// for fill one register of 32 lanes of 16 bits, and one permutation of it gives the sums of 32 rows.
//
//     strip   32 rows; all of their columns lie together, so that memory is read in order
//     chunk   48 columns: 16 codes, the 80 bits of 5 words for each row; the last may be shorter
//     word k  codes 3k, 3k+1 and 3k+2 at bits 0, 5 and 10; bit 15 is bit 4 - k of code 15
//     vector  the words k of a strip, 64 bytes: row i in lane 2i, row 16 + i in lane 2i + 1
//
// A strip holds chunk after chunk, a chunk the vectors of its words. A last chunk of 15 codes or
// fewer has only the words that they fill. Rows and columns past the end are zeros.

#ifndef SETUN_TRIPLES_H
#define SETUN_TRIPLES_H

#include <stddef.h>
#include <stdint.h>

/// Rows of a strip.
#define SETUN_TRIPLES_STRIP_ROWS 32

/// Bytes of a packed matrix.
size_t setun_triples_bytes(size_t rows, size_t columns);

/// Packs rows that are coded as setun_gemv expects them: `count` rows of the matrix from row `first`
/// on, which begins a strip; `weights` points to the first of them.
///
/// `count` rows are whole strips, or the rows that are left. Calls for different rows write
/// different bytes of `packed` and may run side by side.
void setun_triples_pack(const uint8_t *weights, size_t row_bytes, size_t first, size_t count,
                        size_t columns, uint8_t *packed);

/// The inverse of setun_triples_pack for `count` rows from any row `first` on; writes
/// (columns + 3) / 4 bytes for each row.
void setun_triples_unpack(const uint8_t *packed, size_t columns, size_t first, size_t count,
                          uint8_t *weights);

/// Counts the weights of a packed matrix that are not zero, and among them those that are -1.
typedef void setun_triples_count_fn(const uint8_t *packed, size_t rows, size_t columns,
                                    size_t *nonzero, size_t *negative);

setun_triples_count_fn setun_triples_count_generic; ///< Portable body.
#if defined(__x86_64__)
setun_triples_count_fn setun_triples_count_avx512; ///< Codes of 32 rows at a time, by a permutation.
#endif

/// The fastest body this processor can run.
setun_triples_count_fn *setun_triples_count_select(void);

/// Products of the rows `first`..<`end` of a packed matrix with `tokens` int8 vectors:
/// sums[t * rows + r] = W[r] . x[t].
///
/// `first` is a multiple of SETUN_TRIPLES_STRIP_ROWS, and so is `end` unless it is `rows`. `packed`
/// is at a multiple of 64. The vector of token t begins at activations[t * stride] and holds `columns`
/// bytes; `columns` is less than 2^24. Nothing past them is read; sums of other rows are not
/// touched. `workspace` is SETUN_TRIPLES_WORKSPACE_BYTES at a multiple of 64, which keeps nothing
/// from call to call: threads need one each.
typedef void setun_triples_multiply_fn(const uint8_t *packed, size_t rows, size_t columns,
                                       size_t first, size_t end, const int8_t *activations,
                                       size_t tokens, size_t stride, void *workspace,
                                       int32_t *sums);

#define SETUN_TRIPLES_WORKSPACE_BYTES (320 * 1024)

setun_triples_multiply_fn setun_triples_multiply_generic; ///< Portable body.
#if defined(__x86_64__)
/// Tables of sums in registers; AVX-512 with BW, VL, VBMI, VBMI2 and VNNI.
setun_triples_multiply_fn setun_triples_multiply_avx512;
#endif

/// The fastest body this processor can run; null where two-bit weights are faster than any.
setun_triples_multiply_fn *setun_triples_multiply_select(void);

#endif
