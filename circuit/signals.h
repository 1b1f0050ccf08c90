/* signals.h - what the names of a circuit file stand for

   Names live in a hash. Labels that are numbers near those of the circuit's
   bits, as tc0 writes them, live in an array, which is what makes a large file
   fast to read. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "circuit/array.h"
#include "circuit/hash.h"
#include "circuit/scan.h"

#include <stddef.h>
#include <stdint.h>

enum signal_kind {
  SIGNAL_INPUT,  // id: its first bit; more: place in the reader's extents
  SIGNAL_GATE,   // id: the bit, the only rung of its ladder
  SIGNAL_LADDER, // id: the ladder; more: SIGNAL_NO_LEVEL or its level's source
  SIGNAL_VIEW,   // id: the source
  SIGNAL_TABLE   // id: the shape
};

#define SIGNAL_NO_LEVEL 0 // no view has this source, the bit 0

struct signal {
  enum signal_kind kind;
  uint32_t id;
  uint32_t more;
  uint32_t line; // where it is defined
};

struct signal_entry {
  struct signal signal;
  size_t text; // its name is signals.text.at + text, if it is in the hash
  bool is_label;
};

/* 8 bytes for a label that is a gate. */
struct signal_number {
  uint32_t what; // 0: none; SIGNAL_IS_GATE | bit; or a place in `all` + 1
  uint32_t line; // of a gate
};

struct signals {
  ARRAY(struct signal_entry) all;
  ARRAY(char) text; // NUL after each
  struct hash find;
  ARRAY(struct signal_number) numbered; // [label]
};

#define SIGNAL_IS_GATE UINT32_C(0x80000000)
#define SIGNAL_NOWHERE UINT32_MAX

void signals_clear(struct signals *t);
/* A copy that ends with a NUL; its place in t->text. */
size_t signals_keep(struct signals *t, const char *text, size_t n);
/* *place is that in t->all, or SIGNAL_NOWHERE for a numbered gate. */
bool signals_find(const struct signals *t, const struct name *name,
                  struct signal *signal, uint32_t *place);
/* Add one that is not there. Numbers below `dense` may use the array. */
void signals_add(struct signals *t, const struct name *name, size_t dense,
                 struct signal signal);

#endif
