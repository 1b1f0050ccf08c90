#include "circuit/basis_logic.h"

enum {
  GATE_BYTES = sizeof(struct bit) + sizeof(struct ladder) +
               2 * sizeof(struct wire) + sizeof(uint32_t)
};

void logic_init(struct logic *g, struct circuit *c) {
  *g = (struct logic){.c = c};
}

void logic_clear(struct logic *g) {
  array_clear(&g->depth);
  hash_clear(&g->find);
  hash_clear(&g->positive);
}

uint32_t logic_time(const struct logic *g, literal l) {
  return l >> 1 < g->depth.n ? g->depth.at[l >> 1] : 0;
}

bool logic_has_room(struct logic *g, size_t bytes) {
  const struct circuit *c = g->c;
  size_t used = circuit_bytes(c) + g->depth.n * sizeof *g->depth.at +
                (g->find.size + g->positive.size) * sizeof(struct hash_slot);
  g->is_full |=
      c->max_bytes && (used > c->max_bytes || bytes > c->max_bytes - used);
  g->is_full |=
      c->bits.n >= CIRCUIT_MAX_BITS || c->wires.n >= CIRCUIT_MAX_WIRES - 2;
  return !g->is_full;
}

/* ---- Gates ---- */

struct gate_key {
  literal a, b; // a < b, of an AND; or a = b, the only one
};

static bool is_alone(const struct circuit *c, ladder_id l) {
  return circuit_end_wire(c, l) - c->ladders.at[l].first_wire == 1;
}

/* A gate as the AND that it, or its complement, is. */
static struct gate_key key_of(const struct circuit *c, bit_id b, bool *is_or) {
  ladder_id l = c->bits.at[b].ladder;
  const struct wire *w = &c->wires.at[c->ladders.at[l].first_wire];
  literal p = w[0].source << 1 | (w[0].weight != 1); // 1 is its own id
  if (is_alone(c, l)) {
    *is_or = false;
    return (struct gate_key){p, p};
  }
  literal q = w[1].source << 1 | (w[1].weight != 1);
  long negative = literal_is_negated(p) + literal_is_negated(q);
  *is_or = integer_small(c->bits.at[b].threshold) == 1 - negative;
  return (struct gate_key){p ^ *is_or, q ^ *is_or};
}

struct gate_search {
  const struct circuit *c;
  struct gate_key key;
  enum wanted {
    ANY_GATE, // that it or its complement is
    AND_GATE,
    OR_GATE
  } wanted;
};

static bool same_gate(const void *context, uint32_t id) {
  const struct gate_search *s = context;
  bool is_or;
  struct gate_key k = key_of(s->c, id, &is_or);
  return k.a == s->key.a && k.b == s->key.b &&
         (s->wanted == ANY_GATE || s->wanted == (is_or ? OR_GATE : AND_GATE));
}

static void add_wire(struct circuit *c, literal l) {
  circuit_add_wire_si(c, l >> 1, literal_is_negated(l) ? -1 : 1);
}

/* Of the wires that were added; depths up to it are there afterwards. */
static bit_id finish_gate(struct logic *g, long threshold, uint32_t depth) {
  bit_id gate = circuit_add_gate_si(g->c, threshold);
  while (g->depth.n < gate)
    array_push(&g->depth, 0);
  array_push(&g->depth, depth);
  return gate;
}

static bit_id add_gate(struct logic *g, literal a, literal b, bool is_or) {
  uint32_t x = logic_time(g, a), y = logic_time(g, b);
  long negative = literal_is_negated(a) + literal_is_negated(b);
  add_wire(g->c, a);
  add_wire(g->c, b);
  return finish_gate(g, (is_or ? 1 : 2) - negative, (x > y ? x : y) + 1);
}

/* The AND of a and b. If it is new it is made as that or, if is_or, as the
   complement of an OR. */
static literal find_or_add(struct logic *g, literal a, literal b, bool is_or) {
  struct gate_search s = {g->c, {a, b}, ANY_GATE};
  uint32_t tag = hash_bytes(&s.key, sizeof s.key);
  uint32_t found = hash_find(&g->find, tag, same_gate, &s);
  if (found != HASH_NONE) {
    key_of(g->c, found, &is_or);
    return found << 1 | is_or;
  }
  if (!logic_has_room(g, GATE_BYTES))
    return LITERAL_FALSE;
  bit_id gate = is_or ? add_gate(g, literal_not(a), literal_not(b), true)
                      : add_gate(g, a, b, false);
  hash_add(&g->find, tag, gate);
  return gate << 1 | is_or;
}

