/* Division by a root, bias, scale and table in one comparison of squares. */
#include "compile/arithmetic.h"

#include <assert.h>

/* t = 2^shift (2a - 1) - 2 bias, and its square. */
static void normal_threshold(mpz_t t, mpz_t square, const struct normal *f,
                             long a) {
  mpz_set_si(t, a);
  mpz_mul_2exp(t, t, 1);
  mpz_sub_ui(t, t, 1);
  mpz_mul_2exp(t, t, f->shift);
  if (f->bias)
    mpz_submul_ui(t, f->bias, 2);
  mpz_mul(square, t, t);
}

static long table_step(const struct normal *f, long a) {
  return f->table ? f->table[a - f->lo] - f->table[a - 1 - f->lo] : 1;
}

static void signed_square(mpz_t y, const mpz_t u, const void *context) {
  (void)context;
  mpz_abs(y, u);
  mpz_mul(y, y, u);
}

/* What the values between are compared with, and room. */
struct comparing {
  mpz_t square, scale; // 4 gain sgn(u) u^2; divisor v
  mpz_t t, right;
};

static bool is_at_least(struct comparing *k, const struct normal *f, long a) {
  normal_threshold(k->t, k->right, f, a);
  mpz_mul(k->right, k->right, k->scale);
  if (mpz_sgn(k->t) < 0)
    mpz_neg(k->right, k->right);
  return mpz_cmp(k->square, k->right) >= 0;
}

long normal_value(const struct normal *f, const mpz_t u, const mpz_t v) {
  struct comparing k;
  long from = f->lo, to = f->hi; // u, v have at least `from`
  mpz_inits(k.square, k.scale, k.t, k.right, NULL);
  signed_square(k.square, u, NULL);
  mpz_mul(k.square, k.square, f->gain);
  mpz_mul_2exp(k.square, k.square, 2);
  mpz_mul(k.scale, f->divisor, v);
  while (from < to) {
    long middle = from + (to - from + 1) / 2;
    if (is_at_least(&k, f, middle))
      from = middle;
    else
      to = middle - 1;
  }
  mpz_clears(k.square, k.scale, k.t, k.right, NULL);
  return f->table ? f->table[from - f->lo] : from;
}

/* r = the least r >= 0 with 4 gain r^2 >= t^2 divisor v, or > where strict. */
static void reach(mpz_t r, const struct normal *f, const mpz_t square,
                  const mpz_t v, bool strict) {
  mpz_t gain;
  mpz_init(gain);
  mpz_mul_2exp(gain, f->gain, 2);
  mpz_mul(r, square, f->divisor);
  mpz_mul(r, r, v);
  if (strict)
    mpz_fdiv_q(r, r, gain);
  else
    mpz_cdiv_q(r, r, gain);
  if (strict) { // r^2 > q, an integer: r > floor(sqrt q)
    mpz_sqrt(r, r);
    mpz_add_ui(r, r, 1);
  } else if (mpz_sgn(r) > 0) { // r^2 >= q: r > floor(sqrt(q - 1))
    mpz_sub_ui(r, r, 1);
    mpz_sqrt(r, r);
    mpz_add_ui(r, r, 1);
  }
  mpz_clear(gain);
}

void normal_reach(mpz_t below, mpz_t above, const struct normal *f,
                  const mpz_t most) {
  mpz_t t, square;
  long first = f->lo + 1, last = f->hi;
  mpz_inits(t, square, NULL);
  while (first <= f->hi && !table_step(f, first))
    first++;
  while (last > first && !table_step(f, last))
    last--;
  mpz_set_ui(below, 0);
  mpz_set_ui(above, 0);
  if (first <= f->hi) {
    normal_threshold(t, square, f, last);
    if (mpz_sgn(t) > 0) // beyond, all are passed
      reach(above, f, square, most, false);
    normal_threshold(t, square, f, first);
    if (mpz_sgn(t) <= 0) // beyond, none is
      reach(below, f, square, most, true);
  }
  mpz_clears(t, square, NULL);
}

