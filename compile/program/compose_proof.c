/* What holds of a loop or a tree: its block once, for any number of rounds. Of
   a tree a round is a level, in which both sides are what one before made. */
#include "compile/program/compose.h"

/* Rounds whose first one reads `start`. */
struct rounds_proof {
  struct fact *start; // [carried]
  size_t carried;
  uint32_t first;      // carried value i has depth first + i
  fmpz_mpoly_t rounds; // how many
  fmpz_mpoly_t times;  // that the block is done
  bool may_be_none;    // rounds
  long index;          // of the first of them: 1 where one was looked at before
  fmpz_mpoly_t levels; // the most by which one deepens a carried value
  long slope;          // by which slices are deeper from round to round
  bool is_tree;        // argument carried + i is another of argument i
};

/* The slices of the first round; those of later ones are deeper by a slope. */
static void take_slices(struct proof *k, const struct step *s,
                        struct rounds_proof *q) {
  const struct compose *d = s->detail;
  const struct block *body = &k->p->blocks.at[s->body];
  for (size_t i = q->carried; i < d->carried + d->sliced; i++) {
    const struct fact *x = proof_operand(k, s, i);
    struct dims dims = program_dims(k->p, program_operand(k->p, s, i));
    struct fact *slice = &k->fact[body->arguments.at[i]];
    fact_copy(k, slice, x);
    if (!x->slope || x->along != dims.at[0])
      continue;
    slice->slope = 0;
    for (size_t j = 0; j < slice->depth.n; j++)
      fmpz_mpoly_add_si(slice->depth.at[j].levels, slice->depth.at[j].levels,
                        x->slope * q->index, k->f->ring);
    q->slope = x->slope > q->slope ? x->slope : q->slope;
  }
}

/* Carried value i has this depth in a round. */
static void forget_depth(struct proof *k, struct fact *x, uint32_t i) {
  fmpz_mpoly_t zero;
  long slope = x->slope;
  fmpz_mpoly_init(zero, k->f->ring);
  fact_forget_depth(k, x);
  fact_reach(k, x, i, zero);
  x->slope = slope;
  fmpz_mpoly_clear(zero, k->f->ring);
}

/* What holds of carried values in every round: of the operands, and of what the
   block makes of them. False where more had to be given up. */
static bool find_invariant(struct proof *k, const struct step *s,
                           struct rounds_proof *q, bool may_grow) {
  const struct block *body = &k->p->blocks.at[s->body];
  bool holds = true;
  take_slices(k, s, q);
  for (size_t i = 0; i < q->carried; i++) {
    struct fact *x = &k->fact[body->arguments.at[i]];
    forget_depth(k, x, q->first + (uint32_t)i);
    if (q->is_tree)
      fact_copy(k, &k->fact[body->arguments.at[q->carried + i]], x);
  }
  proof_block(k, s->body);
  for (size_t i = 0; i < q->carried; i++) {
    struct fact *x = &k->fact[body->arguments.at[i]],
                *y = &k->fact[body->results.at[i]];
    if (y->slope > x->slope ? x->slope || !may_grow : y->along != x->along)
      fact_flatten(k, y);
    holds &= fact_keep(k, x, y, may_grow);
  }
  return holds;
}

/* The most by which a round deepens a carried value; no less than slices are
   deeper. */
static void find_levels(struct proof *k, const struct step *s,
                        struct rounds_proof *q) {
  const struct block *body = &k->p->blocks.at[s->body];
  fmpz_mpoly_set_si(q->levels, q->slope, k->f->ring);
  for (size_t i = 0; i < q->carried; i++) {
    const struct fact *y = &k->fact[body->results.at[i]];
    for (size_t j = 0; j < y->depth.n; j++)
      if (y->depth.at[j].carried >= q->first)
        formula_max(k->f, q->levels, q->levels, y->depth.at[j].levels);
  }
}

/* y is as deep as x, and rounds of so many levels, and more. */
static void reach_from(struct proof *k, const struct rounds_proof *q,
                       struct fact *y, const struct fact *x,
                       const fmpz_mpoly_t rounds, const fmpz_mpoly_t more) {
  fmpz_mpoly_t deep;
  fmpz_mpoly_init(deep, k->f->ring);
  for (size_t j = 0; j < x->depth.n; j++) {
    if (x->depth.at[j].carried >= q->first)
      continue;
    fmpz_mpoly_mul(deep, q->levels, rounds, k->f->ring);
    fmpz_mpoly_add(deep, deep, more, k->f->ring);
    fmpz_mpoly_add(deep, deep, x->depth.at[j].levels, k->f->ring);
    fact_reach(k, y, x->depth.at[j].carried, deep);
  }
  fmpz_mpoly_clear(deep, k->f->ring);
}

/* y reads a carried value after n rounds, at `more` levels: one that came from
   the operands, or from outside of the loop in a round before. */
