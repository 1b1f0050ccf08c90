/* Functions of a number where a 0/1 number allows it, and exact ratios. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"

#include <assert.h>

/* ---- f(x) AND b ---- */

/* The first stair that x may miss. */
static size_t find_open_stair(const struct staircase *s,
                              const struct number *x) {
  size_t from = 0, to = s->stairs.n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (mpz_cmp(s->stairs.at[middle].threshold, x->lo) > 0)
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

/* sum += the stairs of x from `open` on, AND b: [x >= t] AND b is
   [x + B*b - B >= t], B > max x - t. */
static void push_gated(struct circuit *c, struct number *sum,
                       const struct number *x, const struct staircase *s,
                       size_t open, const struct number *b) {
  struct staircase gated = {.stairs.at = s->stairs.at + open,
                            .stairs.n = s->stairs.n - open};
  struct number both;
  mpz_t big;
  mpz_init(big);
  mpz_sub(big, x->hi, gated.stairs.at[0].threshold);
  mpz_add_ui(big, big, 1);
  if (mpz_sgn(big) > 0) {
    mpz_init(gated.start);
    number_init(&both);
    number_push_si(c, &both, x, 1);
    number_push(c, &both, b, big);
    mpz_neg(big, big);
    number_settle(c, &both);
    number_add_z(&both, &both, big);
    number_staircase(c, &both, &both, &gated);
    number_push_si(c, sum, &both, 1);
    number_clear(&both);
    mpz_clear(gated.start);
  }
  mpz_clear(big);
}

void number_staircase_and(struct circuit *c, struct number *r,
                          const struct number *x, const struct staircase *s,
                          const struct number *b) {
  struct number sum;
  mpz_t start;
  size_t open = find_open_stair(s, x);
  number_init(&sum);
  mpz_init_set(start, s->start);
  for (size_t i = 0; i < open; i++)
    mpz_add(start, start, s->stairs.at[i].step);
  if (open < s->stairs.n)
    push_gated(c, &sum, x, s, open, b);
  number_push(c, &sum, b, start);
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
  mpz_clear(start);
}

/* ---- f(x) times a number ---- */

void number_staircase_mul(struct circuit *c, struct number *r,
                          const struct number *x, const struct staircase *s,
                          const struct number *v) {
  bool is_signed = mpz_sgn(v->lo) < 0;
  unsigned width = number_width(v);
  struct number *bit = numbers_new(width), gated, sum;
  mpz_t weight;
  mpz_init_set_ui(weight, 1);
  number_init(&gated);
  number_init(&sum);
  number_bits(c, bit, v, width);
  for (unsigned k = 0; k < width; k++) {
    if (is_signed && k + 1 == width)
      mpz_neg(weight, weight);
    number_staircase_and(c, &gated, x, s, &bit[k]);
    number_push(c, &sum, &gated, weight);
    mpz_mul_2exp(weight, weight, 1);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&gated);
  number_clear(&sum);
  numbers_free(bit, width);
  mpz_clear(weight);
}

/* ---- Ratios ---- */

/* [2u - (2a - 1)z >= 0] for a = lo + 1 + i. */
static void get_half(struct chain_gate *g, size_t i, const void *lo) {
  mpz_set_ui(g->weight[0], 2);
  mpz_set_si(g->weight[1], *(const long *)lo + 1 + (long)i);
  mpz_mul_2exp(g->weight[1], g->weight[1], 1);
  mpz_ui_sub(g->weight[1], 1, g->weight[1]);
  mpz_set_ui(g->threshold, 0);
  g->step = 1;
}

/* The stairs of floor((2u + z) / 2z) for a constant z. */
static void ratio_stairs(struct staircase *s, const mpz_t z, long lo, long hi) {
  mpz_t t;
  mpz_init(t);
  mpz_set_si(s->start, lo);
  for (long a = lo + 1; a <= hi; a++) {
    mpz_set_si(t, a);
    mpz_mul_2exp(t, t, 1);
    mpz_sub_ui(t, t, 1);
    mpz_mul(t, t, z);
    mpz_cdiv_q_2exp(t, t, 1);
    staircase_push_si(s, t, 1);
  }
  mpz_clear(t);
}

void number_ratio(struct circuit *c, struct number *r, const struct number *u,
                  const struct number *z, long lo, long hi) {
  assert(lo <= hi && mpz_sgn(z->lo) > 0);
  if (number_is_constant(z) && !mpz_cmp_ui(z->constant, 1) &&
      mpz_cmp_si(u->lo, lo) >= 0 && mpz_cmp_si(u->hi, hi) <= 0) {
    number_set(r, u);
    return;
  }
  if (number_is_constant(z)) {
    struct staircase s;
    staircase_init(&s);
    ratio_stairs(&s, z->constant, lo, hi);
    number_staircase(c, r, u, &s);
    staircase_clear(&s);
    return;
  }
  number_chain(c, r,
               &(struct chain_gates){.x = {u, z},
                                     .operands = 2,
                                     .gates = (size_t)(hi - lo),
                                     .start = lo,
                                     .get = get_half,
                                     .context = &lo});
}

/* ---- The same in two parts ---- */

/* [2u - (2a - 1)z >= 2 block P] for a = first, first + gap, ... */
struct halves {
  long first, gap, block;
};

static void get_halves(struct chain_gate *g, size_t i, const void *context) {
  const struct halves *k = context;
  mpz_set_ui(g->weight[0], 2);
  mpz_set_si(g->weight[1], k->first + (long)i * k->gap);
  mpz_mul_2exp(g->weight[1], g->weight[1], 1);
  mpz_ui_sub(g->weight[1], 1, g->weight[1]);
  mpz_set_si(g->weight[2], -2 * k->block);
  mpz_set_ui(g->threshold, 0);
  g->step = 1;
}

/* r = how many of n such gates are 1. */
static void count_halves(struct circuit *c, struct number *r,
                         const struct number *const *x, unsigned operands,
                         const struct halves *k, size_t n) {
  struct chain_gates f = {
      .operands = operands, .gates = n, .get = get_halves, .context = k};
  for (unsigned i = 0; i < operands; i++)
    f.x[i] = x[i];
  number_chain(c, r, &f);
}

void number_ratio_split(struct circuit *c, struct number *r,
                        const struct number *u, const struct number *z, long lo,
                        unsigned bits, bool has_bits) {
  long block = 1L << bits / 2, blocks = 1L << (bits - bits / 2);
  struct number high, low, product;
  const struct number *x[] = {u, z, &product};
  assert(mpz_sgn(z->lo) > 0);
  number_init(&high);
  number_init(&low);
  number_init(&product);
  count_halves(c, &high, x, 2, &(struct halves){lo + block, block, 0},
               (size_t)blocks - 1);
  number_mul(c, &product, &high, z);
  count_halves(c, &low, x, 3, &(struct halves){lo + 1, 1, block},
               (size_t)block - 1);
  if (has_bits) {
    number_as_bits(c, &high);
    number_as_bits(c, &low);
  }
  number_addmul_si(c, &low, &high, block);
  number_add_si(r, &low, lo);
  number_clear(&high);
  number_clear(&low);
  number_clear(&product);
}
