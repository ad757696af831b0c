#include "setun_kernels.h"

#include <stdatomic.h>

/// The bodies that run together on one kind of processor.
typedef struct {
  const char *name;
  setun_gemv_fn *gemv;
  setun_gemm_fn *gemm;
  setun_quantize_row_fn *quantize_row;
} Bodies;

static const Bodies generic = {"generic", setun_gemv_generic, setun_gemm_generic,
                               setun_quantize_row_generic};
#if defined(__x86_64__)
static const Bodies avx2 = {"avx2", setun_gemv_avx2, setun_gemm_avx2, setun_quantize_row_avx2};
#endif

int setun_avx2_available(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return 0;
#endif
}

static const Bodies *bodies_select(void) {
  static const Bodies *_Atomic selected;
  const Bodies *bodies = atomic_load_explicit(&selected, memory_order_relaxed);
  if (bodies) return bodies;
  bodies = &generic;
#if defined(__x86_64__)
  if (setun_avx2_available()) bodies = &avx2;
#endif
  // Threads that race here store the same pointer, to constants that need no publication.
  atomic_store_explicit(&selected, bodies, memory_order_relaxed);
  return bodies;
}

setun_gemv_fn *setun_gemv_select(void) { return bodies_select()->gemv; }

setun_gemm_fn *setun_gemm_select(void) { return bodies_select()->gemm; }

setun_quantize_row_fn *setun_quantize_row_select(void) { return bodies_select()->quantize_row; }

const char *setun_gemv_name(void) { return bodies_select()->name; }
