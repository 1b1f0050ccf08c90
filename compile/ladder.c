/* A function of any number as a new ladder. */
#include "circuit/folding.h"
#include "compile/number.h"
#include "compile/number_parts.h"

#include <assert.h>

/* ---- Wires ---- */

void number_common_weight(const struct circuit *c, const struct number *x,
                          mpz_t g) {
  struct integer_scratch s;
  mpz_set_ui(g, 0);
  for (size_t i = 0; i < x->terms.n && mpz_cmp_ui(g, 1); i++)
    mpz_gcd(g, g, integers_get(&c->integers, x->terms.at[i].weight, &s));
  if (!mpz_sgn(g))
    mpz_set_ui(g, 1);
}

void number_add_wire(struct circuit *c, const struct term *t, const mpz_t g) {
  struct integer_scratch s;
  mpz_t w;
  integer_id weight = t->weight;
  if (mpz_cmp_ui(g, 1)) {
    mpz_init(w);
    mpz_divexact(w, integers_get(&c->integers, t->weight, &s), g);
    weight = integers_add(&c->integers, w);
    mpz_clear(w);
  }
  circuit_add_wire_span(c, t->source, weight, t->span);
}

void number_add_wires(struct circuit *c, const struct number *x,
                      const mpz_t g) {
  for (size_t i = 0; i < x->terms.n; i++)
    number_add_wire(c, &x->terms.at[i], g);
}

/* ---- Rungs ---- */

/* The stairs that become rungs, in runs of equal steps. */
struct rungs {
  ARRAY(integer_id) thresholds; // none in a folded circuit
  ARRAY(struct step_run) runs;
  ARRAY(mpz_ptr) joined; // steps that are sums of stairs'
  size_t n;
};

static void rungs_clear(struct rungs *r) {
  for (size_t i = 0; i < r->joined.n; i++) {
    mpz_clear(r->joined.at[i]);
    free(r->joined.at[i]);
  }
  array_clear(&r->thresholds);
  array_clear(&r->runs);
  array_clear(&r->joined);
}

static void push_rungs(struct rungs *r, mpz_srcptr step, size_t n) {
  if (r->runs.n && !mpz_cmp(array_last(&r->runs).step, step))
    array_last(&r->runs).n += n;
  else
    array_push(&r->runs, (struct step_run){step, n});
  r->n += n;
}

/* One more stair at the last rung, which is away if they cancel. */
static void join(struct rungs *r, mpz_srcptr step) {
  mpz_ptr sum = xmalloc(sizeof(mpz_t));
  struct step_run *last = &array_last(&r->runs);
  mpz_init(sum);
  mpz_add(sum, last->step, step);
  array_push(&r->joined, sum);
  r->n--;
  if (!--last->n)
    r->runs.n--;
  if (mpz_sgn(sum))
    push_rungs(r, sum, 1);
  else if (r->thresholds.n)
    r->thresholds.n--;
}

/* ---- Which stairs ---- */

struct place {
  size_t run, inside;
};

/* The first stair that x misses if y = (x - constant) / g <= most: that whose
   threshold is above most * g + constant. */
static struct place find_stair(const struct staircase *s,
                               const struct number *x, const mpz_t g,
                               const mpz_t most) {
  size_t from = 0, to = s->stairs.n;
  struct place p = {0, 0};
  mpz_t t;
  mpz_init(t);
  mpz_mul(t, most, g);
  mpz_add(t, t, x->constant);
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (mpz_cmp(s->stairs.at[middle].threshold, t) > 0)
      to = middle;
    else
      from = middle + 1;
  }
  if (from) {
    const struct stair *k = &s->stairs.at[from - 1];
    p = (struct place){from - 1, stair_passed(k, t)};
    if (p.inside == k->count)
      p = (struct place){from, 0};
  }
  mpz_clear(t);
  return p;
}

/* ---- A ladder ---- */

struct making {
  struct circuit *c;
  const struct number *x;
  const struct staircase *s;
  mpz_t g, start;
  struct rungs rungs;
  mpz_t t, last; // thresholds of y = (x - constant) / g
  bool can_join; // `last` is that of the last rung
};

