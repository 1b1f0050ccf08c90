/* Second halves of experts (Shazeer et al. 2017), of which each position takes
   the `top` whose scores are greatest, the first among equals:
     s = R y, rounded             a score for each expert
     z = at least 1, the nearest integer to most * exp(s - greatest possible s)
     h = W2 (act(W1 y) * W3 y), rounded     of each expert; or of one matrix
     sum over those taken of z h, divided by the sum of their z, or of all z
   and rounded once; and besides what all positions take, as in other blocks.
   With p = bits, most = 2^(p - 1) - 1.

   Where experts are in groups, they are chosen of those groups whose greatest
   scores are among the `top_groups` greatest, the first among equals.

   Levels from the norm's first: 2 for scores, and 2 more to choose, while
   experts are done in 4, z h in 5; with [expert is taken] 6, the mean 7. Groups
   are 4 more: 1 for their greatest, 2 to choose among them, and 1 for scores
   that are 0 in others; so experts are chosen in 8, and the mean is there
   in 10. All experts run, taken or not: m(m - 1)/2 + m gates choose among m. */
#include "compile/models/block_parts.h"
#include "compile/models/excess.h"
#include "compile/program/attention.h"
#include "compile/program/images.h"

static value_id columns(struct transformer *b, value_id x) {
  return program_reshape(b->p, "column", x,
                         matrix(b->n, size_si(&b->p->sizes, 1)));
}

/* z h of one expert where it is taken, [n, d]; both [n]. */
static value_id add_expert(const struct transformer *all, const struct norm *m,
                           value_id taken, value_id z) {
  struct transformer b = *all;
  b.hidden = all->experts->hidden;
  b.ff = all->experts->ff;
  value_id h = block_hidden(&b, m);
  value_id y = block_sums(&b, "down", h, b.hidden, 0, b.has_hidden_bias);
  y = model_quantise(b.p, block_name(&b, "expert"), y, block_hidden_scale(&b),
                     ACTIVATION_NONE, b.bits);
  z = program_combine(b.p, "weight", &z, (long[]){1}, 1, 1);
  y = program_multiply(b.p, block_name(&b, "weighted"), y, columns(&b, z));
  return program_multiply(b.p, block_name(&b, "taken"), y, columns(&b, taken));
}

/* The sum over experts, [n, d]. */
static value_id add_experts(struct transformer *b, const struct norm *m,
                            value_id taken, value_id z) {
  struct program *p = b->p;
  static const unsigned across[] = {1, 0};
  struct composition map;
  value_id of_expert[] = {program_transpose(p, "taken", taken, across),
                          program_transpose(p, "excess", z, across)};
  value_id all;
  program_begin_map(p, &map, "expert", of_expert, 2, b->experts->experts);
  value_id y = add_expert(b, m, map.argument[0], map.argument[1]);
  program_end(p, &map, &y, 1, &all);
  all = program_transpose(p, "experts", all, (unsigned[]){1, 2, 0});
  return program_sum(p, "sum", all);
}

/* What the sum is divided by, [n]: at least 1, as it is known to be. */
static value_id add_weights(struct transformer *b, value_id taken,
                            value_id excess) {
  const struct experts *e = b->experts;
  value_id z = excess;
  if (e->has_chosen_sum)
    z = program_multiply(b->p, block_name(b, "taken excess"), excess, taken);
  z = program_sum(b->p, "weights", z);
  return program_combine(b->p, "weights", &z, (long[]){1}, 1,
                         e->has_chosen_sum ? e->top : e->n);
}

/* What all positions take, as much as is added to X. */
static value_id add_shared(const struct transformer *all,
                           const struct norm *m) {
  struct transformer b = *all;
  b.hidden = all->experts->shared;
  b.ff = all->experts->shared_ff;
  b.prefix = "shared.";
  value_id h = block_hidden(&b, m);
  return block_sums(&b, "down", h, b.hidden, b.scale - block_hidden_scale(&b),
                    b.has_hidden_bias);
}

/* Scores, made at least 1, of the groups that are taken, and 0 of others. */
static value_id keep_groups(struct transformer *b, value_id scores) {
  struct program *p = b->p;
  const struct experts *e = b->experts;
  size_id one = size_si(&p->sizes, 1);
  long more = (1L << (b->bits - 1)) + 1;
  value_id x = program_reshape(p, "groups", scores,
                               (struct dims){3, {b->n, e->group, e->of_group}});
  value_id best = program_greatest(p, block_name(b, "group best"), x, false);
  best = program_reshape(p, "row", best, matrix(b->n, e->group));
  value_id taken =
      program_top_k(p, block_name(b, "group top"), best, (size_t)e->top_groups);
  taken = program_reshape(p, "column", taken,
                          (struct dims){3, {b->n, e->group, one}});
  x = program_combine(p, "above", &x, (long[]){1}, 1, more);
  x = program_multiply(p, block_name(b, "group scores"), x, taken);
  return program_reshape(p, "scores", x, matrix(b->n, e->experts));
}

value_id block_experts(struct transformer *b, const struct norm *m) {
  struct program *p = b->p;
  const struct experts *e = b->experts;
  size_id one = size_si(&p->sizes, 1);
  long most = 1L << (b->bits - 1);
  value_id scores =
      block_rows(b, m, "router", e->experts, e->n, ACTIVATION_NONE, false);
  value_id taken = program_top_k(p, block_name(b, "top"),
                                 e->groups ? keep_groups(b, scores) : scores,
                                 (size_t)e->top);
  value_id z = excess_of_scores(p, scores, b->bits);
  value_id u = add_experts(b, m, taken, z);
  z = add_weights(b, taken, z);
  u = program_reshape(p, "above", u, (struct dims){3, {b->n, one, b->d}});
  z = program_reshape(p, "below", z, (struct dims){3, {b->n, one, one}});
  value_id y = program_mix(p, block_name(b, "mix"), u, z, -most, most - 1);
  value_id part[] = {y, e->shared ? add_shared(b, m) : y};
  return program_combine(p, "experts", part, (long[]){1L << b->scale, 1},
                         e->shared ? 2 : 1, 0);
}
