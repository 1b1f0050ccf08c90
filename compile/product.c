/* Products: ANDs of pairs of bits, or squares. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

/* A 0/1 source with its weight in a and in b. */
struct factor {
  source_id source;
  ladder_id ladder;
  integer_id a, b;
  bool is_chain; // a gate of a chain, which has a sum of its own
};

/* a = constant + sum of factors' a * source, and b likewise; no source occurs
   twice. */
struct factors {
  ARRAY(struct factor) at;
  mpz_t a, b;
};

static int by_source(const void *a, const void *b) {
  const struct factor *x = a, *y = b;
  return (x->source > y->source) - (x->source < y->source);
}

static void factors_init(struct circuit *c, struct factors *f,
                         const struct number *a, const struct number *b) {
  struct number ea, eb;
  number_init(&ea);
  number_init(&eb);
  number_expand(c, &ea, a);
  number_expand(c, &eb, b);
  *f = (struct factors){0};
  mpz_init_set(f->a, ea.constant);
  mpz_init_set(f->b, eb.constant);
  for (size_t i = 0; i < ea.terms.n + eb.terms.n; i++) {
    bool in_a = i < ea.terms.n; // 0 is its own id
    const struct term *t =
        in_a ? &ea.terms.at[i] : &eb.terms.at[i - ea.terms.n];
    array_push(&f->at,
               (struct factor){.source = t->source,
                               .ladder = circuit_source_ladder(c, t->source),
                               .a = in_a ? t->weight : 0,
                               .b = in_a ? 0 : t->weight,
                               .is_chain = number_is_chain_gate(c, t->source)});
  }
  number_clear(&ea);
  number_clear(&eb);
  if (f->at.n)
    qsort(f->at.at, f->at.n, sizeof *f->at.at, by_source);
  size_t n = 0;
  for (size_t i = 0; i < f->at.n; i++)
    if (n && f->at.at[n - 1].source == f->at.at[i].source) {
      f->at.at[n - 1].a |= f->at.at[i].a; // one of the two is 0
      f->at.at[n - 1].b |= f->at.at[i].b;
    } else {
      f->at.at[n++] = f->at.at[i];
    }
  f->at.n = n;
}

static void factors_clear(struct factors *f) {
  array_clear(&f->at);
  mpz_clears(f->a, f->b, NULL);
}

/* w = the weight of source i alone in a * b; a 0/1 source is its square. */
static void own_weight(const struct circuit *c, mpz_t w,
                       const struct factors *f, size_t i) {
  struct integer_scratch s, t;
  mpz_srcptr a = integers_get(&c->integers, f->at.at[i].a, &s);
  mpz_srcptr b = integers_get(&c->integers, f->at.at[i].b, &t);
  mpz_mul(w, a, b);
  mpz_addmul(w, a, f->b);
  mpz_addmul(w, f->a, b);
}

/* w = the weight of source i AND source j, i != j, in a * b. */
static void pair_weight(const struct circuit *c, mpz_t w,
                        const struct factors *f, size_t i, size_t j) {
  struct integer_scratch s, t;
  const struct factor *x = &f->at.at[i], *y = &f->at.at[j];
  mpz_mul(w, integers_get(&c->integers, x->a, &s),
          integers_get(&c->integers, y->b, &t));
  mpz_addmul(w, integers_get(&c->integers, x->b, &s),
             integers_get(&c->integers, y->a, &t));
}

static size_t count_pairs(const struct circuit *c, const struct factors *f) {
  size_t n = 0;
  mpz_t w;
  mpz_init(w);
  for (size_t i = 0; i < f->at.n; i++)
    for (size_t j = i + 1; j < f->at.n; j++) {
      if (f->at.at[i].ladder == f->at.at[j].ladder && !f->at.at[i].is_chain)
        continue;
      pair_weight(c, w, f, i, j);
      n += mpz_sgn(w) != 0;
    }
  mpz_clear(w);
  return n;
}

/* sum += source i, and source i AND each later one, weighted. */
static void push_pairs(struct circuit *c, struct number *sum,
                       const struct factors *f, size_t i) {
  struct number x, y;
  mpz_t w;
  mpz_init(w);
  number_init(&x);
  number_init(&y);
  number_set_source(c, &x, f->at.at[i].source);
  own_weight(c, w, f, i);
  number_push(c, sum, &x, w);
  for (size_t j = i + 1; j < f->at.n; j++) {
    pair_weight(c, w, f, i, j);
    if (!mpz_sgn(w))
      continue;
    number_set_source(c, &y, f->at.at[j].source);
    number_add(c, &y, &x, &y);
    number_at_least_si(c, &y, &y, 2);
    number_push(c, sum, &y, w);
  }
  number_clear(&x);
  number_clear(&y);
  mpz_clear(w);
}

static void multiply_bits(struct circuit *c, struct number *r,
                          const struct factors *f) {
  struct number sum;
  mpz_t constant;
  number_init(&sum);
  mpz_init(constant);
  mpz_mul(constant, f->a, f->b);
  number_set_z(&sum, constant);
  for (size_t i = 0; i < f->at.n; i++)
    push_pairs(c, &sum, f, i);
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
  mpz_clear(constant);
}

static void square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
}

static void quarter_square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
  mpz_fdiv_q_2exp(y, y, 2);
}

/* n += at most the gates of a function of x. */
static void add_gates(const struct circuit *c, mpz_t n,
                      const struct number *x) {
  if (number_sources(c, x) > 1) {
    mpz_add(n, n, x->hi);
    mpz_sub(n, n, x->lo);
  }
}

/* The interval of the product of two intervals; of the squares if a is b. */
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
  if (mpz_sgn(lo) < 0 && number_equal(a, b))
    mpz_set_ui(lo, 0);
  mpz_clear(p);
}

