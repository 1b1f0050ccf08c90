#include "compile/program/wrap.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <string.h>

enum role {
  SHARED, // the same in all rounds
  STATE,  // what came out of the round before
  RANDOM  // another one in each round
};

/* A program whose steps move into the block of a map or loop. */
struct wrap {
  struct program *p;
  struct port *in, *out; // as they were
  size_t ins, outs;
  enum role *role; // [ins]
  struct block block;
  size_t values;
};

static void wrap_begin(struct wrap *w, struct program *p) {
  *w = (struct wrap){.p = p,
                     .in = p->inputs.at,
                     .out = p->outputs.at,
                     .ins = p->inputs.n,
                     .outs = p->outputs.n,
                     .role = xcalloc(p->inputs.n + 1, sizeof *w->role),
                     .block = p->blocks.at[0],
                     .values = p->values.n};
  for (size_t i = 0; i < w->ins; i++)
    w->role[i] = w->in[i].is_random ? RANDOM : SHARED;
}

/* The program has no inputs, outputs and steps now: they are the wrap's. */
static void take_all(struct wrap *w) {
  memset(&w->p->inputs, 0, sizeof w->p->inputs);
  memset(&w->p->outputs, 0, sizeof w->p->outputs);
  w->p->blocks.at[0] = (struct block){0};
}

static void wrap_end(struct wrap *w, bool is_taken) {
  free(w->role);
  if (!is_taken)
    return;
  for (size_t i = 0; i < w->outs; i++)
    free(w->out[i].name);
  free(w->in); // the names are those of the new inputs
  free(w->out);
  array_clear(&w->block.arguments);
  array_clear(&w->block.results);
}

/* The inputs of the new program. */
static void add_inputs(struct wrap *w, size_id rounds, value_id *outer) {
  struct program *p = w->p;
  take_all(w);
  for (size_t i = 0; i < w->ins; i++) {
    struct port port = w->in[i];
    struct dims d = program_dims(p, port.value);
    if (w->role[i] == RANDOM)
      d = dims_with_first(d, rounds);
    if (w->role[i] != SHARED) {
      array_push(&p->values, (struct value){d, 0});
      port.value = (value_id)(p->values.n - 1);
    }
    outer[i] = port.value;
    array_push(&p->inputs, port);
    array_push(&p->blocks.at[0].arguments, port.value);
  }
}

/* Values of inputs in this role, from a list of all. */
static size_t in_role(const struct wrap *w, enum role role,
                      const value_id *value, value_id *of) {
  size_t n = 0;
  for (size_t i = 0; i < w->ins; i++)
    if (w->role[i] == role)
      of[n++] = value ? value[i] : w->in[i].value;
  return n;
}

/* The steps go into the block that was just opened, in the place of whose
   arguments are the inputs that change. */
static void fill_block(struct wrap *w) {
  struct program *p = w->p;
  struct block *b = &p->blocks.at[p->open];
  b->arguments.n = 0;
  for (size_t v = 0; v < w->values; v++)
    if (!p->values.at[v].block)
      p->values.at[v].block = p->open;
  for (block_id i = 1; i < p->blocks.n; i++)
    if (!p->blocks.at[i].parent && i != p->open)
      p->blocks.at[i].parent = p->open;
  value_id *changing = xmalloc((w->ins + 1) * sizeof *changing);
  size_t n = in_role(w, STATE, NULL, changing);
  n += in_role(w, RANDOM, NULL, changing + n);
  for (size_t i = 0; i < n; i++)
    array_push(&b->arguments, changing[i]);
  free(changing);
  for (size_t i = 0; i < w->ins; i++)
    if (w->role[i] == SHARED)
      p->values.at[w->in[i].value].block = 0;
  memcpy(&b->steps, &w->block.steps, sizeof b->steps);
}

/* ---- Chains ---- */

static bool fits(const struct bus *from, const struct bus *to) {
  unsigned sign = to->is_signed && !from->is_signed;
  return from->values == to->values && from->width + sign <= to->width &&
         (to->is_signed || !from->is_signed);
}

static bool find_states(struct wrap *w, const struct circuit *once,
                        struct error *err) {
  size_t i = 0;
  for (size_t k = 0; k < w->outs; k++, i++) {
    while (i < w->ins && w->role[i] == RANDOM)
      i++;
    if (i == w->ins)
      return error_set(err, 0,
                       "chain: no input is left that '%s' could become in the "
                       "next step",
                       w->out[k].name);
    w->role[i] = STATE;
    const struct bus *from = &once->output_buses.at[k];
    const struct bus *to = &once->input_buses.at[i];
    if (!fits(from, to))
      return error_set(err, 0,
                       "chain: '%s', %zu values of %u bits%s, cannot become "
                       "'%s', %zu of %u%s",
                       from->name, from->values, from->width,
                       from->is_signed ? ", signed" : "", to->name, to->values,
                       to->width, to->is_signed ? ", signed" : "");
  }
  return true;
}

/* The input that output k becomes. */
static const struct port *state_of(const struct wrap *w, size_t k) {
  size_t i = 0;
  while (w->role[i] != STATE || k--)
    i++;
  return &w->in[i];
}

/* An output as the input that it becomes: as bits, or as integers. */
static value_id as_input(struct program *p, const struct port *out,
                         const struct port *in) {
  if (out->is_bits == in->is_bits)
    return out->value;
  return in->is_bits ? program_bits(p, "bits", out->value, in->width)
                     : program_pack(p, "integers", out->value);
}

