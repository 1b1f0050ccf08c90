/* Functions of a number: free (levels.c), or as a new ladder. */
#include "circuit/error.h"
#include "compile/number.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <string.h>

/* ---- Staircases ---- */

void staircase_init(struct staircase *s) {
  memset(&s->stairs, 0, sizeof s->stairs);
  mpz_init(s->start);
}

void staircase_clear(struct staircase *s) {
  for (size_t i = 0; i < s->stairs.n; i++)
    mpz_clears(s->stairs.at[i].threshold, s->stairs.at[i].step, NULL);
  array_clear(&s->stairs);
  mpz_clear(s->start);
}

void staircase_push(struct staircase *s, const mpz_t threshold,
                    const mpz_t step) {
  struct stair t;
  assert(!s->stairs.n ||
         mpz_cmp(array_last(&s->stairs).threshold, threshold) < 0);
  if (!mpz_sgn(step))
    return;
  mpz_init_set(t.threshold, threshold);
  mpz_init_set(t.step, step);
  array_push(&s->stairs, t);
}

void staircase_push_si(struct staircase *s, const mpz_t threshold, long step) {
  mpz_t z;
  mpz_init_set_si(z, step);
  staircase_push(s, threshold, z);
  mpz_clear(z);
}

/* Push the stairs of a monotone f between lo and hi, f(lo) and f(hi) given. */
static void bisect(struct staircase *s, const struct function *f,
                   const mpz_t lo, const mpz_t f_lo, const mpz_t hi,
                   const mpz_t f_hi) {
  if (!mpz_cmp(f_lo, f_hi))
    return;
  mpz_t middle, value;
  mpz_inits(middle, value, NULL);
  mpz_sub(middle, hi, lo);
  if (!mpz_cmp_ui(middle, 1)) {
    mpz_sub(value, f_hi, f_lo);
    staircase_push(s, hi, value);
  } else {
    mpz_add(middle, lo, hi);
    mpz_fdiv_q_2exp(middle, middle, 1);
    f->call(value, middle, f->context);
    bisect(s, f, lo, f_lo, middle, value);
    bisect(s, f, middle, value, hi, f_hi);
  }
  mpz_clears(middle, value, NULL);
}

static void tabulate(struct staircase *s, const struct function *f,
                     const mpz_t lo, const mpz_t hi) {
  mpz_t x, y, before;
  mpz_inits(x, y, before, NULL);
  mpz_sub(x, hi, lo);
  if (mpz_cmp_si(x, NUMBER_MAX_TABLE) > 0) {
    char text[64];
    gmp_snprintf(text, sizeof text, "%Zd", x);
    die("a function would be tabulated over %s values; at most %ld are", text,
        NUMBER_MAX_TABLE);
  }
  mpz_set(before, s->start);
  for (mpz_add_ui(x, lo, 1); mpz_cmp(x, hi) <= 0; mpz_add_ui(x, x, 1)) {
    f->call(y, x, f->context);
    mpz_sub(before, y, before);
    staircase_push(s, x, before);
    mpz_set(before, y);
  }
  mpz_clears(x, y, before, NULL);
}

void staircase_of(struct staircase *s, const struct function *f, const mpz_t lo,
                  const mpz_t hi) {
  f->call(s->start, lo, f->context);
  if (!f->is_monotone) {
    tabulate(s, f, lo, hi);
    return;
  }
  mpz_t last;
  mpz_init(last);
  f->call(last, hi, f->context);
  bisect(s, f, lo, s->start, hi, last);
  mpz_clear(last);
}

/* ---- A new ladder ---- */

void number_common_weight(const struct circuit *c, const struct number *x,
                          mpz_t g) {
  struct integer_scratch s;
  mpz_set_ui(g, 0);
  for (size_t i = 0; i < x->terms.n && mpz_cmp_ui(g, 1); i++)
    mpz_gcd(g, g, integers_get(&c->integers, x->terms.at[i].weight, &s));
  if (!mpz_sgn(g))
    mpz_set_ui(g, 1);
}

