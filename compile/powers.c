/* Powers of one number: by monomials, by residues, by a table. */
#include "compile/powers.h"
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/crt.h"

#include <assert.h>
#include <stdlib.h>

/* ---- By monomials ---- */

/* The sources of x, and a choice of some of them. */
struct choice {
  struct circuit *c;
  const struct number *e; // x expanded
  unsigned long power;
  size_t *place; // of those chosen, ascending
  size_t n;
  struct number *sum;
};

/* y = (constant + sum of the chosen weights in `part`)^power. */
static void power_of_part(mpz_t y, const struct choice *k, size_t part) {
  struct integer_scratch s;
  mpz_set(y, k->e->constant);
  for (size_t i = 0; i < k->n; i++)
    if (part >> i & 1)
      mpz_add(y, y,
              integers_get(&k->c->integers, k->e->terms.at[k->place[i]].weight,
                           &s));
  mpz_pow_ui(y, y, k->power);
}

/* w = what the product of the chosen sources has in the power: inclusion and
   exclusion over the parts of the choice. */
static void monomial_weight(mpz_t w, const struct choice *k) {
  mpz_t y;
  mpz_init(y);
  mpz_set_ui(w, 0);
  for (size_t part = 0; part < (size_t)1 << k->n; part++) {
    power_of_part(y, k, part);
    if ((k->n - (size_t)__builtin_popcountll(part)) % 2)
      mpz_sub(w, w, y);
    else
      mpz_add(w, w, y);
  }
  mpz_clear(y);
}

/* sum += the monomial of the choice: one AND gate. */
static void push_monomial(const struct choice *k) {
  struct number all, one;
  mpz_t w;
  mpz_init(w);
  monomial_weight(w, k);
  if (mpz_sgn(w)) {
    number_init(&all);
    number_init(&one);
    for (size_t i = 0; i < k->n; i++) {
      number_set_source(k->c, &one, k->e->terms.at[k->place[i]].source);
      number_push_si(k->c, &all, &one, 1);
    }
    number_settle(k->c, &all);
    if (k->n)
      number_at_least_si(k->c, &all, &all, (long)k->n);
    else
      number_set_si(&all, 1);
    number_push(k->c, k->sum, &all, w);
    number_clear(&all);
    number_clear(&one);
  }
  mpz_clear(w);
}

/* The choices that go on from this one with sources from `from` on. */
static void push_choices(struct choice *k, size_t from) {
  push_monomial(k);
  if (k->n == k->power)
    return;
  for (size_t i = from; i < k->e->terms.n; i++) {
    k->place[k->n++] = i;
    push_choices(k, i + 1);
    k->n--;
  }
}

void number_power_monomials(struct circuit *c, struct number *r, unsigned n,
                            const struct number *x, unsigned long e) {
  struct number sources, sum;
  mpz_t zero, most;
  mpz_inits(zero, most, NULL);
  mpz_pow_ui(most, x->hi, e);
  number_init(&sources);
  number_init(&sum);
  number_expand(c, &sources, x);
  struct choice k = {
      c, &sources, e, xcalloc(sources.terms.n + 1, sizeof *k.place), 0, &sum};
  push_choices(&k, 0);
  number_settle(c, &sum);
  number_bound(&sum, zero, most);
  number_bits(c, r, &sum, n);
  free(k.place);
  number_clear(&sources);
  number_clear(&sum);
  mpz_clears(zero, most, NULL);
}

/* ---- By residues ---- */

struct power_price {
  struct circuit *c;
  const struct number *x;
  unsigned n;
};

static double price(uint32_t q, void *context) {
  const struct power_price *k = context;
  return (double)residue_gates(k->c, k->x, q) + k->n;
}

struct power_mod {
  unsigned long e;
  uint32_t q;
};

static void raise(mpz_t y, const mpz_t x, const void *context) {
  const struct power_mod *k = context;
  mpz_t q;
  mpz_init_set_ui(q, k->q);
  mpz_powm_ui(y, x, k->e, q);
  mpz_clear(q);
}

void number_power_residues(struct circuit *c, struct number *r, unsigned n,
                           const struct number *x, unsigned long e) {
  struct power_price k = {c, x, n};
  size_t moduli;
  mpz_t most, bound;
  if (e == 1) {
    number_bits(c, r, x, n);
    return;
  }
  mpz_inits(most, bound, NULL);
  mpz_pow_ui(most, x->hi, e);
  mpz_mul_2exp(bound, most, n + 1);
  uint32_t *modulus = crt_moduli(&moduli, bound, false, price, &k);
  struct residue *residue = xcalloc(moduli, sizeof *residue);
  for (size_t i = 0; i < moduli; i++) {
    struct power_mod mod = {e, modulus[i]};
    residue_init(&residue[i]);
    residue_make(c, &residue[i], x, modulus[i], NULL);
    number_apply(c, &residue[i].value, &residue[i].value,
                 &(struct function){raise, &mod, false});
    residue[i].least = 0; // there is no gate
  }
  crt_bits(c, r, n, residue, modulus, moduli, most);
  for (size_t i = 0; i < moduli; i++)
    residue_clear(&residue[i]);
  free(residue);
  free(modulus);
  mpz_clears(most, bound, NULL);
}

/* ---- By a table ---- */

static void raise_all(mpz_t y, const mpz_t x, const void *e) {
  mpz_pow_ui(y, x, *(const unsigned long *)e);
}

void number_power_table(struct circuit *c, struct number *r, unsigned n,
                        const struct number *x, unsigned long e) {
  struct number y;
  number_init(&y);
  number_apply_sparse(c, &y, x, &(struct function){raise_all, &e, true});
  number_bits(c, r, &y, n);
  number_clear(&y);
}
