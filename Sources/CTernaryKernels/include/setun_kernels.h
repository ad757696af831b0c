// Ternary kernels. One contract per function, many bodies: all bodies of a function return the
// same bits for the same input.
//
// A `_generic` body is plain C. An `_avx2` or `_avx512` body exists on x86-64 and may only be called
// where setun_avx2_available() or setun_avx512_available() is not 0. There is no NEON body: on arm64
// the generic ones run.

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
#if defined(__x86_64__)
setun_gemv_fn setun_gemv_avx2; ///< 128 trits at a time.
#endif

/// The fastest body this processor can run. Decided once, at first call; thread-safe.
setun_gemv_fn *setun_gemv_select(void);

/// Which bodies are selected on this processor: "generic", "avx2", "avx512".
const char *setun_bodies_name(void);

/// Products of `rows` packed ternary rows with `tokens` int8 vectors:
/// sums[t * sums_stride + r] = W[r] . x[t].
///
/// Weights are as for setun_gemv. The vector of token t begins at activations[t * stride] and holds
/// `columns` bytes; `stride` is at least `columns` and `sums_stride` at least `rows`.
/// `workspace` is SETUN_GEMM_WORKSPACE_BYTES at an address that is a multiple of 64, which keeps
/// nothing from call to call: threads need one each.
typedef void setun_gemm_fn(const uint8_t *weights, size_t rows, size_t row_bytes,
                           const int8_t *activations, size_t tokens, size_t stride,
                           size_t columns, void *workspace, int32_t *sums,
                           size_t sums_stride);

#define SETUN_GEMM_WORKSPACE_BYTES (704 * 1024)

setun_gemm_fn setun_gemm_generic; ///< Portable body.
#if defined(__x86_64__)
setun_gemm_fn setun_gemm_avx2; ///< 32 tokens at a time by tables of sums, fewer by 8.
#endif

/// The fastest body this processor can run. Decided once, at first call; thread-safe.
setun_gemm_fn *setun_gemm_select(void);

/// Quantises the activations of one token to int8, as BitNet b1.58 does, and returns their scale.
///
///     amax         = max(max_j |values[j]|, 1e-5)
///     scale        = (1 / amax) * 127                     rounded to float after each operation
///     quantized[j] = round_half_even(values[j] * scale)   the product rounded to float first
///
/// A correctly rounded 127 / amax would differ: PyTorch evaluates 127 / tensor as written here.
/// Results are in -127...127, so the clamp to -128...127 of the published definition never acts.
/// `values` holds `count` floats, `quantized` takes `count` bytes; neither needs alignment beyond
/// its type's, and they do not overlap. Where a value is infinite or not a number the token has no
/// scale: the result is NaN and every quantized value is 0. Assumes the default floating-point
/// environment (round to nearest, subnormals kept).
typedef float setun_quantize_row_fn(const float *values, size_t count, int8_t *quantized);

setun_quantize_row_fn setun_quantize_row_generic; ///< Portable body.
#if defined(__x86_64__)
setun_quantize_row_fn setun_quantize_row_avx2; ///< 32 values at a time.
#endif

/// The fastest body this processor can run. Decided once, at first call; thread-safe.
setun_quantize_row_fn *setun_quantize_row_select(void);

/// Whether this processor runs the `_avx2` bodies, which need FMA and F16C too: 0 or 1.
int setun_avx2_available(void);

/// Whether this processor runs the `_avx512` bodies, which need BW, VL, VBMI, VBMI2, VNNI, BITALG and
/// VPOPCNTDQ: 0 or 1.
int setun_avx512_available(void);

/// Tells the processor that the caller waits in a loop for another thread.
static inline void setun_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