static literal and_of(struct logic *g, literal a, literal b, bool is_or) {
  if (a > b)
    return and_of(g, b, a, is_or);
  if (a == LITERAL_FALSE || a == literal_not(b))
    return LITERAL_FALSE;
  if (a == LITERAL_TRUE || a == b)
    return b;
  return find_or_add(g, a, b, is_or);
}

literal logic_and(struct logic *g, literal a, literal b) {
  return and_of(g, a, b, false);
}

literal logic_or(struct logic *g, literal a, literal b) {
  return literal_not(and_of(g, literal_not(a), literal_not(b), true));
}

/* The complement of an input has a gate of one wire; that of a gate is one of
   the complements of what it reads. */
static bit_id add_positive(struct logic *g, literal l) {
  bool is_or;
  if (!circuit_is_gate(g->c, l >> 1)) {
    add_wire(g->c, l);
    return finish_gate(g, 0, logic_time(g, l) + 1);
  }
  struct gate_key k = key_of(g->c, l >> 1, &is_or);
  return add_gate(g, literal_not(k.a) ^ is_or, literal_not(k.b) ^ is_or,
                  !is_or);
}

literal logic_positive(struct logic *g, literal l) {
  bool is_or = true;
  if (!literal_is_negated(l) || literal_is_constant(l))
    return l;
  struct gate_search s = {g->c, {l, l}, AND_GATE};
  if (circuit_is_gate(g->c, l >> 1))
    s.key = key_of(g->c, l >> 1, &is_or);
  s.wanted = is_or ? AND_GATE : OR_GATE;
  uint32_t tag = hash_bytes(&s.key, sizeof s.key);
  uint32_t found = hash_find(&g->find, tag, same_gate, &s);
  if (found == HASH_NONE)
    found = hash_find(&g->positive, tag, same_gate, &s);
  if (found != HASH_NONE)
    return found << 1;
  if (!logic_has_room(g, GATE_BYTES))
    return LITERAL_FALSE;
  bit_id gate = add_positive(g, l);
  hash_add(&g->positive, tag, gate);
  return gate << 1;
}

/* ---- Sums ---- */

literal logic_xor(struct logic *g, literal a, literal b) {
  literal any = logic_or(g, a, b);
  return logic_and(g, any, literal_not(logic_and(g, a, b)));
}

static void swap_if_later(const struct logic *g, literal *a, literal *b) {
  literal first = *a;
  if (logic_time(g, *a) <= logic_time(g, *b))
    return;
  *a = *b;
  *b = first;
}

struct added logic_add(struct logic *g, literal a, literal b, literal c) {
  swap_if_later(g, &a, &b);
  swap_if_later(g, &b, &c);
  literal odd = logic_xor(g, a, b), both = logic_and(g, a, b);
  bool is_late = logic_time(g, c) >= logic_time(g, odd);
  literal then = is_late ? odd : logic_or(g, a, b);
  literal sum = logic_xor(g, odd, c);
  return (struct added){sum, logic_or(g, both, logic_and(g, c, then))};
}

/* ---- Heaps by time, and by number among equals ---- */

static bool is_before(const struct logic *g, literal a, literal b) {
  uint32_t x = logic_time(g, a), y = logic_time(g, b);
  return x < y || (x == y && a < b);
}

void literals_push(struct literals *h, const struct logic *g, literal l) {
  array_push(&h->all, l);
  size_t i = h->all.n - 1;
  for (; i && is_before(g, l, h->all.at[(i - 1) / 2]); i = (i - 1) / 2)
    h->all.at[i] = h->all.at[(i - 1) / 2];
  h->all.at[i] = l;
}

literal literals_pop(struct literals *h, const struct logic *g) {
  literal first = h->all.at[0], last = h->all.at[--h->all.n];
  size_t i = 0, n = h->all.n;
  for (size_t k; (k = 2 * i + 1) < n; i = k) {
    k += k + 1 < n && is_before(g, h->all.at[k + 1], h->all.at[k]);
    if (!is_before(g, h->all.at[k], last))
      break;
    h->all.at[i] = h->all.at[k];
  }
  if (n)
    h->all.at[i] = last;
  return first;
}

literal logic_fold(struct logic *g, struct literals *h, bool is_or) {
  while (h->all.n > 1) {
    literal a = literals_pop(h, g), b = literals_pop(h, g);
    literals_push(h, g, is_or ? logic_or(g, a, b) : logic_and(g, a, b));
  }
  return literals_pop(h, g);
}