static void chain(struct wrap *w, size_id rounds) {
  struct program *p = w->p;
  value_id *outer = xmalloc((w->ins + 1) * sizeof *outer);
  value_id *operand = xmalloc((w->ins + 1) * sizeof *operand);
  value_id *result = xmalloc((w->outs + 1) * sizeof *result);
  struct composition loop;
  add_inputs(w, rounds, outer);
  size_t states = in_role(w, STATE, outer, operand);
  size_t sliced = in_role(w, RANDOM, outer, operand + states);
  program_begin_loop(p, &loop, "chain", operand, states, sliced, rounds);
  fill_block(w);
  for (size_t k = 0; k < w->outs; k++)
    result[k] = as_input(p, &w->out[k], state_of(w, k));
  program_end(p, &loop, result, w->outs, result);
  for (size_t k = 0; k < w->outs; k++) {
    const struct port *to = state_of(w, k);
    if (to->is_bits)
      program_output_bits(p, w->out[k].name, result[k]);
    else
      program_output_width(p, w->out[k].name, result[k], to->width,
                           to->is_signed);
  }
  free(outer);
  free(operand);
  free(result);
}

bool program_chain(struct program *p, const struct circuit *once,
                   size_id rounds, struct error *err) {
  struct wrap w;
  wrap_begin(&w, p);
  bool ok = find_states(&w, once, err);
  if (ok)
    chain(&w, rounds);
  wrap_end(&w, ok);
  return ok;
}

/* ---- Votes ---- */

static bool check_vote(const struct wrap *w, const struct circuit *once,
                       struct error *err) {
  bool is_random = false;
  for (size_t i = 0; i < w->ins; i++)
    is_random |= w->role[i] == RANDOM;
  if (!is_random)
    return error_set(err, 0, "vote: no input is random, so all replicas agree");
  for (size_t k = 0; k < w->outs; k++) {
    const struct bus *b = &once->output_buses.at[k];
    if (!w->out[k].is_bits && (b->is_signed || b->width > VOTE_MAX_WIDTH))
      return error_set(err, 0,
                       "vote: '%s' is %s, and no integer >= 0 of at most %d "
                       "bits",
                       b->name, b->is_signed ? "signed" : "too long",
                       VOTE_MAX_WIDTH);
  }
  return true;
}

/* The axis of replicas, the first, becomes the last and is added up. */
static value_id add_up(struct program *p, const char *name, value_id x) {
  struct dims d = program_dims(p, x);
  unsigned order[SHAPE_MAX];
  for (unsigned i = 0; i < d.rank; i++)
    order[i] = (i + 1) % d.rank;
  return program_sum(p, name, program_transpose(p, "replicas last", x, order));
}

static value_id majority(struct program *p, value_id x, size_id replicas) {
  struct sizes *t = &p->sizes;
  size_id half =
      size_div(t, size_add(t, replicas, size_si(t, 2)), size_si(t, 2));
  return program_at_least(p, "majority", add_up(p, "votes", x), half);
}

/* Each integer as 0/1 numbers, one for each value that it can have, of which
   the replicas are added up. */
static value_id plurality(struct program *p, value_id x, unsigned width) {
  size_t n = (size_t)1 << width;
  fmpz *at = program_alloc(p, n * n, sizeof *at); // small integers
  for (size_t i = 0; i < n; i++)
    at[i * n + i] = 1;
  const struct matrix identity = {n, n, at};
  x = program_look_up(p, "choice", x, &identity, n,
                      size_si(&p->sizes, (long)n));
  return program_argmax(p, "plurality", add_up(p, "votes", x));
}

static void vote(struct wrap *w, const struct circuit *once, size_id replicas) {
  struct program *p = w->p;
  value_id *outer = xmalloc((w->ins + 1) * sizeof *outer);
  value_id *result = xmalloc((w->outs + 1) * sizeof *result);
  struct composition map;
  add_inputs(w, replicas, outer);
  size_t sliced = in_role(w, RANDOM, outer, outer);
  program_begin_map(p, &map, "replica", outer, sliced, replicas);
  fill_block(w);
  for (size_t k = 0; k < w->outs; k++)
    result[k] = w->out[k].value;
  program_end(p, &map, result, w->outs, result);
  for (size_t k = 0; k < w->outs; k++) {
    const struct bus *b = &once->output_buses.at[k];
    if (w->out[k].is_bits)
      program_output_bits(p, w->out[k].name, majority(p, result[k], replicas));
    else
      program_output_width(p, w->out[k].name,
                           b->width == 1 ? majority(p, result[k], replicas)
                                         : plurality(p, result[k], b->width),
                           size_si(&p->sizes, b->width), false);
  }
  free(outer);
  free(result);
}

bool program_vote(struct program *p, const struct circuit *once,
                  size_id replicas, struct error *err) {
  struct wrap w;
  wrap_begin(&w, p);
  bool ok = check_vote(&w, once, err);
  if (ok)
    vote(&w, once, replicas);
  wrap_end(&w, ok);
  return ok;
}

/* ---- Constants ---- */

/* The step that was added last comes first, and makes v. */
static void put_first(struct program *p, value_id v) {
  struct block *b = &p->blocks.at[0];
  step_id s = array_last(&b->steps);
  memmove(b->steps.at + 1, b->steps.at, (b->steps.n - 1) * sizeof *b->steps.at);
  b->steps.at[0] = s;
  p->lists.at[p->steps.at[s].first_result] = v;
}

void program_wire(struct program *p, size_t input, const fmpz *at, size_t n) {
  struct port port = p->inputs.at[input];
  struct block *b = &p->blocks.at[0];
  program_constant(p, port.name, program_dims(p, port.value), at, n);
  put_first(p, port.value);
  size_t after = --p->inputs.n - input;
  b->arguments.n--;
  memmove(&p->inputs.at[input], &p->inputs.at[input + 1],
          after * sizeof *p->inputs.at);
  memmove(&b->arguments.at[input], &b->arguments.at[input + 1],
          after * sizeof *b->arguments.at);
  free(port.name);
}
