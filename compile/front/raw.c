#include "compile/front/raw.h"

#include <string.h>

uint64_t raw_word(const uint8_t *bytes, size_t size) {
  uint64_t word = 0;
  for (size_t k = 0; k < size; k++)
    word |= (uint64_t)bytes[k] << 8 * k;
  return word;
}

int64_t raw_signed(uint64_t word, unsigned bits) {
  uint64_t sign = UINT64_C(1) << (bits - 1);
  return (int64_t)((word & (sign - 1)) - (word & sign));
}

float raw_float(uint32_t bits) {
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

float raw_half(uint16_t half) {
  uint32_t sign = (half & UINT32_C(0x8000)) << 16, exponent = half >> 10 & 0x1f,
           fraction = half & 0x3ff;
  if (exponent == 0x1f)
    return raw_float(sign | 0x7f800000 | fraction << 13);
  if (exponent)
    return raw_float(sign | (exponent + 112) << 23 | fraction << 13);
  float f = (float)fraction * 0x1p-24f; // 0 and the subnormal
  return sign ? -f : f;
}

float raw_bfloat(uint16_t bits) {
  return raw_float((uint32_t)bits << 16);
}

double raw_double(uint64_t bits) {
  double d;
  memcpy(&d, &bits, sizeof d);
  return d;
}
