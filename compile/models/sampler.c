/* sampler: all steps of a diffusion's chain, from random bits to data, with the
   score of data that are a few points: what sampler.h says. The posterior mean
   is attention to the points, and, for each step, one table of where x is; all
   of it is programs over `steps`, tables for any number of them included.

   Depth   data=line: x_T takes one level, from its random bits, and so does
           noise; the mean is a function of x, which is one ladder, and so it is
           free; rounded with the noise it is one level in each step but the
           last, which has no noise. So it is `steps`; of method=ode 1, as all
           of it is one function of x_T.
           data=ring, or with an input: a table of two numbers is a level of its
           own, so 2 steps; and n for input=rule110, of which a round is one.
   Gates   2^start - 1 and 2^random - 1 for a table of random bits; at most
           2^bits - 1 for a coordinate and step, and one for each state where
           two numbers are read. */
#include "compile/models/sampler.h"
#include "compile/models/models.h"
#include "compile/models/quantise.h"
#include "compile/models/sampler_parts.h"

#include <string.h>

/* ---- Tables for any number of steps ---- */

struct other {
  long steps, t;
  struct sampler_step step;
};

/* Those of the chains that were asked for. A function's argument is
   where + range * (t + (SAMPLER_MOST_STEPS + 1) * steps). */
struct tables {
  struct sampler s;
  long steps;                 // of these, all are there
  struct sampler_step *step;  // [steps]: of t = 1, ...
  ARRAY(struct other) others; // made when they are needed
};

struct table_of {
  struct tables *all;
  enum {
    TABLE_NOISE,
    TABLE_MEAN,
    TABLE_TOKEN // of the mean, in the last step
  } kind;
  unsigned j; // coordinate
  long range;
};

static void clear_tables(void *context) {
  struct tables *k = context;
  for (long t = 0; t < k->steps; t++)
    sampler_step_clear(&k->step[t]);
  for (size_t i = 0; i < k->others.n; i++)
    sampler_step_clear(&k->others.at[i].step);
  array_clear(&k->others);
  sampler_clear(&k->s);
  free(k->step);
}

static struct tables *tables_new(struct program *p, const fmpz *value) {
  struct tables *k = program_alloc(p, 1, sizeof *k);
  sampler_init(&k->s, value);
  k->steps = value[SAMPLER_STEPS];
  k->step = xmalloc((size_t)k->steps * sizeof *k->step);
  for (long t = 1; t <= k->steps; t++)
    sampler_step_init(&k->step[t - 1], &k->s, k->steps, t);
  program_own(p, clear_tables, k);
  return k;
}

static struct sampler_step other_step(struct tables *k, long steps, long t) {
  size_t i = 0;
  while (i < k->others.n &&
         (k->others.at[i].steps != steps || k->others.at[i].t != t))
    i++;
  if (i == k->others.n) {
    struct other o = {.steps = steps, .t = t};
    sampler_step_init(&o.step, &k->s, steps, t);
    array_push(&k->others, o);
  }
  return k->others.at[i].step;
}

static struct sampler_step find_step(struct tables *k, long steps, long t) {
  struct sampler_step step;
  if (steps == k->steps)
    return k->step[t - 1];
#pragma omp critical(sampler_tables)
  step = other_step(k, steps, t);
  return step;
}

/* The token after a last step from this state. */
static size_t last_token(const struct sampler *s, const struct sampler_step *k,
                         unsigned class, size_t state) {
  long x[POSTERIOR_MOST_D];
  for (unsigned j = 0; j < s->together; j++)
    x[j] = sampler_move(s, sampler_mean(s, k, class, j, state), 0);
  return sampler_token(s, sampler_state(s, x));
}

static void call_table(mpz_t y, const mpz_t x, const void *context) {
  const struct table_of *f = context;
  const struct sampler *s = &f->all->s;
  long at = mpz_get_si(x), time = at / f->range;
  size_t where = (size_t)(at % f->range);
  long steps = time / (SAMPLER_MOST_STEPS + 1);
  struct sampler_step k =
      find_step(f->all, steps, time % (SAMPLER_MOST_STEPS + 1));
  unsigned class = (unsigned)(where / s->states);
  mpz_set_si(y, f->kind == TABLE_NOISE ? k.noise[where]
                : f->kind == TABLE_MEAN
                    ? sampler_mean(s, &k, class, f->j, where % s->states)
                    : (long)last_token(s, &k, class, where % s->states));
}

/* ---- The program ---- */