/* t = ceil((threshold of stair j of run k - constant) / g). */
static void find_threshold(struct making *m, const struct stair *k, size_t j) {
  mpz_set(m->t, k->threshold);
  mpz_addmul_ui(m->t, k->gap, j);
  mpz_sub(m->t, m->t, m->x->constant);
  mpz_cdiv_q(m->t, m->t, m->g);
}

/* x >= t iff y >= ceil((t - constant) / g), so two stairs may be one rung, or
   cancel. */
static void add_stair(struct making *m, const struct stair *k, size_t j) {
  find_threshold(m, k, j);
  size_t n = m->rungs.n;
  if (m->can_join && !mpz_cmp(m->t, m->last)) {
    join(&m->rungs, k->step);
    m->can_join = m->rungs.n == n;
    return;
  }
  if (!m->c->folding)
    array_push(&m->rungs.thresholds, integers_add(&m->c->integers, m->t));
  push_rungs(&m->rungs, k->step, 1);
  mpz_swap(m->t, m->last);
  m->can_join = true;
}

/* Stairs [from..to) of run k. In a folded circuit those that are g apart are
   rungs without a look at each. */
static void add_run(struct making *m, const struct stair *k, size_t from,
                    size_t to) {
  bool is_apart = m->c->folding && mpz_cmp(k->gap, m->g) >= 0;
  if (m->c->folding && from < to && !mpz_cmp_ui(m->g, 1)) {
    push_rungs(&m->rungs, k->step, to - from);
    return;
  }
  for (size_t j = from; j < to; j++) {
    if (is_apart && j > from && j + 1 < to) {
      push_rungs(&m->rungs, k->step, to - 1 - j);
      j = to - 1;
    }
    add_stair(m, k, j);
  }
}

/* The stairs that can go either way; those always passed add to the start. */
static void add_rungs(struct making *m) {
  const struct staircase *s = m->s;
  mpz_t y;
  mpz_init(y);
  mpz_sub(y, m->x->lo, m->x->constant);
  mpz_cdiv_q(y, y, m->g);
  struct place from = find_stair(s, m->x, m->g, y);
  mpz_sub(y, m->x->hi, m->x->constant);
  mpz_fdiv_q(y, y, m->g);
  struct place to = find_stair(s, m->x, m->g, y);
  for (size_t i = 0; i < s->stairs.n && i <= to.run; i++) {
    const struct stair *k = &s->stairs.at[i];
    size_t passed = i < from.run ? k->count : i == from.run ? from.inside : 0;
    mpz_addmul_ui(m->start, k->step, passed);
    add_run(m, k, passed, i < to.run ? k->count : to.inside);
  }
  mpz_clear(y);
}

static void add_ladder(struct making *m, struct number *r) {
  struct rungs *k = &m->rungs;
  struct number y;
  number_init(&y);
  number_set_z(&y, m->start);
  if (k->n) {
    number_add_wires(m->c, m->x, m->g);
    bit_id b =
        circuit_add_ladder(m->c, m->c->folding ? NULL : k->thresholds.at, k->n);
    number_push_runs(m->c, &y, m->c->bits.at[b].ladder, k->runs.at, k->runs.n,
                     0);
  }
  number_swap(r, &y);
  number_clear(&y);
}

static void make(struct circuit *c, struct number *r, const struct number *x,
                 const struct staircase *s) {
  struct making m = {.c = c, .x = x, .s = s};
  mpz_inits(m.g, m.t, m.last, NULL);
  mpz_init_set(m.start, s->start);
  number_common_weight(c, x, m.g);
  add_rungs(&m);
  add_ladder(&m, r);
  rungs_clear(&m.rungs);
  mpz_clears(m.g, m.start, m.t, m.last, NULL);
}

void number_make_ladder(struct circuit *c, struct number *r,
                        const struct number *x, const struct staircase *s) {
  struct number apart;
  if (!c->folding) {
    make(c, r, x, s);
    return;
  }
  number_init(&apart);
  number_push_apart(c, &apart, x);
  number_bound(&apart, x->lo, x->hi);
  make(c, r, &apart, s);
  number_clear(&apart);
}
