#include "compile/residue.h"
#include "circuit/error.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <stdlib.h>

/* ---- Arithmetic modulo q ---- */

uint32_t power_mod(uint32_t x, uint32_t e, uint32_t q) {
  uint64_t y = 1 % q, square = x % q;
  for (; e; e >>= 1) {
    if (e & 1)
      y = y * square % q;
    square = square * square % q;
  }
  return (uint32_t)y;
}

uint32_t inverse_mod(uint32_t x, uint32_t q) {
  int64_t a = q, b = x % q, u = 0, v = 1; // b = v * x, a = u * x mod q
  while (b) {
    int64_t k = a / b, t = a - k * b;
    a = b, b = t;
    t = u - k * v;
    u = v, v = t;
  }
  assert(a == 1);
  return (uint32_t)(u < 0 ? u + q : u);
}

bool is_prime(uint32_t q) {
  for (uint32_t d = 2; d * d <= q; d++)
    if (q % d == 0)
      return false;
  return q >= 2;
}

static bool generates(uint32_t g, uint32_t q) {
  uint32_t rest = q - 1;
  for (uint32_t d = 2; rest > 1; d++) {
    if (rest % d)
      continue;
    if (power_mod(g, (q - 1) / d, q) == 1)
      return false;
    while (rest % d == 0)
      rest /= d;
  }
  return true;
}

uint32_t generator_mod(uint32_t q) {
  assert(is_prime(q));
  uint32_t g = 1;
  while (!generates(g, q))
    g++;
  return g;
}

/* ---- The values that a sum can have ---- */

/* reached = the x - lo(x) that occur, as bits, from those without term i. */
static void reach_term(const struct circuit *c, mpz_t reached,
                       const struct number *x, size_t i) {
  size_t n = number_rungs(c, x, i);
  mpz_t before, shifted, at, least, *step = steps_new(n);
  mpz_inits(before, shifted, at, least, NULL);
  number_steps(c, x, i, step);
  for (size_t j = 0; j < n; j++) {
    mpz_add(at, at, step[j]);
    if (mpz_cmp(at, least) < 0)
      mpz_set(least, at);
  }
  mpz_swap(before, reached);
  mpz_set_ui(reached, 0);
  mpz_neg(at, least);
  for (size_t j = 0; j <= n; j++) {
    mpz_mul_2exp(shifted, before, mpz_get_ui(at));
    mpz_ior(reached, reached, shifted);
    if (j < n)
      mpz_add(at, at, step[j]);
  }
  steps_free(step, n);
  mpz_clears(before, shifted, at, least, NULL);
}

/* lo = the least sum of x's terms, `reached` the sums above it that occur. */
static void reach(const struct circuit *c, mpz_t reached, mpz_t lo,
                  const struct number *x) {
  mpz_t range;
  struct integer_scratch w, s;
  mpz_init(range);
  mpz_set_ui(reached, 1);
  mpz_set(lo, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct term *t = &x->terms.at[i];
    bool falls = integers_sign(&c->integers, t->weight) < 0;
    integer_id end[] = {0, 1}; // of a bit; small integers are their own ids
    if (t->source & SOURCE_VIEW) {
      uint32_t shape = c->views.at[t->source & ~SOURCE_VIEW].shape;
      end[0] = c->shapes.at[shape].lo;
      end[1] = c->shapes.at[shape].hi;
    }
    mpz_addmul(lo, integers_get(&c->integers, t->weight, &w),
               integers_get(&c->integers, end[falls], &s));
    mpz_addmul(range, integers_get(&c->integers, t->weight, &w),
               integers_get(&c->integers, end[!falls], &s));
  }
  mpz_add(range, range, x->constant);
  mpz_sub(range, range, lo);
  if (mpz_cmp_si(range, NUMBER_MAX_TABLE) > 0)
    die("a function would be tabulated over more than %ld values",
        NUMBER_MAX_TABLE);
  for (size_t i = 0; i < x->terms.n; i++)
    reach_term(c, reached, x, i);
  mpz_clear(range);
}

void number_apply_sparse(struct circuit *c, struct number *r,
                         const struct number *x, const struct function *f) {
  struct staircase s;
  mpz_t reached, lo, at, value, last;
  if (x->terms.n <= 1) {
    number_apply(c, r, x, f);
    return;
  }
  number_refuse_spans(c, x);
  mpz_inits(reached, lo, at, value, last, NULL);
  staircase_init(&s);
  reach(c, reached, lo, x);
  f->call(s.start, lo, f->context);
  mpz_set(last, s.start);
  for (mp_bitcnt_t i = 0; (i = mpz_scan1(reached, i + 1)) != ~(mp_bitcnt_t)0;) {
    mpz_add_ui(at, lo, i);
    f->call(value, at, f->context);
    mpz_sub(last, value, last);
    staircase_push(&s, at, last);
    mpz_set(last, value);
  }
  number_staircase(c, r, x, &s);
  staircase_clear(&s);
  mpz_clears(reached, lo, at, value, last, NULL);
}

/* ---- Residues ---- */

void residue_init(struct residue *r) {
  number_init(&r->value);
  number_init(&r->gate);
  number_set_si(&r->gate, 1);
  r->modulus = r->least = 0;
}

void residue_clear(struct residue *r) {
  number_clear(&r->value);
  number_clear(&r->gate);
}

struct scaled {
  uint32_t unit, q;
};

