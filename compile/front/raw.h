/* raw.h - numbers as the bytes of files, low ones first

   Of each format of floats every value is exactly a float or a double. */
#ifndef RAW_H
#define RAW_H

#include <stddef.h>
#include <stdint.h>

/* Of up to 8 bytes. */
uint64_t raw_word(const uint8_t *bytes, size_t size);
/* The lowest `bits` of the word in two's complement. */
int64_t raw_signed(uint64_t word, unsigned bits);

float raw_float(uint32_t bits);
float raw_half(uint16_t bits);
float raw_bfloat(uint16_t bits);
double raw_double(uint64_t bits);

#endif
