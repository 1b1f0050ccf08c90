/* Staircases cut into blocks, in two levels: how many blocks x has passed, then
   how many units of the block that it is in. Unit p of block k is passed from a
   threshold t[k][p] on: one gate for all blocks, of x less what t[k][p] has
   grown since t[0][p], a function of the blocks passed. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <stdint.h>

/* Those of a staircase's thresholds that x can both reach and miss. */
struct stretch {
  const struct stair *at;
  size_t n;
};

static struct stretch undecided(const struct staircase *s, const mpz_t lo,
                                const mpz_t hi) {
  size_t from = 0, to = s->stairs.n;
  while (from < to && mpz_cmp(s->stairs.at[from].threshold, lo) <= 0)
    from++;
  while (to > from && mpz_cmp(s->stairs.at[to - 1].threshold, hi) > 0)
    to--;
  return (struct stretch){to ? s->stairs.at + from : s->stairs.at, to - from};
}

/* The staircase where no step can go either way yet. */
static void find_start(mpz_t start, const struct staircase *s,
                       const struct stretch *t) {
  mpz_set(start, s->start);
  for (const struct stair *always = s->stairs.at; always < t->at; always++)
    mpz_add(start, start, always->step);
}

static bool is_up(const struct stretch *s, size_t i) {
  return mpz_sgn(s->at[i].step) > 0;
}

/* How many units stair i has: no more than there are gates at most. */
static size_t units(const struct stretch *s, size_t i) {
  mpz_srcptr step = s->at[i].step;
  return mpz_cmpabs_ui(step, UINT32_MAX) < 0 ? mpz_get_ui(step) : UINT32_MAX;
}

/* ---- Blocks ---- */

/* Stairs [first..end) are inside of the block, which begins where the one
   before them is passed. */
struct block {
  size_t first, end;
};
struct blocks {
  ARRAY(struct block) at;
  size_t most[2]; // units down, and up, inside of one
};

static size_t gates_of(const struct blocks *b) {
  return b->at.n - 1 + b->most[0] + b->most[1];
}

/* As few blocks as there can be, with at most so many units inside. */
static void cut(struct blocks *b, const struct stretch *s) {
  size_t left[2] = {b->most[0], b->most[1]};
  b->at.n = 0;
  array_push(&b->at, ((struct block){0, 0}));
  for (size_t i = 0; i < s->n; i++) {
    bool up = is_up(s, i);
    if (units(s, i) <= left[up]) {
      left[up] -= units(s, i);
    } else {
      array_push(&b->at, ((struct block){i + 1, i + 1}));
      left[0] = b->most[0], left[1] = b->most[1];
    }
    array_last(&b->at).end = i + 1;
  }
}

/* s gates inside of blocks leave floor(n / (s + 1)) stairs between them. */
static size_t choose_inside(size_t n) {
  size_t best = 0;
  for (size_t s = 1; s < best + n / (best + 1); s++)
    if (s + n / (s + 1) < best + n / (best + 1))
      best = s;
  return best;
}

/* The fewest gates for stairs of one unit: those inside are all of one
   direction, or every other one where the stairs go up and down. */
static void cut_fewest(struct blocks *b, const struct stretch *s) {
  size_t inside = choose_inside(s->n);
  bool first = is_up(s, 0), alternate = s->n > 1 && is_up(s, 1) != first;
  b->most[first] = alternate ? (inside + 1) / 2 : inside;
  b->most[!first] = alternate ? inside / 2 : 0;
  cut(b, s);
}

/* The least 2^e - 1 with 4^e > n. */
static size_t near_root(size_t n) {
  size_t e = 0;
  while (n >> 2 * e)
    e++;
  return ((size_t)1 << e) - 1;
}

/* For stairs of any size: 2^e - 1 units inside, so that a block has as many
   values as there are of e bits. */
static void cut_any(struct blocks *b, const struct stretch *s) {
  size_t all[2] = {0, 0}, best[2] = {0, 0}, gates = s->n;
  for (size_t i = 0; i < s->n; i++)
    all[is_up(s, i)] += units(s, i);
  for (unsigned less = 0; less < 6; less++) {
    for (int up = 0; up < 2; up++)
      b->most[up] = near_root(all[up]) >> less;
    cut(b, s);
    if (gates_of(b) < gates) {
      gates = gates_of(b);
      best[0] = b->most[0], best[1] = b->most[1];
    }
  }
  b->most[0] = best[0], b->most[1] = best[1];
  cut(b, s);
}

