#include "compile/arithmetic.h"

#include <assert.h>
#include <string.h>

static bool same_number(const struct number *a, const struct number *b) {
  return a->terms.n == b->terms.n && !mpz_cmp(a->constant, b->constant) &&
         (!a->terms.n ||
          !memcmp(a->terms.at, b->terms.at, a->terms.n * sizeof *a->terms.at));
}

/* r = the source itself, a bit or a view. */
static void set_source(struct circuit *c, struct number *r, source_id source) {
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_set_si(r, 0);
  number_push_source(c, r, source, one);
  mpz_clear(one);
}

/* Term i of x less its least value, which is added to `least`. */
static void take_raised_term(struct circuit *c, struct number *r,
                             const struct number *x, size_t i, mpz_t least) {
  number_take_term(c, r, x, i);
  mpz_add(least, least, r->lo);
  mpz_t up;
  mpz_init(up);
  mpz_neg(up, r->lo);
  number_add_z(r, r, up);
  mpz_clear(up);
}

/* ---- Bits ---- */

/* Bit k of x and floor(x / 2^k), both 0 for x = 0. */
static void one_bit(mpz_t y, const mpz_t x, const void *k) {
  mpz_set_ui(y, (unsigned long)mpz_tstbit(x, *(const unsigned long *)k));
}

static void high_part(mpz_t y, const mpz_t x, const void *k) {
  mpz_fdiv_q_2exp(y, x, *(const unsigned long *)k);
}

/* A sum of f over parts; what is left of the constant; f's argument and
   value. */
struct map {
  const struct function *f;
  struct number sum;
  mpz_t least, x, y;
};

static void map_constant(struct map *m, const mpz_t x) {
  m->f->call(m->y, x, m->f->context);
  mpz_add(m->sum.constant, m->sum.constant, m->y);
  mpz_add(m->sum.lo, m->sum.lo, m->y);
  mpz_add(m->sum.hi, m->sum.hi, m->y);
}

/* Add f of a bit's term, w or 0 above its least value; f(0) = 0. */
static void map_bit(struct circuit *c, struct map *m, const struct wire *t) {
  struct integer_scratch s;
  mpz_srcptr weight = integers_get(&c->integers, t->weight, &s);
  bool falls = mpz_sgn(weight) < 0;
  mpz_abs(m->x, weight);
  if (falls) {
    mpz_sub(m->least, m->least, m->x);
    map_constant(m, m->x);
    mpz_neg(m->y, m->y);
  } else {
    m->f->call(m->y, m->x, m->f->context);
  }
  number_push_source(c, &m->sum, t->source, m->y);
}

/* r = sum of f over the tables of x, each above its least value, and over the
   constant that is left. That way -b, the high half of a negative number, is
   (1 - b) - 1 and has no carries of its own. */
static void map_terms(struct circuit *c, struct number *r,
                      const struct number *x, const struct function *f) {
  struct map m = {.f = f};
  struct number t;
  number_init(&m.sum);
  number_init(&t);
  mpz_init_set(m.least, x->constant);
  mpz_inits(m.x, m.y, NULL);
  for (size_t i = 0; i < x->terms.n; i++) {
    if (!(x->terms.at[i].source & SOURCE_VIEW)) {
      map_bit(c, &m, &x->terms.at[i]);
      continue;
    }
    take_raised_term(c, &t, x, i, m.least);
    number_apply(c, &t, &t, f);
    number_push_si(c, &m.sum, &t, 1);
  }
  map_constant(&m, m.least);
  number_settle(c, &m.sum);
  number_set(r, &m.sum);
  number_clear(&m.sum);
  number_clear(&t);
  mpz_clears(m.least, m.x, m.y, NULL);
}

/* How many values floor(x / 2^k) can take beyond the first. */
static void count_carries(mpz_t n, const struct number *x, unsigned long k) {
  mpz_t first;
  mpz_init(first);
  mpz_fdiv_q_2exp(n, x->hi, k);
  mpz_fdiv_q_2exp(first, x->lo, k);
  mpz_sub(n, n, first);
  mpz_clear(first);
}

/* carry = C_k = floor(f / 2^k), with f = F_k,
               = floor(x / 2^k) - sum of floor(table / 2^k). */