/* r = a * b by functions of one number, if that takes fewer than `pairs`
   gates. */
static bool multiply_squares(struct circuit *c, struct number *r,
                             const struct number *a, const struct number *b,
                             size_t pairs) {
  struct function f = {quarter_square, NULL, false},
                  f_a = {square, NULL, false};
  struct number sum, difference;
  mpz_t gates;
  mpz_init(gates);
  number_init(&sum);
  number_init(&difference);
  bool is_square = number_equal(a, b);
  number_add(c, &sum, a, b);
  number_sub(c, &difference, a, b);
  add_gates(c, gates, is_square ? a : &sum);
  add_gates(c, gates, &difference);
  bool is_cheaper = mpz_cmp_ui(gates, pairs) < 0;
  if (is_cheaper && is_square) {
    number_apply(c, r, a, &f_a);
  } else if (is_cheaper) {
    number_apply(c, &sum, &sum, &f);
    number_apply(c, &difference, &difference, &f);
    number_sub(c, r, &sum, &difference);
  }
  number_clear(&sum);
  number_clear(&difference);
  mpz_clear(gates);
  return is_cheaper;
}

/* ---- Chains: their bits are 0/1 numbers of many gates ---- */

/* x = constant + sum of weight[i] * bit[i]: bits of two's complement of what is
   free, else bits(x). */
struct digits {
  struct number *bit;
  mpz_t *weight, constant;
  size_t n;
};

static void digits_make(struct digits *d, size_t n) {
  d->n = n;
  d->bit = numbers_new(n);
  d->weight = xmalloc(n * sizeof *d->weight);
  for (size_t i = 0; i < n; i++)
    mpz_init(d->weight[i]);
  mpz_init(d->constant);
}

static void digits_of_free(struct circuit *c, struct digits *d,
                           const struct number *x) {
  digits_make(d, number_width(x));
  number_bits(c, d->bit, x, (unsigned)d->n);
  for (size_t i = 0; i < d->n; i++)
    mpz_setbit(d->weight[i], i);
  if (mpz_sgn(x->lo) < 0)
    mpz_neg(d->weight[d->n - 1], d->weight[d->n - 1]);
}

static void digits_of_terms(struct circuit *c, struct digits *d,
                            const struct number *x) {
  struct integer_scratch s;
  struct number e;
  number_init(&e);
  number_expand(c, &e, x);
  digits_make(d, e.terms.n);
  mpz_set(d->constant, e.constant);
  for (size_t i = 0; i < d->n; i++) {
    number_set_source(c, &d->bit[i], e.terms.at[i].source);
    mpz_set(d->weight[i], integers_get(&c->integers, e.terms.at[i].weight, &s));
  }
  number_clear(&e);
}

static void digits_clear(struct digits *d) {
  numbers_free(d->bit, d->n);
  for (size_t i = 0; i < d->n; i++)
    mpz_clear(d->weight[i]);
  free(d->weight);
  mpz_clear(d->constant);
}

/* sum += a * b without the constants of both. */
static void push_digits(struct circuit *c, struct number *sum,
                        const struct digits *a, const struct digits *b) {
  struct number both;
  mpz_t w;
  mpz_init(w);
  number_init(&both);
  for (size_t i = 0; i < a->n; i++)
    for (size_t j = 0; j < b->n; j++) {
      number_add(c, &both, &a->bit[i], &b->bit[j]);
      number_at_least_si(c, &both, &both, 2);
      mpz_mul(w, a->weight[i], b->weight[j]);
      number_push(c, sum, &both, w);
    }
  number_clear(&both);
  mpz_clear(w);
}

/* With x = k + u and y = l + v: uv + k y + l x - k l. */
static void multiply_digits(struct circuit *c, struct number *r,
                            const struct number *x, const struct number *y) {
  struct digits a, b;
  struct number sum;
  mpz_t w;
  mpz_init(w);
  number_init(&sum);
  if (number_is_free(c, x))
    digits_of_free(c, &a, x);
  else
    digits_of_terms(c, &a, x);
  if (number_is_free(c, y))
    digits_of_free(c, &b, y);
  else
    digits_of_terms(c, &b, y);
  mpz_mul(w, a.constant, b.constant);
  mpz_neg(w, w);
  number_set_z(&sum, w);
  number_push(c, &sum, y, a.constant);
  number_push(c, &sum, x, b.constant);
  push_digits(c, &sum, &a, &b);
  number_settle(c, &sum);
  number_set(r, &sum);
  digits_clear(&a);
  digits_clear(&b);
  number_clear(&sum);
  mpz_clear(w);
}

/* Whether it is one for chains: an operand is one, and free. */
static bool multiply_chains(struct circuit *c, struct number *r,
                            const struct number *a, const struct number *b) {
  struct function f = {square, NULL, false};
  bool is_of_a = a->is_chain && number_is_free(c, a),
       is_of_b = b->is_chain && number_is_free(c, b);
  if (number_is_constant(a) || number_is_constant(b) || (!is_of_a && !is_of_b))
    return false;
  if (number_equal(a, b))
    number_apply(c, r, a, &f);
  else
    multiply_digits(c, r, a, b);
  return true;
}

void number_mul(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  struct factors f;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  bound_product(lo, hi, a, b);
  if (!multiply_chains(c, r, a, b)) {
    factors_init(c, &f, a, b);
    if (!multiply_squares(c, r, a, b, count_pairs(c, &f)))
      multiply_bits(c, r, &f);
    factors_clear(&f);
  }
  number_bound(r, lo, hi);
  mpz_clears(lo, hi, NULL);
}
