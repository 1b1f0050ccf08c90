#include "compile/arithmetic.h"

#include <assert.h>
#include <string.h>

/* ---- Bits ---- */

static void residue(mpz_t y, const mpz_t x, const void *context) {
  const unsigned long *bits = context;
  mpz_fdiv_r_2exp(y, x, *bits);
}

static void one_bit(mpz_t y, const mpz_t x, const void *context) {
  const unsigned long *bit = context;
  mpz_set_ui(y, (unsigned long)mpz_tstbit(x, *bit));
}

/* r = sum over terms and constant of f(each). */
static void map_terms(struct circuit *c, struct number *r,
                      const struct number *x, const struct function *f) {
  struct number sum, t;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&sum);
  number_init(&t);
  f->call(one, x->constant, f->context);
  number_set_z(&sum, one);
  mpz_set_ui(one, 1);
  for (size_t i = 0; i < x->terms.n; i++) {
    number_take_term(c, &t, x, i);
    number_apply(c, &t, &t, f);
    number_push(c, &sum, &t, one);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&t);
  mpz_clear(one);
}

/* Two's complement of x is the binary of x + 2^(n-1) with the top bit
   flipped; after the shift the top carry cannot fire. */
static bool make_unsigned(struct number *y, const struct number *x,
                          unsigned n) {
  bool is_signed = mpz_sgn(x->lo) < 0;
  number_set(y, x);
  if (is_signed) {
    mpz_t half;
    mpz_init_set_ui(half, 1);
    mpz_mul_2exp(half, half, n - 1);
    number_add_z(y, y, half);
    mpz_clear(half);
  }
  return is_signed;
}

static bool same_number(const struct number *a, const struct number *b) {
  return a->terms.n == b->terms.n && !mpz_cmp(a->constant, b->constant) &&
         (!a->terms.n ||
          !memcmp(a->terms.at, b->terms.at, a->terms.n * sizeof *a->terms.at));
}

/* carry = floor(F_k / 2^k). */
static void carry_into(struct circuit *c, struct number *carry,
                       const struct number *x, unsigned long k) {
  struct staircase s;
  struct number f;
  mpz_t t, one;
  mpz_init_set_ui(one, 1);
  mpz_init(t);
  staircase_init(&s);
  number_init(&f);
  map_terms(c, &f, x, &(struct function){residue, &k, false});
  if (same_number(&f, x))
    number_bound(&f, x->lo, x->hi);
  mpz_mul_2exp(t, one, k);
  for (unsigned long j = 2; mpz_cmp(t, f.hi) <= 0; j++) {
    staircase_push(&s, t, one);
    mpz_set_ui(t, j);
    mpz_mul_2exp(t, t, k);
  }
  number_staircase(c, carry, &f, &s);
  number_clear(&f);
  staircase_clear(&s);
  mpz_clears(t, one, NULL);
}

void number_bits(struct circuit *c, struct number *r, const struct number *x,
                 unsigned n) {
  struct number y, carry, next;
  number_init(&y);
  number_init(&carry);
  number_init(&next);
  bool flip_top = make_unsigned(&y, x, n);
  for (unsigned long k = 0; k < n; k++) {
    struct function bit = {one_bit, &k, false};
    if (y.terms.n == 1) {
      number_apply(c, &r[k], &y, &bit);
    } else {
      carry_into(c, &next, &y, k + 1);
      map_terms(c, &r[k], &y, &bit);
      number_add(c, &r[k], &r[k], &carry);
      number_addmul_si(c, &r[k], &next, -2);
      number_bound_si(&r[k], 0, 1);
      number_set(&carry, &next);
    }
    if (flip_top && k == n - 1) {
      number_mul_si(c, &r[k], &r[k], -1);
      number_add_si(&r[k], &r[k], 1);
    }
  }
  number_clear(&y);
  number_clear(&carry);
  number_clear(&next);
}

/* ---- Products ---- */

struct weighted_bit {
  struct number bit; // 0/1, reads one ladder
  mpz_t weight;
};

