/* map, loop, tree: a block of steps done many times. Depth: map as deep as its
   block; loop and tree at most as deep as the block for each round, or each of
   ceil(log2 rounds) levels. Gates: those of the block, each time. */
#include "compile/program/compose.h"
#include "circuit/folding.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"
#include "compile/program/rounds.h"

#include <assert.h>
#include <string.h>

static const struct block *body_of(const struct reading *r,
                                   const struct step *s) {
  return &r->in->program->blocks.at[s->body];
}

/* Slice i of x, or that which is alike where the axis is folded, becomes
   argument `a` of the block. */
static void take_slice(struct reading *r, const struct step *s, size_t a,
                       value_id x, size_t i) {
  value_id argument = body_of(r, s)->arguments.at[a];
  size_t n = reading_shape(r, argument)->n;
  reading_tensor(r, argument);
  reading_copy(r, argument, 0, x, i % reading_shape(r, x)->at[0] * n, n);
}

/* Result k of the block becomes slice i of y. */
static void put_slice(struct reading *r, const struct step *s, size_t k,
                      value_id y, size_t i) {
  value_id result = body_of(r, s)->results.at[k];
  size_t n = reading_shape(r, result)->n;
  reading_copy(r, y, i * n, result, 0, n);
}

/* All slices are alike, and none are made. */
static bool folds_slices(const struct instance *in, const struct step *s) {
  const struct compose *d = s->detail;
  const struct fold_axis *a = fold_axis(in, d->rounds);
  return a && a->classes == 1 && d->carried &&
         in->program->blocks.at[s->body].results.n == d->carried;
}

/* Slices as many as rounds, `least` at least. */
static bool check_slices(const struct instance *in, const struct step *s,
                         long least, struct error *err) {
  const struct compose *d = s->detail;
  long rounds;
  if (!instance_find_size(in, d->rounds, least, &rounds, err))
    return false;
  if (d->sliced && fold_axis(in, d->rounds))
    return folds_slices(in, s) ||
           error_set(err, 0, "%s: rounds over an axis that is folded", s->name);
  for (size_t k = d->carried; k < d->carried + d->sliced; k++) {
    size_t n = in->shape[program_operand(in->program, s, k)].at[0];
    if (n != (size_t)rounds)
      return error_set(err, 0, "%s: %ld rounds over %zu slices", s->name,
                       rounds, n);
  }
  return true;
}

/* ---- map and loop: a map carries nothing ---- */

static void do_round(struct reading *r, const struct step *s, size_t i,
                     size_t last) {
  const struct compose *d = s->detail;
  const struct program *p = r->in->program;
  const struct block *body = body_of(r, s);
  for (size_t k = 0; k < d->carried; k++)
    reading_copy_all(r, body->arguments.at[k], program_result(p, s, k));
  for (size_t k = 0; k < d->sliced; k++)
    take_slice(r, s, d->carried + k, step_operand(r, s, d->carried + k), i);
  reading_round(r, s, i, last);
  for (size_t k = 0; k < d->carried; k++)
    reading_copy_all(r, program_result(p, s, k), body->results.at[k]);
  for (size_t k = d->carried; k < body->results.n; k++)
    put_slice(r, s, k, program_result(p, s, k), i);
}

/* Rounds of a folded instance, whose slices are alike if it has any: once a
   round makes what the one before it made, all do, and one stands for those up
   to the last two. These are made, as what nothing reads is not the same there.
 */
static void fold_rounds(struct reading *r, const struct step *s,
                        size_t rounds) {
  const struct compose *d = s->detail;
  struct folding *f = r->c->folding;
  struct rounds *same = rounds_new(r, s, d->carried);
  ladder_id before = 0;
  for (size_t i = 0; i < rounds;) {
    ladder_id from = (ladder_id)r->c->ladders.n;
    bool stands = rounds_are_same(same) && i >= f->settle && i + 4 <= rounds;
    size_t last = stands ? rounds - 3 : i;
    size_t times = last - i + 1;
    f->times *= times;
    do_round(r, s, i, last);
    f->times /= times;
    ladder_id to = (ladder_id)r->c->ladders.n;
    if (times > 1)
      array_push(&f->repeats, (struct repeat){before, from, to, times});
    rounds_add(same, from);
    before = from;
    i = last + 1;
  }
  rounds_free(same);
}

static void every_loop(struct reading *r, const struct step *s) {
  const struct compose *d = s->detail;
  size_t rounds = (size_t)instance_size(r->in, d->rounds);
  for (size_t k = 0; k < d->carried; k++)
    reading_copy_all(r, program_result(r->in->program, s, k),
                     step_operand(r, s, k));
  bool has_own = d->sliced && !folds_slices(r->in, s);
  if (r->kind == READING_LOWER && r->c->folding && d->carried && !has_own &&
      body_of(r, s)->results.n == d->carried)
    fold_rounds(r, s, rounds);
  else
    for (size_t i = 0; i < rounds; i++)
      do_round(r, s, i, i);
}

static bool check_loop(const struct instance *in, const struct step *s,
                       struct error *err) {
  const struct compose *d = s->detail;
  for (size_t k = 0; k < d->carried; k++) {
    size_t from = in->shape[program_operand(in->program, s, k)].n;
    size_t to = in->shape[program_result(in->program, s, k)].n;
    if (from != to)
      return error_set(err, 0, "%s: %zu integers become %zu in a round",
                       s->name, from, to);
  }
  return check_slices(in, s, 0, err);
}

static const struct op map = {.name = "map",
                              .every = every_loop,
                              .certify = certify_loop,
                              .check = check_loop,
                              .folds = true};
