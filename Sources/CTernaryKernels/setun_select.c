#include "setun_kernels.h"
#include "setun_scores.h"
#include "include/setun_toggles.h"
#include "setun_triples.h"

#include <stdatomic.h>

/// The bodies that run together on one kind of processor.
typedef struct {
  const char *name;
  setun_gemv_fn *gemv;
  setun_gemm_fn *gemm;
  setun_quantize_row_fn *quantize_row;
  setun_scores_fn *scores;
  setun_weighted_sums_fn *weighted_sums;
  setun_int8_product_fn *int8_product;
  setun_triples_multiply_fn *triples_multiply; // null where two-bit weights are faster
  setun_triples_count_fn *triples_count;
  setun_tree_toggles_fn *tree_toggles;
} Bodies;

static const Bodies generic = {"generic",
                               setun_gemv_generic,
                               setun_gemm_generic,
                               setun_quantize_row_generic,
                               setun_scores_generic,
                               setun_weighted_sums_generic,
                               setun_int8_product_generic,
                               NULL,
                               setun_triples_count_generic,
                               setun_tree_toggles_generic};
#if defined(__x86_64__)
static const Bodies avx2 = {"avx2",
                            setun_gemv_avx2,
                            setun_gemm_avx2,
                            setun_quantize_row_avx2,
                            setun_scores_avx2,
                            setun_weighted_sums_avx2,
                            setun_int8_product_avx2,
                            NULL,
                            setun_triples_count_generic,
                            setun_tree_toggles_avx2};
static const Bodies avx512 = {"avx512",
                              setun_gemv_avx2,
                              setun_gemm_avx2,
                              setun_quantize_row_avx2,
                              setun_scores_avx2,
                              setun_weighted_sums_avx2,
                              setun_int8_product_avx2,
                              setun_triples_multiply_avx512,
                              setun_triples_count_avx512,
                              setun_tree_toggles_avx512};
#endif

int setun_avx2_available(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
         && __builtin_cpu_supports("f16c");
#else
  return 0;
#endif
}

int setun_avx512_available(void) {
#if defined(__x86_64__)
  return setun_avx2_available() && __builtin_cpu_supports("avx512f")
         && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
         && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2")
         && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bitalg")
         && __builtin_cpu_supports("avx512vpopcntdq");
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
  if (setun_avx512_available()) bodies = &avx512;
#endif
  // Threads that race here store the same pointer, to constants that need no publication.
  atomic_store_explicit(&selected, bodies, memory_order_relaxed);
  return bodies;
}

setun_gemv_fn *setun_gemv_select(void) { return bodies_select()->gemv; }

setun_gemm_fn *setun_gemm_select(void) { return bodies_select()->gemm; }

setun_quantize_row_fn *setun_quantize_row_select(void) { return bodies_select()->quantize_row; }

setun_scores_fn *setun_scores_select(void) { return bodies_select()->scores; }

setun_weighted_sums_fn *setun_weighted_sums_select(void) {
  return bodies_select()->weighted_sums;
}

setun_int8_product_fn *setun_int8_product_select(void) { return bodies_select()->int8_product; }

setun_triples_multiply_fn *setun_triples_multiply_select(void) {
  return bodies_select()->triples_multiply;
}

setun_triples_count_fn *setun_triples_count_select(void) { return bodies_select()->triples_count; }

setun_tree_toggles_fn *setun_tree_toggles_select(void) { return bodies_select()->tree_toggles; }

const char *setun_bodies_name(void) { return bodies_select()->name; }