static void reach_operands(struct proof *k, const struct step *s,
                           const struct rounds_proof *q, struct fact *y,
                           const fmpz_mpoly_t more, const fmpz_mpoly_t n) {
  const struct block *body = &k->p->blocks.at[s->body];
  fmpz_mpoly_t later;
  fmpz_mpoly_init(later, k->f->ring);
  fmpz_mpoly_sub_si(later, n, 1, k->f->ring);
  for (size_t i = 0; i < q->carried; i++) {
    reach_from(k, q, y, &q->start[i], n, more);
    reach_from(k, q, y, &k->fact[body->results.at[i]], later, more);
  }
  fmpz_mpoly_clear(later, k->f->ring);
}

/* y is what the block makes of values carried through n rounds before: of the
   operands, or of what a round read from outside of the loop. Where n may be -1
   the block counts as a whole round at least, so that nothing is below 0. */
static void reach_rounds(struct proof *k, const struct step *s,
                         const struct rounds_proof *q, struct fact *y,
                         const struct fact *made, const fmpz_mpoly_t n) {
  fmpz_mpoly_t deep, last;
  fmpz_mpoly_init(deep, k->f->ring);
  fmpz_mpoly_init(last, k->f->ring);
  for (size_t j = 0; j < made->depth.n; j++) {
    const struct reach *a = &made->depth.at[j];
    fmpz_mpoly_set(last, a->levels, k->f->ring);
    if (q->may_be_none)
      formula_max(k->f, last, last, q->levels);
    if (a->carried >= q->first) {
      reach_operands(k, s, q, y, last, n);
      continue;
    }
    fmpz_mpoly_mul(deep, q->levels, n, k->f->ring);
    fmpz_mpoly_add(deep, deep, last, k->f->ring);
    fact_reach(k, y, a->carried, deep);
  }
  fmpz_mpoly_clear(deep, k->f->ring);
  fmpz_mpoly_clear(last, k->f->ring);
}

/* y, slices that the block makes, by their depth in the first of the rounds and
   by how much each is deeper than the one before; false if that is no number.
 */
static bool reach_slices(struct proof *k, const struct step *s,
                         const struct rounds_proof *q, struct fact *y,
                         size_t i) {
  const struct block *body = &k->p->blocks.at[s->body];
  const struct fact *made = &k->fact[body->results.at[i]];
  fmpz_mpoly_t zero;
  fmpz_t slope;
  if (made->slope || !fmpz_mpoly_is_fmpz(q->levels, k->f->ring))
    return false;
  fmpz_init(slope);
  fmpz_mpoly_init(zero, k->f->ring);
  fmpz_mpoly_get_fmpz(slope, q->levels, k->f->ring);
  fact_forget_depth(k, y);
  reach_rounds(k, s, q, y, made, zero);
  y->slope = fmpz_get_si(slope);
  y->along = program_dims(k->p, program_result(k->p, s, i)).at[0];
  for (size_t j = 0; j < y->depth.n; j++)
    fmpz_mpoly_sub_si(y->depth.at[j].levels, y->depth.at[j].levels,
                      y->slope * q->index, k->f->ring);
  fmpz_clear(slope);
  fmpz_mpoly_clear(zero, k->f->ring);
  return true;
}

/* The facts of carried values in all rounds. */
static void find_facts(struct proof *k, const struct step *s,
                       struct rounds_proof *q) {
  const struct block *body = &k->p->blocks.at[s->body];
  bool has_gates = k->has_gates;
  fmpz_mpoly_t gates;
  fmpz_mpoly_init(gates, k->f->ring);
  fmpz_mpoly_set(gates, k->gates, k->f->ring);
  for (size_t i = 0; i < q->carried; i++)
    fact_copy(k, &k->fact[body->arguments.at[i]], &q->start[i]);
  for (int i = 0; !find_invariant(k, s, q, i < 3); i++) {
    fmpz_mpoly_set(k->gates, gates, k->f->ring); // of what does not hold
    k->has_gates = has_gates;
  }
  fmpz_mpoly_clear(gates, k->f->ring);
}

/* A carried value gets deeper along an axis that it was not before. */
static bool gains_slope(struct proof *k, const struct step *s,
                        struct rounds_proof *q) {
  const struct block *body = &k->p->blocks.at[s->body];
  bool has_gates = k->has_gates, gains = false;
  fmpz_mpoly_t gates;
  fmpz_mpoly_init(gates, k->f->ring);
  fmpz_mpoly_set(gates, k->gates, k->f->ring);
  find_facts(k, s, q);
  for (size_t i = 0; i < q->carried; i++)
    gains |= k->fact[body->arguments.at[i]].slope > q->start[i].slope;
  fmpz_mpoly_set(k->gates, gates, k->f->ring);
  k->has_gates = has_gates;
  fmpz_mpoly_clear(gates, k->f->ring);
  return gains;
}

/* Where a carried value is constant, or not as deep along an axis yet, the
   first round differs from the others: it is looked at by itself. */
static bool differs_first(struct proof *k, const struct step *s,
                          struct rounds_proof *q) {
  fmpz_mpoly_t less;
  bool is_constant = false;
  for (size_t i = 0; i < q->carried; i++)
    is_constant |= q->start[i].is_constant;
  fmpz_mpoly_init(less, k->f->ring);
  fmpz_mpoly_sub_si(less, q->rounds, 1, k->f->ring);
  bool has_one = formula_is_at_least_0(k->f, less);
  fmpz_mpoly_clear(less, k->f->ring);
  return has_one && (is_constant || gains_slope(k, s, q));
}