/* ---- From one ladder, u ---- */

/* r = 4 gain x. */
static void scale(struct circuit *c, struct number *r, const struct number *x,
                  mpz_srcptr gain) {
  mpz_t w[1];
  mpz_init(w[0]);
  mpz_mul_2exp(w[0], gain, 2);
  number_linear(c, r, &x, (const mpz_t *)w, 1, NULL);
  mpz_clear(w[0]);
}

/* The gates of a = lo + 1 + i: from operands `square` and v, [square >=
   sgn(t) t^2 v]; with a third, sign = [u >= 0], and B more than the greatest
   square,
     t > 0: [square - t^2 v + B sign >= B]; t < 0: [t^2 v - square + B sign >=
     0]; t = 0: sign. */
struct normal_gates {
  const struct normal *f;
  mpz_srcptr big; // B; NULL without a sign
};

static void get_gate(struct chain_gate *g, size_t i, const void *context) {
  const struct normal_gates *k = context;
  long a = k->f->lo + 1 + (long)i;
  mpz_ptr of_square = g->weight[0], of_v = g->weight[1], t = g->threshold;
  g->step = table_step(k->f, a);
  if (!g->step)
    return;
  normal_threshold(t, of_v, k->f, a);
  mpz_mul(of_v, of_v, k->f->divisor);
  int sign = mpz_sgn(t);
  if (sign > 0)
    mpz_neg(of_v, of_v);
  mpz_set_si(of_square, k->big ? sign : 1);
  mpz_set_ui(t, 0);
  if (!k->big)
    return;
  mpz_set_si(g->weight[2], 1);
  if (sign)
    mpz_set(g->weight[2], k->big);
  if (sign >= 0)
    mpz_set(t, g->weight[2]);
}

static void make_gates(struct circuit *c, struct number *r,
                       const struct normal *f, const struct number *square,
                       const struct number *v, const struct number *sign,
                       mpz_srcptr big) {
  assert(f->lo <= f->hi);
  number_chain(
      c, r,
      &(struct chain_gates){.x = {square, v, sign},
                            .operands = sign ? 3 : 2,
                            .gates = (size_t)(f->hi - f->lo),
                            .start = f->table ? f->table[0] : f->lo,
                            .get = get_gate,
                            .context = &(struct normal_gates){f, big}});
}

/* Monotone tables lie between their ends; others are searched. */
static void bound_table(struct number *r, const struct normal *f) {
  long least = f->table ? f->table[0] : f->lo;
  long most = f->table ? f->table[0] : f->hi;
  for (long a = f->lo; f->table && a <= f->hi; a++) {
    long y = f->table[a - f->lo];
    least = y < least ? y : least;
    most = y > most ? y : most;
  }
  number_bound_si(r, least, most);
}

void number_normal(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *v, const struct normal *f) {
  struct number square;
  assert(number_is_constant(u) || number_is_free(c, u));
  assert(mpz_sgn(v->lo) > 0);
  number_init(&square);
  number_apply(c, &square, u, &(struct function){signed_square, NULL, true});
  scale(c, &square, &square, f->gain);
  make_gates(c, r, f, &square, v, NULL, NULL);
  bound_table(r, f);
  number_clear(&square);
}

/* ---- From the square of any number, and its sign ---- */

void number_normal_square(struct circuit *c, struct number *r,
                          const struct number *square,
                          const struct number *sign, const struct number *v,
                          const struct normal *f) {
  struct number scaled;
  mpz_t big;
  assert(mpz_sgn(v->lo) > 0 && mpz_sgn(square->lo) >= 0);
  number_init(&scaled);
  mpz_init(big);
  scale(c, &scaled, square, f->gain);
  mpz_add_ui(big, scaled.hi, 1);
  make_gates(c, r, f, &scaled, v, sign, big);
  bound_table(r, f);
  number_clear(&scaled);
  mpz_clear(big);
}