/* ---- Their staircases ---- */

/* A function of the blocks passed: from one to the next, by so much. */
static struct block_steps block_steps_new(size_t blocks) {
  return (struct block_steps){steps_new(blocks), blocks - 1};
}

static void block_steps_clear(struct block_steps *y) {
  if (y->at)
    steps_free(y->at, y->n + 1);
}

/* jumps = blocks passed, as a function of x; base = the value at the begin of a
   block, as a function of the blocks passed. */
static void find_base(struct staircase *jumps, struct block_steps *base,
                      const struct stretch *s, const struct blocks *b) {
  *base = block_steps_new(b->at.n);
  for (size_t k = 1; k < b->at.n; k++) {
    staircase_push_si(jumps, s->at[b->at.at[k].first - 1].threshold, 1);
    for (size_t i = b->at.at[k - 1].first; i < b->at.at[k].first; i++)
      mpz_add(base->at[k - 1], base->at[k - 1], s->at[i].step);
  }
}

/* Thresholds t[k * n + p] of units in one direction. */
struct places {
  mpz_t *t;
  size_t blocks, n;
};

/* A unit that block k does not have: what x cannot reach before the next block,
   and if that can be as far above the place before as in block k - 1. */
static void set_missing(const struct places *w, const struct stretch *s,
                        const struct blocks *b, size_t k, size_t p,
                        const mpz_t above) {
  mpz_t *t = w->t + k * w->n + p;
  const struct block *block = &b->at.at[k];
  if (block->end < s->n)
    mpz_set(*t, s->at[block->end].threshold);
  else
    mpz_set(*t, above);
  if (!k || !p)
    return;
  mpz_t even;
  mpz_init_set(even, t[-1]);
  mpz_add(even, even, t[-(long)w->n]);
  mpz_sub(even, even, t[-(long)w->n - 1]);
  if (mpz_cmp(even, *t) > 0)
    mpz_swap(even, *t);
  mpz_clear(even);
}

static void places_init(struct places *w, const struct stretch *s,
                        const struct blocks *b, bool up, const mpz_t hi) {
  mpz_t above;
  mpz_init(above);
  mpz_add_ui(above, hi, 1);
  *w = (struct places){.blocks = b->at.n, .n = b->most[up]};
  w->t = steps_new(w->blocks * w->n);
  for (size_t k = 0; k < w->blocks; k++) {
    size_t p = 0;
    for (size_t i = b->at.at[k].first; i < b->at.at[k].end; i++)
      for (size_t u = is_up(s, i) == up ? units(s, i) : 0; u-- > 0; p++)
        mpz_set(w->t[k * w->n + p], s->at[i].threshold);
    for (; p < w->n; p++)
      set_missing(w, s, b, k, p, above);
  }
  mpz_clear(above);
}

static void places_clear(struct places *w) {
  steps_free(w->t, w->blocks * w->n);
}

/* What all units of place p have less than in block 0: of blocks passed. */
static struct block_steps find_shift(const struct places *w, size_t p) {
  struct block_steps y = block_steps_new(w->blocks);
  for (size_t k = 1; k < w->blocks; k++)
    mpz_sub(y.at[k - 1], w->t[(k - 1) * w->n + p], w->t[k * w->n + p]);
  return y;
}

/* All places have the same shift, so their gates are one ladder. */
static bool is_even(const struct places *w) {
  bool ok = true;
  mpz_t d, first;
  mpz_inits(d, first, NULL);
  for (size_t k = 1; ok && k < w->blocks; k++)
    for (size_t p = 0; ok && p < w->n; p++) {
      mpz_sub(d, w->t[k * w->n + p], w->t[(k - 1) * w->n + p]);
      if (!p)
        mpz_swap(d, first);
      else
        ok = !mpz_cmp(d, first);
    }
  mpz_clears(d, first, NULL);
  return ok;
}

/* ---- Gates ---- */

