#include "analysis/derandomize.h"
#include "analysis/vote.h"
#include "circuit/evaluate.h"
#include "circuit/random.h"
#include "circuit/vectors.h"
#include "compile/program/wrap.h"

#include <math.h>
#include <string.h>

/* For which inputs each candidate is wrong. */
struct candidates {
  size_t n;
  uint64_t *seed;
  size_t inputs, words; // words: of a row of bits
  uint64_t *wrong;      // [candidate * words + input / 64]
};

static void list_seeds(struct candidates *t, unsigned bits) {
  bool is_all = (UINT64_C(1) << bits) <= DERANDOMIZE_SEEDS;
  uint64_t random = 1;
  t->n = is_all ? (size_t)1 << bits : DERANDOMIZE_SEEDS;
  t->seed = xmalloc(t->n * sizeof *t->seed);
  for (size_t i = 0; i < t->n; i++)
    t->seed[i] = is_all ? i : random_below(&random, UINT64_C(1) << bits);
}

/* ---- Which are wrong: vector candidate * inputs + input ---- */

struct trials {
  struct candidates *t;
  const struct chances *chances;
  const struct circuit *c;
  const bool *is_random;
};

static void fill_lanes(const struct trials *k, uint64_t first, size_t count,
                       size_t words, uint64_t *in) {
  size_t inputs = k->c->inputs.n;
  memset(in, 0, inputs * words * sizeof *in);
  for (size_t v = 0; v < count; v++) {
    uint64_t seed = k->t->seed[(first + v) / k->t->inputs];
    uint64_t input = (first + v) % k->t->inputs;
    for (size_t i = 0, r = 0, x = 0; i < inputs; i++) {
      uint64_t bit = k->is_random[i] ? seed >> r++ : input >> x++;
      in[i * words + v / 64] |= (bit & 1) << v % 64;
    }
  }
}

/* 64 inputs at a time, for one candidate each word: there are 2^6 or more. */
static void fill_words(const struct trials *k, uint64_t first, size_t count,
                       size_t words, uint64_t *in) {
  memset(in, 0, k->c->inputs.n * words * sizeof *in);
  for (size_t w = 0; w < count / 64; w++) {
    uint64_t seed = k->t->seed[(first + 64 * w) / k->t->inputs];
    uint64_t input = (first + 64 * w) % k->t->inputs / 64;
    unsigned x = 0;
    for (size_t i = 0, r = 0; i < k->c->inputs.n; i++)
      in[i * words + w] =
          k->is_random[i] ? -(seed >> r++ & 1) : vectors_exhaustive(input, x++);
  }
}

static void fill(const void *context, uint64_t first, size_t count,
                 size_t words, uint64_t *in) {
  const struct trials *k = context;
  (k->t->inputs < 64 ? fill_lanes : fill_words)(k, first, count, words, in);
}

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  const struct trials *k = context;
  (void)in;
  for (size_t v = 0; v < count; v++) {
    uint64_t input = (first + v) % k->t->inputs;
    uint32_t y = 0;
    for (size_t o = 0; o < k->c->outputs.n; o++)
      y |= (uint32_t)(out[o * words + v / 64] >> v % 64 & 1) << o;
    if (y == k->chances->goal[input])
      continue;
    uint64_t *row = k->t->wrong + (first + v) / k->t->inputs * k->t->words;
#pragma omp atomic
    row[input / 64] |= UINT64_C(1) << input % 64;
  }
  return true;
}

static void candidates_init(struct candidates *t, struct source *s,
                            const struct chances *chances) {
  const struct circuit *c = source_circuit(s);
  list_seeds(t, chances->seeds);
  t->inputs = (size_t)1 << chances->inputs;
  t->words = (t->inputs + 63) / 64;
  t->wrong = xcalloc(t->n * t->words, sizeof *t->wrong);
  bool *is_random = source_random_inputs(s, c);
  struct trials k = {t, chances, c, is_random};
  struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
  struct evaluator_job job = {fill, take, &k, false};
  evaluator_run(e, (uint64_t)t->n * t->inputs, 0, &job);
  evaluator_free(e);
  free(is_random);
}