/* y = unit * x mod q, in (-q/2..q/2]. */
static void scale(mpz_t y, const mpz_t x, const void *context) {
  const struct scaled *s = context;
  uint64_t v = mpz_fdiv_ui(x, s->q) * (uint64_t)s->unit % s->q;
  mpz_set_si(y, 2 * v > s->q ? (long)v - (long)s->q : (long)v);
}

/* sum = unit * x modulo q, of small tables. */
static void scale_terms(struct circuit *c, struct number *sum,
                        const struct number *x, const struct scaled *s) {
  struct number t;
  mpz_t constant;
  mpz_init(constant);
  number_init(&t);
  scale(constant, x->constant, s);
  number_set_z(sum, constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    number_take_term(c, &t, x, i);
    number_apply(c, &t, &t, &(struct function){scale, s, false});
    number_push_si(c, sum, &t, 1);
  }
  number_settle(c, sum);
  number_clear(&t);
  mpz_clear(constant);
}

/* The weights of x modulo q, as if all its terms were bits. */
static uint32_t *reduce_weights(const struct circuit *c, const struct number *x,
                                uint32_t q) {
  struct integer_scratch scratch;
  uint32_t *w = xcalloc(x->terms.n, sizeof *w);
  for (size_t i = 0; i < x->terms.n; i++)
    w[i] = (uint32_t)mpz_fdiv_ui(
        integers_get(&c->integers, x->terms.at[i].weight, &scratch), q);
  return w;
}

/* The range of the sum for this unit, without making it. */
static uint64_t width_of(const uint32_t *w, size_t n, uint32_t unit,
                         uint32_t q) {
  uint64_t width = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t v = (uint32_t)((uint64_t)w[i] * unit % q);
    width += v < q - v ? v : q - v;
  }
  return width;
}

static uint32_t common_divisor(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t t = a % b;
    a = b, b = t;
  }
  return a;
}

/* The unit for which the sum is narrowest. */
static struct scaled find_unit(const struct circuit *c, const struct number *x,
                               uint32_t q) {
  struct scaled best = {1, q};
  uint64_t least = UINT64_MAX;
  uint32_t *w = reduce_weights(c, x, q);
  for (uint32_t a = 1; a <= q / 2; a++) {
    uint64_t width =
        common_divisor(a, q) == 1 ? width_of(w, x->terms.n, a, q) : UINT64_MAX;
    if (width < least) {
      least = width;
      best.unit = a;
    }
  }
  free(w);
  return best;
}

struct unscale {
  uint32_t inverse, q;
  mpz_srcptr lo, shift;
};

/* y = x mod q from the sum, which stands `shift` higher where the gate is
   open. */
static void unscale(mpz_t y, const mpz_t sum, const void *context) {
  const struct unscale *s = context;
  mpz_sub(y, sum, s->shift);
  if (mpz_cmp(y, s->lo) < 0)
    mpz_set(y, s->lo);
  mpz_set_ui(y, mpz_fdiv_ui(y, s->q) * (uint64_t)s->inverse % s->q);
}

void residue_make(struct circuit *c, struct residue *r, const struct number *x,
                  uint32_t q, const struct number *gate) {
  struct scaled s = find_unit(c, x, q);
  struct number sum;
  mpz_t lo, shift;
  assert(mpz_sgn(x->lo) >= 0 && q >= 2 && q < RESIDUE_MAX);
  number_init(&sum);
  scale_terms(c, &sum, x, &s);
  mpz_init_set(lo, sum.lo);
  mpz_init(shift);
  if (gate) {
    mpz_sub(shift, sum.hi, sum.lo);
    number_push(c, &sum, gate, shift);
    number_settle(c, &sum);
    number_set(&r->gate, gate);
  } else {
    number_set_si(&r->gate, 1);
  }
  struct unscale back = {inverse_mod(s.unit, q), q, lo, shift};
  r->modulus = q;
  number_apply_sparse(c, &r->value, &sum,
                      &(struct function){unscale, &back, false});
  r->least = (uint32_t)(mpz_fdiv_ui(lo, q) * (uint64_t)back.inverse % q);
  number_clear(&sum);
  mpz_clears(lo, shift, NULL);
}

size_t residue_gates(struct circuit *c, const struct number *x, uint32_t q) {
  struct scaled s = find_unit(c, x, q);
  struct number sum;
  mpz_t reached, lo;
  mpz_inits(reached, lo, NULL);
  number_init(&sum);
  scale_terms(c, &sum, x, &s);
  reach(c, reached, lo, &sum);
  size_t n = sum.terms.n > 1 ? mpz_popcount(reached) - 1 : 0;
  number_clear(&sum);
  mpz_clears(reached, lo, NULL);
  return n;
}

struct table {
  const mpz_t *at;
};

static void look_up(mpz_t y, const mpz_t x, const void *table) {
  mpz_set(y, ((const struct table *)table)->at[mpz_get_ui(x)]);
}

void residue_table(struct circuit *c, struct number *y, const struct residue *r,
                   const mpz_t *table) {
  struct table t = {table};
  struct function f = {look_up, &t, false};
  struct number least;
  mpz_t w;
  number_init(&least);
  mpz_init(w);
  number_push(c, &least, &r->gate, table[r->least]);
  number_apply(c, y, &r->value, &f);
  mpz_neg(w, table[r->least]);
  number_add_z(y, y, w);
  number_add(c, y, y, &least);
  number_clear(&least);
  mpz_clear(w);
}
