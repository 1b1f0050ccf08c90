/* Chains: gates with sums of their own that fire one after the other.

   In a folded circuit a chain is one ladder (folding.h). That is right where
   all of its gates read the same wires: each operand with a weight that is not
   0, and no ladder through two operands. Else they are made one by one. */
#include "circuit/error.h"
#include "circuit/folding.h"
#include "compile/number.h"
#include "compile/number_parts.h"
#include "compile/summands.h"

static void gate_init(struct chain_gate *g) {
  for (unsigned k = 0; k < CHAIN_OPERANDS; k++)
    mpz_init(g->weight[k]);
  mpz_init(g->threshold);
}

static void gate_clear(struct chain_gate *g) {
  for (unsigned k = 0; k < CHAIN_OPERANDS; k++)
    mpz_clear(g->weight[k]);
  mpz_clear(g->threshold);
}

/* ---- One by one ---- */

static void make_gates(struct circuit *c, struct number *r,
                       const struct chain_gates *f) {
  struct chain_gate g;
  struct number x, sum;
  struct summands all;
  gate_init(&g);
  number_init(&x);
  number_init(&sum);
  number_set_si(&sum, f->start);
  summands_init(&all, c, f->x, f->operands);
  for (size_t i = 0; i < f->gates; i++) {
    f->get(&g, i, f->context);
    if (!g.step)
      continue;
    summands_linear(c, &x, &all, (const mpz_t *)g.weight, NULL);
    number_push_gate(c, &sum, &x, g.threshold, g.step);
  }
  number_swap(r, &sum);
  summands_clear(&all);
  number_clear(&x);
  number_clear(&sum);
  gate_clear(&g);
}

/* ---- As one ladder ---- */

struct operand {
  struct number x;     // as wires have it
  mpz_t gcd;           // of its weights
  mpz_t sum, greatest; // of |factor|
  mpz_t factor;
};

struct folded_chain {
  const struct chain_gates *f;
  struct operand at[CHAIN_OPERANDS];
  ARRAY(long) steps;                   // of the gates that can go either way
  mpz_t start, lo, hi;                 // of the sum
  mpz_t from, to, constant, gcd, room; // of the sum that one gate reads
};

static void folded_init(struct circuit *c, struct folded_chain *k,
                        const struct chain_gates *f) {
  *k = (struct folded_chain){.f = f};
  for (unsigned i = 0; i < f->operands; i++) {
    struct operand *o = &k->at[i];
    number_init(&o->x);
    mpz_inits(o->gcd, o->sum, o->greatest, o->factor, NULL);
    number_push_apart(c, &o->x, f->x[i]);
    if (!number_is_constant(&o->x))
      number_common_weight(c, &o->x, o->gcd);
  }
  mpz_init_set_si(k->start, f->start);
  mpz_init_set_si(k->lo, f->start);
  mpz_init_set_si(k->hi, f->start);
  mpz_inits(k->from, k->to, k->constant, k->gcd, k->room, NULL);
}

static void folded_clear(struct folded_chain *k) {
  for (unsigned i = 0; i < k->f->operands; i++) {
    struct operand *o = &k->at[i];
    number_clear(&o->x);
    mpz_clears(o->gcd, o->sum, o->greatest, o->factor, NULL);
  }
  array_clear(&k->steps);
  mpz_clears(k->start, k->lo, k->hi, k->from, k->to, k->constant, k->gcd,
             k->room, NULL);
}

static int by_id(const void *a, const void *b) {
  ladder_id x = *(const ladder_id *)a, y = *(const ladder_id *)b;
  return (x > y) - (x < y);
}

/* The ladders that number x reads, each once: as many as are returned. */
static size_t list_ladders(const struct circuit *c, const struct number *x,
                           ladder_id *at) {
  size_t n = 0;
  for (size_t i = 0; i < x->terms.n; i++)
    at[i] = circuit_source_ladder(c, x->terms.at[i].source);
  qsort(at, x->terms.n, sizeof *at, by_id);
  for (size_t i = 0; i < x->terms.n; i++)
    if (!n || at[n - 1] != at[i])
      at[n++] = at[i];
  return n;
}

static bool reads_apart(const struct circuit *c, const struct folded_chain *k) {
  size_t all = 0, n = 0;
  for (unsigned i = 0; i < k->f->operands; i++)
    all += k->at[i].x.terms.n;
  ladder_id *at = xmalloc((all + 1) * sizeof *at);
  for (unsigned i = 0; i < k->f->operands; i++)
    n += list_ladders(c, &k->at[i].x, at + n);
  qsort(at, n, sizeof *at, by_id);
  bool ok = true;
  for (size_t i = 1; i < n; i++)
    ok = ok && at[i - 1] != at[i];
  free(at);
  return ok;
}

