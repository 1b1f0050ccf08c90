/* Staircases in several levels, for fewer gates. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

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

/* Stairs [first..end) are inside of the block, which begins where the one
   before them is passed. */
struct block {
  size_t first, end;
};
struct blocks {
  ARRAY(struct block) at;
  size_t most[2]; // steps down, and up, inside of one
};

static bool is_up(const struct stretch *s, size_t i) {
  return mpz_sgn(s->at[i].step) > 0;
}

/* s gates inside of blocks leave floor(n / (s + 1)) stairs between them. */
static size_t choose_inside(size_t n) {
  size_t best = 0;
  for (size_t s = 1; s < best + n / (best + 1); s++)
    if (s + n / (s + 1) < best + n / (best + 1))
      best = s;
  return best;
}

/* As few blocks as there can be, with at most so many steps inside. */
static void cut(struct blocks *b, const struct stretch *s) {
  size_t used[2] = {0, 0};
  array_push(&b->at, ((struct block){0, 0}));
  for (size_t i = 0; i < s->n; i++) {
    bool up = is_up(s, i);
    if (used[up] < b->most[up]) {
      used[up]++;
    } else {
      array_push(&b->at, ((struct block){i + 1, i + 1}));
      used[0] = used[1] = 0;
    }
    array_last(&b->at).end = i + 1;
  }
}

/* The fewest gates: those inside are all of one direction, or every other one
   where the stairs go up and down. */
static void cut_best(struct blocks *b, const struct stretch *s) {
  size_t inside = choose_inside(s->n);
  bool first = is_up(s, 0), alternate = s->n > 1 && is_up(s, 1) != first;
  b->most[first] = alternate ? (inside + 1) / 2 : inside;
  b->most[!first] = alternate ? inside / 2 : 0;
  cut(b, s);
}

/* f = blocks passed, and base = the staircase at the begin of x's block. */
static void count_blocks(struct circuit *c, struct number *f,
                         struct number *base, const struct number *x,
                         const struct stretch *s, const struct blocks *b) {
  struct staircase jumps, rises;
  mpz_t j, rise;
  mpz_init(j);
  mpz_init(rise);
  staircase_init(&jumps);
  staircase_init(&rises);
  for (size_t k = 1; k < b->at.n; k++) {
    staircase_push_si(&jumps, s->at[b->at.at[k].first - 1].threshold, 1);
    mpz_set_ui(j, k);
    mpz_set_ui(rise, 0);
    for (size_t i = b->at.at[k - 1].first; i < b->at.at[k].first; i++)
      mpz_add(rise, rise, s->at[i].step);
    staircase_push(&rises, j, rise);
  }
  number_staircase(c, f, x, &jumps);
  number_staircase(c, base, f, &rises); // of one ladder: free
  staircase_clear(&jumps);
  staircase_clear(&rises);
  mpz_clears(j, rise, NULL);
}

/* t = the threshold of step `place` in this direction inside of block k; where
   it has none, what x cannot reach before the next block. */
static void find_place(mpz_t t, const struct number *x, const struct stretch *s,
                       const struct blocks *b, size_t k, bool up,
                       size_t place) {
  const struct block *block = &b->at.at[k];
  for (size_t i = block->first; i < block->end; i++)
    if (is_up(s, i) == up && place-- == 0) {
      mpz_set(t, s->at[i].threshold);
      return;
    }
  if (block->end < s->n)
    mpz_set(t, s->at[block->end].threshold);
  else
    mpz_add_ui(t, x->hi, 1);
}

/* r = [that step of x's block is passed], or its opposite: [x >= t_k] in block
   k, so shift x by what t grew over k blocks. */
static void make_place(struct circuit *c, struct number *r,
                       const struct number *x, const struct number *passed,
                       const struct stretch *s, const struct blocks *b, bool up,
                       size_t place, bool opposite) {
  struct number f, jump;
  mpz_t first, last, t;
  mpz_inits(first, last, t, NULL);
  number_init(&f);
  number_init(&jump);
  number_push_si(c, &f, x, 1);
  find_place(first, x, s, b, 0, up, place);
  mpz_set(last, first);
  for (size_t k = 1; k < b->at.n; k++) {
    number_at_least_si(c, &jump, passed, (long)k); // a rung: free
    find_place(t, x, s, b, k, up, place);
    mpz_sub(last, last, t);
    number_push(c, &f, &jump, last);
    mpz_set(last, t);
  }
  number_settle(c, &f);
  if (opposite) {
    number_mul_si(c, &f, &f, -1);
    mpz_ui_sub(first, 1, first);
  }
  number_at_least(c, r, &f, first);
  number_clear(&f);
  number_clear(&jump);
  mpz_clears(first, last, t, NULL);
}

/* The staircase where no step can go either way yet. */
static void find_start(mpz_t start, const struct staircase *s,
                       const struct stretch *t) {
  mpz_set(start, s->start);
  for (const struct stair *always = s->stairs.at; always < t->at; always++)
    mpz_add(start, start, always->step);
}

void number_staircase_blocks(struct circuit *c, struct number *r,
                             const struct number *x,
                             const struct staircase *s) {
  struct stretch t = undecided(s, x);
  if (number_sources(c, x) <= 1 || !t.n) {
    number_staircase(c, r, x, s);
    return;
  }
  struct blocks blocks = {0};
  struct number passed, sum, part;
  mpz_t start;
  cut_best(&blocks, &t);
  mpz_init(start);
  number_init(&passed);
  number_init(&sum);
  number_init(&part);
  find_start(start, s, &t);
  number_set_z(&sum, start);
  count_blocks(c, &passed, &part, x, &t, &blocks);
  number_push_si(c, &sum, &part, 1);
  for (int up = 0; up < 2; up++)
    for (size_t place = 0; place < blocks.most[up]; place++) {
      make_place(c, &part, x, &passed, &t, &blocks, up, place, false);
      number_push_si(c, &sum, &part, up ? 1 : -1);
    }
  number_settle(c, &sum);
  number_set(r, &sum);
  array_clear(&blocks.at);
  number_clear(&passed);
  number_clear(&sum);
  number_clear(&part);
  mpz_clear(start);
}

void number_staircase_gate(struct circuit *c, struct number *r,
                           const struct number *x, const struct staircase *s) {
  struct stretch t = undecided(s, x);
  if (number_sources(c, x) <= 1 || !t.n) {
    number_staircase(c, r, x, s);
    return;
  }
  struct blocks blocks = {0};
  struct number passed, base;
  bool first = is_up(&t, 0);
  blocks.most[first] = 1;
  cut(&blocks, &t);
  number_init(&passed);
  number_init(&base);
  count_blocks(c, &passed, &base, x, &t, &blocks); // base is 0
  make_place(c, r, x, &passed, &t, &blocks, first, 0, !first);
  array_clear(&blocks.at);
  number_clear(&passed);
  number_clear(&base);
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
