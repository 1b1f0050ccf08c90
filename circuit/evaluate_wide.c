/* Steps of sums of more than 30 bits: weights in signed digits of base 256,
   four of them a word, and thresholds as words. */
#include "circuit/evaluate_maker.h"
#include "circuit/evaluate_search.h"

#include <string.h>

enum {
  MAX_TERMS = 1 << 15,  // whose products of 255 and 128 are less than 2^30
  MAX_DIGITS = 1 << 24, // of terms at once
  KEY_BITS = 28         // of keys of thresholds
};

/* Digits in [-128..127] whose sum is w, modulo 256^n. */
static void find_digits(mpz_srcptr w, size_t n, int8_t *digit) {
  mpz_t rest;
  int carry = 0;
  mpz_init(rest);
  mpz_fdiv_r_2exp(rest, w, 8 * n);
  for (size_t i = 0; i < n; i++) {
    size_t in_limb = 8 * i % GMP_NUMB_BITS;
    mp_limb_t limb = mpz_getlimbn(rest, (mp_size_t)(8 * i / GMP_NUMB_BITS));
    int d = (int)(limb >> in_limb & 255) + carry;
    carry = d > 127;
    digit[i] = (int8_t)(d - 256 * carry);
  }
  mpz_clear(rest);
}

static void push_words(struct sums *s, mpz_srcptr z, size_t n) {
  mpz_t rest;
  mpz_init(rest);
  mpz_fdiv_r_2exp(rest, z, 32 * n);
  for (size_t i = 0; i < n; i++) {
    mp_limb_t limb = mpz_getlimbn(rest, (mp_size_t)(32 * i / GMP_NUMB_BITS));
    array_push(&s->words, (uint32_t)(limb >> 32 * i % GMP_NUMB_BITS));
  }
  mpz_clear(rest);
}

/* Terms [first..end), for each word those that have digits there. */
static void push_pass(struct maker *m, const struct member *x, size_t first,
                      size_t end, size_t words) {
  struct sums *s = m->s;
  size_t digits = SUM_GROUP * words;
  array_reserve(&m->digits, (end - first) * digits + 1);
  for (size_t i = first; i < end; i++)
    find_digits(x->terms.at[i].weight, digits,
                m->digits.at + (i - first) * digits);
  for (size_t j = 0; j < words; j++) {
    for (size_t i = first; i < end; i++) {
      const int8_t *digit = m->digits.at + (i - first) * digits + SUM_GROUP * j;
      for (size_t r = 0; r < SUM_GROUP; r++)
        if (digit[r])
          maker_push_weight(m, r, &m->items.at[x->terms.at[i].item], digit[r]);
    }
    array_push(&s->parts, s->quads.n);
    maker_end_rows(m);
  }
}

/* What a sum is if all its bytes are 0, less the first threshold. */
static void push_start(struct sums *s, const struct maker *m,
                       const struct member *x, size_t words) {
  mpz_t start, product;
  mpz_inits(start, product, NULL);
  if (x->rungs.may.n)
    mpz_neg(start, x->rungs.may.at[0].threshold);
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct wide_term *t = &x->terms.at[i];
    mpz_mul_si(product, t->weight, m->items.at[t->item].lo);
    mpz_add(start, start, product);
  }
  push_words(s, start, words);
  mpz_clears(start, product, NULL);
}

static void push_thresholds(struct sums *s, const struct rung_list *r,
                            struct sum_wide *w) {
  mpz_t t;
  mpz_init(t);
  w->is_exact = true;
  for (size_t i = r->may.n; i-- > 0;) {
    mpz_sub(t, r->may.at[i].threshold, r->may.at[0].threshold);
    size_t bits = mpz_sizeinbase(t, 2);
    if (i + 1 == r->may.n)
      w->shift = bits > KEY_BITS ? (uint32_t)(bits - KEY_BITS) : 0;
    w->is_exact = w->is_exact && (!mpz_sgn(t) || mpz_scan1(t, 0) >= w->shift);
  }
  for (size_t i = 0; i < r->may.n; i++) {
    mpz_sub(t, r->may.at[i].threshold, r->may.at[0].threshold);
    if (!w->is_exact)
      push_words(s, t, w->words);
    mpz_fdiv_q_2exp(t, t, w->shift);
    array_push(&s->thresholds, mpz_get_si(t));
  }
  array_push(&s->thresholds, INT64_MAX);
  mpz_clear(t);
}

void maker_push_wide(struct maker *m, const struct member *x,
                     struct sum_step *step) {
  struct sums *s = m->s;
  struct sum_wide w = {.parts = s->parts.n, .start = s->words.n};
  size_t first = s->thresholds.n;
  w.words = (uint32_t)(mpz_sizeinbase(x->bound, 2) + 2 + 31) / 32;
  push_start(s, m, x, w.words);
  size_t n = x->terms.n, most = MAX_DIGITS / (SUM_GROUP * w.words) + 1;
  most = most < MAX_TERMS ? most : MAX_TERMS;
  for (size_t i = 0; i < n; i += most, w.passes++)
    push_pass(m, x, i, n - i < most ? n : i + most, w.words);
  w.thresholds = s->words.n;
  push_thresholds(s, &x->rungs, &w);
  step->rungs = (uint32_t)x->rungs.may.n;
  step->search = search_make(s, s->thresholds.at + first, step->rungs);
  step->thresholds = s->thresholds.n;
  step->wide = s->wide.n;
  array_push(&s->wide, w);
}