/* x = constant + sum of weight * bit. */
struct expansion {
  ARRAY(struct weighted_bit) bits;
  mpz_t constant;
};

static void push_bit(struct expansion *e, const struct number *bit,
                     const mpz_t weight) {
  struct weighted_bit b;
  if (number_is_constant(bit)) {
    mpz_addmul(e->constant, bit->constant, weight);
    return;
  }
  number_init(&b.bit);
  number_set(&b.bit, bit);
  mpz_init_set(b.weight, weight);
  array_push(&e->bits, b);
}

/* The bits of one term's table above its least value. */
static void expand_term(struct circuit *c, struct expansion *e,
                        const struct number *x, size_t i) {
  struct integer_scratch s;
  struct number t, bit;
  mpz_t w;
  mpz_init(w);
  number_init(&t);
  number_init(&bit);
  if (!(x->terms.at[i].source & SOURCE_VIEW)) {
    number_set_bit(c, &bit, x->terms.at[i].source);
    mpz_set(w, integers_get(&c->integers, x->terms.at[i].weight, &s));
    push_bit(e, &bit, w);
  } else {
    number_take_term(c, &t, x, i);
    mpz_add(e->constant, e->constant, t.lo);
    mpz_neg(w, t.lo);
    number_add_z(&t, &t, w);
    unsigned long width = number_width(&t);
    for (unsigned long k = 0; k < width; k++) {
      number_apply(c, &bit, &t, &(struct function){one_bit, &k, false});
      mpz_set_ui(w, 1);
      mpz_mul_2exp(w, w, k);
      push_bit(e, &bit, w);
    }
  }
  number_clear(&t);
  number_clear(&bit);
  mpz_clear(w);
}

static void expand(struct circuit *c, struct expansion *e,
                   const struct number *x) {
  memset(&e->bits, 0, sizeof e->bits);
  mpz_init_set(e->constant, x->constant);
  for (size_t i = 0; i < x->terms.n; i++)
    expand_term(c, e, x, i);
}

static void expansion_clear(struct expansion *e) {
  for (size_t i = 0; i < e->bits.n; i++) {
    number_clear(&e->bits.at[i].bit);
    mpz_clear(e->bits.at[i].weight);
  }
  array_clear(&e->bits);
  mpz_clear(e->constant);
}

/* r = [a AND b] for 0/1 numbers: [a + b >= 2]. */
static void and_gate(struct circuit *c, struct number *r,
                     const struct number *a, const struct number *b) {
  number_add(c, r, a, b);
  number_at_least_si(c, r, r, 2);
}

static void multiply_bits(struct circuit *c, struct number *r,
                          const struct expansion *a,
                          const struct expansion *b) {
  struct number product, gate;
  mpz_t w;
  mpz_init(w);
  number_init(&product);
  number_init(&gate);
  mpz_mul(w, a->constant, b->constant);
  number_set_z(&product, w);
  for (size_t i = 0; i < a->bits.n; i++) {
    mpz_mul(w, a->bits.at[i].weight, b->constant);
    number_push(c, &product, &a->bits.at[i].bit, w);
  }
  for (size_t j = 0; j < b->bits.n; j++) {
    mpz_mul(w, b->bits.at[j].weight, a->constant);
    number_push(c, &product, &b->bits.at[j].bit, w);
  }
  for (size_t i = 0; i < a->bits.n; i++)
    for (size_t j = 0; j < b->bits.n; j++) {
      and_gate(c, &gate, &a->bits.at[i].bit, &b->bits.at[j].bit);
      mpz_mul(w, a->bits.at[i].weight, b->bits.at[j].weight);
      number_push(c, &product, &gate, w);
    }
  number_settle(c, &product);
  number_set(r, &product);
  number_clear(&product);
  number_clear(&gate);
  mpz_clear(w);
}

static void quarter_square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
  mpz_fdiv_q_2exp(y, y, 2);
}

static void multiply_squares(struct circuit *c, struct number *r,
                             const struct number *sum,
                             const struct number *difference) {
  struct function f = {quarter_square, NULL, false};
  struct number s, d;
  number_init(&s);
  number_init(&d);
  number_apply(c, &s, sum, &f);
  number_apply(c, &d, difference, &f);
  number_sub(c, r, &s, &d);
  number_clear(&s);
  number_clear(&d);
}