static void add_up(mpz_t y, const mpz_t x, const void *steps) {
  const struct block_steps *f = steps;
  mpz_set_ui(y, 0);
  for (size_t k = 0; k < f->n && mpz_cmp_ui(x, k) > 0; k++)
    mpz_add(y, y, f->at[k]);
}

/* r += f(blocks passed), which are one ladder: one more push. Where two jumps
   became one rung, or none, a function of it. */
static void push_steps(struct circuit *c, struct number *r,
                       const struct number *passed,
                       const struct block_steps *f) {
  bool is_whole = number_is_ladder(c, passed) && !mpz_sgn(passed->lo) &&
                  !mpz_cmp_ui(passed->hi, f->n) &&
                  number_rungs(c, passed, 0) == f->n;
  if (is_whole) {
    source_id source = passed->terms.at[0].source;
    number_add_steps(c, r, circuit_source_ladder(c, source),
                     (const mpz_t *)f->at, f->n);
    return;
  }
  struct number y;
  number_init(&y);
  number_apply(c, &y, passed, &(struct function){add_up, f, false});
  number_push_si(c, r, &y, 1);
  number_clear(&y);
}

/* y = x + shift of the blocks passed. */
static void add_shift(struct circuit *c, struct number *y,
                      const struct number *x, const struct number *passed,
                      const struct block_steps *shift) {
  number_set_si(y, 0);
  number_push_si(c, y, x, 1);
  push_steps(c, y, passed, shift);
  number_settle(c, y);
}

static void side_init(struct split_side *y, const struct places *w) {
  *y = (struct split_side){.is_even = is_even(w)};
  for (size_t p = 0; p < w->n; p++) {
    if (!p || !y->is_even) {
      array_push(&y->places, (struct split_place){0});
      staircase_init(&array_last(&y->places).passed);
      array_last(&y->places).shift = find_shift(w, p);
    }
    struct staircase *s = &array_last(&y->places).passed;
    struct stair *last = s->stairs.n ? &array_last(&s->stairs) : NULL;
    if (last && !mpz_cmp(last->threshold, w->t[p]))
      mpz_add_ui(last->step, last->step, 1);
    else
      staircase_push_si(s, w->t[p], 1);
  }
}

static void side_clear(struct split_side *y) {
  for (size_t i = 0; i < y->places.n; i++) {
    block_steps_clear(&y->places.at[i].shift);
    staircase_clear(&y->places.at[i].passed);
  }
  array_clear(&y->places);
}

/* r = units of this direction that x has passed in its block. */
static void count_units(struct circuit *c, struct number *r,
                        const struct number *x, const struct number *passed,
                        const struct split_side *side) {
  struct number y, sum;
  number_init(&y);
  number_init(&sum);
  for (size_t i = 0; i < side->places.n; i++) {
    const struct split_place *p = &side->places.at[i];
    add_shift(c, &y, x, passed, &p->shift);
    if (side->is_even)
      number_staircase(c, &sum, &y, &p->passed);
    else
      number_push_gate(c, &sum, &y, p->passed.stairs.at[0].threshold, 1);
  }
  number_settle(c, &sum);
  number_swap(r, &sum);
  number_clear(&sum);
  number_clear(&y);
}

/* ---- Several levels ---- */

static void find_bounds(struct split_staircase *y, const struct stretch *s) {
  mpz_t at;
  mpz_init_set(at, y->start);
  mpz_set(y->lo, at);
  mpz_set(y->hi, at);
  for (size_t i = 0; i < s->n; i++) {
    mpz_add(at, at, s->at[i].step);
    if (mpz_cmp(at, y->lo) < 0)
      mpz_set(y->lo, at);
    if (mpz_cmp(at, y->hi) > 0)
      mpz_set(y->hi, at);
  }
  mpz_clear(at);
}

/* Gates of the third level: the highest bit is one of the places. */
static size_t bits_of(const struct blocks *b, unsigned levels) {
  size_t n = 0;
  for (int up = 0; levels > 2 && up < 2; up++)
    for (size_t most = b->most[up]; most > 1; most /= 2)
      n++;
  return n;
}

