/* The terms of a number: their steps; pushed. */
#include "circuit/folding.h"
#include "compile/number.h"
#include "compile/number_parts.h"

#include <assert.h>

/* ---- Steps ---- */

mpz_t *steps_new(size_t n) {
  mpz_t *steps = xmalloc(n * sizeof *steps);
  for (size_t i = 0; i < n; i++)
    mpz_init(steps[i]);
  return steps;
}

void steps_free(mpz_t *steps, size_t n) {
  for (size_t i = 0; i < n; i++)
    mpz_clear(steps[i]);
  free(steps);
}

size_t number_rungs(const struct circuit *c, const struct number *x, size_t i) {
  return circuit_rungs(c, circuit_source_ladder(c, x->terms.at[i].source));
}

void number_steps(const struct circuit *c, const struct number *x, size_t i,
                  mpz_t *steps) {
  struct integer_scratch ws, ss;
  source_id source = x->terms.at[i].source;
  ladder_id l = circuit_source_ladder(c, source);
  mpz_srcptr w = integers_get(&c->integers, x->terms.at[i].weight, &ws);
  size_t n = circuit_rungs(c, l);
  if (!(source & SOURCE_VIEW)) {
    for (size_t j = 0; j < n; j++)
      mpz_set_ui(steps[j], 0);
    mpz_set(steps[source - c->ladders.at[l].first_bit], w);
    return;
  }
  const integer_id *at = circuit_view_steps(c, source);
  for (size_t j = 0; j < n; j++)
    mpz_mul(steps[j], w, integers_get(&c->integers, at[j], &ss));
}

/* The only rung whose step is not 0, or `rungs` if there is none or more. */
static size_t find_only(const struct step_run *runs, size_t n, size_t rungs) {
  size_t used = 0, place = 0, only = rungs;
  for (size_t i = 0; i < n; place += runs[i++].n)
    if (mpz_sgn(runs[i].step)) {
      used += runs[i].n;
      only = place;
    }
  return used == 1 ? only : rungs;
}

/* The greatest common divisor of steps, with the sign of the first that is not
   0; or 0. */
static void common_step(const struct step_run *runs, size_t n, mpz_t g) {
  bool falls = false;
  mpz_set_ui(g, 0);
  for (size_t i = 0; i < n && mpz_cmp_ui(g, 1); i++) {
    if (!mpz_sgn(g))
      falls = mpz_sgn(runs[i].step) < 0;
    mpz_gcd(g, g, runs[i].step);
  }
  if (falls)
    mpz_neg(g, g);
}

void number_push_runs(struct circuit *c, struct number *r, ladder_id l,
                      const struct step_run *runs, size_t n, uint32_t span) {
  size_t rungs = circuit_rungs(c, l), only = find_only(runs, n, rungs), at = 0;
  mpz_t g, q;
  if (only < rungs) {
    for (size_t i = 0; i < n; i++)
      if (mpz_sgn(runs[i].step))
        number_push_term(c, r, c->ladders.at[l].first_bit + (bit_id)only,
                         runs[i].step, span);
    return;
  }
  integer_id *ids = xmalloc(rungs * sizeof *ids);
  mpz_init(g);
  mpz_init(q);
  common_step(runs, n, g);
  for (size_t i = 0; i < n && mpz_sgn(g); i++) {
    mpz_divexact(q, runs[i].step, g);
    integer_id id = integers_add(&c->integers, q);
    for (size_t j = 0; j < runs[i].n; j++)
      ids[at++] = id;
  }
  assert(!mpz_sgn(g) || at == rungs);
  if (mpz_sgn(g))
    number_push_term(c, r, circuit_view(c, l, ids), g, span);
  mpz_clears(g, q, NULL);
  free(ids);
}

/* ---- Pushing ---- */

/* Add weight * [from..to] to the range. */
static void add_range(struct number *r, mpz_srcptr weight, mpz_srcptr from,
                      mpz_srcptr to) {
  bool flip = mpz_sgn(weight) < 0;
  mpz_addmul(r->lo, weight, flip ? to : from);
  mpz_addmul(r->hi, weight, flip ? from : to);
}

/* The least and greatest value of a source. */
static void find_source_range(struct circuit *c, source_id source,
                              integer_id *lo, integer_id *hi) {
  if (folding_is_chain(c, source)) {
    folding_range(c, source, lo, hi);
  } else if (source & SOURCE_VIEW) {
    uint32_t shape = c->views.at[source & ~SOURCE_VIEW].shape;
    *lo = c->shapes.at[shape].lo;
    *hi = c->shapes.at[shape].hi;
  } else {
    *lo = 0; // small integers are their own ids
    *hi = 1;
  }
}

