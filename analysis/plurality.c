#include "analysis/plurality.h"
#include "circuit/array.h"

#include <assert.h>

/* What voters give answers in [from..to), none more often than it may: for s
   voters the weight of all such votes is sum[s]. One row for each number of
   answers. */
struct votes {
  size_t m;
  unsigned long k;
  mpz_t *at; // [row * (k + 1) + voters]
};

static void votes_init(struct votes *v, size_t m, unsigned long k) {
  *v = (struct votes){m, k, xmalloc((m + 1) * (k + 1) * sizeof *v->at)};
  for (size_t i = 0; i < (m + 1) * (k + 1); i++)
    mpz_init(v->at[i]);
}

static void votes_clear(struct votes *v) {
  for (size_t i = 0; i < (v->m + 1) * (v->k + 1); i++)
    mpz_clear(v->at[i]);
  free(v->at);
}

static mpz_t *row_of(const struct votes *v, size_t row) {
  return v->at + row * (v->k + 1);
}

/* to[s] = the sum over i <= most of C(s, i) w^i from[s - i]. */
static void add_answer(mpz_t *to, mpz_t *from, const mpz_t w, unsigned long k,
                       unsigned long most) {
  mpz_t power, term;
  mpz_inits(power, term, NULL);
  for (unsigned long s = 0; s <= k; s++)
    mpz_set_ui(to[s], 0);
  mpz_set_ui(power, 1);
  for (unsigned long i = 0; i <= most; i++, mpz_mul(power, power, w))
    for (unsigned long s = i; s <= k; s++) {
      mpz_bin_uiui(term, s, i);
      mpz_mul(term, term, power);
      mpz_addmul(to[s], term, from[s - i]);
    }
  mpz_clears(power, term, NULL);
}

/* Answer y is given t times, those below it less often, those above it at most
   as often. */
static void add_wins(mpz_t wins, const mpz_t w, unsigned long t, mpz_t *below,
                     mpz_t *above, unsigned long k) {
  mpz_t sum, term;
  mpz_inits(sum, term, NULL);
  for (unsigned long s = 0; s <= k - t; s++) {
    mpz_bin_uiui(term, k - t, s);
    mpz_mul(term, term, below[s]);
    mpz_addmul(sum, term, above[k - t - s]);
  }
  mpz_bin_uiui(term, k, t);
  mpz_mul(sum, sum, term);
  mpz_pow_ui(term, w, t);
  mpz_addmul(wins, sum, term);
  mpz_clears(sum, term, NULL);
}

void plurality(mpz_t *wins, mpz_t *w, size_t m, unsigned long k) {
  struct votes below, above;
  assert(k >= 1 && k <= PLURALITY_MOST && m <= PLURALITY_MOST);
  votes_init(&below, m, k); // row y: of the answers below y
  votes_init(&above, m, k); // row y: of y and those above it
  mpz_set_ui(row_of(&below, 0)[0], 1);
  mpz_set_ui(row_of(&above, m)[0], 1);
  for (size_t y = 0; y < m; y++)
    mpz_set_ui(wins[y], 0);
  for (unsigned long t = 1; t <= k; t++) {
    for (size_t y = 0; y < m; y++)
      add_answer(row_of(&below, y + 1), row_of(&below, y), w[y], k, t - 1);
    for (size_t y = m; y-- > 0;)
      add_answer(row_of(&above, y), row_of(&above, y + 1), w[y], k, t);
    for (size_t y = 0; y < m; y++)
      add_wins(wins[y], w[y], t, row_of(&below, y), row_of(&above, y + 1), k);
  }
  votes_clear(&below);
  votes_clear(&above);
}
