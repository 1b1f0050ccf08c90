/* Order: the bits of the elements at some places, by comparing all pairs or by
   counting how many elements reach each value. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"

#include <assert.h>

struct sort {
  struct number *r;
  const struct number *bit; // (m, n)
  size_t m, n, from, places;
};

/* r = the number with these n bits. */
static void pack(struct circuit *c, struct number *r, const struct number *bit,
                 size_t n) {
  mpz_t w;
  mpz_init_set_ui(w, 1);
  number_set_si(r, 0);
  for (size_t k = 0; k < n; k++) {
    number_push(c, r, &bit[k], w);
    mpz_mul_2exp(w, w, 1);
  }
  number_settle(c, r);
  mpz_clear(w);
}

static struct number *pack_all(struct circuit *c, const struct sort *s) {
  struct number *x = numbers_new(s->m);
  for (size_t i = 0; i < s->m; i++)
    pack(c, &x[i], s->bit + i * s->n, s->n);
  return x;
}

/* ---- By comparisons ---- */

/* Element i is at place wins[i]. Its bit k at this place or above is
   [wins[i] + m*bit >= m + place], for place 0 the bit itself: each place has
   those at it or above without those above. */
static void push_element(struct circuit *c, const struct sort *s,
                         const struct number *wins, size_t i, size_t k) {
  const struct number *bit = &s->bit[i * s->n + k];
  struct staircase stairs;
  struct number f, above;
  mpz_t t;
  mpz_init(t);
  staircase_init(&stairs);
  number_init(&f);
  number_init(&above);
  number_push_si(c, &f, bit, (long)s->m);
  number_push_si(c, &f, wins, 1);
  number_settle(c, &f);
  for (size_t p = s->from; p <= s->from + s->places; p++)
    if (p > 0 && p < s->m) {
      mpz_set_ui(t, s->m + p);
      staircase_push_si(&stairs, t, 1);
    }
  number_staircase(c, &f, &f, &stairs); // how many of these places are below
  for (size_t p = s->from, j = 0; p <= s->from + s->places; p++) {
    if (p == 0)
      number_set(&above, bit);
    else if (p < s->m)
      number_at_least_si(c, &above, &f, (long)++j); // a rung: free
    else
      break;
    if (p > s->from)
      number_push_si(c, &s->r[(p - s->from - 1) * s->n + k], &above, -1);
    if (p < s->from + s->places)
      number_push_si(c, &s->r[(p - s->from) * s->n + k], &above, 1);
  }
  staircase_clear(&stairs);
  number_clear(&f);
  number_clear(&above);
  mpz_clear(t);
}

static void sort_by_comparisons(struct circuit *c, const struct sort *s) {
  struct number *x = pack_all(c, s);
  const struct number **at = xmalloc(s->m * sizeof *at);
  for (size_t i = 0; i < s->m; i++)
    at[i] = &x[i];
  struct number *wins = number_compare_all(c, at, s->m);
  for (size_t i = 0; i < s->m; i++)
    for (size_t k = 0; k < s->n; k++)
      push_element(c, s, &wins[i], i, k);
  number_settle_bits(c, s->r, s->places * s->n);
  numbers_free(x, s->m);
  numbers_free(wins, s->m);
  free(at);
}

/* ---- By counting ---- */

static void identity(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
}

/* The element at a place is at least v if m - place elements are: add that to
   the bits that v has and v - 1 has not, and the other way. */
static void push_value(struct circuit *c, const struct sort *s,
                       const struct number *x, unsigned long v) {
  struct staircase stairs;
  struct number count, rung;
  mpz_t t;
  mpz_init(t);
  staircase_init(&stairs);
  number_init(&count);
  number_init(&rung);
  for (size_t i = 0; i < s->m; i++) {
    number_at_least_si(c, &rung, &x[i], (long)v); // a rung: free
    number_push_si(c, &count, &rung, 1);
  }
  number_settle(c, &count);
  for (size_t j = s->places; j-- > 0;) {
    mpz_set_ui(t, s->m - s->from - j);
    staircase_push_si(&stairs, t, 1);
  }
  number_staircase(c, &count, &count, &stairs);
  for (size_t j = 0; j < s->places; j++) {
    number_at_least_si(c, &rung, &count, (long)(s->places - j));
    for (size_t k = 0; k < s->n; k++)
      number_push_si(c, &s->r[j * s->n + k], &rung,
                     (long)(v >> k & 1) - (long)((v - 1) >> k & 1));
  }
  staircase_clear(&stairs);
  number_clear(&count);
  number_clear(&rung);
  mpz_clear(t);
}

static void sort_by_counting(struct circuit *c, const struct sort *s) {
  struct number *x = pack_all(c, s);
  for (size_t i = 0; i < s->m; i++)
    number_apply(c, &x[i], &x[i], &(struct function){identity, NULL, true});
  for (unsigned long v = 1; v >> s->n == 0; v++)
    push_value(c, s, x, v);
  number_settle_bits(c, s->r, s->places * s->n);
  numbers_free(x, s->m);
}

/* With physical outputs, of which the top bits of counts are gates already. */
static bool is_counting_cheaper(const struct sort *s) {
  if (s->n > 20)
    return false;
  size_t values = ((size_t)1 << s->n) - 1, last = s->from + s->places;
  size_t rungs = (last < s->m ? last : s->m - 1) - (s->from ? s->from : 1) + 1;
  size_t counting = (s->n > 1 ? s->m * values : 0) + s->places * (values - 1);
  return counting < s->m * (s->m - 1) / 2 + s->m * s->n * rungs;
}

void number_sorted_bits(struct circuit *c, struct number *r,
                        const struct number *bit, size_t m, size_t n,
                        size_t from, size_t places) {
  const struct sort s = {r, bit, m, n, from, places};
  assert(n >= 1 && from + places <= m);
  for (size_t i = 0; i < places * n; i++)
    number_set_si(&r[i], 0);
  if (!places)
    return;
  if (is_counting_cheaper(&s))
    sort_by_counting(c, &s);
  else
    sort_by_comparisons(c, &s);
}