static void add_width(mpz_t sum, const struct number *x) {
  mpz_add(sum, sum, x->hi);
  mpz_sub(sum, sum, x->lo);
}

/* The interval of the product of two intervals. */
static void bound_product(mpz_t lo, mpz_t hi, const struct number *a,
                          const struct number *b) {
  mpz_t p;
  mpz_init(p);
  mpz_mul(lo, a->lo, b->lo);
  mpz_set(hi, lo);
  for (int i = 1; i < 4; i++) {
    mpz_mul(p, i & 1 ? a->hi : a->lo, i & 2 ? b->hi : b->lo);
    if (mpz_cmp(p, lo) < 0)
      mpz_set(lo, p);
    if (mpz_cmp(p, hi) > 0)
      mpz_set(hi, p);
  }
  mpz_clear(p);
}

void number_mul(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  struct expansion ea, eb;
  struct number sum, difference;
  mpz_t squares, lo, hi;
  mpz_inits(squares, lo, hi, NULL);
  number_init(&sum);
  number_init(&difference);
  expand(c, &ea, a);
  expand(c, &eb, b);
  number_add(c, &sum, a, b);
  number_sub(c, &difference, a, b);
  add_width(squares, &sum);
  add_width(squares, &difference);
  bound_product(lo, hi, a, b);
  if (mpz_cmp_ui(squares, ea.bits.n * eb.bits.n) < 0)
    multiply_squares(c, r, &sum, &difference);
  else
    multiply_bits(c, r, &ea, &eb);
  number_bound(r, lo, hi);
  expansion_clear(&ea);
  expansion_clear(&eb);
  number_clear(&sum);
  number_clear(&difference);
  mpz_clears(squares, lo, hi, NULL);
}

/* ---- Comparisons ---- */

void number_at_least_and(struct circuit *c, struct number *r,
                         const struct number *x, const mpz_t t,
                         const struct number *b) {
  struct number sum;
  mpz_t big, one;
  mpz_init(big);
  mpz_init_set_ui(one, 1);
  mpz_sub(big, x->hi, t);
  mpz_add_ui(big, big, 1);
  if (mpz_sgn(big) <= 0) {
    number_set_si(r, 0); // x never reaches t
  } else {
    number_init(&sum);
    number_push(c, &sum, x, one);
    number_push(c, &sum, b, big);
    number_settle(c, &sum);
    mpz_add(big, big, t);
    number_at_least(c, r, &sum, big);
    number_clear(&sum);
  }
  mpz_clears(big, one, NULL);
}

void number_divide(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *z, unsigned long m, bool to_nearest) {
  struct number quotient, s;
  mpz_t one, uw, zw;
  mpz_inits(uw, zw, NULL);
  mpz_init_set_ui(one, 1);
  number_init(&quotient);
  number_init(&s);
  for (unsigned long j = 1; j <= m; j++) {
    mpz_set_ui(uw, to_nearest ? 2 : 1);
    mpz_set_ui(zw, to_nearest ? 2 * j - 1 : j);
    mpz_neg(zw, zw);
    number_set_si(&s, 0);
    number_push(c, &s, u, uw);
    number_push(c, &s, z, zw);
    number_settle(c, &s);
    number_at_least_si(c, &s, &s, to_nearest && j % 2);
    number_push(c, &quotient, &s, one);
  }
  number_settle(c, &quotient);
  number_set(r, &quotient);
  number_clear(&quotient);
  number_clear(&s);
  mpz_clears(one, uw, zw, NULL);
}

static void signed_square(mpz_t y, const mpz_t x, const void *context) {
  const mpz_srcptr factor = context;
  mpz_mul(y, x, x);
  mpz_mul(y, y, factor);
  mpz_mul_2exp(y, y, 2);
  if (mpz_sgn(x) < 0)
    mpz_neg(y, y);
}