struct chain {
  struct program *p;
  const struct tables *all;
  const struct sampler *s;
  size_id d, steps;
  value_id steps_number, class; // the latter of an input
  struct function mean[POSTERIOR_MOST_D], token, noise;
};

static struct function table_new(struct chain *c, struct tables *all, int kind,
                                 unsigned j) {
  struct table_of *f = program_alloc(c->p, 1, sizeof *f);
  *f = (struct table_of){.all = all, .j = j};
  f->kind = kind == TABLE_NOISE  ? TABLE_NOISE
            : kind == TABLE_MEAN ? TABLE_MEAN
                                 : TABLE_TOKEN;
  f->range = kind == TABLE_NOISE ? 1L << c->s->random
                                 : (long)(c->s->classes * c->s->states);
  return (struct function){call_table, f, false};
}

/* |entry| <= most: a and b of the mean add up to less than 2, and noise is
   less than 4 (its quantiles are, up to 12 bits). */
static long most_of(const struct sampler *s) {
  return (long)s->cells << s->guard;
}

/* x, one ladder, and the time, which is constant. */
static value_id at_time(struct chain *c, value_id x, value_id t, long range) {
  return program_combine(c->p, "at time", (value_id[]){x, t, c->steps_number},
                         (long[]){1, range, range * (SAMPLER_MOST_STEPS + 1)},
                         3, 0);
}

/* The same as one ladder: numbers of 0..n - 1. */
static value_id ladder(struct chain *c, const char *name, value_id x,
                       size_t n) {
  long *same = xmalloc(n * sizeof *same);
  for (size_t i = 0; i < n; i++)
    same[i] = (long)i;
  x = program_table(c->p, name, x, same, n, 0);
  free(same);
  return x;
}

/* Where the chain is, x with the class, as one ladder: [d], or one of a ring.
 */
static value_id where(struct chain *c, value_id x) {
  struct program *p = c->p;
  const struct sampler *s = c->s;
  long half = (long)s->cells / 2;
  size_id one = size_si(&p->sizes, 1);
  if (s->is_ring) {
    value_id row = program_slice(p, "first", x, 0, size_si(&p->sizes, 0), one);
    value_id column = program_slice(p, "second", x, 0, one, one);
    x = program_combine(p, "place", (value_id[]){row, column},
                        (long[]){1, (long)s->cells}, 2,
                        half * (1 + (long)s->cells));
  } else {
    x = program_combine(p, "place", &x, (long[]){1}, 1, half);
  }
  if (s->classes > 1)
    x = program_combine(p, "place and class", (value_id[]){x, c->class},
                        (long[]){1, (long)s->states}, 2, 0);
  return s->is_ring || s->classes > 1
             ? ladder(c, "place", x, s->classes * s->states)
             : x;
}

static value_id backbone(struct chain *c, value_id place, value_id t) {
  struct program *p = c->p;
  const struct sampler *s = c->s;
  value_id at = at_time(c, place, t, (long)(s->classes * s->states));
  if (s->is_ring) { // a function for each coordinate
    const fmpz zeros[POSTERIOR_MOST_D] = {0};
    value_id z =
        program_constant(p, "zeros", vector(size_si(&p->sizes, s->together)),
                         zeros, s->together);
    at = program_add(p, "for each", at, z);
  }
  return program_apply_bounded(p, "posterior", at, c->mean, s->together,
                               most_of(s));
}

static void call_round(mpz_t y, const mpz_t x, const void *sampler) {
  mpz_set_si(y, sampler_round(sampler, mpz_get_si(x)));
}

static value_id move(struct chain *c, const char *name, value_id mean) {
  const struct function round = {call_round, c->s, true};
  return program_apply_bounded(c->p, name, mean, &round, 1,
                               (long)c->s->cells / 2);
}

/* Steps t = steps, ..., 2. */
static value_id add_steps(struct chain *c, value_id x, value_id noise) {
  struct program *p = c->p;
  const struct sampler *s = c->s;
  struct composition loop;
  bool has_noise = !s->is_ode;
  value_id t = program_combine(p, "time", &c->steps_number, (long[]){1}, 1, 0);
  value_id after[2];
  size_id rounds = size_sub(&p->sizes, c->steps, size_si(&p->sizes, 1));
  program_begin_loop(p, &loop, "step", (value_id[]){x, t, noise}, 2, has_noise,
                     rounds);
  x = loop.argument[0];
  t = loop.argument[1];
  value_id mean = backbone(c, where(c, x), t);
  if (has_noise) {
    value_id z = ladder(c, "noise", loop.argument[2], (size_t)1 << s->random);
    z = program_apply_bounded(p, "noise", at_time(c, z, t, 1L << s->random),
                              &c->noise, 1, most_of(s));
    mean = program_add(p, "with noise", mean, z);
  }
  value_id next[] = {move(c, "x", mean),
                     program_combine(p, "time", &t, (long[]){1}, 1, -1)};
  program_end(p, &loop, next, 2, after);
  return after[0];
}

