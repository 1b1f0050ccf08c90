/* greatest, below: from the greatest of a row's scores. Where keys are many,
   [some key's score >= v] is one gate, an OR of what each has.

   greatest: depth 1, of scores of one ladder each; a gate for each value but
   the least, and none for a row of one key. below: a weight that falls with the
   distance from the greatest, at R places. Depth 2: R gates [x_k - x_j >=
   distance] for each other key k, then R gates that some k is so far above.
   Where there is one other key the first are all, and where there is none the
   weight is constant. So N keys take N^2 R gates a row. No gate depends on how
   wide scores are. */
#include "circuit/folding.h"
#include "compile/program/attention.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <assert.h>
#include <string.h>

struct maximum {
  struct fall f; // of `below`
  bool is_causal;
};

/* A row of operand 0 under way: x are its scores, of which it reads n. */
struct row {
  struct reading *r;
  value_id scores;
  unsigned axis; // of keys
  const struct number *x;
  size_t n, index; // of the row along its axis
};

static struct row row_at(struct reading *r, const struct step *s, size_t i) {
  const struct maximum *d = s->detail;
  value_id v = step_operand(r, s, 0);
  const struct shape_of *shape = reading_shape(r, v);
  unsigned axis = shape->rank - 1;
  size_t keys = shape->at[axis], index = i % shape->at[axis - 1];
  return (struct row){
      .r = r,
      .scores = v,
      .axis = axis,
      .x = r->kind == READING_LOWER ? r->tensor[v].number + i * keys : NULL,
      .n = d->is_causal && index + 1 < keys ? index + 1 : keys,
      .index = index};
}

static size_t rows_of(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = reading_shape(r, step_operand(r, s, 0));
  size_t keys = shape->at[shape->rank - 1];
  return keys ? shape->n / keys : 0;
}

/* How many keys copies of one are, in the sum that reads most of them. */
static size_t most_of(const struct copies *k) {
  return k->axes ? k->of[__builtin_ctz(k->axes)].most : 1;
}

/* ---- run ---- */

static void find_greatest(fmpz_t y, const fmpz *x, size_t n) {
  fmpz_set(y, x);
  for (size_t j = 1; j < n; j++)
    if (fmpz_cmp(y, x + j) < 0)
      fmpz_set(y, x + j);
}

static void run_greatest(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  const struct shape_of *shape = reading_shape(r, step_operand(r, s, 0));
  size_t keys = shape->at[shape->rank - 1];
  for (size_t i = 0; i < rows_of(r, s); i++)
    find_greatest(y + i, x + i * keys, row_at(r, s, i).n);
}

static long weight_at(const struct fall *f, const fmpz_t distance) {
  size_t i = 0;
  while (i + 1 < f->n && fmpz_cmp_si(distance, f->distance[i + 1]) >= 0)
    i++;
  return f->at[i];
}

static void run_below(struct reading *r, const struct step *s) {
  const struct maximum *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  const struct shape_of *shape = step_shape(r, s);
  size_t keys = shape->at[shape->rank - 1];
  fmpz_t most, distance;
  fmpz_init(most);
  fmpz_init(distance);
  for (size_t i = 0; i < rows_of(r, s); i++, x += keys, y += keys) {
    size_t n = row_at(r, s, i).n;
    find_greatest(most, x, n);
    for (size_t j = 0; j < keys; j++) {
      fmpz_sub(distance, most, x + j);
      fmpz_set_si(y + j, j < n ? weight_at(&d->f, distance) : 0);
    }
  }
  fmpz_clear(most);
  fmpz_clear(distance);
}

/* ---- lower: whether some number reaches a value ---- */

/* some[i] += how many copies of x are first + i or more. */
static void push_reached(struct row *w, struct number *some, size_t n,
                         const mpz_t first, const struct number *x,
                         const struct copies *copies) {
  struct number reaches;
  mpz_t t, one;
  number_init(&reaches);
  mpz_init_set(t, first);
  mpz_init_set_ui(one, 1);
  for (size_t i = 0; i < n; i++) {
    number_at_least(w->r->c, &reaches, x, t);
    number_push_copies(w->r->c, &some[i], &reaches, one, copies);
    mpz_add_ui(t, t, 1);
  }
  number_clear(&reaches);
  mpz_clears(t, one, NULL);
}

/* y = start + for each i step[i], or 1, where some[i] >= 1. */
static void make_chain(struct row *w, struct number *y, const mpz_t start,
                       struct number *some, const long *step, size_t n) {
  struct circuit *c = w->r->c;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_set_z(y, start);
  for (size_t i = 0; i < n; i++) {
    number_settle(c, &some[i]);
    number_push_gate(c, y, &some[i], one, step ? step[i] : 1);
  }
  number_settle(c, y);
  mpz_clear(one);
}

/* ---- lower: the greatest ---- */

