#include "analysis/fit.h"
#include "circuit/array.h"

#include <stdio.h>
#include <string.h>

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/nmod_mat.h>

const char *const fit_growth_names[] = {"constant",   "logarithmic", "linear",
                                        "polynomial", "other",       "none"};

/* n^power * L^logs * 2^(exponent * n), where n mod period = residue. */
struct term {
  unsigned power, logs, exponent, period, residue;
};

enum {
  MOST_TERMS = 32,
  MOST_POWER = 8,
  MOST_EXPONENT = 4096 // of 2^n
};

struct basis {
  size_t n;
  struct term of[MOST_TERMS];
};

static void add(struct basis *b, struct term t) {
  if (b->n < MOST_TERMS)
    b->of[b->n++] = t;
}

/* n^0..n^power times L^0..L^logs. */
static struct basis powers(unsigned power, unsigned logs) {
  struct basis b = {0};
  for (unsigned i = 0; i <= power; i++)
    for (unsigned j = 0; j <= logs; j++)
      add(&b, (struct term){i, j, 0, 1, 0});
  return b;
}

/* n^0..n^power, and what residues but 0 add to each. */
static struct basis residues(unsigned power, unsigned period) {
  struct basis b = {0};
  for (unsigned i = 0; i <= power; i++)
    for (unsigned r = 0; r < period; r++)
      add(&b, (struct term){i, 0, 0, r ? period : 1, r});
  return b;
}

static struct basis exponentials(unsigned power, unsigned of_power) {
  struct basis b = powers(power, 0);
  for (unsigned i = 0; i <= of_power; i++)
    add(&b, (struct term){i, 0, 1, 1, 0});
  return b;
}

/* All that are tried, in ascending order of terms. */
struct bases {
  size_t n;
  struct basis of[64];
};

static void put(struct bases *all, struct basis b) {
  size_t i = all->n++;
  for (; i > 0 && all->of[i - 1].n > b.n; i--)
    all->of[i] = all->of[i - 1];
  all->of[i] = b;
}

static void list_bases(struct bases *all) {
  all->n = 0;
  for (unsigned i = 0; i <= MOST_POWER; i++)
    put(all, powers(i, 0));
  for (unsigned j = 1; j <= 3; j++)
    for (unsigned i = 0; i <= 3; i++)
      put(all, powers(i, j));
  for (unsigned i = 0; i <= 3; i++)
    for (unsigned j = 0; j <= 2; j++)
      put(all, exponentials(i, j));
  for (unsigned q = 2; q <= 6; q++)
    for (unsigned i = 0; i <= 3; i++)
      put(all, residues(i, q));
}

static unsigned log_of(long n) {
  unsigned log = 0;
  while (n > 1L << log)
    log++;
  return log;
}

static void term_value(fmpz_t v, const struct term *t, long n) {
  fmpz_t part;
  fmpz_init_set_si(part, n);
  fmpz_pow_ui(v, part, t->power);
  fmpz_set_ui(part, log_of(n));
  fmpz_pow_ui(part, part, t->logs);
  fmpz_mul(v, v, part);
  if (t->exponent)
    fmpz_mul_2exp(v, v, (ulong)n * t->exponent);
  if (n % (long)t->period != (long)t->residue)
    fmpz_zero(v);
  fmpz_clear(part);
}

/* Modulo a large prime, which is quick: where this says no there is none, but
   for coefficients whose denominator the prime divides. */
static bool may_solve(const struct basis *b, const long *n, const fmpz *y,
                      size_t points) {
  const ulong prime = UWORD(4611686018427387847); // below 2^62
  nmod_mat_t a;
  fmpz_t v;
  fmpz_init(v);
  nmod_mat_init(a, (slong)points, (slong)b->n + 1, prime);
  for (size_t i = 0; i < points; i++) {
    for (size_t j = 0; j < b->n; j++) {
      term_value(v, &b->of[j], n[i]);
      nmod_mat_entry(a, i, j) = fmpz_fdiv_ui(v, prime);
    }
    nmod_mat_entry(a, i, b->n) = fmpz_fdiv_ui(y + i, prime);
  }
  bool ok = nmod_mat_rref(a) == (slong)b->n;
  for (size_t j = 0; ok && j < b->n; j++)
    ok = nmod_mat_entry(a, j, j) == 1;
  nmod_mat_clear(a);
  fmpz_clear(v);
  return ok;
}

