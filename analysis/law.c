#include "analysis/law.h"
#include "circuit/array.h"

#include <string.h>

#include <flint/fmpz_vec.h>

/* ---- The chain ---- */

/* The cells that one coordinate goes to, and of how much noise each. */
struct moves {
  size_t n;
  struct {
    long cell;
    unsigned long count;
  } at[1 << 10];
};

/* Noise ascends with its number, and so do cells. */
static void find_moves(struct moves *m, const struct sampler *s,
                       const struct sampler_step *k, long mean) {
  size_t noises = k->noise ? (size_t)1 << s->random : 1;
  m->n = 0;
  for (size_t i = 0; i < noises; i++) {
    long cell = sampler_move(s, mean, k->noise ? k->noise[i] : 0);
    if (!m->n || m->at[m->n - 1].cell != cell) {
      m->at[m->n].cell = cell;
      m->at[m->n++].count = 0;
    }
    m->at[m->n - 1].count++;
  }
}

/* What is in one state is spread by the moves of each coordinate. */
static void spread(fmpz *after, const struct sampler *s, const fmpz_t before,
                   const struct moves *m) {
  long x[POSTERIOR_MOST_D];
  size_t columns = s->together > 1 ? m[1].n : 1;
  for (size_t j = 0; j < columns; j++)
    for (size_t i = 0; i < m[0].n; i++) {
      unsigned long count = m[0].at[i].count;
      x[0] = m[0].at[i].cell;
      if (s->together > 1) {
        x[1] = m[1].at[j].cell;
        count *= m[1].at[j].count;
      }
      fmpz_addmul_ui(after + sampler_state(s, x), before, count);
    }
}

static void take_step(struct law *l, const struct sampler *s, long steps,
                      long t, unsigned class) {
  fmpz *after = _fmpz_vec_init((slong)l->n);
  struct moves *m = xmalloc(s->together * sizeof *m);
  struct sampler_step k;
  sampler_step_init(&k, s, steps, t);
  for (size_t i = 0; i < l->n; i++) {
    if (fmpz_is_zero(l->count + i))
      continue;
    for (unsigned j = 0; j < s->together; j++)
      find_moves(&m[j], s, &k, sampler_mean(s, &k, class, j, i));
    spread(after, s, l->count + i, m);
  }
  if (k.noise)
    l->bits += s->random * s->together;
  _fmpz_vec_swap(l->count, after, (slong)l->n);
  _fmpz_vec_clear(after, (slong)l->n);
  sampler_step_clear(&k);
  free(m);
}

/* The first state, of random bits alone. */
static void start(struct law *l, const struct sampler *s) {
  size_t n = (size_t)1 << s->start;
  long x[POSTERIOR_MOST_D];
  for (size_t j = 0; j < (s->together > 1 ? n : 1); j++)
    for (size_t i = 0; i < n; i++) {
      x[0] = sampler_start(s, i);
      x[1] = s->together > 1 ? sampler_start(s, j) : 0;
      fmpz *at = l->count + sampler_state(s, x);
      fmpz_add_ui(at, at, 1);
    }
  l->bits = s->start * s->together;
}

static void take_tokens(struct law *l, const struct sampler *s) {
  size_t n = s->points[0].n;
  fmpz *token = _fmpz_vec_init((slong)n);
  for (size_t i = 0; i < l->n; i++) {
    fmpz *to = token + sampler_token(s, i);
    fmpz_add(to, to, l->count + i);
  }
  _fmpz_vec_clear(l->count, (slong)l->n);
  l->count = token;
  l->n = n;
}

void law_init(struct law *l, const struct sampler *s, long steps,
              unsigned class) {
  *l = (struct law){s->states, _fmpz_vec_init((slong)s->states), 0};
  start(l, s);
  for (long t = steps; t >= 1; t--)
    take_step(l, s, steps, t, class);
  if (s->has_tokens)
    take_tokens(l, s);
}

void law_clear(struct law *l) {
  _fmpz_vec_clear(l->count, (slong)l->n);
}

/* ---- Distances ---- */

static size_t point_result(const struct sampler *s, size_t m) {
  return s->has_tokens ? m : sampler_state(s, s->points[0].at[m]);
}

void law_target(fmpz *weight, size_t n, const struct sampler *s,
                unsigned class) {
  _fmpz_vec_zero(weight, (slong)n);
  for (size_t m = 0; m < s->points[0].n; m++)
    fmpz_set_si(weight + point_result(s, m), s->points[class].weight[m]);
}

