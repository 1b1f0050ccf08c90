#include "circuit/evaluate_bases.h"
#include "circuit/evaluate_parts.h"

enum {
  MIN_WIRES = 24 // that it pays to share
};

/* Finding them */

static bool is_sorted(const struct circuit *c, ladder_id l) {
  for (size_t i = c->ladders.at[l].first_wire + 1u; i < circuit_end_wire(c, l);
       i++)
    if (c->wires.at[i - 1].source >= c->wires.at[i].source)
      return false;
  return true;
}

/* Is every wire of `base` one of l's? Both are sorted. With `is_part`, mark
   those. */
static bool contains(const struct circuit *c, ladder_id l, ladder_id base,
                     bool *is_part) {
  size_t i = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  for (size_t j = c->ladders.at[base].first_wire; j < circuit_end_wire(c, base);
       j++, i++) {
    struct wire w = c->wires.at[j];
    while (i < end && c->wires.at[i].source < w.source)
      i++;
    if (i == end || c->wires.at[i].source != w.source ||
        c->wires.at[i].weight != w.weight)
      return false;
    if (is_part)
      is_part[i] = true;
  }
  return true;
}

/* Only the last ladder that began with what l begins with is tried, so that it
   is the base of one. */
static void find_base(struct bases *b, const struct circuit *c,
                      ladder_id *reader, ladder_id l) {
  size_t first = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  if (end - first < MIN_WIRES || !is_sorted(c, l))
    return;
  source_id s = c->wires.at[first].source & ~SOURCE_VIEW;
  ladder_id base = reader[s];
  reader[s] = l;
  if (!base || !contains(c, l, base, NULL))
    return;
  contains(c, l, base, b->is_part);
  b->of[l] = base;
  b->at[base].user = l;
}

void bases_init(struct bases *b, const struct circuit *c, const bool *needed) {
  size_t sources = c->bits.n > c->views.n ? c->bits.n : c->views.n;
  ladder_id *reader = xcalloc(sources, sizeof *reader);
  b->of = xcalloc(c->ladders.n, sizeof *b->of);
  b->at = xcalloc(c->ladders.n, sizeof *b->at);
  b->is_part = xcalloc(c->wires.n, sizeof *b->is_part);
  for (ladder_id l = 1; l < c->ladders.n; l++)
    if (evaluate_is_live(c, needed, l))
      find_base(b, c, reader, l);
  free(reader);
}

void bases_clear(struct bases *b) {
  free(b->of);
  free(b->at);
  free(b->is_part);
}

/* Their bits */

void base_read(const struct bases *b, ladder_id l, const struct code *code,
               struct digits *d, mpz_t constant) {
  const struct base *base = &b->at[b->of[l]];
  if (!b->of[l])
    return;
  mpz_add(constant, constant, base->constant);
  for (size_t i = 0; i < base->bits.n; i++)
    if (base->bits.at[i] != code->zero)
      digits_push(d, base->low + i, false, base->bits.at[i]);
}

void base_keep(struct bases *b, ladder_id l, struct code *code, uint32_t low,
               const slot_list *bits, const mpz_t constant) {
  struct base *base = &b->at[l];
  if (!base->user)
    return;
  for (size_t i = 0; i < bits->n; i++) {
    code_hold(code, bits->at[i]);
    array_push(&base->bits, bits->at[i]);
  }
  base->low = low;
  mpz_init_set(base->constant, constant);
}

void base_release(struct bases *b, ladder_id l, struct code *code) {
  struct base *base = &b->at[b->of[l]];
  if (!b->of[l])
    return;
  code_drop_all(code, &base->bits);
  mpz_clear(base->constant);
}