/* The sum that g compares; false if it does not read all operands. */
static bool read_sum(struct folded_chain *k, const struct chain_gate *g) {
  mpz_set_ui(k->from, 0);
  mpz_set_ui(k->to, 0);
  mpz_set_ui(k->constant, 0);
  mpz_set_ui(k->gcd, 0);
  for (unsigned i = 0; i < k->f->operands; i++) {
    struct operand *o = &k->at[i];
    mpz_srcptr w = g->weight[i];
    bool falls = mpz_sgn(w) < 0;
    if (!mpz_sgn(w) && !number_is_constant(&o->x))
      return false;
    mpz_addmul(k->from, w, falls ? k->f->x[i]->hi : k->f->x[i]->lo);
    mpz_addmul(k->to, w, falls ? k->f->x[i]->lo : k->f->x[i]->hi);
    mpz_addmul(k->constant, w, o->x.constant);
    mpz_mul(o->factor, w, o->gcd);
    mpz_gcd(k->gcd, k->gcd, o->factor);
  }
  return mpz_sgn(k->gcd);
}

/* -1 if no sum is below the threshold t, 1 if all are, 0 if it can go either
   way; sums are `constant` and multiples of gcd. */
static int decide(struct folded_chain *k, mpz_t t) {
  mpz_sub(k->room, k->to, t);
  bool can_pass = mpz_cmp(k->room, k->gcd) >= 0;
  mpz_sub(k->room, t, k->from);
  if (can_pass && mpz_cmp(k->room, k->gcd) >= 0)
    return 0;
  mpz_sub(t, t, k->constant);
  mpz_cdiv_q(t, t, k->gcd);
  mpz_sub(k->from, k->from, k->constant);
  mpz_cdiv_q(k->from, k->from, k->gcd);
  mpz_sub(k->to, k->to, k->constant);
  mpz_fdiv_q(k->to, k->to, k->gcd);
  return mpz_cmp(t, k->to) > 0 ? 1 : mpz_cmp(t, k->from) <= 0 ? -1 : 0;
}

static void add_si(mpz_t z, long n) {
  if (n < 0)
    mpz_sub_ui(z, z, -(unsigned long)n);
  else
    mpz_add_ui(z, z, (unsigned long)n);
}

static void add_factors(struct folded_chain *k) {
  for (unsigned i = 0; i < k->f->operands; i++) {
    struct operand *o = &k->at[i];
    mpz_abs(o->factor, o->factor);
    mpz_divexact(o->factor, o->factor, k->gcd);
    mpz_add(o->sum, o->sum, o->factor);
    if (mpz_cmp(o->factor, o->greatest) > 0)
      mpz_set(o->greatest, o->factor);
  }
}

static bool read_gates(struct folded_chain *k) {
  struct chain_gate g;
  bool ok = true;
  gate_init(&g);
  for (size_t i = 0; ok && i < k->f->gates; i++) {
    k->f->get(&g, i, k->f->context);
    if (!g.step)
      continue;
    ok = read_sum(k, &g);
    int decided = ok ? decide(k, g.threshold) : 1;
    if (decided <= 0) {
      add_si(k->lo, decided || g.step < 0 ? g.step : 0);
      add_si(k->hi, decided || g.step > 0 ? g.step : 0);
    }
    if (decided < 0)
      add_si(k->start, g.step);
    if (decided)
      continue;
    add_factors(k);
    array_push(&k->steps, g.step);
  }
  gate_clear(&g);
  return ok;
}

static void add_wires(struct circuit *c, const struct folded_chain *k) {
  for (unsigned i = 0; i < k->f->operands; i++) {
    const struct operand *o = &k->at[i];
    for (size_t j = 0; j < o->x.terms.n; j++) {
      const struct term *t = &o->x.terms.at[j];
      number_add_wire(c, t, o->gcd);
      folding_set_factors(c->folding, o->sum, o->greatest);
    }
  }
}

/* r = start + the steps of a ladder whose rungs are the gates. */
static void add_ladder(struct circuit *c, struct number *r,
                       const struct folded_chain *k) {
  size_t n = k->steps.n;
  mpz_t *steps = steps_new(n);
  struct number y;
  number_init(&y);
  number_set_z(&y, k->start);
  for (size_t i = 0; i < n; i++)
    mpz_set_si(steps[i], k->steps.at[i]);
  if (n) {
    add_wires(c, k);
    bit_id b = circuit_add_ladder(c, NULL, n);
    folding_set_chain(c->folding);
    number_add_steps(c, &y, c->bits.at[b].ladder, (const mpz_t *)steps, n);
    mpz_set(y.lo, k->lo);
    mpz_set(y.hi, k->hi);
  }
  y.is_chain = y.terms.n;
  number_swap(r, &y);
  number_clear(&y);
  steps_free(steps, n);
}

static bool make_folded(struct circuit *c, struct number *r,
                        const struct chain_gates *f) {
  struct folded_chain k;
  folded_init(c, &k, f);
  bool ok = reads_apart(c, &k) && read_gates(&k);
  if (ok)
    add_ladder(c, r, &k);
  folded_clear(&k);
  return ok;
}

void number_chain(struct circuit *c, struct number *r,
                  const struct chain_gates *f) {
  if (!c->folding || !make_folded(c, r, f))
    make_gates(c, r, f);
}