static const struct op loop = {.name = "loop",
                               .every = every_loop,
                               .certify = certify_loop,
                               .check = check_loop,
                               .folds = true};

/* ---- tree: level by level in values of their own ---- */

static void every_tree(struct reading *r, const struct step *s) {
  const struct compose *d = s->detail;
  const struct program *p = r->in->program;
  size_t m = d->sliced, left = (size_t)instance_size(r->in, d->rounds);
  for (size_t k = 0; k < m; k++)
    reading_copy_all(r, program_result(p, s, m + k), step_operand(r, s, k));
  for (size_t round = 0; left > 1; left = (left + 1) / 2) {
    for (size_t i = 0; i + 1 < left; i += 2) {
      for (size_t k = 0; k < 2 * m; k++)
        take_slice(r, s, k, program_result(p, s, m + k % m), i + k / m);
      reading_round(r, s, round, round);
      round++;
      for (size_t k = 0; k < m; k++)
        put_slice(r, s, k, program_result(p, s, m + k), i / 2);
    }
    for (size_t k = 0; left % 2 && k < m; k++) { // the last one waits
      value_id y = program_result(p, s, m + k);
      size_t n = reading_shape(r, program_result(p, s, k))->n;
      reading_copy(r, y, left / 2 * n, y, (left - 1) * n, n);
    }
  }
  for (size_t k = 0; k < m; k++) {
    value_id y = program_result(p, s, k);
    reading_copy(r, y, 0, program_result(p, s, m + k), 0,
                 reading_shape(r, y)->n);
  }
}

static bool check_tree(const struct instance *in, const struct step *s,
                       struct error *err) {
  size_t m = ((const struct compose *)s->detail)->sliced;
  for (size_t k = 0; k < m; k++) { // the whole, and all slices
    size_t whole = in->shape[program_result(in->program, s, k)].n;
    size_t all = in->shape[program_result(in->program, s, m + k)].n;
    if (in->shape[program_operand(in->program, s, k)].n != all)
      return error_set(err, 0, "%s: slices become %zu integers", s->name,
                       whole);
  }
  return check_slices(in, s, 1, err);
}

static const struct op tree = {.name = "tree",
                               .every = every_tree,
                               .certify = certify_tree,
                               .check = check_tree};

/* ---- Writing them ---- */

static struct dims without_first(struct dims d) {
  assert(d.rank);
  d.rank--;
  memmove(d.at, d.at + 1, d.rank * sizeof d.at[0]);
  d.at[d.rank] = 0;
  return d;
}

struct dims dims_with_first(struct dims d, size_id n) {
  assert(d.rank < SHAPE_MAX);
  memmove(d.at + 1, d.at, d.rank * sizeof d.at[0]);
  d.at[0] = n;
  d.rank++;
  return d;
}

static void begin(struct program *p, struct composition *c,
                  const struct op *operation, const char *name,
                  const value_id *operand, size_t carried, size_t sliced,
                  size_id rounds) {
  size_t n = carried + sliced, copies = operation == &tree ? 2 : 1;
  value_id *kept = program_alloc(p, n, sizeof *kept);
  value_id *argument = program_alloc(p, copies * n, sizeof *argument);
  *c = (struct composition){operation, name,   kept,    carried,
                            sliced,    rounds, argument};
  program_open_block(p);
  for (size_t k = 0; k < copies * n; k++) {
    struct dims d = program_dims(p, operand[k % n]);
    kept[k % n] = operand[k % n];
    argument[k] = program_argument(p, k < carried ? d : without_first(d));
  }
}

void program_begin_map(struct program *p, struct composition *m,
                       const char *name, const value_id *operand, size_t n,
                       size_id rounds) {
  begin(p, m, &map, name, operand, 0, n, rounds);
}

void program_begin_loop(struct program *p, struct composition *l,
                        const char *name, const value_id *operand,
                        size_t carried, size_t sliced, size_id rounds) {
  begin(p, l, &loop, name, operand, carried, sliced, rounds);
}

void program_begin_tree(struct program *p, struct composition *t,
                        const char *name, const value_id *operand, size_t n,
                        size_id rounds) {
  begin(p, t, &tree, name, operand, 0, n, rounds);
}

void program_end(struct program *p, struct composition *c,
                 const value_id *result, size_t results, value_id *value) {
  struct compose *detail = program_alloc(p, 1, sizeof *detail);
  *detail = (struct compose){
      .carried = c->carried, .sliced = c->sliced, .rounds = c->rounds};
  if (c->operation == &tree) {
    detail->levels = size_log2(&p->sizes, c->rounds);
    detail->nodes = size_sub(&p->sizes, c->rounds, size_si(&p->sizes, 1));
  }
  block_id body = p->open;
  size_t made = c->operation == &tree ? 2 * results : results;
  struct dims *dims = xmalloc(made * sizeof *dims);
  assert(c->operation != &tree || results == c->sliced);
  for (size_t k = 0; k < made; k++) {
    struct dims d = program_dims(p, result[k % results]);
    bool is_whole = c->operation == &tree ? k < results : k < c->carried;
    dims[k] = is_whole ? d : dims_with_first(d, c->rounds);
  }
  program_close_block(p, result, results);
  step_id s = program_step_many(p, c->operation, c->name, c->operand,
                                c->carried + c->sliced, dims, made, detail);
  p->steps.at[s].body = body;
  for (size_t k = 0; k < results; k++)
    value[k] = program_result(p, &p->steps.at[s], k);
  free(dims);
}