static void peel_round(struct proof *k, const struct step *s,
                       struct rounds_proof *q) {
  const struct block *body = &k->p->blocks.at[s->body];
  take_slices(k, s, q);
  for (size_t i = 0; i < q->carried; i++)
    fact_copy(k, &k->fact[body->arguments.at[i]], &q->start[i]);
  proof_block(k, s->body);
  for (size_t i = 0; i < body->results.n; i++) {
    const struct fact *made = &k->fact[body->results.at[i]];
    fact_copy(k, i < q->carried ? &q->start[i] : proof_result(k, s, i), made);
  }
  fmpz_mpoly_sub_si(q->rounds, q->rounds, 1, k->f->ring);
  fmpz_mpoly_set(q->times, q->rounds, k->f->ring);
  q->index = 1;
}

/* All rounds that are left: their gates, and what is known of the results. */
static void prove_rounds(struct proof *k, const struct step *s,
                         struct rounds_proof *q, bool is_peeled) {
  const struct block *body = &k->p->blocks.at[s->body];
  fmpz_mpoly_t before, less;
  fmpz_mpoly_init(before, k->f->ring);
  fmpz_mpoly_init(less, k->f->ring);
  fmpz_mpoly_set(before, k->times, k->f->ring);
  fmpz_mpoly_mul(k->times, k->times, q->times, k->f->ring);
  fmpz_mpoly_sub_si(less, q->rounds, 1, k->f->ring);
  q->may_be_none = !formula_is_at_least_0(k->f, less);
  find_facts(k, s, q);
  find_levels(k, s, q);
  for (size_t i = 0; i < body->results.n; i++) {
    const struct fact *made = &k->fact[body->results.at[i]];
    struct fact *y = proof_result(k, s, i), all;
    fact_init(k, &all);
    fact_copy(k, &all, made);
    if (i < q->carried || !reach_slices(k, s, q, &all, i)) {
      fact_copy(k, &all, made);
      fact_forget_depth(k, &all);
      reach_rounds(k, s, q, &all, made, less);
      all.slope = made->slope;
    }
    if (i < q->carried && q->may_be_none)
      fact_join(k, &all, &q->start[i]); // of no rounds
    if (i >= q->carried && is_peeled)
      fact_join(k, &all, y); // slices of the first one
    fact_copy(k, y, &all);
    fact_clear(k, &all);
  }
  fmpz_mpoly_set(k->times, before, k->f->ring);
  fmpz_mpoly_clear(before, k->f->ring);
  fmpz_mpoly_clear(less, k->f->ring);
}

static void rounds_init(struct proof *k, const struct step *s,
                        struct rounds_proof *q, size_t carried) {
  const struct compose *d = s->detail;
  *q = (struct rounds_proof){.carried = carried, .first = k->carried + 1};
  q->start = xcalloc(carried, sizeof *q->start);
  fmpz_mpoly_init(q->rounds, k->f->ring);
  fmpz_mpoly_init(q->times, k->f->ring);
  fmpz_mpoly_init(q->levels, k->f->ring);
  formula_size(k->f, q->rounds, d->rounds);
  fmpz_mpoly_set(q->times, q->rounds, k->f->ring);
  for (size_t i = 0; i < carried; i++) {
    fact_init(k, &q->start[i]);
    fact_copy(k, &q->start[i], proof_operand(k, s, i));
  }
  k->carried += (uint32_t)carried;
}

static void rounds_clear(struct proof *k, struct rounds_proof *q) {
  k->carried -= (uint32_t)q->carried;
  for (size_t i = 0; i < q->carried; i++)
    fact_clear(k, &q->start[i]);
  free(q->start);
  fmpz_mpoly_clear(q->rounds, k->f->ring);
  fmpz_mpoly_clear(q->times, k->f->ring);
  fmpz_mpoly_clear(q->levels, k->f->ring);
}

void certify_loop(struct proof *k, const struct step *s) {
  struct rounds_proof q;
  rounds_init(k, s, &q, ((const struct compose *)s->detail)->carried);
  bool is_peeled = differs_first(k, s, &q);
  if (is_peeled)
    peel_round(k, s, &q);
  prove_rounds(k, s, &q, is_peeled);
  rounds_clear(k, &q);
}

/* What holds of both sides of a node holds of what it makes; its depth is that
   of as many rounds as there are levels. */
void certify_tree(struct proof *k, const struct step *s) {
  const struct compose *d = s->detail;
  struct rounds_proof q;
  rounds_init(k, s, &q, d->sliced);
  q.is_tree = true;
  formula_size(k->f, q.rounds, d->levels);
  formula_size(k->f, q.times, d->nodes);
  for (size_t i = 0; i < q.carried; i++)
    fact_flatten(k, &q.start[i]);
  prove_rounds(k, s, &q, false);
  for (size_t i = 0; i < q.carried; i++)
    fact_copy(k, proof_result(k, s, q.carried + i), proof_result(k, s, i));
  rounds_clear(k, &q);
}
