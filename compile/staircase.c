/* Staircases in several levels, for fewer gates. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"

#include <assert.h>

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
                   const mpz_t unit, const unsigned long *radix,
                   unsigned digits) {
  struct number rest, digit, sum;
  mpz_t zero, most, w, place;
  mpz_inits(zero, most, w, place, NULL);
  number_init(&rest);
  number_init(&digit);
  number_init(&sum);
  number_set(&rest, x);
  mpz_set_ui(w, 1);
  for (unsigned i = 0; i < digits; i++)
    mpz_mul_ui(w, w, radix[i]);
  for (unsigned i = digits; i-- > 0;) {
    mpz_mul(most, w, unit);
    mpz_sub_ui(most, most, 1); // what is left is below the place before
    mpz_divexact_ui(w, w, radix[i]);
    mpz_mul(place, w, unit);
    number_bound(&rest, zero, most);
    number_apply(c, &digit, &rest,
                 &(struct function){floor_quotient, place, true});
    number_push(c, &sum, &digit, w);
    mpz_neg(place, place);
    number_push(c, &rest, &digit, place);
    number_settle(c, &rest);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&rest);
  number_clear(&digit);
  number_clear(&sum);
  mpz_clears(zero, most, w, place, NULL);
}

/* Radices a + 1 for the first of `digits`, a for the others, as few a + 1 as
   have a product above `most`; returns the gates, and sets those radices. */
static unsigned long choose_radices(unsigned long *radix, unsigned digits,
                                    unsigned long most) {
  mpz_t root, product;
  mpz_init(root);
  mpz_init_set_ui(product, most);
  mpz_root(root, product, digits);
  unsigned long a = mpz_get_ui(root), gates = 0;
  mpz_pow_ui(product, root, digits);
  for (unsigned i = 0; i < digits; i++) {
    radix[i] = mpz_cmp_ui(product, most) <= 0 ? a + 1 : a;
    if (radix[i] > a) {
      mpz_divexact_ui(product, product, a);
      mpz_mul_ui(product, product, a + 1);
    }
    gates += radix[i] - 1;
  }
  mpz_clears(root, product, NULL);
  return gates;
}

unsigned digits_choose(unsigned long *radix, unsigned digits,
                       unsigned long most) {
  assert(digits >= 1 && most >= 1);
  unsigned long gates = choose_radices(radix, digits, most);
  unsigned n = digits;
  while (n > 1 && choose_radices(radix, n - 1, most) == gates)
    n--;
  choose_radices(radix, n, most);
  return n;
}

void number_parity(struct circuit *c, struct number *r, const struct number *x,
                   unsigned levels) {
  unsigned long lowest = 0;
  struct number sum, pairs;
  unsigned long radix[64];
  mpz_t two;
  mpz_init_set_ui(two, 2);
  number_init(&sum);
  number_init(&pairs);
  number_map_terms(c, &sum, x,
                   &(struct function){number_one_bit, &lowest, false});
  assert(mpz_fits_slong_p(sum.hi));
  unsigned long most = mpz_get_ui(sum.hi) / 2;
  if (most) {
    unsigned digits = digits_choose(radix, levels < 64 ? levels : 64, most);
    number_digits(c, &pairs, &sum, two, radix, digits);
    number_addmul_si(c, &sum, &pairs, -2);
    number_bound_si(&sum, 0, 1);
  }
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&pairs);
  mpz_clear(two);
}