/* The range of the greatest. */
static void find_range(const struct row *w, mpz_t lo, mpz_t hi) {
  mpz_set(lo, w->x[0].lo);
  mpz_set(hi, w->x[0].hi);
  for (size_t j = 1; j < w->n; j++) {
    if (mpz_cmp(w->x[j].lo, lo) > 0)
      mpz_set(lo, w->x[j].lo);
    if (mpz_cmp(w->x[j].hi, hi) > 0)
      mpz_set(hi, w->x[j].hi);
  }
}

static void lower_row(struct row *w, struct number *y) {
  mpz_t lo, hi, size;
  size_t keys = 0;
  struct copies copies;
  mpz_inits(lo, hi, size, NULL);
  find_range(w, lo, hi);
  mpz_sub(size, hi, lo);
  size_t n = mpz_get_ui(size);
  struct number *some = numbers_new(n);
  mpz_add_ui(size, lo, 1);
  for (size_t j = 0; j < w->n; j++) {
    fold_copies(w->r->in, w->scores, w->axis, j, w->index, &copies);
    push_reached(w, some, n, size, &w->x[j], &copies);
    keys += most_of(&copies);
  }
  if (keys == 1)
    number_set(y, &w->x[0]);
  else
    make_chain(w, y, lo, some, NULL, n);
  number_bound(y, lo, hi);
  numbers_free(some, n);
  mpz_clears(lo, hi, size, NULL);
}

static void lower_greatest(struct reading *r, const struct step *s) {
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t i = 0; i < rows_of(r, s); i++) {
    struct row w = row_at(r, s, i);
    reading_at(r, step_result(r, s), i);
    lower_row(&w, y + i);
  }
}

/* ---- lower: below it ---- */

/* r = x without the ladders that n numbers read. In a folded circuit that is
   what the scores of two keys of one class do not have in common, as terms of
   the row itself do not tell whether keys have copies of them. */
static void leave_out(struct circuit *c, struct number *r,
                      const struct number *x, const struct number *of,
                      size_t n) {
  struct number part;
  mpz_t one;
  number_init(&part);
  mpz_init_set_ui(one, 1);
  number_set_z(r, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    ladder_id l = circuit_source_ladder(c, x->terms.at[i].source);
    bool is_left_out = false;
    for (size_t j = 0; j < n; j++)
      for (size_t k = 0; k < of[j].terms.n; k++)
        is_left_out |= circuit_source_ladder(c, of[j].terms.at[k].source) == l;
    number_take_term(c, &part, x, i);
    if (!is_left_out)
      number_push(c, r, &part, one);
  }
  number_settle(c, r);
  number_clear(&part);
  mpz_clear(one);
}

/* What key `key` of a row is compared with. */
struct rival {
  const struct number *query; // of the row
  size_t queries;
  size_t key;
  struct staircase levels; // a stair of 1 at each distance
};

/* d, a difference of two numbers like x, is in the range that follows. */
static void bound_difference(struct number *d, const struct number *x) {
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  mpz_sub(hi, x->hi, x->lo);
  mpz_neg(lo, hi);
  number_bound(d, lo, hi);
  mpz_clears(lo, hi, NULL);
}

/* d = the score of key k less that of the other. Two keys of one class differ
   by both copies less twice the own one. */
static void subtract(struct row *w, struct number *d, const struct rival *a,
                     size_t k, const struct copies *others) {
  struct circuit *c = w->r->c;
  if (k != a->key) {
    number_sub(c, d, &w->x[k], &w->x[a->key]);
    return;
  }
  struct number own;
  struct copies pair = {.axes = others->axes};
  int bit = __builtin_ctz(pair.axes);
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&own);
  pair.of[bit].most = 2;
  pair.of[bit].six = 12;
  leave_out(c, &own, &w->x[k], a->query, a->queries);
  number_mul_si(c, d, &own, -2);
  number_push_copies(c, d, &own, one, &pair);
  number_settle(c, d);
  bound_difference(d, &w->x[k]);
  number_clear(&own);
  mpz_clear(one);
}

/* Ladders added from now on are made for each of these other keys besides. */
static void set_copies(struct row *w, const struct copies *others,
                       const mpz_t before) {
  struct folding *f = w->r->c->folding;
  if (!f || !others->axes)
    return;
  int bit = __builtin_ctz(others->axes);
  mpz_mul_ui(f->copies, before, others->of[bit].six);
  mpz_divexact_ui(f->copies, f->copies, 6);
}

/* some[i] += how many other keys are distance i + 1 or more above; their
   number. `first` is a staircase of its own for the only one. */
static size_t push_rivals(struct row *w, struct number *some, size_t n,
                          const struct rival *a, struct number *only) {
  struct folding *f = w->r->c->folding;
  struct number level;
  struct copies others;
  mpz_t before, first;
  size_t keys = 0;
  mpz_init(before);
  mpz_init_set_ui(first, 1);
  number_init(&level);
  if (f)
    mpz_set(before, f->copies);
  for (size_t k = 0; k < w->n; k++) {
    if (!fold_other_keys(w->r->in, w->scores, w->axis, k, a->key, w->index,
                         &others))
      continue;
    subtract(w, &level, a, k, &others);
    set_copies(w, &others, before);
    number_staircase(w->r->c, &level, &level, &a->levels);
    push_reached(w, some, n, first, &level, &others);
    number_set(only, &level);
    keys += most_of(&others);
  }
  if (f)
    mpz_set(f->copies, before);
  number_clear(&level);
  mpz_clears(before, first, NULL);
  return keys;
}

