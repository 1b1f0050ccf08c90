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
  mpz_init_set_ui(one.twice, 2);
  array_push(&f->spans, one);
}

void folding_clear(struct folding *f) {
  for (size_t i = 0; i < f->spans.n; i++)
    mpz_clears(f->spans.at[i].most, f->spans.at[i].twice, NULL);
  for (size_t l = 0; l < f->ladders.n; l++)
    mpz_clear(f->ladders.at[l].copies);
  array_clear(&f->spans);
  array_clear(&f->wires);
  array_clear(&f->ladders);
  array_clear(&f->repeats);
  mpz_clear(f->copies);
}

uint32_t folding_span(struct folding *f, uint32_t axes, const mpz_t most,
                      const mpz_t twice) {
  for (size_t i = f->spans.n; i-- > 0;) {
    const struct span *s = &f->spans.at[i];
    if (s->axes == axes && !mpz_cmp(s->most, most) && !mpz_cmp(s->twice, twice))
      return (uint32_t)i;
  }
  struct span s = {.axes = axes};
  mpz_init_set(s.most, most);
  mpz_init_set(s.twice, twice);
  array_push(&f->spans, s);
  return (uint32_t)f->spans.n - 1;
}