static void split_init(struct split_staircase *y, const struct staircase *s,
                       const struct stretch *t, const mpz_t hi, unsigned levels,
                       void (*choose)(struct blocks *,
                                      const struct stretch *)) {
  struct blocks blocks = {0};
  *y = (struct split_staircase){.whole = s, .has_bits = levels > 2};
  staircase_init(&y->jumps);
  mpz_inits(y->start, y->lo, y->hi, NULL);
  find_start(y->start, s, t);
  find_bounds(y, t);
  bool is_split = levels > 1 && t->n;
  if (is_split)
    choose(&blocks, t);
  if (is_split && gates_of(&blocks) + bits_of(&blocks, levels) < t->n) {
    find_base(&y->jumps, &y->base, t, &blocks);
    for (int up = 0; up < 2; up++) {
      struct places w;
      places_init(&w, t, &blocks, up, hi);
      side_init(&y->side[up], &w);
      places_clear(&w);
    }
    y->is_split = true;
  }
  array_clear(&blocks.at);
}

void split_staircase_init(struct split_staircase *y, const struct staircase *s,
                          const mpz_t lo, const mpz_t hi, unsigned levels) {
  struct stretch t = undecided(s, lo, hi);
  split_init(y, s, &t, hi, levels, cut_any);
}

void split_staircase_clear(struct split_staircase *y) {
  staircase_clear(&y->jumps);
  block_steps_clear(&y->base);
  mpz_clears(y->start, y->lo, y->hi, NULL);
  for (int up = 0; up < 2; up++)
    side_clear(&y->side[up]);
}

void number_staircase_split(struct circuit *c, struct number *r,
                            const struct number *x,
                            const struct split_staircase *s) {
  if (!s->is_split || number_is_free(c, x)) {
    number_staircase(c, r, x, s->whole);
    return;
  }
  struct number passed, sum, part;
  number_init(&passed);
  number_init(&sum);
  number_init(&part);
  number_staircase(c, &passed, x, &s->jumps);
  number_set_z(&sum, s->start);
  push_steps(c, &sum, &passed, &s->base);
  for (int up = 0; up < 2; up++) {
    count_units(c, &part, x, &passed, &s->side[up]);
    if (s->has_bits)
      number_as_bits(c, &part);
    number_push_si(c, &sum, &part, up ? 1 : -1);
  }
  number_settle(c, &sum);
  number_bound(&sum, s->lo, s->hi);
  number_swap(r, &sum);
  number_clear(&passed);
  number_clear(&sum);
  number_clear(&part);
}

/* ---- Two levels ---- */

void number_staircase_blocks(struct circuit *c, struct number *r,
                             const struct number *x,
                             const struct staircase *s) {
  struct stretch t = undecided(s, x->lo, x->hi);
  struct split_staircase y;
  split_init(&y, s, &t, x->hi, 2, cut_fewest);
  number_staircase_split(c, r, x, &y);
  split_staircase_clear(&y);
}

void number_staircase_gate(struct circuit *c, struct number *r,
                           const struct number *x, const struct staircase *s) {
  struct stretch t = undecided(s, x->lo, x->hi);
  if (number_sources(c, x) <= 1 || !t.n) {
    number_staircase(c, r, x, s);
    return;
  }
  struct blocks blocks = {0};
  struct staircase jumps;
  struct block_steps base, shift; // base is 0
  struct number passed, y;
  struct places w;
  bool up = is_up(&t, 0);
  blocks.most[up] = 1;
  cut(&blocks, &t);
  staircase_init(&jumps);
  number_init(&passed);
  number_init(&y);
  find_base(&jumps, &base, &t, &blocks);
  places_init(&w, &t, &blocks, up, x->hi);
  shift = find_shift(&w, 0);
  number_staircase(c, &passed, x, &jumps);
  add_shift(c, &y, x, &passed, &shift);
  if (!up) { // 1 before it
    number_mul_si(c, &y, &y, -1);
    mpz_ui_sub(w.t[0], 1, w.t[0]);
  }
  number_at_least(c, r, &y, w.t[0]);
  places_clear(&w);
  staircase_clear(&jumps);
  block_steps_clear(&base);
  block_steps_clear(&shift);
  array_clear(&blocks.at);
  number_clear(&passed);
  number_clear(&y);
}
