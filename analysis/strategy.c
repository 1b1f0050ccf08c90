#include "analysis/strategy.h"
#include "analysis/log.h"
#include "compile/program/count.h"
#include "compile/program/operation.h"

#include <math.h>
#include <string.h>

const char *const strategy_names[] = {"depth", "balanced", "size", "split"};

enum {
  SPLIT_LEVELS = 3 // of each step: which places, which inside, and their bits
};

/* What a choice of levels costs. */
struct price {
  size_t depth;
  mpz_t gates, wires;
};

static void price_init(struct price *p) {
  p->depth = 0;
  mpz_inits(p->gates, p->wires, NULL);
}

static void price_clear(struct price *p) {
  mpz_clears(p->gates, p->wires, NULL);
}

struct search {
  struct strategy *s;
  const struct instance *in;
  struct error *err;
  struct price now, trial;
};

static bool measure(struct search *k, struct price *p) {
  struct count count;
  bool ok = program_count(&count, k->in->program, k->in->parameter,
                          k->s->levels, k->err);
  if (ok) {
    p->depth = count.m.depth_inner;
    mpz_set(p->gates, count.m.gates);
    mpz_set(p->wires, count.m.wires);
  }
  count_clear(&count);
  return ok;
}

/* A step reads v as one ladder, itself or moved. */
static bool is_needed_as_ladder(const struct program *p, value_id v) {
  for (size_t i = 0; i < p->steps.n; i++) {
    const struct step *s = &p->steps.at[i];
    for (size_t j = 0; j < s->operands; j++) {
      if (program_operand(p, s, j) != v)
        continue;
      if (!j && s->operation->needs_ladder)
        return true;
      if (s->operation->every && !s->body &&
          is_needed_as_ladder(p, program_result(p, s, 0)))
        return true;
    }
  }
  return false;
}

static unsigned most_levels(const struct search *k, size_t step) {
  const struct program *p = k->in->program;
  const struct step *s = &p->steps.at[step];
  bool may = s->operation->most_levels &&
             !is_needed_as_ladder(p, program_result(p, s, 0));
  return may ? s->operation->most_levels(s) : 1;
}

static void swap_prices(struct search *k) {
  struct price p = k->now;
  k->now = k->trial;
  k->trial = p;
}

static void add_point(struct search *k) {
  struct strategy_point p = {.depth = k->now.depth};
  mpz_init_set(p.gates, k->now.gates);
  mpz_init_set(p.wires, k->now.wires);
  array_push(&k->s->points, p);
}

/* ---- What costs no depth ---- */

/* More levels for a step, as long as that saves gates and no depth is added. */
static bool relax(struct search *k, size_t step) {
  unsigned most = most_levels(k, step);
  unsigned char *levels = &k->s->levels[step];
  while (*levels < most) {
    ++*levels;
    if (!measure(k, &k->trial))
      return false;
    if (k->trial.depth > k->now.depth ||
        mpz_cmp(k->trial.gates, k->now.gates) >= 0) {
      --*levels;
      break;
    }
    swap_prices(k);
  }
  return true;
}

/* ---- What costs depth ---- */

/* Gain of the trial in log(gates) + log(wires) / 4 for a level. */
static double gain_of(const struct search *k) {
  double gain = log_z(k->now.gates) - log_z(k->trial.gates) +
                (log_z(k->now.wires) - log_z(k->trial.wires)) / 4;
  size_t more =
      k->trial.depth > k->now.depth ? k->trial.depth - k->now.depth : 0;
  return gain / (double)(more ? more : 1);
}

/* The step and its levels with the greatest gain, within a depth; *found is
   false if none saves gates. */
static bool find_best(struct search *k, size_t depth, bool *found, size_t *step,
                      unsigned char *levels) {
  double best = 0;
  *found = false;
  for (size_t i = 0; i < k->s->n; i++) {
    unsigned most = most_levels(k, i);
    unsigned char before = k->s->levels[i];
    for (unsigned l = before + 1U; l <= most; l++) {
      k->s->levels[i] = (unsigned char)l;
      bool ok = measure(k, &k->trial);
      k->s->levels[i] = before;
      if (!ok)
        return false;
      double gain = gain_of(k);
      if (k->trial.depth > depth ||
          mpz_cmp(k->trial.gates, k->now.gates) >= 0 || gain <= best)
        continue;
      best = gain;
      *found = true;
      *step = i;
      *levels = (unsigned char)l;
    }
  }
  return true;
}

static bool spend(struct search *k, size_t depth) {
  for (bool found = true; found;) {
    size_t step = 0;
    unsigned char levels = 1;
    if (!find_best(k, depth, &found, &step, &levels))
      return false;
    if (!found)
      break;
    k->s->levels[step] = levels;
    if (!measure(k, &k->now))
      return false;
    add_point(k);
  }
  return true;
}

/* ---- Without counting ---- */

static void split_all(struct search *k) {
  for (size_t i = 0; i < k->s->n; i++) {
    unsigned most = most_levels(k, i);
    k->s->levels[i] =
        (unsigned char)(most < SPLIT_LEVELS ? most : SPLIT_LEVELS);
  }
}

bool strategy_find(struct strategy *s, const struct instance *in,
                   enum strategy_kind kind, struct error *err) {
  struct search k = {.s = s, .in = in, .err = err};
  *s = (struct strategy){.n = in->program->steps.n};
  s->levels = xcalloc(s->n, sizeof *s->levels);
  memset(s->levels, 1, s->n);
  if (kind == STRATEGY_SPLIT) {
    split_all(&k);
    return true;
  }
  price_init(&k.now);
  price_init(&k.trial);
  bool ok = measure(&k, &k.now);
  if (ok)
    add_point(&k);
  for (size_t i = 0; ok && i < s->n; i++)
    ok = relax(&k, i);
  if (ok && mpz_cmp(k.now.gates, array_last(&s->points).gates) < 0)
    add_point(&k);
  size_t least = k.now.depth;
  if (ok && kind != STRATEGY_DEPTH)
    ok = spend(&k, kind == STRATEGY_SIZE ? SIZE_MAX : least + least / 2);
  price_clear(&k.now);
  price_clear(&k.trial);
  return ok;
}

void strategy_clear(struct strategy *s) {
  for (size_t i = 0; i < s->points.n; i++)
    mpz_clears(s->points.at[i].gates, s->points.at[i].wires, NULL);
  array_clear(&s->points);
  free(s->levels);
}