void number_add_term(struct circuit *c, struct number *r, struct term t) {
  struct integer_scratch w, lo, hi;
  integer_id least, most;
  find_source_range(c, t.source, &least, &most); // which may add integers
  mpz_srcptr weight = integers_get(&c->integers, t.weight, &w);
  mpz_t of_copies;
  if (t.span) {
    mpz_init(of_copies);
    mpz_mul(of_copies, weight, c->folding->spans.at[t.span].most);
    weight = of_copies;
  }
  mpz_ptr end = mpz_sgn(weight) < 0 ? r->lo : r->hi;
  if (least == 0 && most == 1)
    mpz_add(end, end, weight);
  else
    add_range(r, weight, integers_get(&c->integers, least, &lo),
              integers_get(&c->integers, most, &hi));
  if (t.span)
    mpz_clear(of_copies);
  array_push(&r->terms, t);
  r->is_chain = false;
}

void number_push_term(struct circuit *c, struct number *r, source_id source,
                      const mpz_t weight, uint32_t span) {
  if (mpz_sgn(weight))
    number_add_term(
        c, r, (struct term){source, integers_add(&c->integers, weight), span});
}

void number_push_source(struct circuit *c, struct number *r, source_id source,
                        const mpz_t weight) {
  number_push_term(c, r, source, weight, 0);
}

void number_push_span(struct circuit *c, struct number *r, ladder_id l,
                      const mpz_t *steps, size_t n, uint32_t span) {
  struct step_run *runs = xmalloc((n + 1) * sizeof *runs);
  size_t k = 0;
  assert(n == circuit_rungs(c, l));
  for (size_t i = 0; i < n; i++)
    if (k && !mpz_cmp(runs[k - 1].step, steps[i]))
      runs[k - 1].n++;
    else
      runs[k++] = (struct step_run){steps[i], 1};
  number_push_runs(c, r, l, runs, k, span);
  free(runs);
}

void number_add_steps(struct circuit *c, struct number *r, ladder_id l,
                      const mpz_t *steps, size_t n) {
  number_push_span(c, r, l, steps, n, 0);
}

void number_push_again(struct circuit *c, struct number *y,
                       const struct term *t, const mpz_t step,
                       const mpz_t value) {
  if (!mpz_sgn(step))
    return;
  array_push(
      &y->terms,
      (struct term){t->source, integers_add(&c->integers, step), t->span});
  y->is_chain = true;
  if (mpz_cmp(value, y->lo) < 0)
    mpz_set(y->lo, value);
  if (mpz_cmp(value, y->hi) > 0)
    mpz_set(y->hi, value);
}

void number_take_term(struct circuit *c, struct number *r,
                      const struct number *x, size_t i) {
  struct term t = x->terms.at[i]; // x may be r
  number_set_si(r, 0);
  number_add_term(c, r, t);
}

void number_push_outside(struct number *r, const struct number *a,
                         const mpz_t weight) {
  mpz_addmul(r->constant, weight, a->constant);
  add_range(r, weight, a->lo, a->hi);
}

void number_push(struct circuit *c, struct number *r, const struct number *a,
                 const mpz_t weight) {
  struct integer_scratch s;
  mpz_t w;
  if (!mpz_sgn(weight))
    return;
  r->is_chain = a->terms.n ? !r->terms.n && a->is_chain : r->is_chain;
  number_push_outside(r, a, weight);
  array_reserve(&r->terms, r->terms.n + a->terms.n);
  if (!mpz_cmp_ui(weight, 1)) {
    for (size_t i = 0; i < a->terms.n; i++)
      r->terms.at[r->terms.n++] = a->terms.at[i];
    return;
  }
  mpz_init(w);
  for (size_t i = 0; i < a->terms.n; i++) {
    struct term t = a->terms.at[i];
    mpz_mul(w, weight, integers_get(&c->integers, t.weight, &s));
    t.weight = integers_add(&c->integers, w);
    r->terms.at[r->terms.n++] = t;
  }
  mpz_clear(w);
}

void number_push_si(struct circuit *c, struct number *r, const struct number *a,
                    long weight) {
  mpz_t w;
  mpz_init_set_si(w, weight);
  number_push(c, r, a, w);
  mpz_clear(w);
}
