// What the bodies of setun_quantize_row share: the parts that are computed once per token, and the
// values that do not fill a vector.

#ifndef SETUN_QUANTIZE_H
#define SETUN_QUANTIZE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// The bits of |value|. As integers they are ordered like the magnitudes, with infinity and then
/// NaN above all numbers, so a maximum over them does not depend on its order.
static inline uint32_t setun_magnitude_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits & 0x7FFFFFFF;
}

/// The scale of a token whose largest magnitude has these bits; NaN where that is not finite.
static inline float setun_quantize_scale(uint32_t magnitude_bits) {
  if (magnitude_bits >= 0x7F800000) return NAN;
  float amax;
  memcpy(&amax, &magnitude_bits, sizeof amax);
  if (amax < 1e-5f) amax = 1e-5f;
  const float reciprocal = 1.0f / amax;
  return reciprocal * 127.0f;
}

/// Quantises values with a scale that is a number.
static inline void setun_quantize_values(const float *values, size_t count, float scale,
                                         int8_t *quantized) {
  for (size_t i = 0; i < count; i++) quantized[i] = (int8_t)rintf(values[i] * scale);
}

#endif