static void candidates_clear(struct candidates *t) {
  free(t->seed);
  free(t->wrong);
}

/* ---- Choosing ---- */

/* tail[j] = the probability that at least j of n are wrong, each with
   probability p; j in [0..n + 1]. */
static void find_tail(double *tail, unsigned long n, double p) {
  double log_p = log(p), log_q = log1p(-p);
  tail[n + 1] = 0;
  for (unsigned long j = n + 1; j-- > 0;) {
    double term = lgamma((double)n + 1) - lgamma((double)j + 1) -
                  lgamma((double)(n - j) + 1);
    term += j ? (double)j * log_p : 0;
    term += n - j ? (double)(n - j) * log_q : 0;
    tail[j] = tail[j + 1] + exp(term);
  }
}

struct choosing {
  const struct candidates *t;
  const struct chances *chances;
  unsigned long k;
  unsigned long *wrong; // [input]: of the seeds so far
  double *delta;        // [input]: what one more wrong one adds to its error
};

/* With `left` seeds to come after the next one. Inputs that are alike share a
   tail: there are few different numbers of wrong seeds. */
static void find_deltas(struct choosing *g, unsigned long left) {
  double *tail = xmalloc((left + 2) * sizeof *tail);
  uint64_t last = UINT64_MAX;
  for (size_t x = 0; x < g->t->inputs; x++) {
    uint64_t n = chances_wrong(g->chances, x);
    if (n != last)
      find_tail(tail, left, ldexp((double)n, -(int)g->chances->seeds));
    last = n;
    unsigned long need = g->k / 2 + 1; // wrong ones for an error
    unsigned long w = g->wrong[x];
    if (w >= need) { // lost
      g->delta[x] = 0;
      continue;
    }
    double if_right = need - w <= left ? tail[need - w] : 0;
    double if_wrong = need - w - 1 <= left + 1 ? tail[need - w - 1] : 0;
    g->delta[x] = if_wrong - if_right;
  }
  free(tail);
}

static double cost_of(const struct choosing *g, size_t candidate) {
  const uint64_t *row = g->t->wrong + candidate * g->t->words;
  double cost = 0;
  for (size_t w = 0; w < g->t->words; w++)
    for (uint64_t left = row[w]; left; left &= left - 1)
      cost += g->delta[64 * w + (size_t)__builtin_ctzll(left)];
  return cost;
}

static size_t find_best(const struct choosing *g) {
  size_t best = 0;
  double least = INFINITY;
  for (size_t i = 0; i < g->t->n; i++) {
    double cost = cost_of(g, i);
    if (cost < least) {
      least = cost;
      best = i;
    }
  }
  return best;
}

/* k seeds; whether the majority is right for all inputs. */
static bool choose(const struct candidates *t, const struct chances *chances,
                   unsigned long k, uint64_t *seed) {
  struct choosing g = {t, chances, k, xcalloc(t->inputs, sizeof *g.wrong),
                       xmalloc(t->inputs * sizeof *g.delta)};
  bool ok = true;
  for (unsigned long i = 0; i < k; i++) {
    find_deltas(&g, k - i - 1);
    size_t best = find_best(&g);
    seed[i] = t->seed[best];
    for (size_t x = 0; x < t->inputs; x++)
      g.wrong[x] += t->wrong[best * t->words + x / 64] >> x % 64 & 1;
  }
  for (size_t x = 0; x < t->inputs; x++)
    ok &= g.wrong[x] <= k / 2;
  free(g.wrong);
  free(g.delta);
  return ok;
}

static bool check_error(const struct chances *c, mpq_t p, struct error *err) {
  uint64_t worst = chances_worst(c), wrong = chances_wrong(c, worst);
  mpq_set_ui(p, wrong, UINT64_C(1) << c->seeds);
  mpq_canonicalize(p);
  if (2 * wrong < UINT64_C(1) << c->seeds)
    return true;
  return error_set(
      err, 0,
      "input %llu is wrong for %llu of 2^%u seeds, half or more: "
      "no vote makes that right; the source must be right more often "
      "than not",
      (unsigned long long)worst, (unsigned long long)wrong, c->seeds);
}

