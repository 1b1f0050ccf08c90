#include "circuit/folding.h"

#include <string.h>

void folding_init(struct folding *f) {
  *f = (struct folding){0};
  mpz_init_set_ui(f->copies, 1);
  f->times = 1;
  struct folded_ladder constants = {0};
  mpz_init_set_ui(constants.copies, 1);
  array_push(&f->ladders, constants);
  struct span one = {0};
  mpz_init_set_ui(one.most, 1);
  mpz_init_set_ui(one.six, 6);
  array_push(&f->spans, one);
  struct factors_of_chain same;
  mpz_init_set_ui(same.sum, 1);
  mpz_init_set_ui(same.greatest, 1);
  array_push(&f->factors, same);
}

void folding_clear(struct folding *f) {
  for (size_t i = 0; i < f->spans.n; i++)
    mpz_clears(f->spans.at[i].most, f->spans.at[i].six, NULL);
  for (size_t i = 0; i < f->factors.n; i++)
    mpz_clears(f->factors.at[i].sum, f->factors.at[i].greatest, NULL);
  for (size_t l = 0; l < f->ladders.n; l++)
    mpz_clear(f->ladders.at[l].copies);
  array_clear(&f->spans);
  array_clear(&f->factors);
  array_clear(&f->ranges);
  array_clear(&f->wires);
  array_clear(&f->ladders);
  array_clear(&f->repeats);
  mpz_clear(f->copies);
}

uint32_t folding_span(struct folding *f, uint32_t axes, const mpz_t most,
                      const mpz_t six) {
  for (size_t i = f->spans.n; i-- > 0;) {
    const struct span *s = &f->spans.at[i];
    if (s->axes == axes && !mpz_cmp(s->most, most) && !mpz_cmp(s->six, six))
      return (uint32_t)i;
  }
  struct span s = {.axes = axes};
  mpz_init_set(s.most, most);
  mpz_init_set(s.six, six);
  array_push(&f->spans, s);
  return (uint32_t)f->spans.n - 1;
}

bool folding_is_chain(const struct circuit *c, source_id source) {
  return c->folding && source & SOURCE_VIEW &&
         c->folding->ladders.at[circuit_source_ladder(c, source)].is_chain;
}

static void find_range(struct circuit *c, struct chain_range *r,
                       const struct shape *s) {
  struct integer_scratch scratch;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t i = 0; i < s->n; i++) {
    integer_id id = c->steps.at[s->first_step + i];
    mpz_srcptr step = integers_get(&c->integers, id, &scratch);
    if (mpz_sgn(step) < 0)
      mpz_add(lo, lo, step);
    else
      mpz_add(hi, hi, step);
  }
  r->lo = integers_add(&c->integers, lo);
  r->hi = integers_add(&c->integers, hi);
  r->is_known = true;
  mpz_clears(lo, hi, NULL);
}

void folding_range(struct circuit *c, source_id chain, integer_id *lo,
                   integer_id *hi) {
  struct folding *f = c->folding;
  uint32_t shape = c->views.at[chain & ~SOURCE_VIEW].shape;
  while (f->ranges.n <= shape)
    array_push(&f->ranges, (struct chain_range){0});
  struct chain_range *r = &f->ranges.at[shape];
  if (!r->is_known)
    find_range(c, r, &c->shapes.at[shape]);
  *lo = r->lo;
  *hi = r->hi;
}

void folding_set_chain(struct folding *f) {
  array_last(&f->ladders).is_chain = true;
}

void folding_set_factors(struct folding *f, const mpz_t sum,
                         const mpz_t greatest) {
  struct factors_of_chain new;
  mpz_init_set(new.sum, sum);
  mpz_init_set(new.greatest, greatest);
  array_last(&f->wires).factors = (uint32_t)f->factors.n;
  array_push(&f->factors, new);
}
