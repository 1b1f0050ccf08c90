/* embed: a circuit as a step, from the bits of its inputs to those of its
   outputs. Depth and gates at most those of the circuit: sums that read one
   ladder need no gates here. */
#include "circuit/measure.h"
#include "circuit/values.h"
#include "compile/number.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

struct embed {
  const struct circuit *c;
  long depth;
  mpz_t gates;
};

static void embed_clear(void *context) {
  mpz_clear(((struct embed *)context)->gates);
}

static void run_embed(struct reading *r, const struct step *s) {
  const struct circuit *c = ((const struct embed *)s->detail)->c;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  bool *in = xmalloc(c->inputs.n + 1);
  bool *value = xmalloc(c->bits.n);
  for (size_t i = 0; i < c->inputs.n; i++)
    in[i] = !fmpz_is_zero(x + i);
  circuit_values(c, in, value);
  for (size_t i = 0; i < c->outputs.n; i++)
    fmpz_set_ui(y + i, value[c->outputs.at[i]]);
  free(in);
  free(value);
}

/* ---- Lowering: a number for the level of each ladder ---- */

struct copy {
  const struct circuit *from;
  struct circuit *to;
  struct number *level; // [ladder_id], of an input the bit
};

/* r = the steps of rungs [from..n), one after the other as the level rises; of
   rung `from` alone, a bit, where there are none. */
static void put_steps(const struct copy *k, struct number *r, ladder_id l,
                      const integer_id *step, size_t from, size_t n) {
  struct staircase s;
  struct integer_scratch scratch;
  mpz_t threshold, one;
  staircase_init(&s);
  mpz_init(threshold);
  mpz_init_set_ui(one, 1);
  for (size_t i = from; i < (step ? n : from + 1); i++) {
    mpz_set_ui(threshold, i + 1);
    staircase_push(&s, threshold,
                   step ? integers_get(&k->from->integers, step[i], &scratch)
                        : one);
  }
  number_staircase(k->to, r, &k->level[l], &s);
  staircase_clear(&s);
  mpz_clear(threshold);
  mpz_clear(one);
}

/* Of the constants one is 1, and its step is a view's value. */
static void put_constant(const struct copy *k, struct number *r,
                         source_id source) {
  struct integer_scratch scratch;
  if (source & SOURCE_VIEW)
    number_set_z(r, integers_get(&k->from->integers,
                                 circuit_view_steps(k->from, source)[BIT_ONE],
                                 &scratch));
  else
    number_set_si(r, source == BIT_ONE);
}

static void put_source(const struct copy *k, struct number *r,
                       source_id source) {
  ladder_id l = circuit_source_ladder(k->from, source);
  size_t n = circuit_rungs(k->from, l);
  if (!l)
    put_constant(k, r, source);
  else if (source & SOURCE_VIEW)
    put_steps(k, r, l, circuit_view_steps(k->from, source), 0, n);
  else
    put_steps(k, r, l, NULL, source - k->from->ladders.at[l].first_bit, n);
}

static void put_ladder(const struct copy *k, ladder_id l) {
  const struct circuit *c = k->from;
  struct number sum, term;
  struct staircase s;
  struct integer_scratch scratch;
  mpz_t one;
  number_init(&sum);
  number_init(&term);
  staircase_init(&s);
  mpz_init_set_ui(one, 1);
  for (size_t w = c->ladders.at[l].first_wire; w < circuit_end_wire(c, l);
       w++) {
    put_source(k, &term, c->wires.at[w].source);
    number_push(k->to, &sum, &term,
                integers_get(&c->integers, c->wires.at[w].weight, &scratch));
  }
  number_settle(k->to, &sum);
  for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
    staircase_push(
        &s, integers_get(&c->integers, c->bits.at[b].threshold, &scratch), one);
  number_staircase(k->to, &k->level[l], &sum, &s);
  mpz_clear(one);
  staircase_clear(&s);
  number_clear(&term);
  number_clear(&sum);
}

static void lower_embed(struct reading *r, const struct step *s) {
  const struct circuit *c = ((const struct embed *)s->detail)->c;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct copy k = {c, r->c, numbers_new(c->ladders.n)};
  size_t input = 0;
  for (ladder_id l = 1; l < c->ladders.n; l++)
    if (circuit_is_input(c, c->ladders.at[l].first_bit))
      number_set(&k.level[l], &x[input++]);
    else
      put_ladder(&k, l);
  for (size_t i = 0; i < c->outputs.n; i++)
    put_source(&k, &y[i], c->outputs.at[i]);
  numbers_free(k.level, c->ladders.n);
}

static void certify_embed(struct proof *k, const struct step *s) {
  const struct embed *d = s->detail;
  fmpz_mpoly_t each;
  fmpz_t gates;
  fmpz_mpoly_init(each, k->f->ring);
  fmpz_init_set_readonly(gates, d->gates);
  fmpz_mpoly_set_fmpz(each, gates, k->f->ring);
  proof_deeper(k, s, 0, d->depth);
  proof_bound_si(k, s, 0, 1);
  proof_add_gates(k, s, 0, each);
  fmpz_clear_readonly(gates);
  fmpz_mpoly_clear(each, k->f->ring);
}

static const struct op embed = {.name = "circuit",
                                .run = run_embed,
                                .lower = lower_embed,
                                .certify = certify_embed};

value_id program_embed(struct program *p, const char *name, value_id x,
                       const struct circuit *c) {
  struct embed *d = program_alloc(p, 1, sizeof *d);
  struct measure m;
  measure_init(&m);
  circuit_measure(c, &m);
  d->c = c;
  d->depth = (long)m.depth;
  mpz_init(d->gates); // of each output at most its share, rounded up
  mpz_cdiv_q_ui(d->gates, m.gates, c->outputs.n ? c->outputs.n : 1);
  measure_clear(&m);
  program_own(p, embed_clear, d);
  return program_step(p, &embed, name, &x, 1,
                      vector(size_si(&p->sizes, (long)c->outputs.n)), d);
}