/* Sum over all d results of max(0, data - chain), which is not 0 only where all
   are points: those with k_m of point m are as likely, however ordered. Of
   point m the chain has p[m] of 2^bits, the data q[m] of `weights`. */
struct products {
  size_t points;
  fmpz p[POSTERIOR_MOST_POINTS], q[POSTERIOR_MOST_POINTS];
  fmpz_t p_all, q_all; // what the products are to be divided by
  fmpz_t sum;          // times both
};

/* Points from m on share `left` results; `orders`, p and q are the products so
   far. */
static void add_products(struct products *k, size_t m, long left,
                         const fmpz_t orders, const fmpz_t p, const fmpz_t q) {
  fmpz_t next[3];
  bool is_last = m + 1 == k->points;
  for (int i = 0; i < 3; i++)
    fmpz_init(next[i]);
  for (long n = is_last ? left : 0; n <= left; n++) {
    fmpz_bin_uiui(next[0], (ulong)left, (ulong)n);
    fmpz_mul(next[0], next[0], orders);
    fmpz_pow_ui(next[1], k->p + m, (ulong)n);
    fmpz_mul(next[1], next[1], p);
    fmpz_pow_ui(next[2], k->q + m, (ulong)n);
    fmpz_mul(next[2], next[2], q);
    if (!is_last) {
      add_products(k, m + 1, left - n, next[0], next[1], next[2]);
      continue;
    }
    fmpz_mul(next[1], next[1], k->q_all);
    fmpz_mul(next[2], next[2], k->p_all);
    fmpz_sub(next[2], next[2], next[1]);
    if (fmpz_sgn(next[2]) > 0)
      fmpz_addmul(k->sum, next[2], next[0]);
  }
  for (int i = 0; i < 3; i++)
    fmpz_clear(next[i]);
}

static void set_quotient(mpq_t r, const fmpz_t above, const fmpz_t below) {
  fmpz_get_mpz(mpq_numref(r), above);
  fmpz_get_mpz(mpq_denref(r), below);
  mpq_canonicalize(r);
}

void law_distance(mpq_t tv, const struct law *l, const struct sampler *s,
                  unsigned class, long d) {
  struct products k = {.points = s->points[class].n};
  fmpz_t one;
  long weights = 0;
  fmpz_init_set_ui(one, 1);
  fmpz_init(k.sum);
  fmpz_init(k.p_all);
  for (size_t m = 0; m < k.points; m++) {
    fmpz_init_set(k.p + m, l->count + point_result(s, m));
    fmpz_init_set_si(k.q + m, s->points[class].weight[m]);
    weights += s->points[class].weight[m];
  }
  fmpz_init_set_si(k.q_all, weights);
  fmpz_pow_ui(k.q_all, k.q_all, (ulong)d);
  fmpz_setbit(k.p_all, l->bits * (ulong)d);
  add_products(&k, 0, d, one, one, one);
  fmpz_mul(k.p_all, k.p_all, k.q_all);
  set_quotient(tv, k.sum, k.p_all);
  for (size_t m = 0; m < k.points; m++) {
    fmpz_clear(k.p + m);
    fmpz_clear(k.q + m);
  }
  fmpz_clear(one);
  fmpz_clear(k.sum);
  fmpz_clear(k.p_all);
  fmpz_clear(k.q_all);
}

double law_compositions(const struct sampler *s, long d) {
  double n = 1;
  for (size_t i = 1; i < s->points[0].n; i++)
    n = n * (double)(d + (long)i) / (double)i;
  return n;
}

void law_margin(mpq_t margin, const struct law *l, const struct sampler *s,
                unsigned class) {
  const long *weight = s->points[class].weight;
  size_t right = 0;
  fmpz_t all, other;
  for (size_t m = 0; m < s->points[class].n; m++)
    if (weight[m] > weight[right])
      right = m;
  right = point_result(s, right);
  fmpz_init(all);
  fmpz_init(other);
  for (size_t i = 0; i < l->n; i++)
    if (i != right && fmpz_cmp(l->count + i, other) > 0)
      fmpz_set(other, l->count + i);
  fmpz_sub(other, l->count + right, other);
  fmpz_setbit(all, l->bits);
  set_quotient(margin, other, all);
  fmpz_clear(all);
  fmpz_clear(other);
}
