/* Numbers of folded circuits: added up along an axis, and taken apart into what
   wires read. */
#include "circuit/error.h"
#include "circuit/folding.h"
#include "compile/number.h"
#include "compile/number_parts.h"

#include <assert.h>

/* ---- Sums over all copies ---- */

/* most, six *= the copies along all of these axes. */
static void multiply_axes(const struct copies *copies, uint32_t axes,
                          mpz_t most, mpz_t six) {
  for (unsigned i = 0; i < 32; i++)
    if (axes >> i & 1) {
      mpz_mul_ui(most, most, copies->of[i].most);
      mpz_mul_ui(six, six, copies->of[i].six);
      mpz_divexact_ui(six, six, 6);
    }
}

/* Along axes for which it is made, each copy of a term has a ladder of its own;
   along others, and those it was summed over, all copies have the same, and the
   weight grows. */
static void sum_term(struct circuit *c, struct term *t,
                     const struct copies *copies) {
  struct folding *f = c->folding;
  struct integer_scratch s;
  struct span span = f->spans.at[t->span];
  ladder_id l = circuit_source_ladder(c, t->source);
  uint32_t own = f->ladders.at[l].axes & ~span.axes & copies->axes;
  mpz_t most, six;
  mpz_init_set(most, span.most);
  mpz_init_set(six, span.six);
  multiply_axes(copies, own, most, six);
  if (own)
    t->span = folding_span(f, span.axes | own, most, six);
  mpz_set(most, integers_get(&c->integers, t->weight, &s));
  mpz_set_ui(six, 6);
  for (unsigned i = 0; i < 32; i++)
    if ((copies->axes & ~own) >> i & 1 &&
        copies->of[i].six != 6 * copies->of[i].most)
      die("a sum that is not counted without making it: try --method made");
  multiply_axes(copies, copies->axes & ~own, most, six);
  t->weight = integers_add(&c->integers, most);
  mpz_clears(most, six, NULL);
}

void number_push_copies(struct circuit *c, struct number *r,
                        const struct number *a, const mpz_t weight,
                        const struct copies *copies) {
  if (!c->folding || !copies->axes) {
    number_push(c, r, a, weight);
    return;
  }
  struct number sum;
  mpz_t most, six;
  mpz_init_set_ui(most, 1);
  mpz_init_set_ui(six, 6);
  number_init(&sum);
  number_set(&sum, a);
  for (size_t i = 0; i < sum.terms.n; i++)
    sum_term(c, &sum.terms.at[i], copies);
  multiply_axes(copies, copies->axes, most, six);
  sum.is_chain = sum.is_chain && !mpz_cmp_ui(most, 1);
  mpz_mul(sum.constant, sum.constant, most);
  mpz_mul(sum.lo, sum.lo, most);
  mpz_mul(sum.hi, sum.hi, most);
  number_push(c, r, &sum, weight);
  number_clear(&sum);
  mpz_clears(most, six, NULL);
}

/* ---- Chains ---- */

bool number_is_chain_gate(const struct circuit *c, source_id source) {
  return c->folding && !(source & SOURCE_VIEW) &&
         c->folding->ladders.at[circuit_source_ladder(c, source)].is_chain;
}

size_t number_sources(const struct circuit *c, const struct number *x) {
  size_t n = x->terms.n;
  for (size_t i = 0; c->folding && i < x->terms.n; i++)
    if (folding_is_chain(c, x->terms.at[i].source))
      n += number_rungs(c, x, i) - 1;
  return n;
}

/* ---- Taken apart ---- */

/* Terms [from..to) read one ladder, each all copies that the one before it
   reads, and more. So copies that only the last reads have its steps, those
   that the last two read the sum of both, ... */
static void push_nested(struct circuit *c, struct number *r,
                        const struct number *x, size_t from, size_t to) {
  struct folding *f = c->folding;
  ladder_id l = circuit_source_ladder(c, x->terms.at[from].source);
  size_t n = circuit_rungs(c, l);
  mpz_t *sum = steps_new(n), *steps = steps_new(n), most, six;
  mpz_inits(most, six, NULL);
  for (size_t i = to; i-- > from;) {
    number_steps(c, x, i, steps);
    for (size_t j = 0; j < n; j++)
      mpz_add(sum[j], sum[j], steps[j]);
    const struct span *span = &f->spans.at[x->terms.at[i].span];
    uint32_t axes = span->axes;
    mpz_set(most, span->most);
    mpz_set(six, span->six);
    if (i > from) {
      const struct span *inner = &f->spans.at[x->terms.at[i - 1].span];
      if (inner->axes & ~axes || inner->axes == axes)
        die("two sums over different axes: try --method made");
      mpz_sub(most, most, inner->most);
      mpz_sub(six, six, inner->six);
    }
    if (mpz_sgn(six))
      number_push_span(c, r, l, (const mpz_t *)sum, n,
                       folding_span(f, axes, most, six));
  }
  steps_free(sum, n);
  steps_free(steps, n);
  mpz_clears(most, six, NULL);
}

/* Terms of one ladder from the one that reads fewest copies on. */
static void order_spans(const struct folding *f, struct term *t, size_t n) {
  for (size_t i = 1; i < n; i++)
    for (size_t j = i; j > 0; j--) {
      uint32_t a = f->spans.at[t[j - 1].span].axes;
      uint32_t b = f->spans.at[t[j].span].axes;
      if (__builtin_popcount(a) <= __builtin_popcount(b))
        break;
      struct term swap = t[j];
      t[j] = t[j - 1];
      t[j - 1] = swap;
    }
}

static size_t end_of_ladder(const struct circuit *c, const struct number *x,
                            size_t from) {
  ladder_id l = circuit_source_ladder(c, x->terms.at[from].source);
  size_t to = from + 1;
  while (to < x->terms.n &&
         circuit_source_ladder(c, x->terms.at[to].source) == l)
    to++;
  return to;
}

void number_push_apart(struct circuit *c, struct number *r,
                       const struct number *x) {
  struct number ordered, one;
  mpz_t w;
  mpz_init_set_ui(w, 1);
  number_init(&ordered);
  number_init(&one);
  number_set(&ordered, x);
  mpz_add(r->constant, r->constant, x->constant);
  mpz_add(r->lo, r->lo, x->constant);
  mpz_add(r->hi, r->hi, x->constant);
  for (size_t i = 0, j; i < ordered.terms.n; i = j) {
    j = end_of_ladder(c, &ordered, i);
    if (j > i + 1) {
      order_spans(c->folding, ordered.terms.at + i, j - i);
      push_nested(c, r, &ordered, i, j);
    } else {
      number_take_term(c, &one, &ordered, i);
      number_push(c, r, &one, w);
    }
  }
  number_clear(&ordered);
  number_clear(&one);
  mpz_clear(w);
}

void number_find_range(struct circuit *c, struct number *r) {
  struct number apart;
  number_init(&apart);
  number_push_apart(c, &apart, r);
  mpz_set(r->lo, apart.lo);
  mpz_set(r->hi, apart.hi);
  number_clear(&apart);
}
