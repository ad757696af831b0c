#include "setun_kernels.h"

void setun_gemm_generic(const uint8_t *weights, size_t rows, size_t row_bytes,
                        const int8_t *activations, size_t tokens, size_t stride, size_t columns,
                        void *workspace, int32_t *sums, size_t sums_stride) {
  (void)workspace;
  for (size_t t = 0; t < tokens; t++) {
    setun_gemv_generic(weights, rows, row_bytes, activations + t * stride, columns,
                       sums + t * sums_stride);
  }
}
