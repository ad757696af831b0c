#include "include/setun_toggles.h"

#if defined(__x86_64__)

#include "setun_toggles.h"

__attribute__((target("avx2"))) void
setun_tree_toggles_avx2(const SetunTree *tree, const int8_t *weights, const int8_t *activations,
                        void *state, int32_t *sums, uint64_t *counts) {
  setun_tree_toggles_any(tree, weights, activations, state, sums, counts);
}

#endif
