#include "circuit/evaluate_order.h"
#include "circuit/evaluate_parts.h"

#include <string.h>

#define L2_BYTES ((size_t)768 << 10)

size_t order_words(size_t slots) {
  size_t words = 32;
  while (words > 8 && slots * words * 8 > L2_BYTES)
    words /= 2;
  return words;
}

/* Ranks */

/* Wires and how many of them are negative; ladders apart. */
static uint32_t shape_of(const struct circuit *c, ladder_id l) {
  size_t first = c->ladders.at[l].first_wire;
  size_t n = circuit_end_wire(c, l) - first, negative = 0;
  for (size_t i = 0; i < n && i < 255; i++)
    negative += integers_sign(&c->integers, c->wires.at[first + i].weight) < 0;
  n = n < 0x7fffff ? n : 0x7fffff;
  return (uint32_t)((size_t)(circuit_rungs(c, l) > 1) << 31 | n << 8 |
                    negative);
}

/* `level` has that of each ladder before. */
static uint32_t level_of(const struct circuit *c, const struct bases *bases,
                         const uint32_t *level, ladder_id l) {
  uint32_t most = level[bases->of[l]];
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    ladder_id from = circuit_source_ladder(c, c->wires.at[i].source);
    most = level[from] > most ? level[from] : most;
  }
  return most + 1;
}

static void rank_ladders(struct order *o, const struct circuit *c,
                         const bool *needed, const struct bases *bases) {
  uint32_t *level = xcalloc(c->ladders.n, sizeof *level);
  for (ladder_id l = 1; l < c->ladders.n; l++) {
    if (circuit_is_input(c, c->ladders.at[l].first_bit) ||
        !evaluate_is_live(c, needed, l))
      continue;
    level[l] = level_of(c, bases, level, l);
    array_push(&o->ranks, (struct rank){level[l], shape_of(c, l), l});
  }
  free(level);
}

static int compare_ranks(const void *a, const void *b) {
  const struct rank *x = a, *y = b;
  if (x->level != y->level)
    return x->level < y->level ? -1 : 1;
  if (x->shape != y->shape)
    return x->shape < y->shape ? -1 : 1;
  return x->ladder < y->ladder ? -1 : x->ladder > y->ladder;
}

/* Last readers */

static void note_reader(struct order *o, const struct circuit *c,
                        const struct bases *bases, ladder_id l) {
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    source_id s = c->wires.at[i].source;
    if (!c->wires.at[i].weight || bases->is_part[i])
      continue;
    if (!(s & SOURCE_VIEW)) {
      o->last[s] = l;
      continue;
    }
    ladder_id from = circuit_source_ladder(c, s);
    for (size_t j = 0; j < circuit_rungs(c, from); j++)
      if (circuit_view_steps(c, s)[j])
        o->last[c->ladders.at[from].first_bit + j] = l;
  }
}

static void find_last(struct order *o, const struct circuit *c,
                      const struct bases *bases) {
  o->last = xcalloc(c->bits.n, sizeof *o->last);
  for (size_t i = 0; i < o->ranks.n; i++)
    note_reader(o, c, bases, o->ranks.at[i].ladder);
}

/* The most bits that are alive at once. */
static size_t count_alive(const struct order *o, const struct circuit *c) {
  size_t alive = 0, most = 0;
  uint32_t *deaths = xcalloc(c->ladders.n, sizeof *deaths);
  for (bit_id b = 0; b < c->bits.n; b++)
    if (circuit_is_gate(c, b))
      deaths[o->last[b]]++;
  for (size_t i = 0; i < o->ranks.n; i++) {
    ladder_id l = o->ranks.at[i].ladder;
    for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
      alive += o->last[b] != 0;
    most = alive > most ? alive : most;
    alive -= deaths[l];
  }
  free(deaths);
  return most;
}

void order_init(struct order *o, const struct circuit *c, const bool *needed,
                const struct bases *bases, size_t slots) {
  struct order sorted = {.last = NULL};
  *o = sorted;
  rank_ladders(o, c, needed, bases);
  array_reserve(&sorted.ranks, o->ranks.n + 1);
  for (size_t i = 0; i < o->ranks.n; i++)
    array_push(&sorted.ranks, o->ranks.at[i]);
  qsort(sorted.ranks.at, sorted.ranks.n, sizeof *sorted.ranks.at,
        compare_ranks);
  find_last(o, c, bases);
  find_last(&sorted, c, bases);
  size_t before = count_alive(o, c), after = count_alive(&sorted, c);
  struct order drop = sorted;
  if (order_words(slots + after) >= order_words(slots + before)) {
    drop = *o;
    *o = sorted;
  }
  order_clear(&drop);
}

void order_clear(struct order *o) {
  array_clear(&o->ranks);
  free(o->last);
}
