/* put.h - fast output of characters and integers to a stdio stream

     struct put o;
     put_init(&o, out);
     put_long(&o, -17);
     put_char(&o, '\n');
     if (!put_end(&o)) ... // out had an error; errno says which

   Nothing allocates but integers of more than 63 bits. */
#ifndef PUT_H
#define PUT_H

#include "circuit/checksum.h"
#include "circuit/integers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct put {
  FILE *out;
  bool failed;
  struct checksum *sum; // follows the bytes if it is not NULL
  size_t n;             // [0..sizeof at]
  char at[1 << 16];
};

void put_init(struct put *o, FILE *out);
/* Hand over what is held back. False if any write since put_init() failed. */
bool put_end(struct put *o);
void put_flush(struct put *o);

static inline void put_char(struct put *o, char ch) {
  if (o->n == sizeof o->at)
    put_flush(o);
  o->at[o->n++] = ch;
}

void put_bytes(struct put *o, const void *bytes, size_t n);
void put_text(struct put *o, const char *text);

/* Decimal. */
void put_unsigned(struct put *o, uint64_t value);
void put_long(struct put *o, long value);
void put_integer(struct put *o, const struct integers *t, integer_id id);
/* Without its sign. */
void put_magnitude(struct put *o, const struct integers *t, integer_id id);

/* LEB128: seven bits a byte, the low ones first; all but the last have the
   eighth bit set. The signed form folds 0, -1, 1, -2, ... into 0, 1, 2, 3. */
void put_varint(struct put *o, uint64_t value);
void put_folded(struct put *o, int64_t value);

static inline uint64_t fold(int64_t v) {
  return v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v << 1;
}
static inline int64_t unfold(uint64_t u) {
  return u & 1 ? -(int64_t)(u >> 1) - 1 : (int64_t)(u >> 1);
}

#endif
