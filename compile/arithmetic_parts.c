/* Numbers taken apart: into terms, and into 0/1 sources. */
#include "compile/arithmetic_parts.h"
#include "circuit/folding.h"
#include "compile/arithmetic.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <string.h>

bool number_equal(const struct number *a, const struct number *b) {
  return a->terms.n == b->terms.n && !mpz_cmp(a->constant, b->constant) &&
         (!a->terms.n ||
          !memcmp(a->terms.at, b->terms.at, a->terms.n * sizeof *a->terms.at));
}

void number_set_source(struct circuit *c, struct number *r, source_id source) {
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_set_si(r, 0);
  number_push_source(c, r, source, one);
  mpz_clear(one);
}

void number_take_raised(struct circuit *c, struct number *r,
                        const struct number *x, size_t i, mpz_t least) {
  number_take_term(c, r, x, i);
  mpz_add(least, least, r->lo);
  mpz_t up;
  mpz_init(up);
  mpz_neg(up, r->lo);
  number_add_z(r, r, up);
  mpz_clear(up);
}

void number_one_bit(mpz_t y, const mpz_t x, const void *k) {
  mpz_set_ui(y, (unsigned long)mpz_tstbit(x, *(const unsigned long *)k));
}

void number_high_part(mpz_t y, const mpz_t x, const void *k) {
  mpz_fdiv_q_2exp(y, x, *(const unsigned long *)k);
}

/* Bit i turns at every multiple of 2^i: up at odd ones, down at even ones. */
void number_push_count(struct circuit *c, struct number *bit, unsigned n,
                       size_t stride, unsigned long b,
                       const struct number *holds) {
  for (unsigned i = 0; i < n && !(b & ((1UL << i) - 1)); i++)
    number_push_si(c, &bit[i * stride], holds, b >> i & 1 ? 1 : -1);
}

void number_settle_bits(struct circuit *c, struct number *bit, size_t n) {
  for (size_t i = 0; i < n; i++) {
    number_settle(c, &bit[i]);
    number_bound_si(&bit[i], 0, 1);
  }
}

/* A sum of f over addends; what is left of the constant; f's argument and
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

/* y = the weight that f gives a bit which has this weight: f of it above its
   least value; f(0) = 0. */
static void map_weight(struct map *m, mpz_srcptr weight) {
  bool falls = mpz_sgn(weight) < 0;
  mpz_abs(m->x, weight);
  if (falls) {
    mpz_sub(m->least, m->least, m->x);
    map_constant(m, m->x);
    mpz_neg(m->y, m->y);
  } else {
    m->f->call(m->y, m->x, m->f->context);
  }
}

/* e += term i of x, as its rungs. */
static void push_rungs(struct circuit *c, struct number *e,
                       const struct number *x, size_t i) {
  ladder_id l = circuit_source_ladder(c, x->terms.at[i].source);
  size_t n = number_rungs(c, x, i);
  mpz_t *steps = steps_new(n);
  number_steps(c, x, i, steps);
  for (size_t j = 0; j < n; j++)
    number_push_source(c, e, c->ladders.at[l].first_bit + (bit_id)j, steps[j]);
  steps_free(steps, n);
}

static void map_bit(struct circuit *c, struct map *m, const struct term *t) {
  struct integer_scratch s;
  map_weight(m, integers_get(&c->integers, t->weight, &s));
  number_push_source(c, &m->sum, t->source, m->y);
}

static void map_term(struct circuit *c, struct map *m, const struct number *x,
                     size_t i) {
  const struct term *t = &x->terms.at[i];
  struct number table;
  if (!(t->source & SOURCE_VIEW)) {
    map_bit(c, m, t);
    return;
  }
  number_init(&table);
  if (folding_is_chain(c, t->source)) { // its gates are terms
    push_rungs(c, &table, x, i);
    for (size_t j = 0; j < table.terms.n; j++)
      map_bit(c, m, &table.terms.at[j]);
    number_clear(&table);
    return;
  }
  number_take_raised(c, &table, x, i, m->least);
  number_apply(c, &table, &table, m->f);
  number_push_si(c, &m->sum, &table, 1);
  number_clear(&table);
}

void number_map_addends(struct circuit *c, struct number *r,
                        const struct addends *a, const struct function *f) {
  struct map m = {.f = f};
  number_init(&m.sum);
  number_refuse_spans(c, a->x);
  mpz_init_set(m.least, a->x->constant);
  mpz_inits(m.x, m.y, NULL);
  for (size_t i = 0; i < a->x->terms.n; i++)
    map_term(c, &m, a->x, i);
  for (size_t i = 0; i < a->forms; i++) {
    map_weight(&m, a->weight[i]);
    number_push(c, &m.sum, &a->form[i], m.y);
  }
  map_constant(&m, m.least);
  number_settle(c, &m.sum);
  number_set(r, &m.sum);
  number_clear(&m.sum);
  mpz_clears(m.least, m.x, m.y, NULL);
}

void number_map_terms(struct circuit *c, struct number *r,
                      const struct number *x, const struct function *f) {
  number_map_addends(c, r, &(struct addends){x, x, NULL, NULL, 0}, f);
}

/* Add weight * source to a term of e from `from` on with this source, or as a
   new one. */
static void merge_source(struct circuit *c, struct number *e, size_t from,
                         const struct term *t) {
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
  number_take_raised(c, &table, x, i, e->constant);
  size_t from = e->terms.n;
  unsigned long width = number_width(&table);
  for (unsigned long k = 0; k < width; k++) {
    number_apply(c, &bit, &table,
                 &(struct function){number_one_bit, &k, false});
    number_mul_2exp(c, &bit, &bit, k);
    mpz_add(e->constant, e->constant, bit.constant);
    if (bit.terms.n)
      merge_source(c, e, from, &bit.terms.at[0]);
  }
  number_clear(&table);
  number_clear(&bit);
}

void number_expand(struct circuit *c, struct number *e,
                   const struct number *x) {
  struct number bits, rungs;
  number_refuse_spans(c, x);
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
    bool is_chain = folding_is_chain(c, x->terms.at[i].source);
    if (!is_chain)
      push_table_bits(c, &bits, x, i);
    push_rungs(c, &rungs, x, i);
    bool is_fewer = is_chain || rungs.terms.n < bits.terms.n;
    number_push_si(c, e, is_fewer ? &rungs : &bits, 1);
  }
  number_clear(&bits);
  number_clear(&rungs);
}

void number_as_bits(struct circuit *c, struct number *x) {
  if (number_is_ladder(c, x) || number_is_constant(x))
    return;
  assert(number_is_free(c, x) && mpz_sgn(x->lo) >= 0);
  unsigned n = number_width(x);
  struct number *bit = numbers_new(n), one, sum;
  mpz_t w;
  mpz_init_set_ui(w, 1);
  number_init(&one);
  number_init(&sum);
  number_bits(c, bit, x, n);
  for (unsigned k = 0; k < n; k++) {
    number_set_bit(c, &one, number_physical(c, &bit[k]));
    number_push(c, &sum, &one, w);
    mpz_mul_2exp(w, w, 1);
  }
  number_settle(c, &sum);
  number_bound(&sum, x->lo, x->hi);
  number_swap(x, &sum);
  numbers_free(bit, n);
  number_clear(&one);
  number_clear(&sum);
  mpz_clear(w);
}
