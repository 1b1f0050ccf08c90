#include "analysis/surface.h"
#include "circuit/array.h"
#include "circuit/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/nmod_mat.h>

/* Powers 0..power of each, times logarithms to 0..logs: the terms are all
   products. */
struct shape {
  unsigned power[2], logs[2];
};

struct search {
  const char *const *name;
  long (*at)[2];
  const fmpz *y;
  size_t points, values[2]; // different ones of each parameter
};

static size_t terms_of(const struct shape *s, int i) {
  return (s->power[i] + 1) * (s->logs[i] + 1);
}

static size_t terms(const struct shape *s) {
  return terms_of(s, 0) * terms_of(s, 1);
}

/* The exponents of parameter i in term t. */
static void exponents(const struct shape *s, size_t t, int i, unsigned *power,
                      unsigned *logs) {
  t = i ? t % terms_of(s, 1) : t / terms_of(s, 1);
  *power = (unsigned)t / (s->logs[i] + 1);
  *logs = (unsigned)t % (s->logs[i] + 1);
}

static unsigned log_of(long n) {
  unsigned log = 0;
  while (n > 1L << log)
    log++;
  return log;
}

static void term_value(fmpz_t v, const struct shape *s, size_t t,
                       const long at[2]) {
  fmpz_t part;
  fmpz_init(part);
  fmpz_one(v);
  for (int i = 0; i < 2; i++) {
    unsigned power, logs;
    exponents(s, t, i, &power, &logs);
    fmpz_set_si(part, at[i]);
    fmpz_pow_ui(part, part, power);
    fmpz_mul(v, v, part);
    fmpz_set_ui(part, log_of(at[i]));
    fmpz_pow_ui(part, part, logs);
    fmpz_mul(v, v, part);
  }
  fmpz_clear(part);
}

/* Modulo a large prime, which is quick, as in fit.c. */
static bool may_solve(const struct search *q, const struct shape *s) {
  const ulong prime = UWORD(4611686018427387847); // below 2^62
  size_t n = terms(s);
  nmod_mat_t a;
  fmpz_t v;
  fmpz_init(v);
  nmod_mat_init(a, (slong)q->points, (slong)n + 1, prime);
  for (size_t i = 0; i < q->points; i++) {
    for (size_t j = 0; j < n; j++) {
      term_value(v, s, j, q->at[i]);
      nmod_mat_entry(a, i, j) = fmpz_fdiv_ui(v, prime);
    }
    nmod_mat_entry(a, i, n) = fmpz_fdiv_ui(q->y + i, prime);
  }
  bool ok = nmod_mat_rref(a) == (slong)n;
  for (size_t j = 0; ok && j < n; j++)
    ok = nmod_mat_entry(a, j, j) == 1;
  nmod_mat_clear(a);
  fmpz_clear(v);
  return ok;
}

static fmpq *entry_of(const fmpq_mat_t a, size_t i, size_t j) {
  return fmpq_mat_entry(a, (slong)i, (slong)j);
}

/* a = the terms and values of all points, reduced: the last column is the
   solution. False if it is not one. */
static bool solve(fmpq_mat_t a, const struct search *q, const struct shape *s) {
  size_t n = terms(s);
  fmpz_t v;
  fmpz_init(v);
  for (size_t i = 0; i < q->points; i++) {
    for (size_t j = 0; j < n; j++) {
      term_value(v, s, j, q->at[i]);
      fmpq_set_fmpz(entry_of(a, i, j), v);
    }
    fmpq_set_fmpz(entry_of(a, i, n), q->y + i);
  }
  fmpz_clear(v);
  bool ok = fmpq_mat_rref(a, a) == (slong)n;
  for (size_t j = 0; ok && j < n; j++)
    ok = fmpq_is_one(entry_of(a, j, j));
  return ok;
}

/* ---- As text ---- */

static void put_factor(FILE *out, bool *is_first, bool is_log, const char *name,
                       unsigned power) {
  if (!power)
    return;
  fputs(*is_first ? "" : "*", out);
  fprintf(out, is_log ? "ceil(log2(%s))" : "%s", name);
  if (power > 1)
    fprintf(out, "^%u", power);
  *is_first = false;
}

static void put_term(FILE *out, const struct search *q, const struct shape *s,
                     size_t t, const fmpq_t c, bool is_first_term) {
  fmpq_t size;
  fmpq_init(size);
  fmpq_abs(size, c);
  bool is_less = fmpq_sgn(c) < 0, is_first = true;
  fputs(is_first_term ? is_less ? "-" : "" : is_less ? " - " : " + ", out);
  if (!fmpq_is_one(size) || !t) {
    char *text = fmpq_get_str(NULL, 10, size);
    fputs(text, out);
    flint_free(text);
    is_first = false;
  }
  for (int i = 0; i < 2; i++) {
    unsigned power, logs;
    exponents(s, t, i, &power, &logs);
    put_factor(out, &is_first, false, q->name[i], power);
    put_factor(out, &is_first, true, q->name[i], logs);
  }
  fmpq_clear(size);
}

static char *formula_of(const struct search *q, const struct shape *s,
                        const fmpq_mat_t a) {
  char *text = NULL;
  size_t length, n = terms(s);
  bool is_first = true;
  FILE *out = open_memstream(&text, &length);
  if (!out)
    die("out of memory");
  for (size_t t = n; t-- > 0;)
    if (!fmpq_is_zero(entry_of(a, t, n))) {
      put_term(out, q, s, t, entry_of(a, t, n), is_first);
      is_first = false;
    }
  if (is_first)
    fputs("0", out);
  fclose(out);
  return text;
}

/* ---- The search ---- */

static bool try_shape(struct surface *f, const struct search *q,
                      const struct shape *s) {
  size_t n = terms(s);
  fmpq_mat_t a;
  if (n + FIT_SPARE > q->points || terms_of(s, 0) >= q->values[0] ||
      terms_of(s, 1) >= q->values[1] || !may_solve(q, s))
    return false;
  fmpq_mat_init(a, (slong)q->points, (slong)n + 1);
  if (solve(a, q, s)) {
    f->formula = formula_of(q, s, a);
    f->terms = n;
  }
  fmpq_mat_clear(a);
  return f->formula;
}

static size_t count_values(long (*at)[2], size_t points, int i) {
  size_t n = 0;
  for (size_t k = 0; k < points; k++) {
    size_t before = 0;
    while (before < k && at[before][i] != at[k][i])
      before++;
    n += before == k;
  }
  return n;
}

enum {
  MOST_TERMS = (SURFACE_POWER + 1) * (SURFACE_POWER + 1),
  SHAPES = (SURFACE_POWER + 1) * (SURFACE_POWER + 1) * 4
};

static struct shape shape_of(unsigned i) {
  const unsigned p = SURFACE_POWER + 1;
  return (struct shape){{i % p, i / p % p}, {i / p / p % 2, i / p / p / 2}};
}

bool surface_find(struct surface *f, const char *const name[2], long (*at)[2],
                  const fmpz *y, size_t points) {
  struct search q = {name, at, y, points, {0, 0}};
  *f = (struct surface){0};
  if (points > SURFACE_POINTS)
    return false;
  for (int i = 0; i < 2; i++)
    q.values[i] = count_values(at, points, i);
  for (size_t n = 1; n <= MOST_TERMS; n++)
    for (unsigned i = 0; i < SHAPES; i++) {
      struct shape s = shape_of(i);
      if (terms(&s) == n && try_shape(f, &q, &s))
        return true;
    }
  return false;
}

void surface_clear(struct surface *f) {
  free(f->formula);
}
