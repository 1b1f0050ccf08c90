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
    mpz_clears(s->stairs.at[i].threshold, s->stairs.at[i].step,
               s->stairs.at[i].gap, NULL);
  array_clear(&s->stairs);
  mpz_clear(s->start);
}

void staircase_push_run(struct staircase *s, const mpz_t threshold,
                        const mpz_t step, const mpz_t gap, size_t count) {
  struct stair t = {.count = count};
  assert(count >= 1 && (count == 1 || mpz_sgn(gap) > 0));
  assert(!s->stairs.n ||
         mpz_cmp(array_last(&s->stairs).threshold, threshold) < 0);
  if (!mpz_sgn(step))
    return;
  if (s->stairs.n >= NUMBER_MAX_TABLE)
    die("a function would have more than %ld steps", NUMBER_MAX_TABLE);
  mpz_init_set(t.threshold, threshold);
  mpz_init_set(t.step, step);
  mpz_init_set(t.gap, gap);
  array_push(&s->stairs, t);
}

void staircase_push(struct staircase *s, const mpz_t threshold,
                    const mpz_t step) {
  mpz_t gap;
  mpz_init(gap);
  staircase_push_run(s, threshold, step, gap, 1);
  mpz_clear(gap);
}

size_t staircase_count(const struct staircase *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->stairs.n; i++)
    n += s->stairs.at[i].count;
  return n;
}

void staircase_push_si(struct staircase *s, const mpz_t threshold, long step) {
  mpz_t z;
  mpz_init_set_si(z, step);
  staircase_push(s, threshold, z);
  mpz_clear(z);
}

size_t stair_passed(const struct stair *k, const mpz_t x) {
  if (k->count == 1)
    return mpz_cmp(k->threshold, x) <= 0;
  mpz_t n;
  mpz_init(n);
  mpz_sub(n, x, k->threshold);
  mpz_fdiv_q(n, n, k->gap);
  mpz_add_ui(n, n, 1);
  size_t passed = mpz_sgn(n) <= 0               ? 0
                  : mpz_cmp_ui(n, k->count) < 0 ? mpz_get_ui(n)
                                                : k->count;
  mpz_clear(n);
  return passed;
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

/* ---- Of any number ---- */

struct climb {
  const struct staircase *s;
  const mpz_t *height; // before each run
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
  if (!passed) {
    mpz_set(y, k->s->start);
    return;
  }
  const struct stair *last = &k->s->stairs.at[passed - 1];
  mpz_mul_ui(y, last->step, stair_passed(last, x));
  mpz_add(y, y, k->height[passed - 1]);
}

void number_staircase(struct circuit *c, struct number *r,
                      const struct number *x, const struct staircase *s) {
  if (!number_is_free(c, x)) {
    number_make_ladder(c, r, x, s);
    return;
  }
  size_t n = s->stairs.n;
  mpz_t *height = steps_new(n + 1);
  mpz_set(height[0], s->start);
  for (size_t i = 0; i < n; i++) {
    const struct stair *k = &s->stairs.at[i];
    mpz_set(height[i + 1], height[i]);
    mpz_addmul_ui(height[i + 1], k->step, k->count);
  }
  struct climb k = {s, (const mpz_t *)height};
  number_compose(c, r, x, &(struct function){climb, &k, false});
  steps_free(height, n + 1);
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
  number_make_ladder(c, r, x, &s);
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
  number_make_ladder(c, &gate, x, &s);
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