static void make_carry(struct circuit *c, struct number *carry,
                       const struct number *x, const struct number *f,
                       unsigned long k) {
  struct function high = {high_part, &k, true};
  struct number parts;
  mpz_t of_f, of_x;
  mpz_inits(of_f, of_x, NULL);
  count_carries(of_f, f, k);
  count_carries(of_x, x, k);
  if (f->terms.n <= 1 || mpz_cmp(of_f, of_x) <= 0) {
    number_apply(c, carry, f, &high);
  } else {
    number_init(&parts);
    map_terms(c, &parts, x, &high);
    number_apply(c, carry, x, &high);
    number_sub(c, carry, carry, &parts);
    number_clear(&parts);
    mpz_set_ui(of_x, 0);
    number_bound(carry, of_x, of_f);
  }
  mpz_clears(of_f, of_x, NULL);
}

/* Two's complement of x is the binary of x + 2^(n-1) with the top bit
   flipped; after the shift the carry out of the top bit is always 0. */
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

/* bit = bit k of y; and f, which holds F_k, becomes F_(k+1), and carry, which
   holds C_k, becomes C_(k+1). */
static void next_bit(struct circuit *c, struct number *bit, struct number *f,
                     struct number *carry, const struct number *y,
                     unsigned long k) {
  unsigned long one = 1;
  struct number column, next;
  number_init(&column);
  number_init(&next);
  map_terms(c, &column, y, &(struct function){one_bit, &k, false});
  number_add(c, bit, &column, carry);
  if (!column.terms.n && !mpz_sgn(column.constant) && carry->terms.n <= 1) {
    number_apply(c, &next, carry, &(struct function){high_part, &one, true});
  } else {
    number_mul_2exp(c, &column, &column, k);
    number_add(c, f, f, &column);
    make_carry(c, &next, y, f, k + 1);
  }
  number_addmul_si(c, bit, &next, -2);
  number_bound_si(bit, 0, 1);
  number_set(carry, &next);
  number_clear(&column);
  number_clear(&next);
}

/* The source is 0 or 1 at every level. */
static bool is_binary(const struct circuit *c, source_id s) {
  if (!(s & SOURCE_VIEW))
    return true;
  const struct shape *shape =
      &c->shapes.at[c->views.at[s & ~SOURCE_VIEW].shape];
  return shape->lo == 0 && shape->hi == 1; // small integers are their own ids
}

/* If x is a sum of different powers of two, each times a 0/1 source or one
   less it: bit k[i] is term i. False otherwise. */
static bool find_bus(const struct circuit *c, const struct number *x,
                     unsigned n, unsigned long *k) {
  struct integer_scratch s;
  bool ok = true, *is_taken = xcalloc(n, sizeof *is_taken);
  mpz_t rest, size;
  mpz_init_set(rest, x->constant);
  mpz_init(size);
  for (size_t i = 0; ok && i < x->terms.n; i++) {
    mpz_srcptr w = integers_get(&c->integers, x->terms.at[i].weight, &s);
    k[i] = mpz_scan1(w, 0);
    mpz_abs(size, w);
    ok = k[i] < n && !is_taken[k[i]] && mpz_popcount(size) == 1 &&
         is_binary(c, x->terms.at[i].source);
    if (ok)
      is_taken[k[i]] = true;
    if (ok && mpz_sgn(w) < 0)
      mpz_add(rest, rest, w);
  }
  ok = ok && !mpz_sgn(rest);
  mpz_clears(rest, size, NULL);
  free(is_taken);
  return ok;
}

/* As find_bus() says; O(terms), where the general way takes O(n * terms). */
static bool bits_of_bus(struct circuit *c, struct number *r,
                        const struct number *x, unsigned n) {
  unsigned long *k = xmalloc((x->terms.n + 1) * sizeof *k);
  bool ok = x->terms.n > 1 && find_bus(c, x, n, k);
  for (unsigned i = 0; ok && i < n; i++)
    number_set_si(&r[i], 0);
  for (size_t i = 0; ok && i < x->terms.n; i++) {
    struct number *bit = &r[k[i]];
    set_source(c, bit, x->terms.at[i].source);
    if (integers_sign(&c->integers, x->terms.at[i].weight) < 0) {
      number_mul_si(c, bit, bit, -1);
      number_add_si(bit, bit, 1);
    }
  }
  free(k);
  return ok;
}