void number_normalise(struct circuit *c, struct number *r,
                      const struct number *u, const struct number *v,
                      const mpz_t g, long lo, long hi) {
  struct number square, s, sum;
  mpz_t w, one;
  assert(u->terms.n <= 1);
  mpz_init(w);
  mpz_init_set_ui(one, 1);
  number_init(&square);
  number_init(&s);
  number_init(&sum);
  number_apply(c, &square, u, &(struct function){signed_square, g, true});
  number_set_si(&sum, lo);
  for (long a = lo + 1; a <= hi; a++) {
    mpz_set_si(w, 2 * a - 1);
    mpz_mul(w, w, w);
    if (a > 0)
      mpz_neg(w, w);
    number_set_si(&s, 0);
    number_push(c, &s, &square, one);
    number_push(c, &s, v, w);
    number_settle(c, &s);
    number_at_least_si(c, &s, &s, 0);
    number_push(c, &sum, &s, one);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&square);
  number_clear(&s);
  number_clear(&sum);
  mpz_clears(w, one, NULL);
}

/* wins[i] = how many others x[i] beats: m - 1 for the first greatest. */
static struct number *compare_all(struct circuit *c,
                                  const struct number *const *x, size_t m) {
  struct number *wins = numbers_new(m), s;
  number_init(&s);
  for (size_t i = 0; i < m; i++)
    for (size_t j = i + 1; j < m; j++) {
      number_sub(c, &s, x[i], x[j]);
      number_at_least_si(c, &s, &s, 0);
      number_add(c, &wins[i], &wins[i], &s);
      number_addmul_si(c, &wins[j], &s, -1);
      number_add_si(&wins[j], &wins[j], 1);
    }
  number_clear(&s);
  return wins;
}

void number_argmax(struct circuit *c, struct number *r,
                   const struct number *const *x, size_t m) {
  struct number *wins = compare_all(c, x, m);
  for (size_t i = 0; i < m; i++)
    number_at_least_si(c, &r[i], &wins[i], (long)m - 1);
  numbers_free(wins, m);
}

/* sum += 2^k * [x wins AND bit k of x - lo], over the bits. */
static void add_if_wins(struct circuit *c, struct number *sum,
                        const struct number *x, const mpz_t lo,
                        const struct number *wins, size_t m, unsigned width) {
  struct number shifted, *bits = numbers_new(width);
  mpz_t z;
  mpz_init(z);
  number_init(&shifted);
  mpz_neg(z, lo);
  number_add_z(&shifted, x, z);
  number_bits(c, bits, &shifted, width);
  for (unsigned k = 0; k < width; k++) {
    mpz_set_ui(z, m - 1);
    number_at_least_and(c, &bits[k], wins, z, &bits[k]);
    mpz_set_ui(z, 1);
    mpz_mul_2exp(z, z, k);
    number_push(c, sum, &bits[k], z);
  }
  number_clear(&shifted);
  numbers_free(bits, width);
  mpz_clear(z);
}

void number_max(struct circuit *c, struct number *r,
                const struct number *const *x, size_t m) {
  struct number sum, *wins = compare_all(c, x, m);
  mpz_t lo, hi, range;
  mpz_init_set(lo, x[0]->lo);
  mpz_init_set(hi, x[0]->hi);
  mpz_init(range);
  for (size_t i = 1; i < m; i++) {
    if (mpz_cmp(x[i]->lo, lo) < 0)
      mpz_set(lo, x[i]->lo);
    if (mpz_cmp(x[i]->hi, hi) > 0)
      mpz_set(hi, x[i]->hi);
  }
  mpz_sub(range, hi, lo);
  number_init(&sum);
  number_set_z(&sum, lo);
  unsigned width = (unsigned)mpz_sizeinbase(range, 2);
  for (size_t i = 0; i < m; i++)
    add_if_wins(c, &sum, x[i], lo, &wins[i], m, width);
  number_settle(c, &sum);
  number_bound(&sum, lo, hi);
  number_set(r, &sum);
  number_clear(&sum);
  numbers_free(wins, m);
  mpz_clears(lo, hi, range, NULL);
}

