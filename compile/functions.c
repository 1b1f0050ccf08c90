/* Functions of a number: of the levels of one ladder, or as a new ladder. */
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

/* ---- Of one ladder ---- */

/* x reads one ladder: f of its table, level by level. A level whose value is
   outside x's known range does not occur: no step is spent on it. */
static void compose(struct circuit *c, struct number *r, const struct number *x,
                    const struct function *f) {
  size_t n = number_rungs(c, x, 0);
  ladder_id l = circuit_source_ladder(c, x->terms.at[0].source);
  mpz_t *steps = steps_new(n);
  mpz_t at, value, last, least, most;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, least, most, NULL);
  number_steps(c, x, 0, steps);
  struct number y;
  number_init(&y);
  bool started = false;
  for (size_t level = 0; level <= n; level++) {
    if (level) {
      mpz_add(at, at, steps[level - 1]);
      mpz_set_ui(steps[level - 1], 0);
    }
    if (mpz_cmp(at, x->lo) < 0 || mpz_cmp(at, x->hi) > 0)
      continue;
    f->call(value, at, f->context);
    if (!started)
      number_set_z(&y, value);
    else
      mpz_sub(steps[level - 1], value, last);
    if (!started || mpz_cmp(value, least) < 0)
      mpz_set(least, value);
    if (!started || mpz_cmp(value, most) > 0)
      mpz_set(most, value);
    mpz_set(last, value);
    started = true;
  }
  assert(started);
  number_push_span(c, &y, l, (const mpz_t *)steps, n, x->terms.at[0].span);
  mpz_set(y.lo, least);
  mpz_set(y.hi, most);
  number_swap(r, &y);
  number_clear(&y);
  steps_free(steps, n);
  mpz_clears(at, value, last, least, most, NULL);
}

/* x is constant + a bit times a weight. */
static void compose_bit(struct circuit *c, struct number *r,
                        const struct number *x, const struct function *f) {
  struct integer_scratch s;
  struct term t = x->terms.at[0];
  struct number y;
  mpz_t at, value, last;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, NULL);
  number_init(&y);
  for (int level = 0, reached = 0; level < 2; level++) {
    if (level)
      mpz_add(at, at, integers_get(&c->integers, t.weight, &s));
    if (mpz_cmp(at, x->lo) < 0 || mpz_cmp(at, x->hi) > 0)
      continue;
    f->call(value, at, f->context);
    if (!reached++) {
      number_set_z(&y, value);
      mpz_set(last, value);
    } else {
      mpz_sub(value, value, last);
      number_push_term(c, &y, t.source, value, t.span);
    }
  }
  number_swap(r, &y);
  number_clear(&y);
  mpz_clears(at, value, last, NULL);
}

/* The same for a chain: its gates are like the rungs of a ladder. */
static void compose_chain(struct circuit *c, struct number *r,
                          const struct number *x, const struct function *f) {
  struct integer_scratch s;
  mpz_t at, value, last, step;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, step, NULL);
  struct number y;
  number_init(&y);
  bool started = false;
  for (size_t level = 0; level <= x->terms.n; level++) {
    if (level)
      mpz_add(at, at,
              integers_get(&c->integers, x->terms.at[level - 1].weight, &s));
    if (mpz_cmp(at, x->lo) < 0 || mpz_cmp(at, x->hi) > 0)
      continue;
    f->call(value, at, f->context);
    mpz_sub(step, value, last);
    if (!started)
      number_set_z(&y, value);
    else
      number_push_again(c, &y, &x->terms.at[level - 1], step, value);
    mpz_set(last, value);
    started = true;
  }
  assert(started);
  number_swap(r, &y);
  number_clear(&y);
  mpz_clears(at, value, last, step, NULL);
}

static void compose_free(struct circuit *c, struct number *r,
                         const struct number *x, const struct function *f) {
  bool is_chain = x->is_chain;
  if (x->terms.n > 1)
    compose_chain(c, r, x, f);
  else if (x->terms.at[0].source & SOURCE_VIEW)
    compose(c, r, x, f);
  else
    compose_bit(c, r, x, f);
  r->is_chain = is_chain && r->terms.n;
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

/* The stairs that can go either way, as rungs of y = (x - constant) / g, and
   how many; those always passed add to `start`. x >= t iff
   y >= ceil((t - constant) / g), so two stairs may be one rung, or cancel. */
static size_t keep_rungs(struct circuit *c, const struct number *x,
                         const mpz_t g, const struct staircase *s, mpz_t start,
                         integer_id *thresholds, mpz_t *steps) {
  size_t n = 0;
  mpz_t lo, hi, t;
  mpz_inits(lo, hi, t, NULL);
  mpz_sub(lo, x->lo, x->constant);
  mpz_cdiv_q(lo, lo, g);
  mpz_sub(hi, x->hi, x->constant);
  mpz_fdiv_q(hi, hi, g);
  for (size_t i = 0; i < s->stairs.n; i++) {
    const struct stair *stair = &s->stairs.at[i];
    mpz_sub(t, stair->threshold, x->constant);
    mpz_cdiv_q(t, t, g);
    if (mpz_cmp(t, hi) > 0)
      break; // never
    if (mpz_cmp(t, lo) <= 0) {
      mpz_add(start, start, stair->step); // always
      continue;
    }
    integer_id id = integers_add(&c->integers, t);
    if (n && thresholds[n - 1] == id) {
      mpz_add(steps[n - 1], steps[n - 1], stair->step);
    } else {
      thresholds[n] = id;
      mpz_set(steps[n++], stair->step);
    }
    if (!mpz_sgn(steps[n - 1]))
      n--;
  }
  mpz_clears(lo, hi, t, NULL);
  return n;
}

/* One ladder on x, whatever x reads. */
static void ladder_on_wires(struct circuit *c, struct number *r,
                            const struct number *x, const struct staircase *s) {
  integer_id *thresholds = xmalloc(s->stairs.n * sizeof *thresholds);
  mpz_t g, *steps = steps_new(s->stairs.n);
  struct number y;
  number_init(&y);
  mpz_init(g);
  number_common_weight(c, x, g);
  mpz_t start;
  mpz_init_set(start, s->start);
  size_t n = keep_rungs(c, x, g, s, start, thresholds, steps);
  number_set_z(&y, start);
  if (n) {
    number_add_wires(c, x, g);
    bit_id b = circuit_add_ladder(c, thresholds, n);
    number_add_steps(c, &y, c->bits.at[b].ladder, (const mpz_t *)steps, n);
  }
  number_swap(r, &y);
  number_clear(&y);
  mpz_clears(g, start, NULL);
  steps_free(steps, s->stairs.n);
  free(thresholds);
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
  compose_free(c, r, x, &(struct function){climb, &k, false});
  steps_free(height, n);
}

void number_apply(struct circuit *c, struct number *r, const struct number *x,
                  const struct function *f) {
  if (number_is_free(c, x)) {
    compose_free(c, r, x, f);
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