void number_add_wire(struct circuit *c, const struct term *t, const mpz_t g) {
  struct integer_scratch s;
  mpz_t w;
  integer_id weight = t->weight;
  if (mpz_cmp_ui(g, 1)) {
    mpz_init(w);
    mpz_divexact(w, integers_get(&c->integers, t->weight, &s), g);
    weight = integers_add(&c->integers, w);
    mpz_clear(w);
  }
  circuit_add_wire_span(c, t->source, weight, t->span);
}

void number_add_wires(struct circuit *c, const struct number *x,
                      const mpz_t g) {
  for (size_t i = 0; i < x->terms.n; i++)
    number_add_wire(c, &x->terms.at[i], g);
}

/* The first stair from which on x misses all, by y = (x - constant) / g <=
   most: those whose threshold is above most * g + constant. */
static size_t find_stair(const struct staircase *s, const struct number *x,
                         const mpz_t g, const mpz_t most) {
  size_t from = 0, to = s->stairs.n;
  mpz_t t;
  mpz_init(t);
  mpz_mul(t, most, g);
  mpz_add(t, t, x->constant);
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (mpz_cmp(s->stairs.at[middle].threshold, t) > 0)
      to = middle;
    else
      from = middle + 1;
  }
  mpz_clear(t);
  return from;
}

struct rungs {
  integer_id *thresholds;
  mpz_t *steps;
  size_t n, cap;
};

/* Stairs [from..to) as rungs of y = (x - constant) / g: x >= t iff
   y >= ceil((t - constant) / g), so two stairs may be one rung, or cancel.
   Thresholds of a folded circuit are not looked at. */
static void add_rungs(struct circuit *c, struct rungs *r,
                      const struct number *x, const mpz_t g,
                      const struct staircase *s, size_t from, size_t to) {
  bool is_exact = !mpz_cmp_ui(g, 1), can_join = false;
  mpz_t t, last;
  mpz_inits(t, last, NULL);
  for (size_t i = from; i < to; i++) {
    const struct stair *stair = &s->stairs.at[i];
    if (!is_exact || !c->folding) {
      mpz_sub(t, stair->threshold, x->constant);
      mpz_cdiv_q(t, t, g);
    }
    if (can_join && !mpz_cmp(t, last)) {
      mpz_add(r->steps[r->n - 1], r->steps[r->n - 1], stair->step);
    } else {
      r->thresholds[r->n] = c->folding
                                ? integers_add_si(&c->integers, (long)r->n)
                                : integers_add(&c->integers, t);
      mpz_set(r->steps[r->n++], stair->step);
      mpz_swap(t, last);
    }
    can_join = !is_exact && mpz_sgn(r->steps[r->n - 1]);
    if (!mpz_sgn(r->steps[r->n - 1]))
      r->n--;
  }
  mpz_clears(t, last, NULL);
}

/* The stairs that can go either way; those always passed add to `start`. */
static void keep_rungs(struct circuit *c, struct rungs *r,
                       const struct number *x, const struct staircase *s,
                       const mpz_t g, mpz_t start) {
  mpz_t y;
  mpz_init(y);
  mpz_sub(y, x->lo, x->constant);
  mpz_cdiv_q(y, y, g);
  size_t from = find_stair(s, x, g, y);
  mpz_sub(y, x->hi, x->constant);
  mpz_fdiv_q(y, y, g);
  size_t to = find_stair(s, x, g, y);
  mpz_clear(y);
  for (size_t i = 0; i < from; i++)
    mpz_add(start, start, s->stairs.at[i].step);
  size_t n = to > from ? to - from : 0;
  *r = (struct rungs){xmalloc((n + 1) * sizeof *r->thresholds), steps_new(n), 0,
                      n};
  add_rungs(c, r, x, g, s, from, to);
}