/* ---- Staircases at other prices ---- */

/* t[i], 0 <= i, of a staircase with n steps: past the end, what x cannot
   reach. */
static void stair_at(mpz_t t, const struct staircase *s, const struct number *x,
                     size_t i) {
  if (i < s->stairs.n)
    mpz_set(t, s->stairs.at[i].threshold);
  else
    mpz_add_ui(t, x->hi, 1);
}

void number_staircase_blocks(struct circuit *c, struct number *r,
                             const struct number *x,
                             const struct staircase *s) {
  size_t levels = s->stairs.n + 1, block = 1, blocks;
  while (block * block < levels)
    block++;
  blocks = s->stairs.n / block;
  struct number *jump = numbers_new(blocks), sum, f;
  mpz_t one, t, before;
  mpz_inits(t, before, NULL);
  mpz_init_set_ui(one, 1);
  number_init(&sum);
  number_init(&f);
  number_set_z(&sum, s->start);
  struct staircase first;
  staircase_init(&first);
  for (size_t j = 1; j <= blocks; j++)
    staircase_push(&first, s->stairs.at[j * block - 1].threshold, one);
  number_staircase(c, &f, x, &first);
  mpz_set_ui(t, block);
  number_push(c, &sum, &f, t);
  for (size_t j = 1; j <= blocks; j++) {
    mpz_set_ui(t, j);
    number_at_least(c, &jump[j - 1], &f, t); // rungs of f: free
  }
  // in block j step r is [x >= t_(Bj+r)]: shift x by the blocks passed
  for (size_t place = 1; place < block && place <= s->stairs.n; place++) {
    number_set_si(&f, 0);
    number_push(c, &f, x, one);
    stair_at(before, s, x, place - 1);
    for (size_t j = 1; j <= blocks; j++) {
      stair_at(t, s, x, j * block + place - 1);
      mpz_sub(before, before, t);
      number_push(c, &f, &jump[j - 1], before);
      mpz_set(before, t);
    }
    number_settle(c, &f);
    number_at_least(c, &f, &f, s->stairs.at[place - 1].threshold);
    number_push(c, &sum, &f, one);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&f);
  numbers_free(jump, blocks);
  staircase_clear(&first);
  mpz_clears(one, t, before, NULL);
}

void number_digits(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t unit, unsigned long base, unsigned digits) {
  struct number rest, digit, sum;
  mpz_t place, step, t, one;
  mpz_inits(step, t, NULL);
  mpz_init_set(place, unit);
  mpz_init_set_ui(one, 1);
  number_init(&rest);
  number_init(&digit);
  number_init(&sum);
  number_set(&rest, x);
  for (unsigned i = digits; i-- > 0;) {
    struct staircase s;
    staircase_init(&s);
    mpz_ui_pow_ui(step, base, i);
    mpz_mul(place, step, unit);
    mpz_set(t, place);
    for (unsigned long j = 1; j < base; j++) {
      staircase_push(&s, t, one);
      mpz_add(t, t, place);
    }
    number_staircase(c, &digit, &rest, &s);
    number_push(c, &sum, &digit, step);
    mpz_neg(t, place);
    number_push(c, &rest, &digit, t);
    number_settle(c, &rest);
    mpz_sub_ui(t, place, 1); // what is left is below the place
    number_bound(&rest, x->lo, t);
    staircase_clear(&s);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&rest);
  number_clear(&digit);
  number_clear(&sum);
  mpz_clears(place, step, t, one, NULL);
}

bit_id number_physical(struct circuit *c, const struct number *x) {
  bit_id b;
  if (number_is_bit(c, x, &b))
    return b;
  // [x >= 1] made as a gate even where x reads one ladder
  mpz_t t;
  mpz_init_set_ui(t, 1);
  mpz_sub(t, t, x->constant);
  for (size_t i = 0; i < x->terms.n; i++)
    circuit_add_wire_id(c, x->terms.at[i].source, x->terms.at[i].weight);
  b = circuit_add_gate(c, t);
  mpz_clear(t);
  return b;
}
