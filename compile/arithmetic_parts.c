/* Numbers taken apart: into terms, and into 0/1 sources. */
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <string.h>

bool number_equal(const struct number *a, const struct number *b) {
  return a->terms.n == b->terms.n && !mpz_cmp(a->constant, b->constant) &&
         (!a->terms.n ||
          !memcmp(a->terms.at, b->terms.at, a->terms.n * sizeof *a->terms.at));
}

void number_set_source(struct circuit *c, struct number *r, source_id source) {
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_set_si(r, 0);
  number_push_source(c, r, source, one);
  mpz_clear(one);
}

void number_take_raised(struct circuit *c, struct number *r,
                        const struct number *x, size_t i, mpz_t least) {
  number_take_term(c, r, x, i);
  mpz_add(least, least, r->lo);
  mpz_t up;
  mpz_init(up);
  mpz_neg(up, r->lo);
  number_add_z(r, r, up);
  mpz_clear(up);
}

void number_one_bit(mpz_t y, const mpz_t x, const void *k) {
  mpz_set_ui(y, (unsigned long)mpz_tstbit(x, *(const unsigned long *)k));
}

/* e += term i of x, as its rungs. */
static void push_rungs(struct circuit *c, struct number *e,
                       const struct number *x, size_t i) {
  ladder_id l = circuit_source_ladder(c, x->terms.at[i].source);
  size_t n = number_rungs(c, x, i);
  mpz_t *steps = steps_new(n);
  number_steps(c, x, i, steps);
  for (size_t j = 0; j < n; j++)
    number_push_source(c, e, c->ladders.at[l].first_bit + (bit_id)j, steps[j]);
  steps_free(steps, n);
}

/* Add weight * source to a term of e from `from` on with this source, or as a
   new one. */
static void merge_source(struct circuit *c, struct number *e, size_t from,
                         const struct wire *t) {
  struct integer_scratch s, u;
  mpz_t sum;
  mpz_init_set(sum, integers_get(&c->integers, t->weight, &s));
  size_t i = from;
  while (i < e->terms.n && e->terms.at[i].source != t->source)
    i++;
  if (i == e->terms.n) {
    array_push(&e->terms, *t);
  } else {
    mpz_add(sum, sum, integers_get(&c->integers, e->terms.at[i].weight, &u));
    e->terms.at[i].weight = integers_add(&c->integers, sum);
  }
  mpz_clear(sum);
}

/* e += term i of x, as the bits of its table above its least value. */
static void push_table_bits(struct circuit *c, struct number *e,
                            const struct number *x, size_t i) {
  struct number table, bit;
  number_init(&table);
  number_init(&bit);
  number_take_raised(c, &table, x, i, e->constant);
  size_t from = e->terms.n;
  unsigned long width = number_width(&table);
  for (unsigned long k = 0; k < width; k++) {
    number_apply(c, &bit, &table,
                 &(struct function){number_one_bit, &k, false});
    number_mul_2exp(c, &bit, &bit, k);
    mpz_add(e->constant, e->constant, bit.constant);
    if (bit.terms.n)
      merge_source(c, e, from, &bit.terms.at[0]);
  }
  number_clear(&table);
  number_clear(&bit);
}

void number_expand(struct circuit *c, struct number *e,
                   const struct number *x) {
  struct number bits, rungs;
  number_init(&bits);
  number_init(&rungs);
  number_set_z(e, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    if (!(x->terms.at[i].source & SOURCE_VIEW)) {
      array_push(&e->terms, x->terms.at[i]);
      continue;
    }
    number_set_si(&bits, 0);
    number_set_si(&rungs, 0);
    push_table_bits(c, &bits, x, i);
    push_rungs(c, &rungs, x, i);
    number_push_si(c, e, rungs.terms.n < bits.terms.n ? &rungs : &bits, 1);
  }
  number_clear(&bits);
  number_clear(&rungs);
}