void number_bits(struct circuit *c, struct number *r, const struct number *x,
                 unsigned n) {
  struct number y, f, carry;
  assert(n >= 1);
  number_init(&y);
  number_init(&f);
  number_init(&carry);
  bool flip_top = make_unsigned(&y, x, n);
  bool done = bits_of_bus(c, r, &y, n);
  for (unsigned long k = 0; !done && k < n; k++) {
    if (y.terms.n == 1)
      number_apply(c, &r[k], &y, &(struct function){one_bit, &k, false});
    else
      next_bit(c, &r[k], &f, &carry, &y, k);
  }
  if (flip_top) {
    number_mul_si(c, &r[n - 1], &r[n - 1], -1);
    number_add_si(&r[n - 1], &r[n - 1], 1);
  }
  number_clear(&y);
  number_clear(&f);
  number_clear(&carry);
}

/* ---- Sums of 0/1 numbers ---- */

/* e += term i of x, as its rungs. */
static void push_rungs(struct circuit *c, struct number *e,
                       const struct number *x, size_t i) {
  ladder_id l = circuit_source_ladder(c, x->terms.at[i].source);
  size_t n = number_rungs(c, x, i);
  mpz_t *steps = xmalloc(n * sizeof *steps);
  for (size_t j = 0; j < n; j++)
    mpz_init(steps[j]);
  number_steps(c, x, i, steps);
  for (size_t j = 0; j < n; j++) {
    number_push_source(c, e, c->ladders.at[l].first_bit + (bit_id)j, steps[j]);
    mpz_clear(steps[j]);
  }
  free(steps);
}

/* Add weight * source to a term of e from `from` on with this source, or as a
   new one. */
static void merge_source(struct circuit *c, struct number *e, size_t from,
                         const struct wire *t) {
  struct integer_scratch s, u;
  mpz_t sum;
  mpz_init_set(sum, integers_get(&c->integers, t->weight, &s));
  size_t i = from;
  while (i < e->terms.n && e->terms.at[i].source != t->source)
    i++;
  if (i == e->terms.n) {
    array_push(&e->terms, *t);
  } else {
    mpz_add(sum, sum, integers_get(&c->integers, e->terms.at[i].weight, &u));
    e->terms.at[i].weight = integers_add(&c->integers, sum);
  }
  mpz_clear(sum);
}

/* e += term i of x, as the bits of its table above its least value. */
static void push_table_bits(struct circuit *c, struct number *e,
                            const struct number *x, size_t i) {
  struct number table, bit;
  number_init(&table);
  number_init(&bit);
  take_raised_term(c, &table, x, i, e->constant);
  size_t from = e->terms.n;
  unsigned long width = number_width(&table);
  for (unsigned long k = 0; k < width; k++) {
    number_apply(c, &bit, &table, &(struct function){one_bit, &k, false});
    number_mul_2exp(c, &bit, &bit, k);
    mpz_add(e->constant, e->constant, bit.constant);
    if (bit.terms.n)
      merge_source(c, e, from, &bit.terms.at[0]);
  }
  number_clear(&table);
  number_clear(&bit);
}

/* e = x as a constant and weighted 0/1 sources, the bits(x) of the header. Not
   settled, as a ladder may have several; its range means nothing. */
static void expand(struct circuit *c, struct number *e,
                   const struct number *x) {
  struct number bits, rungs;
  number_init(&bits);
  number_init(&rungs);
  number_set_z(e, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    if (!(x->terms.at[i].source & SOURCE_VIEW)) {
      array_push(&e->terms, x->terms.at[i]);
      continue;
    }
    number_set_si(&bits, 0);
    number_set_si(&rungs, 0);
    push_table_bits(c, &bits, x, i);
    push_rungs(c, &rungs, x, i);
    number_push_si(c, e, rungs.terms.n < bits.terms.n ? &rungs : &bits, 1);
  }
  number_clear(&bits);
  number_clear(&rungs);
}

/* ---- Products ---- */

