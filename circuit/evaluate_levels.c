/* The rungs of a sum, as levels. */
#include "circuit/evaluate_maker.h"
#include "circuit/evaluate_search.h"

void maker_find_rungs(struct maker *m, struct member *x) {
  const struct circuit *c = m->c;
  struct rung_list *r = &x->rungs;
  struct integer_scratch scratch;
  mpz_t t;
  mpz_init(t);
  r->first = c->ladders.at[x->ladder].first_bit;
  r->end = circuit_end_bit(c, x->ladder);
  for (bit_id b = r->first; b < r->end; b++) {
    mpz_sub(t, integers_get(&c->integers, c->bits.at[b].threshold, &scratch),
            x->constant);
    mpz_cdiv_q_2exp(t, t, x->low);
    int over = mpz_cmpabs(t, x->bound);
    if (over > 0 && mpz_sgn(t) > 0) {
      r->end = b;
      break;
    }
    if (over >= 0 && mpz_sgn(t) <= 0)
      r->first = b + 1;
    else if (m->needed[b]) {
      array_push(&r->may, (struct rung){.bit = b});
      mpz_init_set(array_last(&r->may).threshold, t);
    }
  }
  mpz_clear(t);
}

uint32_t maker_level(const struct rung_list *r, bit_id b) {
  size_t low = 0, high = r->may.n;
  if (b < r->first)
    return 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->may.at[middle].bit < b)
      low = middle + 1;
    else
      high = middle;
  }
  return (uint32_t)(b >= r->end ? r->may.n + 1 : low + 1);
}

void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct member *x) {
  struct sums *s = m->s;
  size_t first = s->thresholds.n, n = x->rungs.may.n;
  for (size_t i = 0; i < n; i++)
    array_push(&s->thresholds, mpz_get_si(x->rungs.may.at[i].threshold));
  array_push(&s->thresholds, INT64_MAX);
  step->rungs = (uint32_t)n;
  step->search = search_make(s, s->thresholds.at + first, n);
  step->thresholds = s->thresholds.n;
}
