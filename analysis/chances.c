#include "analysis/chances.h"
#include "analysis/check.h"
#include "circuit/evaluate.h"
#include "circuit/vectors.h"

#include <math.h>

#include <flint/fmpz_vec.h>

bool *source_random_inputs(const struct source *s, const struct circuit *c) {
  bool *is_random = xcalloc(c->inputs.n + 1, sizeof *is_random);
  const struct program *p = s->instance.program;
  for (size_t i = 0; p && i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    for (size_t j = 0; j < b->values * b->width; j++)
      is_random[b->first_bit + j] = p->inputs.at[i].is_random;
  }
  return is_random;
}

/* ---- Goals ---- */

static bool has_goal(const struct source *s) {
  return s->kind == SOURCE_FAMILY && s->family->goal;
}

/* The integers of the inputs; those that are random are 0. */
static void join_inputs(const struct circuit *c, const bool *is_random,
                        uint64_t input, fmpz *z) {
  unsigned at = 0;
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    for (size_t j = 0; j < b->values; j++, z++) {
      fmpz_zero(z);
      for (size_t k = 0; k < b->width; k++)
        if (!is_random[b->first_bit + j * b->width + k] && input >> at++ & 1)
          fmpz_setbit(z, k);
    }
  }
}

static uint32_t join_outputs(const struct circuit *c, const fmpz *z) {
  uint32_t goal = 0;
  unsigned at = 0;
  for (size_t i = 0; i < c->output_buses.n; i++)
    for (size_t j = 0; j < c->output_buses.at[i].values; j++, z++)
      for (size_t k = 0; k < c->output_buses.at[i].width; k++)
        goal |= (uint32_t)fmpz_tstbit(z, k) << at++;
  return goal;
}

static uint32_t most_frequent(const struct chances *k, uint64_t input) {
  const uint64_t *count = k->count + (input << k->outputs);
  uint32_t best = 0;
  for (uint32_t y = 1; y < UINT32_C(1) << k->outputs; y++)
    if (count[y] > count[best])
      best = y;
  return best;
}

/* What the task says of each input. */
static void ask_task(struct chances *k, const struct source *s,
                     const struct circuit *c) {
  slong ins = (slong)bus_values(c->input_buses.at, c->input_buses.n);
  slong outs = (slong)bus_values(c->output_buses.at, c->output_buses.n);
  fmpz *in = _fmpz_vec_init(ins), *out = _fmpz_vec_init(outs);
  bool *is_random = source_random_inputs(s, c);
  for (uint64_t x = 0; x < UINT64_C(1) << k->inputs; x++) {
    join_inputs(c, is_random, x, in);
    s->family->goal(s->value, in, out);
    k->goal[x] = join_outputs(c, out);
  }
  free(is_random);
  _fmpz_vec_clear(in, ins);
  _fmpz_vec_clear(out, outs);
}

static void find_goals(struct chances *k, const struct source *s,
                       const struct circuit *c) {
  k->has_goal = has_goal(s);
  k->goal = xmalloc(sizeof *k->goal << k->inputs);
  if (k->has_goal)
    ask_task(k, s, c);
  for (uint64_t x = 0; !k->has_goal && x < UINT64_C(1) << k->inputs; x++)
    k->goal[x] = most_frequent(k, x);
}

/* ---- All seeds for all inputs ---- */

struct trials {
  struct chances *k;
  const struct circuit *c;
  unsigned *place; // [circuit input]: its bit of input << seeds | seed
  uint64_t done;
  void (*progress)(uint64_t done, uint64_t all);
};

static void fill(const void *context, uint64_t first, size_t count,
                 size_t words, uint64_t *in) {
  const struct trials *t = context;
  (void)count;
  for (size_t i = 0; i < t->c->inputs.n; i++)
    for (size_t w = 0; w < words; w++)
      in[i * words + w] = vectors_exhaustive(first / 64 + w, t->place[i]);
}

static void count_lane(const struct trials *t, uint64_t vector, uint32_t y) {
  uint64_t x = vector >> t->k->seeds;
#pragma omp atomic
  t->k->count[x << t->k->outputs | y]++;
}

/* 64 vectors of one input, whose outputs are few. */
static void count_word(const struct trials *t, uint64_t vector, size_t words,
                       const uint64_t *out) {
  uint64_t *count = t->k->count + (vector >> t->k->seeds << t->k->outputs);
  for (uint32_t y = 0; y < UINT32_C(1) << t->k->outputs; y++) {
    uint64_t is_y = UINT64_MAX;
    for (unsigned o = 0; o < t->k->outputs; o++)
      is_y &= y >> o & 1 ? out[o * words] : ~out[o * words];
    uint64_t n = (uint64_t)__builtin_popcountll(is_y);
#pragma omp atomic
    count[y] += n;
  }
}

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct trials *t = context;
  (void)in;
  if (t->k->seeds >= 6 && t->k->outputs <= 4) {
    for (size_t w = 0; w < count / 64; w++)
      count_word(t, first + 64 * w, words, out + w);
  } else {
    for (size_t i = 0; i < count; i++) {
      uint32_t y = 0;
      for (unsigned o = 0; o < t->k->outputs; o++)
        y |= (uint32_t)(out[o * words + i / 64] >> i % 64 & 1) << o;
      count_lane(t, first + i, y);
    }
  }
#pragma omp critical(chances)
  if (t->progress)
    t->progress(t->done += count, UINT64_C(1) << (t->k->inputs + t->k->seeds));
  return true;
}