static value_id add_start(struct chain *c) {
  struct program *p = c->p;
  size_t n = (size_t)1 << c->s->start;
  long *table = xmalloc(n * sizeof *table);
  value_id x = program_input(p, "start", vector(c->d),
                             size_si(&p->sizes, c->s->start), false);
  program_mark_random(p);
  for (size_t i = 0; i < n; i++)
    table[i] = sampler_start(c->s, i);
  x = program_table(p, "x", x, table, n, 0);
  free(table);
  return x;
}

static value_id add_noise(struct chain *c) {
  struct program *p = c->p;
  size_id rounds = size_sub(&p->sizes, c->steps, size_si(&p->sizes, 1));
  value_id z = program_input(p, "noise", matrix(rounds, c->d),
                             size_si(&p->sizes, c->s->random), false);
  program_mark_random(p);
  return z;
}

/* The first cell of a ring after as many rounds of Rule 110 as it has cells. */
static value_id add_rounds(struct chain *c, value_id cells, size_id n) {
  static const long table[] = {0, 0, 1, 1, 1, 0}; // of left + 2 (own + right)
  struct program *p = c->p;
  struct composition loop;
  program_begin_loop(p, &loop, "round", &cells, 1, 0, n);
  value_id own = loop.argument[0];
  value_id left = program_roll(p, "left", own, -1);
  value_id right = program_roll(p, "right", own, 1);
  value_id sum = program_combine(p, "sum", (value_id[]){left, own, right},
                                 (long[]){1, 2, 2}, 3, 0);
  value_id next = program_table(p, "rule", sum, table, 6, 0);
  program_end(p, &loop, &next, 1, &cells);
  size_id one = size_si(&p->sizes, 1);
  cells = program_slice(p, "first", cells, 0, size_si(&p->sizes, 0), one);
  return program_reshape(p, "class", cells, scalar());
}

/* What of the input says the order of the points' weights. Without one it is
   another program, so there is at least one bit. */
static value_id add_class(struct chain *c) {
  struct program *p = c->p;
  struct sizes *t = &p->sizes;
  const struct family_parameter *q = &model_sampler.parameters[SAMPLER_N];
  size_id n = size_parameter(t, q->name, q->standard, 1, q->most);
  size_id half = size_div(t, size_add(t, n, size_si(t, 2)), size_si(t, 2));
  value_id bits = program_input_bits(p, "prefix", scalar(), n);
  if (c->s->is_looped)
    return add_rounds(c, bits, n);
  return program_at_least(p, "majority", program_sum(p, "ones", bits), half);
}

/* The last step, t = 1, and what comes out. */
static void add_output(struct chain *c, value_id x) {
  struct program *p = c->p;
  const struct sampler *s = c->s;
  fmpz last = 1;
  value_id t = program_constant(p, "last", scalar(), &last, 1);
  value_id place = where(c, x);
  if (s->has_tokens)
    program_output(p, "token",
                   program_apply_bounded(
                       p, "token",
                       at_time(c, place, t, (long)(s->classes * s->states)),
                       &c->token, 1, (long)s->points[0].n));
  else
    program_output_width(p, "x0", move(c, "x0", backbone(c, place, t)),
                         size_si(&p->sizes, s->bits), true);
}

static void build(struct program *p, const fmpz *value) {
  struct tables *all = tables_new(p, value);
  struct chain c = {.p = p, .all = all, .s = &all->s};
  c.steps = family_size(p, &model_sampler, SAMPLER_STEPS);
  c.d = all->s.is_ring ? size_si(&p->sizes, 2)
                       : family_size(p, &model_sampler, SAMPLER_D);
  for (unsigned j = 0; j < all->s.together; j++)
    c.mean[j] = table_new(&c, all, TABLE_MEAN, j);
  c.token = table_new(&c, all, TABLE_TOKEN, 0);
  c.noise = table_new(&c, all, TABLE_NOISE, 0);
  fmpz *ones = xmalloc(SAMPLER_MOST_STEPS * sizeof *ones); // small integers
  for (long i = 0; i < SAMPLER_MOST_STEPS; i++)
    ones[i] = 1;
  c.steps_number = program_sum(
      p, "steps",
      program_constant(p, "ones", vector(c.steps), ones, SAMPLER_MOST_STEPS));
  free(ones);
  if (all->s.n)
    c.class = add_class(&c);
  value_id x = add_start(&c);
  value_id noise = all->s.is_ode ? x : add_noise(&c);
  add_output(&c, add_steps(&c, x, noise));
}