static void call_fall(mpz_t y, const mpz_t level, const void *context) {
  const struct fall *f = context;
  mpz_set_si(y, f->at[mpz_get_ui(level)]);
}

static void lower_key(struct row *w, struct number *y, const struct fall *f,
                      const struct rival *a) {
  size_t n = f->n - 1;
  struct number *some = numbers_new(n), only;
  long *step = xcalloc(f->n, sizeof *step);
  mpz_t start;
  mpz_init_set_si(start, f->at[0]);
  number_init(&only);
  for (size_t i = 0; i < n; i++)
    step[i] = f->at[i + 1] - f->at[i];
  size_t keys = push_rivals(w, some, n, a, &only);
  if (keys == 1)
    number_apply(w->r->c, y, &only, &(struct function){call_fall, f, false});
  else
    make_chain(w, y, start, some, step, n);
  number_clear(&only);
  numbers_free(some, n);
  free(step);
  mpz_clear(start);
}

static void lower_below(struct reading *r, const struct step *s) {
  const struct maximum *d = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  const struct shape_of *queries = reading_shape(r, step_operand(r, s, 1));
  const struct number *query = r->tensor[step_operand(r, s, 1)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t keys = shape->at[shape->rank - 1];
  struct rival a = {.queries = queries->at[queries->rank - 1]};
  staircase_init(&a.levels);
  for (size_t i = 1; i < d->f.n; i++) {
    mpz_t t;
    mpz_init_set_si(t, d->f.distance[i]);
    staircase_push_si(&a.levels, t, 1);
    mpz_clear(t);
  }
  for (size_t i = 0; i < rows_of(r, s); i++) {
    struct row w = row_at(r, s, i);
    a.query = query + i * a.queries;
    for (a.key = 0; a.key < keys; a.key++) {
      struct number *to = y + i * keys + a.key;
      number_set_si(to, 0);
      reading_at(r, step_result(r, s), i * keys + a.key);
      if (a.key < w.n)
        lower_key(&w, to, &d->f, &a);
    }
  }
  staircase_clear(&a.levels);
}

/* ---- certify ---- */

static void certify_greatest(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_scalar_mul_si(n, x->most, 2, k->f->ring);
  proof_deeper(k, s, 0, x->is_constant ? 0 : 1);
  proof_ladder(k, s, 0, n);
  if (x->is_bounded && x->is_ladder) {
    proof_add_gates(k, s, 0, n);
    proof_bound(k, s, 0, x->most);
  } else {
    proof_no_gates_known(k);
  }
  fmpz_mpoly_clear(n, k->f->ring);
}

static void certify_below(struct proof *k, const struct step *s) {
  const struct maximum *d = s->detail;
  struct dims dims = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t n, keys;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(keys, k->f->ring);
  fmpz_mpoly_set_si(n, (slong)d->f.n - 1, k->f->ring);
  proof_deeper(k, s, 0, 2);
  proof_ladder(k, s, 0, n);
  formula_size(k->f, keys, dims.at[dims.rank - 1]);
  fmpz_mpoly_mul(n, n, keys, k->f->ring);
  proof_add_gates(k, s, 0, n);
  proof_bound_si(k, s, 0, d->f.at[0]);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(keys, k->f->ring);
}

static const struct op greatest = {.name = "greatest",
                                   .run = run_greatest,
                                   .lower = lower_greatest,
                                   .certify = certify_greatest,
                                   .needs_ladder = true,
                                   .folds = true};
static const struct op below = {.name = "below",
                                .run = run_below,
                                .lower = lower_below,
                                .certify = certify_below,
                                .folds = true};

static const long *keep(struct program *p, const long *at, size_t n) {
  long *kept = program_alloc(p, n, sizeof *kept);
  memcpy(kept, at, n * sizeof *kept);
  return kept;
}

value_id program_greatest(struct program *p, const char *name, value_id x,
                          bool is_causal) {
  struct maximum *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, x);
  assert(dims.rank >= 2);
  dims.at[dims.rank - 1] = size_si(&p->sizes, 1);
  *d = (struct maximum){.is_causal = is_causal};
  return program_step(p, &greatest, name, &x, 1, dims, d);
}

value_id program_below(struct program *p, const char *name, value_id scores,
                       value_id queries, const struct fall *f, bool is_causal) {
  value_id x[] = {scores, queries};
  struct maximum *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, scores);
  assert(dims.rank >= 2 && f->n >= 1 && f->at[0] >= 1);
  assert(program_dims(p, queries).rank == dims.rank);
  *d = (struct maximum){.f = {.n = f->n,
                              .distance = keep(p, f->distance, f->n),
                              .at = keep(p, f->at, f->n)},
                        .is_causal = is_causal};
  return program_step(p, &below, name, x, 2, dims, d);
}
