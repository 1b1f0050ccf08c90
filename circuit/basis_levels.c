#include "circuit/basis_levels.h"

#include <stdlib.h>

enum {
  DIGIT_GATES = 8 // to add a literal: of a full adder, which takes one away
};

/* factor * (value[level] + least), the function of a ladder's level. */
struct levels {
  ARRAY(struct level_value { mpz_t z; }) value; // [0..rungs], least is 0
  size_t ready;                                 // initialised values
  size_t rungs;
  size_t width; // bits of the greatest value
  mpz_t factor, least;
};

static int compare_terms(const void *a, const void *b) {
  const struct term *p = a, *q = b;
  return p->bit < q->bit ? -1 : p->bit > q->bit;
}

static void find_sums(struct levels *f, const struct term *t, size_t n) {
  array_reserve(&f->value, n + 1);
  for (; f->ready <= n; f->ready++)
    mpz_init(f->value.at[f->ready].z);
  f->rungs = n;
  mpz_set_ui(f->value.at[0].z, 0);
  mpz_set_ui(f->factor, 0);
  for (size_t i = 0; i < n; i++) {
    mpz_add(f->value.at[i + 1].z, f->value.at[i].z, t[i].weight);
    int sign = mpz_sgn(f->factor);
    mpz_gcd(f->factor, f->factor, t[i].weight);
    if (sign < 0 || (!sign && mpz_sgn(t[i].weight) < 0))
      mpz_neg(f->factor, f->factor); // so that the first step is upwards
  }
}

/* False if the function is 0. */
static bool find_levels(struct levels *f, const struct term *t, size_t n) {
  find_sums(f, t, n);
  if (!mpz_sgn(f->factor))
    return false;
  mpz_set_ui(f->least, 0);
  for (size_t i = 0; i <= n; i++) {
    mpz_ptr z = f->value.at[i].z;
    mpz_divexact(z, z, f->factor);
    if (mpz_cmp(z, f->least) < 0)
      mpz_set(f->least, z);
  }
  f->width = 0;
  for (size_t i = 0; i <= n; i++) {
    mpz_ptr z = f->value.at[i].z;
    mpz_sub(z, z, f->least);
    size_t width = mpz_sgn(z) ? mpz_sizeinbase(z, 2) : 0;
    f->width = width > f->width ? width : f->width;
  }
  return true;
}

/* The next run of levels [*from..*to] at which the digit is 1, from *to on. */
static bool next_run(const struct levels *f, size_t digit, size_t *from,
                     size_t *to) {
  size_t i = *to;
  while (i <= f->rungs && !mpz_tstbit(f->value.at[i].z, digit))
    i++;
  *from = i;
  while (i <= f->rungs && mpz_tstbit(f->value.at[i].z, digit))
    i++;
  *to = i;
  return *from < i;
}

/* Digits 1 and -1 that a weight needs, no two neighbours. */
static size_t count_digits(const mpz_t weight) {
  mpz_t w, w3;
  mpz_init(w);
  mpz_init(w3);
  mpz_abs(w, weight);
  mpz_mul_ui(w3, w, 3);
  mpz_xor(w3, w3, w);
  size_t n = mpz_popcount(w3);
  mpz_clear(w);
  mpz_clear(w3);
  return n;
}

static bool saves_gates(const struct levels *f, const struct term *t) {
  size_t before = 0, after = f->width * count_digits(f->factor) * DIGIT_GATES;
  for (size_t i = 0; i < f->rungs; i++)
    before += count_digits(t[i].weight) * DIGIT_GATES;
  for (size_t digit = 0; digit < f->width && after < before; digit++)
    for (size_t from, to = 0; next_run(f, digit, &from, &to);)
      after += from && to <= f->rungs ? 2 : 1; // an OR and an AND
  return after < before;
}

static literal make_digit(struct logic *g, const struct levels *f, size_t digit,
                          const struct term *t) {
  struct literals runs = {0};
  literals_push(&runs, g, LITERAL_FALSE);
  for (size_t from, to = 0; next_run(f, digit, &from, &to);) {
    literal reached = from ? t[from - 1].literal : LITERAL_TRUE;
    literal passed = to <= f->rungs ? t[to - 1].literal : LITERAL_FALSE;
    literals_push(&runs, g, logic_and(g, reached, literal_not(passed)));
  }
  literal l = logic_fold(g, &runs, true);
  array_clear(&runs.all);
  return l;
}

static void replace(struct conversion *v, struct logic *g,
                    const struct levels *f, size_t first) {
  struct literal_sum *s = &v->sum;
  mpz_t weight;
  mpz_init_set(weight, f->factor);
  mpz_addmul(s->offset, f->factor, f->least);
  for (size_t digit = 0; digit < f->width && !g->is_full; digit++) {
    literal l = make_digit(g, f, digit, s->terms.at + first);
    conversion_add_term(v, l, weight);
    mpz_mul_2exp(weight, weight, 1);
  }
  for (size_t i = first; i < first + f->rungs; i++)
    mpz_set_ui(s->terms.at[i].weight, 0);
  mpz_clear(weight);
}

void levels_join(struct conversion *v, struct logic *g) {
  struct literal_sum *s = &v->sum;
  struct levels f = {0};
  size_t n = s->terms.n, end;
  mpz_init(f.factor);
  mpz_init(f.least);
  if (n)
    qsort(s->terms.at, n, sizeof *s->terms.at, compare_terms);
  for (size_t i = 0; i < n && !g->is_full; i = end) {
    ladder_id l = v->from->bits.at[s->terms.at[i].bit].ladder;
    bit_id last = circuit_end_bit(v->from, l);
    for (end = i + 1; end < n && s->terms.at[end].bit < last;)
      end++;
    if (l && end - i > 1 && find_levels(&f, s->terms.at + i, end - i) &&
        saves_gates(&f, s->terms.at + i))
      replace(v, g, &f, i);
  }
  for (size_t i = 0; i < f.ready; i++)
    mpz_clear(f.value.at[i].z);
  array_clear(&f.value);
  mpz_clear(f.factor);
  mpz_clear(f.least);
}
