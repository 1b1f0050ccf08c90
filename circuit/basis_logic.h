/* basis_logic.h - AND and OR gates of two literals, each made once

     struct logic g;
     logic_init(&g, &c);
     literal both = logic_and(&g, x, literal_not(y));
     logic_clear(&g);

   Constants are folded: a gate that is a constant or one of its literals is not
   made, and one that is there, or whose complement is, is not made again.

   Words and units
     time     of a literal: the depth of its bit.
   Errors     Past c->max_bytes, the tables here included, or 2^31 - 1 bits, no
              gates are made any more: is_full is set, and what comes back has
   no meaning. */
#ifndef BASIS_LOGIC_H
#define BASIS_LOGIC_H

#include "circuit/basis_parts.h"

struct logic {
  struct circuit *c;
  ARRAY(uint32_t) depth; // [bit]; those beyond have depth 0
  struct hash find;      // gates that are or were to be literals
  struct hash positive;  // gates that logic_positive() made
  bool is_full;
};

void logic_init(struct logic *g, struct circuit *c);
void logic_clear(struct logic *g);
uint32_t logic_time(const struct logic *g, literal l);
/* There is room for this much more. */
bool logic_has_room(struct logic *g, size_t bytes);

literal logic_and(struct logic *g, literal a, literal b);
literal logic_or(struct logic *g, literal a, literal b);
/* Three gates, depth 2. */
literal logic_xor(struct logic *g, literal a, literal b);
/* a + b + c = sum + 2 * carry. Seven or eight gates: depth 4 from all, 2 from
   the latest one; the carry is earlier by one if they are of one time. */
struct added {
  literal sum, carry;
};
struct added logic_add(struct logic *g, literal a, literal b, literal c);
/* The AND or OR of all, as deep as it must be. `list` is a heap by time. */
struct literals {
  ARRAY(literal) all;
};
void literals_push(struct literals *h, const struct logic *g, literal l);
literal literals_pop(struct literals *h, const struct logic *g); // earliest
literal logic_fold(struct logic *g, struct literals *h, bool is_or);

/* A literal that is no complement, or a constant, of the same value: another
   gate where l is the complement of one, a gate of one wire where it is that of
   an input. */
literal logic_positive(struct logic *g, literal l);

#endif