/* Random inputs are the lower bits of a vector's number. */
static unsigned *find_places(struct chances *k, const struct source *s,
                             const struct circuit *c) {
  bool *is_random = source_random_inputs(s, c);
  unsigned *place = xcalloc(c->inputs.n + 1, sizeof *place);
  for (size_t i = 0; i < c->inputs.n; i++)
    if (is_random[i])
      place[i] = k->seeds++;
  for (size_t i = 0; i < c->inputs.n; i++)
    if (!is_random[i])
      place[i] = k->seeds + k->inputs++;
  k->outputs = (unsigned)c->outputs.n;
  free(is_random);
  return place;
}

static bool check_bits(const struct chances *k, struct error *err) {
  if (!k->seeds)
    return error_set(err, 0,
                     "no input is random; --random NAME says which are");
  if (k->seeds > CHANCES_MAX_SEEDS)
    return error_limit(err,
                       "2^%u seeds; at most 2^%d are tried one by one: take "
                       "fewer random bits, or draw some with 'vote --samples'",
                       k->seeds, CHANCES_MAX_SEEDS);
  if (k->inputs + k->seeds > CHANCES_MAX_BITS ||
      k->inputs + k->outputs > CHANCES_MAX_COUNTS)
    return error_limit(
        err,
        "%u input, %u random and %u output bits; at most %d of "
        "inputs and random ones, %d of inputs and outputs can be "
        "tried one by one",
        k->inputs, k->seeds, k->outputs, CHANCES_MAX_BITS, CHANCES_MAX_COUNTS);
  return true;
}

bool chances_find(struct chances *k, struct source *s,
                  void (*progress)(uint64_t done, uint64_t all),
                  struct error *err) {
  const struct circuit *c = source_circuit(s);
  *k = (struct chances){0};
  struct trials t = {
      .k = k, .c = c, .place = find_places(k, s, c), .progress = progress};
  bool ok = check_bits(k, err);
  if (ok) {
    k->count = xcalloc((size_t)1 << (k->inputs + k->outputs), sizeof *k->count);
    struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
    struct evaluator_job job = {fill, take, &t, false};
    evaluator_run(e, UINT64_C(1) << (k->inputs + k->seeds), 0, &job);
    evaluator_free(e);
    find_goals(k, s, c);
  }
  free(t.place);
  return ok;
}

void chances_clear(struct chances *k) {
  free(k->count);
  free(k->goal);
}

uint64_t chances_wrong(const struct chances *k, uint64_t input) {
  return (UINT64_C(1) << k->seeds) -
         k->count[input << k->outputs | k->goal[input]];
}

uint64_t chances_worst(const struct chances *k) {
  uint64_t worst = 0;
  for (uint64_t x = 1; x < UINT64_C(1) << k->inputs; x++)
    if (chances_wrong(k, x) > chances_wrong(k, worst))
      worst = x;
  return worst;
}

/* ---- Sampling ---- */

struct sampling {
  struct vectors vectors; // first: vectors_fill() takes this as its context
  struct sample *sample;
  const struct source *s;
  const struct circuit *c;
  slong inputs, outputs; // integers
};

static bool take_sample(void *context, uint64_t first, size_t count,
                        size_t words, const uint64_t *in, const uint64_t *out) {
  struct sampling *k = context;
  const struct circuit *c = k->c;
  fmpz *x = _fmpz_vec_init(k->inputs);
  fmpz *y = _fmpz_vec_init(k->outputs), *goal = _fmpz_vec_init(k->outputs);
  uint64_t wrong = 0;
  (void)first;
  for (size_t i = 0; i < count; i++) {
    lanes_join(x, c->input_buses.at, c->input_buses.n, in, words, i);
    lanes_join(y, c->output_buses.at, c->output_buses.n, out, words, i);
    k->s->family->goal(k->s->value, x, goal);
    wrong += !_fmpz_vec_equal(y, goal, k->outputs);
  }
#pragma omp atomic
  k->sample->wrong += wrong;
  _fmpz_vec_clear(x, k->inputs);
  _fmpz_vec_clear(y, k->outputs);
  _fmpz_vec_clear(goal, k->outputs);
  return true;
}

static void find_interval(struct sample *r) {
  const double z = 1.959964; // of a normal, two sides of 2.5 %
  double n = (double)r->draws, p = (double)r->wrong / n;
  double middle = p + z * z / (2 * n);
  double reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  r->least = fmax(0, (middle - reach) / (1 + z * z / n));
  r->most = fmin(1, (middle + reach) / (1 + z * z / n));
}

bool sample_find(struct sample *r, struct source *s, uint64_t draws,
                 uint64_t seed, struct error *err) {
  const struct circuit *c = source_circuit(s);
  *r = (struct sample){.draws = draws};
  if (!has_goal(s))
    return error_set(err, 0, "sampling needs a task that says what is right");
  struct sampling k = {
      .sample = r,
      .s = s,
      .c = c,
      .inputs = (slong)bus_values(c->input_buses.at, c->input_buses.n),
      .outputs = (slong)bus_values(c->output_buses.at, c->output_buses.n)};
  vectors_init(&k.vectors, c, VECTORS_RANDOM, seed);
  struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
  struct evaluator_job job = {vectors_fill, take_sample, &k, false};
  evaluator_run(e, draws, 0, &job);
  evaluator_free(e);
  vectors_clear(&k.vectors);
  find_interval(r);
  return true;
}