/* A 0/1 source with its weight in a and in b. */
struct factor {
  source_id source;
  ladder_id ladder;
  integer_id a, b;
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
  expand(c, &ea, a);
  expand(c, &eb, b);
  *f = (struct factors){0};
  mpz_init_set(f->a, ea.constant);
  mpz_init_set(f->b, eb.constant);
  for (size_t i = 0; i < ea.terms.n + eb.terms.n; i++) {
    bool in_a = i < ea.terms.n; // 0 is its own id
    const struct wire *t =
        in_a ? &ea.terms.at[i] : &eb.terms.at[i - ea.terms.n];
    array_push(&f->at,
               (struct factor){t->source, circuit_source_ladder(c, t->source),
                               in_a ? t->weight : 0, in_a ? 0 : t->weight});
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
      if (f->at.at[i].ladder == f->at.at[j].ladder)
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
  set_source(c, &x, f->at.at[i].source);
  own_weight(c, w, f, i);
  number_push(c, sum, &x, w);
  for (size_t j = i + 1; j < f->at.n; j++) {
    pair_weight(c, w, f, i, j);
    if (!mpz_sgn(w))
      continue;
    set_source(c, &y, f->at.at[j].source);
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
static void add_gates(mpz_t n, const struct number *x) {
  if (x->terms.n > 1) {
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
  if (mpz_sgn(lo) < 0 && same_number(a, b))
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
  bool is_square = same_number(a, b);
  number_add(c, &sum, a, b);
  number_sub(c, &difference, a, b);
  add_gates(gates, is_square ? a : &sum);
  add_gates(gates, &difference);
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

void number_mul(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  struct factors f;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  bound_product(lo, hi, a, b);
  factors_init(c, &f, a, b);
  if (!multiply_squares(c, r, a, b, count_pairs(c, &f)))
    multiply_bits(c, r, &f);
  number_bound(r, lo, hi);
  factors_clear(&f);
  mpz_clears(lo, hi, NULL);
}

/* ---- Comparisons ---- */

void number_at_least_and(struct circuit *c, struct number *r,
                         const struct number *x, const mpz_t t,
                         const struct number *b) {
  struct number sum;
  mpz_t big;
  if (mpz_cmp(x->lo, t) >= 0) {
    number_set(r, b);
    return;
  }
  mpz_init(big);
  number_init(&sum);
  mpz_sub(big, x->hi, t);
  mpz_add_ui(big, big, 1);
  if (mpz_sgn(big) > 0) { // else x never reaches t
    number_push_si(c, &sum, x, 1);
    number_push(c, &sum, b, big);
    number_settle(c, &sum);
    mpz_add(big, big, t);
    number_at_least(c, &sum, &sum, big);
  }
  number_set(r, &sum);
  number_clear(&sum);
  mpz_clear(big);
}

/* sum += [v*u + w*z >= t]. */
static void push_comparison(struct circuit *c, struct number *sum,
                            const struct number *u, long v,
                            const struct number *z, const mpz_t w, long t) {
  struct number s;
  number_init(&s);
  number_push_si(c, &s, u, v);
  number_push(c, &s, z, w);
  number_settle(c, &s);
  number_at_least_si(c, &s, &s, t);
  number_push_si(c, sum, &s, 1);
  number_clear(&s);
}

/* r = how many of [v*u - w_j*z >= t_j], j = 1..m, hold for a constant z. */
static void divide_by_constant(struct circuit *c, struct number *r,
                               const struct number *u, const mpz_t z,
                               unsigned long m, bool to_nearest) {
  struct staircase s;
  mpz_t t;
  mpz_init(t);
  staircase_init(&s);
  for (unsigned long j = 1; j <= m; j++) {
    mpz_mul_ui(t, z, to_nearest ? 2 * j - 1 : j);
    if (to_nearest) {
      mpz_add_ui(t, t, j % 2);
      mpz_cdiv_q_2exp(t, t, 1);
    }
    staircase_push_si(&s, t, 1);
  }
  number_staircase(c, r, u, &s);
  staircase_clear(&s);
  mpz_clear(t);
}

void number_divide(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *z, unsigned long m, bool to_nearest) {
  if (number_is_constant(z)) {
    divide_by_constant(c, r, u, z->constant, m, to_nearest);
    return;
  }
  struct number quotient;
  mpz_t w;
  mpz_init(w);
  number_init(&quotient);
  for (unsigned long j = 1; j <= m; j++) {
    mpz_set_ui(w, to_nearest ? 2 * j - 1 : j);
    mpz_neg(w, w);
    push_comparison(c, &quotient, u, to_nearest ? 2 : 1, z, w,
                    to_nearest && j % 2);
  }
  number_settle(c, &quotient);
  number_set(r, &quotient);
  number_clear(&quotient);
  mpz_clear(w);
}

/* 4g * sgn(x)x^2. */
static void signed_square(mpz_t y, const mpz_t x, const void *g) {
  mpz_abs(y, x);
  mpz_mul(y, y, x);
  mpz_mul(y, y, (mpz_srcptr)g);
  mpz_mul_2exp(y, y, 2);
}

void number_normalise(struct circuit *c, struct number *r,
                      const struct number *u, const struct number *v,
                      const mpz_t g, long lo, long hi) {
  struct number square_of_u, sum;
  mpz_t w;
  assert(u->terms.n <= 1 && lo <= hi);
  mpz_init(w);
  number_init(&square_of_u);
  number_init(&sum);
  number_apply(c, &square_of_u, u, &(struct function){signed_square, g, true});
  number_set_si(&sum, lo);
  for (long a = lo + 1; a <= hi; a++) {
    mpz_set_si(w, 2 * a - 1);
    mpz_mul(w, w, w);
    if (a > 0)
      mpz_neg(w, w);
    push_comparison(c, &sum, &square_of_u, 1, v, w, 0);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&square_of_u);
  number_clear(&sum);
  mpz_clear(w);
}

/* ---- The greatest of several ---- */

/* wins[i] = how many others x[i] beats: m - 1 for the first greatest. */
static struct number *compare_all(struct circuit *c,
                                  const struct number *const *x, size_t m) {
  struct number *wins = numbers_new(m), s;
  number_init(&s);
  for (size_t i = 0; i < m; i++)
    for (size_t j = i + 1; j < m; j++) {
      number_sub(c, &s, x[i], x[j]);
      number_at_least_si(c, &s, &s, 0);
      number_push_si(c, &wins[i], &s, 1);
      number_mul_si(c, &s, &s, -1);
      number_add_si(&s, &s, 1);
      number_push_si(c, &wins[j], &s, 1);
    }
  for (size_t i = 0; i < m; i++)
    number_settle(c, &wins[i]);
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

/* sum += [it wins] * (e - base), e an expansion: one gate for each source of
   e, and one if its constant is not the base. */
static void push_if_wins(struct circuit *c, struct number *sum,
                         const struct number *wins, size_t m,
                         const struct number *e, const mpz_t base) {
  struct integer_scratch s;
  struct number gate;
  mpz_t all, w;
  mpz_init_set_ui(all, m - 1);
  mpz_init(w);
  number_init(&gate);
  mpz_sub(w, e->constant, base);
  if (mpz_sgn(w)) {
    number_at_least(c, &gate, wins, all);
    number_push(c, sum, &gate, w);
  }
  for (size_t i = 0; i < e->terms.n; i++) {
    set_source(c, &gate, e->terms.at[i].source);
    number_at_least_and(c, &gate, wins, all, &gate);
    mpz_set(w, integers_get(&c->integers, e->terms.at[i].weight, &s));
    number_push(c, sum, &gate, w);
  }
  number_clear(&gate);
  mpz_clears(all, w, NULL);
}

void number_max(struct circuit *c, struct number *r,
                const struct number *const *x, size_t m) {
  struct number sum, e, *wins = compare_all(c, x, m);
  mpz_t lo, hi, base;
  assert(m >= 1);
  mpz_init_set(lo, x[0]->lo);
  mpz_init_set(hi, x[0]->hi);
  mpz_init(base);
  number_init(&sum);
  number_init(&e);
  for (size_t i = 0; i < m; i++) {
    if (mpz_cmp(x[i]->lo, lo) > 0)
      mpz_set(lo, x[i]->lo);
    if (mpz_cmp(x[i]->hi, hi) > 0)
      mpz_set(hi, x[i]->hi);
    expand(c, &e, x[i]);
    if (i == 0) {
      mpz_set(base, e.constant);
      number_set_z(&sum, base);
    }
    push_if_wins(c, &sum, &wins[i], m, &e, base);
  }
  number_settle(c, &sum);
  number_bound(&sum, lo, hi);
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&e);
  numbers_free(wins, m);
  mpz_clears(lo, hi, base, NULL);
}

/* ---- Staircases at other prices ---- */

/* Those of a staircase's thresholds that x can both reach and miss. */
struct stretch {
  const struct stair *at;
  size_t n;
};

static struct stretch undecided(const struct staircase *s,
                                const struct number *x) {
  size_t from = 0, to = s->stairs.n;
  while (from < to && mpz_cmp(s->stairs.at[from].threshold, x->lo) <= 0)
    from++;
  while (to > from && mpz_cmp(s->stairs.at[to - 1].threshold, x->hi) > 0)
    to--;
  return (struct stretch){s->stairs.at + from, to - from};
}

/* d = t[i - block] - t[i]; past the end t is what x cannot reach. */
static void stair_drop(mpz_t d, const struct stretch *s, const struct number *x,
                       size_t i, size_t block) {
  mpz_set(d, s->at[i - block].threshold);
  if (i < s->n) {
    mpz_sub(d, d, s->at[i].threshold);
  } else {
    mpz_sub(d, d, x->hi);
    mpz_sub_ui(d, d, 1);
  }
}

/* f = blocks passed: the number of t[block*j - 1] <= x, j = 1, 2, ... */
static void count_blocks(struct circuit *c, struct number *f,
                         const struct number *x, const struct stretch *s,
                         size_t block) {
  struct staircase jumps;
  staircase_init(&jumps);
  for (size_t i = block; i <= s->n; i += block)
    staircase_push_si(&jumps, s->at[i - 1].threshold, 1);
  number_staircase(c, f, x, &jumps);
  staircase_clear(&jumps);
}

/* sum += [stair `place` of x's block is passed]: in block j that is
   [x >= t[block*j + place]], so shift x by what t grew over j blocks. */
static void push_place(struct circuit *c, struct number *sum,
                       const struct number *x, const struct number *passed,
                       const struct stretch *s, size_t block, size_t place) {
  struct number f, jump;
  mpz_t d;
  mpz_init(d);
  number_init(&f);
  number_init(&jump);
  number_push_si(c, &f, x, 1);
  for (size_t j = 1; j <= s->n / block; j++) {
    number_at_least_si(c, &jump, passed, (long)j); // a rung: free
    stair_drop(d, s, x, block * j + place, block);
    number_push(c, &f, &jump, d);
  }
  number_settle(c, &f);
  number_at_least(c, &f, &f, s->at[place].threshold);
  number_push_si(c, sum, &f, 1);
  number_clear(&f);
  number_clear(&jump);
  mpz_clear(d);
}

void number_staircase_blocks(struct circuit *c, struct number *r,
                             const struct number *x,
                             const struct staircase *s) {
  struct stretch t = undecided(s, x);
  if (x->terms.n <= 1 || !t.n) {
    number_staircase(c, r, x, s);
    return;
  }
  size_t block = 1;
  while (block * block < t.n + 1)
    block++;
  struct number passed, sum;
  mpz_t w;
  number_init(&passed);
  number_init(&sum);
  mpz_init(w);
  mpz_add_ui(w, s->start, (size_t)(t.at - s->stairs.at));
  number_set_z(&sum, w);
  count_blocks(c, &passed, x, &t, block);
  mpz_set_ui(w, block);
  number_push(c, &sum, &passed, w);
  for (size_t place = 0; place + 1 < block && place < t.n; place++)
    push_place(c, &sum, x, &passed, &t, block, place);
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&passed);
  number_clear(&sum);
  mpz_clear(w);
}

static void floor_quotient(mpz_t y, const mpz_t x, const void *unit) {
  mpz_fdiv_q(y, x, (mpz_srcptr)unit);
}

void number_digits(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t unit, unsigned long base, unsigned digits) {
  struct number rest, digit, sum;
  mpz_t zero, most, w, place;
  mpz_inits(zero, most, w, place, NULL);
  number_init(&rest);
  number_init(&digit);
  number_init(&sum);
  number_set(&rest, x);
  for (unsigned i = digits; i-- > 0;) {
    mpz_ui_pow_ui(w, base, i);
    mpz_mul(place, w, unit);
    mpz_mul_ui(most, place, base);
    mpz_sub_ui(most, most, 1); // what is left is below the place before
    number_bound(&rest, zero, most);
    number_apply(c, &digit, &rest,
                 &(struct function){floor_quotient, place, true});
    number_push(c, &sum, &digit, w);
    mpz_neg(w, place);
    number_push(c, &rest, &digit, w);
    number_settle(c, &rest);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&rest);
  number_clear(&digit);
  number_clear(&sum);
  mpz_clears(zero, most, w, place, NULL);
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