bool derandomize(struct derandomizing *d, struct source *s,
                 const struct chances *chances, unsigned long replicas,
                 struct error *err) {
  struct candidates t = {0};
  mpq_t p;
  *d = (struct derandomizing){0};
  mpq_init(p);
  bool ok = check_error(chances, p, err);
  if (ok) {
    d->bound = vote_replicas_union(p, chances->inputs);
    unsigned long from = replicas ? replicas : 1;
    unsigned long to = replicas ? replicas : d->bound;
    d->seed = xcalloc(to + 1, sizeof *d->seed);
    candidates_init(&t, s, chances);
    for (ok = false, d->k = from; !ok && d->k <= to; d->k += ok ? 0 : 2)
      ok = choose(&t, chances, d->k, d->seed);
    if (!ok)
      error_set(err, 0,
                "%lu replicas are not enough for all inputs; the union bound "
                "asks for %lu",
                to, d->bound);
    candidates_clear(&t);
  }
  mpq_clear(p);
  return ok;
}

/* ---- The circuit ---- */

/* The integer of bits [from..from + width) of a seed. */
static long take_integer(uint64_t seed, size_t from, size_t width,
                         bool is_signed) {
  long x = (long)(seed >> from & ((UINT64_C(1) << width) - 1));
  return is_signed && x >> (width - 1) ? x - (1L << width) : x;
}

/* Input i of the vote, whose bits in each seed begin at `from`; how many these
   are. */
static size_t wire_input(const struct derandomizing *d, struct source *voted,
                         size_t i, size_t from) {
  struct program *p = source_program(voted);
  const struct port *port = &p->inputs.at[i];
  size_t width = port->is_bits ? 1 : voted->instance.input_width[i];
  size_t all = voted->instance.shape[port->value].n, each = all / d->k;
  fmpz *at = xmalloc((all + 1) * sizeof *at); // small
  for (size_t k = 0; k < d->k; k++)
    for (size_t j = 0; j < each; j++)
      at[k * each + j] = take_integer(d->seed[k], from + j * width, width,
                                      port->is_signed && !port->is_bits);
  program_wire(p, i, at, all);
  free(at);
  return each * width;
}

bool derandomizing_wire(const struct derandomizing *d, struct source *voted,
                        struct error *err) {
  struct program *p = source_program(voted);
  size_t from = 0;
  for (size_t i = 0; i < p->inputs.n;)
    if (p->inputs.at[i].is_random)
      from += wire_input(d, voted, i, from);
    else
      i++;
  size_t n = p->sizes.parameters.n;
  long *value = xmalloc((n + 1) * sizeof *value);
  memcpy(value, voted->instance.parameter, n * sizeof *value);
  instance_clear(&voted->instance);
  bool ok = instance_init(&voted->instance, p, value, err);
  free(value);
  return ok;
}

struct verdicts {
  struct vectors vectors; // first: vectors_fill() takes this as its context
  const struct circuit *c;
  const struct chances *chances;
  uint64_t wrong;
};

static bool take_all(void *context, uint64_t first, size_t count, size_t words,
                     const uint64_t *in, const uint64_t *out) {
  struct verdicts *v = context;
  uint64_t wrong = 0;
  (void)in;
  for (size_t i = 0; i < count; i++)
    for (size_t o = 0, differs = 0; o < v->c->outputs.n && !differs; o++) {
      differs = (out[o * words + i / 64] >> i % 64 ^
                 v->chances->goal[first + i] >> o) &
                1;
      wrong += differs;
    }
#pragma omp atomic
  v->wrong += wrong;
  return true;
}

uint64_t derandomizing_check(const struct circuit *c,
                             const struct chances *chances) {
  struct verdicts v = {.c = c, .chances = chances};
  vectors_init(&v.vectors, c, VECTORS_EXHAUSTIVE, 0);
  struct evaluator *e = evaluator_new(c, EVALUATE_LADDERS);
  struct evaluator_job job = {vectors_fill, take_all, &v, false};
  evaluator_run(e, UINT64_C(1) << chances->inputs, 0, &job);
  evaluator_free(e);
  vectors_clear(&v.vectors);
  return v.wrong;
}

void derandomizing_clear(struct derandomizing *d) {
  free(d->seed);
}