/* ---- The family ---- */

enum {
  MOST_ENTRIES = 1 << 24 // of all tables
};

static bool check_line(const fmpz *value, struct error *err) {
  if (value[SAMPLER_DATA] == DATA_RING && value[SAMPLER_D] != 1)
    return error_set(err, 0, "d=%ld: must be 1 for data=ring, which has two",
                     value[SAMPLER_D]);
  if (value[SAMPLER_DATA] == DATA_RING && value[SAMPLER_BITS] > 6)
    return error_set(err, 0, "bits=%ld: must be from 3 to 6 for data=ring",
                     value[SAMPLER_BITS]);
  return true;
}

static bool check_input(const fmpz *value, struct error *err) {
  if (value[SAMPLER_N] && value[SAMPLER_PRIOR] != PRIOR_RAMP)
    return error_set(err, 0,
                     "n=%ld: needs prior=ramp, or the input changes nothing",
                     value[SAMPLER_N]);
  if (!value[SAMPLER_N] && value[SAMPLER_INPUT] == INPUT_RULE110)
    return error_set(err, 0, "input=rule110: needs n= of at least 1");
  return true;
}

static bool check(const fmpz *value, struct error *err) {
  struct points p;
  if (!check_line(value, err) || !check_input(value, err))
    return false;
  if (!sampler_points(&p, value))
    return error_set(err, 0, "points=%ld: two would be in one cell of %ld bits",
                     value[SAMPLER_POINTS], value[SAMPLER_BITS]);
  long states =
      1L << (value[SAMPLER_BITS] << (value[SAMPLER_DATA] == DATA_RING));
  return states * value[SAMPLER_STEPS] <= MOST_ENTRIES ||
         error_set(err, 0, "steps=%ld: at most %ld of 2^%ld entries each",
                   value[SAMPLER_STEPS], MOST_ENTRIES / states,
                   value[SAMPLER_BITS] << (value[SAMPLER_DATA] == DATA_RING));
}

static const char *const methods[] = {"ddpm", "ode"};
static const char *const data[] = {"line", "ring"};
static const char *const priors[] = {"equal", "ramp"};
static const char *const inputs[] = {"majority", "rule110"};
static const char *const outputs[] = {"value", "token"};

const struct family model_sampler = {
    .name = "sampler",
    .about = "all steps of a diffusion with the exact score of some points",
    .formula = "depth steps (line), 1 (line, ode) or 2 steps (ring, or n > 0), "
               "and 1; at most 2^bits - 1 gates a value and step",
    .parameters =
        {{"steps", "of the chain", 8, 1, SAMPLER_MOST_STEPS, .is_size = true},
         {"method", "with noise in each step, or of the flow", 0, 0, 1,
          .choices = methods},
         {"data", "points on a line, for each value, or around 0 in a plane", 0,
          0, 1, .choices = data},
         {"points", "of the data", 2, 1, POSTERIOR_MOST_POINTS,
          .is_size = false},
         {"prior", "points are as likely, or as 1, 2, 3, ...", 0, 0, 1,
          .choices = priors},
         {"d", "values, each with points of its own", 1, 1, 65536,
          .is_size = true},
         {"bits", "of a value, from -4 to 4", 6, 3, 10, .is_size = false},
         {"guard", "bits kept until a step is rounded", 4, 0, 12,
          .is_size = false},
         {"random", "bits of noise for a value and step", 6, 1, 12,
          .is_size = false},
         {"start", "random bits of a value that it starts with", 8, 1, 12,
          .is_size = false},
         {"n", "bits of input, which order the prior; 0: none", 0, 0, 1000000,
          .is_size = true},
         {"input", "what of it does that: its majority, or n loops of Rule 110",
          0, 0, 1, .choices = inputs},
         {"output", "a value, or the point next to it", 0, 0, 1,
          .choices = outputs}},
    .check = check,
    .build = build,
};