/* Whether the basis has exactly one combination through all points. */
static bool solve(fmpq_mat_t x, const struct basis *b, const long *n,
                  const fmpz *y, size_t points) {
  fmpq_mat_t a;
  if (!may_solve(b, n, y, points))
    return false;
  fmpq_mat_init(a, (slong)points, (slong)b->n + 1);
  for (size_t i = 0; i < points; i++) {
    for (size_t j = 0; j < b->n; j++)
      term_value(fmpq_mat_entry_num(a, (slong)i, (slong)j), &b->of[j], n[i]);
    fmpz_set(fmpq_mat_entry_num(a, (slong)i, (slong)b->n), y + i);
  }
  bool ok = fmpq_mat_rref(a, a) == (slong)b->n;
  for (size_t j = 0; ok && j < b->n; j++) {
    ok = fmpq_is_one(fmpq_mat_entry(a, (slong)j, (slong)j));
    fmpq_set(fmpq_mat_entry(x, (slong)j, 0),
             fmpq_mat_entry(a, (slong)j, (slong)b->n));
  }
  fmpq_mat_clear(a);
  return ok;
}

/* ---- Formulas ---- */

struct text {
  ARRAY(char) at;
};

static void say(struct text *t, const char *word) {
  for (; *word; word++)
    array_push(&t->at, *word);
}

static void say_factor(struct text *t, bool *is_first, const char *what,
                       unsigned power) {
  char word[40];
  if (!power)
    return;
  if (!*is_first)
    say(t, "*");
  *is_first = false;
  say(t, what);
  snprintf(word, sizeof word, "^%u", power);
  if (power > 1)
    say(t, word);
}

static void say_term(struct text *t, const struct term *of, const fmpq_t c,
                     const char *name) {
  char log[80], word[80];
  fmpq_t size;
  bool is_bare = !of->power && !of->logs && !of->exponent && of->period == 1;
  fmpq_init(size);
  fmpq_abs(size, c);
  bool is_sum = t->at.n;
  say(t, fmpq_sgn(c) < 0 ? (is_sum ? " - " : "-") : is_sum ? " + " : "");
  bool is_first = fmpq_is_one(size) && !is_bare;
  if (!is_first) {
    char *number = fmpq_get_str(NULL, 10, size);
    say(t, number);
    flint_free(number);
  }
  snprintf(log, sizeof log, "ceil(log2(%s))", name);
  say_factor(t, &is_first, name, of->power);
  say_factor(t, &is_first, log, of->logs);
  snprintf(word, sizeof word, "2^%s", name);
  say_factor(t, &is_first, word, of->exponent);
  snprintf(word, sizeof word, "[%s mod %u = %u]", name, of->period,
           of->residue);
  say_factor(t, &is_first, word, of->period > 1);
  fmpq_clear(size);
}

/* The highest powers first. */
static char *formula_of(const struct basis *b, const fmpq_mat_t x,
                        const char *name) {
  struct text t = {0};
  for (size_t j = b->n; j-- > 0;)
    if (!fmpq_is_zero(fmpq_mat_entry(x, (slong)j, 0)))
      say_term(&t, &b->of[j], fmpq_mat_entry(x, (slong)j, 0), name);
  if (!t.at.n)
    say(&t, "0");
  array_push(&t.at, '\0');
  return t.at.at;
}

static void classify(struct fit *f, const struct basis *b, const fmpq_mat_t x) {
  bool logs = false, exponent = false;
  for (size_t j = 0; j < b->n; j++) {
    const struct term *t = &b->of[j];
    if (fmpq_is_zero(fmpq_mat_entry(x, (slong)j, 0)))
      continue;
    f->degree = t->power > f->degree ? t->power : f->degree;
    logs |= t->logs;
    exponent |= t->exponent;
  }
  f->growth = exponent                  ? FIT_OTHER
              : f->degree == 0 && logs  ? FIT_LOGARITHMIC
              : f->degree == 0          ? FIT_CONSTANT
              : f->degree == 1 && !logs ? FIT_LINEAR
                                        : FIT_POLYNOMIAL;
}

static bool try_all(struct fit *f, const struct bases *all, const char *name,
                    const long *n, const fmpz *y, size_t points) {
  for (size_t i = 0; i < all->n; i++) {
    const struct basis *b = &all->of[i];
    bool has_exponent = b->of[b->n - 1].exponent;
    if (b->n + FIT_SPARE > points)
      return false;
    if (has_exponent && n[points - 1] > MOST_EXPONENT)
      continue;
    fmpq_mat_t x;
    fmpq_mat_init(x, (slong)b->n, 1);
    bool ok = solve(x, b, n, y, points);
    if (ok) {
      f->formula = formula_of(b, x, name);
      f->terms = b->n;
      f->points = points;
      f->from = n[0];
      classify(f, b, x);
    }
    fmpq_mat_clear(x);
    if (ok)
      return true;
  }
  return false;
}

bool fit_find(struct fit *f, const char *name, const long *n, const fmpz *y,
              size_t points) {
  struct bases all;
  list_bases(&all);
  *f = (struct fit){.growth = FIT_NONE};
  for (size_t skip = 0; skip <= points / 3; skip++)
    if (try_all(f, &all, name, n + skip, y + skip, points - skip))
      return true;
  return false;
}

void fit_clear(struct fit *f) {
  free(f->formula);
}
