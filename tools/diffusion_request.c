#include "tools/diffusion_report.h"
#include "tools/limits.h"
#include "tools/plot.h"
#include "tools/progress.h"
#include "tools/rational.h"

#include <stdio.h>
#include <string.h>

static bool wrong_steps(const char *text, struct error *err) {
  return error_set(err, 0,
                   "--steps %s: must be from 1 to %d and ascend, as 8, 1,2,5, "
                   "1..64 or 1..64*2",
                   text, DIFFUSION_MOST_STEPS);
}

static bool read_count(const char **text, long *n) {
  char *end;
  if (**text < '0' || **text > '9')
    return false;
  *n = strtol(*text, &end, 10);
  *text = end;
  return *n >= 1 && *n <= DIFFUSION_MOST_STEPS;
}

/* A number, or from one to another. */
static bool read_range(struct diffusion_request *q, const char **text) {
  long from, to, factor = 1;
  if (!read_count(text, &from))
    return false;
  to = from;
  if (!strncmp(*text, "..", 2)) {
    *text += 2;
    if (!read_count(text, &to))
      return false;
    if (**text == '*') {
      ++*text;
      if (!read_count(text, &factor) || factor < 2)
        return false;
    }
  }
  if (to < from || (q->steps.n && array_last(&q->steps) >= from))
    return false;
  for (; from <= to; from = factor > 1 ? from * factor : from + 1)
    array_push(&q->steps, from);
  return true;
}

static bool read_steps(struct diffusion_request *q, const char *text,
                       struct error *err) {
  const char *at = text;
  bool ok = read_range(q, &at);
  while (ok && *at == ',')
    ok = read_range(q, (at++, &at));
  return (ok && !*at) || wrong_steps(text, err);
}

/* "0.05" as an exact number: digits with one point among them at most. */
static bool read_decimal(mpq_t x, const char *text, size_t n) {
  char digits[40];
  size_t k = 0, places = 0;
  bool has_point = false;
  for (size_t i = 0; i < n && k + 1 < sizeof digits; i++) {
    if (text[i] == '.' && !has_point) {
      has_point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9')
      return false;
    digits[k++] = text[i];
    places += has_point;
  }
  digits[k] = 0;
  if (!k || k + has_point != n || mpz_set_str(mpq_numref(x), digits, 10))
    return false;
  mpz_ui_pow_ui(mpq_denref(x), 10, places);
  mpq_canonicalize(x);
  return mpq_sgn(x) > 0 && mpq_cmp_ui(x, 1, 1) < 0;
}

static bool read_epsilons(struct diffusion_request *q, const char *text,
                          struct error *err) {
  const char *at = text;
  do {
    size_t n = strcspn(at, ",");
    if (q->epsilons == DIFFUSION_MOST_EPSILONS ||
        !read_decimal(q->epsilon[q->epsilons], at, n))
      return error_set(err, 0,
                       "--epsilon %s: must be decimals above 0 and below 1, at "
                       "most %d, as 0.1,0.01; a chain on a lattice need not "
                       "reach its data exactly",
                       text, DIFFUSION_MOST_EPSILONS);
    q->epsilons++;
    at += n;
  } while (*at++);
  return true;
}

static bool read_samples(struct diffusion_request *q, const struct arguments *a,
                         struct error *err) {
  uint64_t samples = 8192, trained = 100;
  if (!option_count(a, "samples", 100, 1 << 24, true, &samples, err) ||
      !option_count(a, "trained", 1, DIFFUSION_MOST_STEPS, false, &trained,
                    err))
    return false;
  q->plan.samples = samples;
  q->plan.trained = (long)trained;
  return true;
}

/* Circuits are made for each. */
static bool check_steps(const struct diffusion_request *q, const char *text,
                        struct error *err) {
  const long most = 300000;
  long all = 0;
  for (size_t i = 0; i < q->steps.n; i++)
    all += q->steps.at[i];
  return all <= most ||
         error_set(err, 0,
                   "--steps %s: %ld in all, more than %ld; fewer would do, as "
                   "1..4096*2",
                   text, all, most);
}

static bool read_constant(const struct arguments *a, double *c,
                          struct error *err) {
  const char *text = option_value(a, "constant");
  char *end;
  *c = 1;
  if (!text)
    return true;
  *c = strtod(text, &end);
  return (end != text && !*end && *c > 0 && *c < 1e9) ||
         error_set(err, 0,
                   "--constant %s: must be above 0 and at most 1000000000",
                   text);
}

/* Of all commands that take a source. */
static bool check_options(const struct arguments *a, struct error *err) {
  static const char *const useless[] = {"calibrate", "dim",   "bind",
                                        "random",    "basis", "strategy"};
  for (size_t i = 0; i < sizeof useless / sizeof *useless; i++)
    if (has_option(a, useless[i]))
      return error_set(err, 0, "'diffusion' goes without --%s", useless[i]);
  return true;
}

bool diffusion_request_read(struct diffusion_request *q,
                            const struct arguments *a, struct error *err) {
  const char *steps = option_value(a, "steps");
  const char *epsilon = option_value(a, "epsilon");
  if (!plot_check_path(option_value(a, "plot"), err))
    return false;
  q->plan = (struct diffusion_plan){
      .word = a->words.at,
      .words = a->words.n,
      .options = {.max_bytes = limits_memory(), .seed = limits_seed()},
      .size = option_value(a, "size"),
      .progress = progress_update};
  if (!check_options(a, err) || !read_steps(q, steps ? steps : "1..32", err) ||
      !read_epsilons(q, epsilon ? epsilon : "0.1,0.05,0.01", err) ||
      !check_steps(q, steps, err) || !read_constant(a, &q->plan.c, err) ||
      !read_samples(q, a, err))
    return false;
  q->plan.steps = q->steps.at;
  q->plan.n_steps = q->steps.n;
  q->plan.epsilon = (const mpq_t *)q->epsilon;
  q->plan.n_epsilon = q->epsilons;
  return true;
}

void diffusion_join_words(const struct diffusion_request *q, char *text,
                          size_t size) {
  *text = 0;
  for (size_t i = 0, at = 0; i < q->plan.words && at < size; i++)
    at += (size_t)snprintf(text + at, size - at, "%s%s", i ? " " : "",
                           q->plan.word[i]);
}
