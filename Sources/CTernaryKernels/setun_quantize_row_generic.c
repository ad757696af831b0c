#include "setun_kernels.h"
#include "setun_quantize.h"

float setun_quantize_row_generic(const float *values, size_t count, int8_t *quantized) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t bits = setun_magnitude_bits(values[i]);
    if (bits > largest) largest = bits;
  }
  const float scale = setun_quantize_scale(largest);
  if (isnan(scale)) {
    memset(quantized, 0, count);
  } else {
    setun_quantize_values(values, count, scale, quantized);
  }
  return scale;
}