/* One ladder on x, whatever x reads. */
static void ladder_on_wires(struct circuit *c, struct number *r,
                            const struct number *x, const struct staircase *s) {
  struct rungs rungs;
  struct number y;
  mpz_t g, start;
  number_init(&y);
  mpz_init(g);
  mpz_init_set(start, s->start);
  number_common_weight(c, x, g);
  keep_rungs(c, &rungs, x, s, g, start);
  number_set_z(&y, start);
  if (rungs.n) {
    number_add_wires(c, x, g);
    bit_id b = circuit_add_ladder(c, rungs.thresholds, rungs.n);
    number_add_steps(c, &y, c->bits.at[b].ladder, (const mpz_t *)rungs.steps,
                     rungs.n);
  }
  number_swap(r, &y);
  number_clear(&y);
  mpz_clears(g, start, NULL);
  steps_free(rungs.steps, rungs.cap);
  free(rungs.thresholds);
}

static void make_ladder(struct circuit *c, struct number *r,
                        const struct number *x, const struct staircase *s) {
  struct number apart;
  if (!c->folding) {
    ladder_on_wires(c, r, x, s);
    return;
  }
  number_init(&apart);
  number_push_apart(c, &apart, x);
  number_bound(&apart, x->lo, x->hi);
  ladder_on_wires(c, r, &apart, s);
  number_clear(&apart);
}

/* ---- Either ---- */

struct climb {
  const struct staircase *s;
  const mpz_t *height; // above each stair
};

static void climb(mpz_t y, const mpz_t x, const void *context) {
  const struct climb *k = context;
  size_t passed = 0, end = k->s->stairs.n;
  while (passed < end) {
    size_t middle = passed + (end - passed) / 2;
    if (mpz_cmp(k->s->stairs.at[middle].threshold, x) <= 0)
      passed = middle + 1;
    else
      end = middle;
  }
  mpz_set(y, passed ? k->height[passed - 1] : k->s->start);
}

void number_staircase(struct circuit *c, struct number *r,
                      const struct number *x, const struct staircase *s) {
  if (!number_is_free(c, x)) {
    make_ladder(c, r, x, s);
    return;
  }
  size_t n = s->stairs.n;
  mpz_t *height = steps_new(n);
  for (size_t i = 0; i < n; i++)
    mpz_add(height[i], i ? height[i - 1] : s->start, s->stairs.at[i].step);
  struct climb k = {s, (const mpz_t *)height};
  number_compose(c, r, x, &(struct function){climb, &k, false});
  steps_free(height, n);
}

void number_apply(struct circuit *c, struct number *r, const struct number *x,
                  const struct function *f) {
  if (number_is_free(c, x)) {
    number_compose(c, r, x, f);
    return;
  }
  struct staircase s;
  staircase_init(&s);
  staircase_of(&s, f, x->lo, x->hi);
  make_ladder(c, r, x, &s);
  staircase_clear(&s);
}

void number_push_gate(struct circuit *c, struct number *r,
                      const struct number *x, const mpz_t t, long step) {
  struct staircase s;
  struct number gate;
  bool is_chain = r->is_chain || !r->terms.n;
  number_init(&gate);
  staircase_init(&s);
  staircase_push_si(&s, t, 1);
  make_ladder(c, &gate, x, &s);
  number_push_si(c, r, &gate, step);
  r->is_chain = is_chain && r->terms.n;
  staircase_clear(&s);
  number_clear(&gate);
}

void number_at_least(struct circuit *c, struct number *r,
                     const struct number *x, const mpz_t t) {
  struct staircase s;
  staircase_init(&s);
  staircase_push_si(&s, t, 1);
  number_staircase(c, r, x, &s);
  staircase_clear(&s);
}

void number_at_least_si(struct circuit *c, struct number *r,
                        const struct number *x, long t) {
  mpz_t z;
  mpz_init_set_si(z, t);
  number_at_least(c, r, x, z);
  mpz_clear(z);
}
