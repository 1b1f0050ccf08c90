#include "compile/program/rounds.h"

struct rounds {
  struct reading *r;
  const struct step *s;
  size_t carried;
  struct number **last; // [carried]: results of the round before
  ladder_id from;       // its first ladder
  size_t added;
  bool same;
};

static size_t elements(const struct rounds *k, size_t i) {
  return reading_shape(k->r, program_result(k->r->in->program, k->s, i))->n;
}

struct rounds *rounds_new(struct reading *r, const struct step *s,
                          size_t carried) {
  struct rounds *k = xcalloc(1, sizeof *k);
  *k = (struct rounds){.r = r, .s = s, .carried = carried};
  k->last = xcalloc(carried, sizeof(*k->last));
  for (size_t i = 0; i < carried; i++)
    k->last[i] = numbers_new(elements(k, i));
  return k;
}

void rounds_free(struct rounds *k) {
  for (size_t i = 0; i < k->carried; i++)
    numbers_free(k->last[i], elements(k, i));
  free(k->last);
  free(k);
}

/* a, of the round that begins at `from`, and b, of the one at `to`, read the
   same rungs of it through the same table; or both the same from before. */
static bool is_same_source(const struct circuit *c, source_id a, ladder_id from,
                           source_id b, ladder_id to) {
  ladder_id l = circuit_source_ladder(c, a), m = circuit_source_ladder(c, b);
  if (l < from || m < to)
    return a == b && l < from;
  if (l - from != m - to || circuit_rungs(c, l) != circuit_rungs(c, m) ||
      (a ^ b) & SOURCE_VIEW)
    return false;
  return a & SOURCE_VIEW
             ? c->views.at[a & ~SOURCE_VIEW].shape ==
                   c->views.at[b & ~SOURCE_VIEW].shape
             : a - c->ladders.at[l].first_bit == b - c->ladders.at[m].first_bit;
}

static bool is_same(const struct circuit *c, const struct number *x,
                    ladder_id from, const struct number *y, ladder_id to) {
  if (x->terms.n != y->terms.n || mpz_cmp(x->constant, y->constant) ||
      mpz_cmp(x->lo, y->lo) || mpz_cmp(x->hi, y->hi))
    return false;
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct term *t = &x->terms.at[i], *u = &y->terms.at[i];
    if (t->weight != u->weight || t->span != u->span ||
        !is_same_source(c, t->source, from, u->source, to))
      return false;
  }
  return true;
}

void rounds_add(struct rounds *k, ladder_id from) {
  k->same = k->added > 0;
  for (size_t i = 0; i < k->carried; i++) {
    value_id v = program_result(k->r->in->program, k->s, i);
    const struct number *y = k->r->tensor[v].number;
    for (size_t j = 0; j < elements(k, i); j++) {
      k->same =
          k->same && is_same(k->r->c, &k->last[i][j], k->from, &y[j], from);
      number_set(&k->last[i][j], &y[j]);
    }
  }
  k->from = from;
  k->added++;
}

bool rounds_are_same(const struct rounds *k) {
  return k->same;
}
