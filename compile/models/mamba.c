/* mamba: layers of a selective state space, diagonal (Gu and Dao 2023, without
   the convolution), quantised. Of p = bits, for each position i, channel of `d`
   and s of `state`, with levels beside:

     1  D = softplus, u, B, C = identity of rounded sums W x + b

     2  z = B u / 2^(p-1), rounded and clipped, and a(i, j) = 2^(p-1) times
        exp(-(s + 1) (D_(j+1) + ... + D_i) / 2^(p-3) / 4), rounded

     2  meaning=closed: h_i = sum over j <= i of a(i, j) z_j / 2^(p-1), rounded
        once: what passes is gated with the bits of z

     2  y = sum over s of C h / 2^(p-1) and half of log2 of `state`, rounded

   A layer is 7 levels deep in closed form, for every n.

   meaning=stepwise: h_i = (a(i, i-1) h_(i-1) + 2^(p-1) z_i) / 2^(p-1), rounded
   and clipped after each step: another function, 2 levels a step. Layers go on
   side by side, position by position: 2n + 6 layers - 3 levels in all. */
#include "compile/models/mamba.h"
#include "compile/models/models.h"
#include "compile/models/quantise.h"
#include "compile/program/attention.h"

#include <stdio.h>

#include <flint/fmpz_vec.h>
#include <mpfr.h>

enum {
  STEPS,
  LAYERS,
  CHANNELS,
  STATE,
  BITS,
  MEANING,
  WEIGHTS
};

/* round(4 softplus(v / 2^(p-3))) - units of a quarter - of a p-bit v. */
static void softplus_table(long *table, unsigned bits) {
  long least = -(1L << (bits - 1));
  mpfr_t x;
  mpfr_init2(x, 200);
  for (long v = least; v < -least; v++) {
    mpfr_set_si_2exp(x, v, 3 - (long)bits, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_log1p(x, x, MPFR_RNDN);
    mpfr_mul_2si(x, x, (long)bits - 3, MPFR_RNDN);
    mpfr_rint(x, x, MPFR_RNDN);
    table[v - least] = mpfr_get_si(x, MPFR_RNDN);
  }
  mpfr_clear(x);
}

/* at[v] = round(2^(p-1) exp(-rate v / 2^(p-1))), until it is 0 for good. */
static fmpz *decay_table(unsigned bits, long rate, size_t *n) {
  fmpz *at = NULL;
  mpfr_t x;
  mpfr_init2(x, 200);
  size_t length = (size_t)(((long)bits + 1) << (bits - 1)) / (size_t)rate + 1;
  at = _fmpz_vec_init((slong)length);
  for (size_t v = 0; v < length; v++) {
    mpfr_set_si_2exp(x, -rate * (long)v, 1 - (long)bits, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_mul_2ui(x, x, bits - 1, MPFR_RNDN);
    mpfr_rint(x, x, MPFR_RNDN);
    fmpz_set_si(at + v, mpfr_get_si(x, MPFR_RNDN));
  }
  mpfr_clear(x);
  *n = length;
  return at;
}

static value_id add_sums(struct mamba *m, value_id x, size_id rows, long height,
                         unsigned long *shift) {
  struct matrix w =
      weights_matrix(&m->weights, (size_t)height, (size_t)m->channels);
  *shift = model_shift((size_t)m->channels, m->bits);
  return program_linear_matrix(m->p, "W x", x, rows, &w,
                               weights_bias(&m->weights, &w, 1L << *shift));
}

static value_id add_rows(struct mamba *m, const char *name, value_id x,
                         size_id rows, long height) {
  unsigned long shift;
  value_id y = add_sums(m, x, rows, height, &shift);
  return model_quantise(m->p, name, y, shift, ACTIVATION_NONE, m->bits);
}

value_id mamba_softplus(struct mamba *m, value_id sums, unsigned long shift) {
  size_t n = (size_t)1 << m->bits;
  long *table = xmalloc(n * sizeof *table);
  softplus_table(table, m->bits);
  value_id y = program_table_shift(m->p, "delta", sums, shift, table, n,
                                   -(1L << (m->bits - 1)));
  free(table);
  return y;
}

static value_id add_delta(struct mamba *m, value_id x) {
  unsigned long shift;
  value_id y = add_sums(m, x, m->d, m->channels, &shift);
  return mamba_softplus(m, y, shift);
}

/* z [d, n] of state s: B of it, [n], times u [n, d]. */
static value_id add_inputs(struct mamba *m, value_id b, value_id u, long s) {
  struct sizes *t = &m->p->sizes;
  size_id one = size_si(t, 1);
  value_id row = program_slice(m->p, "B", b, 1, size_si(t, s), one);
  value_id z = program_multiply(m->p, "B u", row, u);
  z = model_quantise(m->p, "z", z, m->bits - 1, ACTIVATION_NONE, m->bits);
  return program_transpose(m->p, "z", z, (unsigned[]){1, 0});
}

/* h [d, n] of state s from z [d, n] and sums of delta [n, n, d]. */
static value_id add_closed(struct mamba *m, value_id z, value_id sums, long s) {
  struct program *p = m->p;
  size_id one = size_si(&p->sizes, 1);
  struct score_table f = {.is_plain = true};
  fmpz *at = decay_table(m->bits, s + 1, &f.n);
  f.at = at;
  value_id scores = program_transpose(p, "sums", sums, (unsigned[]){2, 0, 1});
  scores = program_reshape(p, "sums", scores,
                           (struct dims){4, {m->d, m->n, m->n, one}});
  z = program_reshape(p, "z", z, (struct dims){4, {m->d, one, m->n, one}});
  value_id h = program_weigh(p, "decay z", scores, &z, &f, true);
  h = program_reshape(p, "h", h, (struct dims){3, {m->d, m->n, m->n}});
  _fmpz_vec_clear(at, (slong)f.n);
  return model_quantise(p, "h", program_sum(p, "sum", h), m->bits - 1,
                        ACTIVATION_NONE, m->bits);
}

/* The same, rounded after each step. */
static value_id add_steps(struct mamba *m, value_id z, value_id delta, long s) {
  struct program *p = m->p;
  static const fmpz nothing = 0;
  size_t n;
  fmpz *at = decay_table(m->bits, s + 1, &n);
  long *table = xmalloc(n * sizeof *table);
  for (size_t i = 0; i < n; i++)
    table[i] = fmpz_get_si(at + i);
  value_id a = program_table(p, "decay", delta, table, n, 0); // [n, d], free
  free(table);
  _fmpz_vec_clear(at, (slong)n);
  z = program_transpose(p, "z", z, (unsigned[]){1, 0});
  size_id one = size_si(&p->sizes, 1);
  value_id row = program_slice(p, "first", z, 0, size_si(&p->sizes, 0), one);
  value_id zero = program_linear_matrix(p, "zero", row, m->d,
                                        &(struct matrix){1, 1, &nothing}, NULL);
  zero = program_reshape(p, "zero", zero, vector(m->d));
  struct composition loop;
  value_id made[2];
  program_begin_loop(p, &loop, "step", (value_id[]){zero, a, z}, 1, 2, m->n);
  value_id y =
      program_multiply(p, "decay h", loop.argument[1], loop.argument[0]);
  y = program_combine(p, "sum", (value_id[]){y, loop.argument[2]},
                      (long[]){1, 1L << (m->bits - 1)}, 2, 0);
  y = model_quantise(p, "h", y, m->bits - 1, ACTIVATION_NONE, m->bits);
  program_end(p, &loop, (value_id[]){y, y}, 2, made);
  return program_transpose(p, "h", made[1], (unsigned[]){1, 0});
}

value_id mamba_scan(struct mamba *m, value_id delta, value_id u, value_id b,
                    value_id c) {
  struct program *p = m->p;
  struct sizes *t = &p->sizes;
  value_id sums = program_between(p, "between", delta), y = 0;
  for (long s = 0; s < m->states; s++) {
    value_id z = add_inputs(m, b, u, s);
    value_id h =
        m->is_stepwise ? add_steps(m, z, delta, s) : add_closed(m, z, sums, s);
    h = program_transpose(p, "h", h, (unsigned[]){1, 0});
    value_id row = program_slice(p, "C", c, 1, size_si(t, s), size_si(t, 1));
    value_id part = program_multiply(p, "C h", row, h);
    y = s ? program_add(p, "y", y, part) : part;
  }
  return y;
}

/* One layer, [n, d] to [n, d]. */
static value_id add_layer(struct mamba *m, value_id x) {
  value_id delta = add_delta(m, x);
  value_id u = add_rows(m, "u", x, m->d, m->channels);
  value_id b = add_rows(m, "B", x, m->state, m->states);
  value_id c = add_rows(m, "C", x, m->state, m->states);
  value_id y = mamba_scan(m, delta, u, b, c);
  unsigned long shift = model_shift((size_t)m->states, m->bits + 1);
  return model_quantise(m->p, "y", y, shift, ACTIVATION_NONE, m->bits);
}

static size_id size_of(struct mamba *m, const fmpz *value, size_t i) {
  return m->weights.kind == WEIGHTS_GENERIC
             ? family_size(m->p, &model_mamba, i)
             : size_si(&m->p->sizes, (long)value[i]);
}

static value_id add_layers(struct mamba *m, const fmpz *value, value_id x) {
  if (m->weights.kind == WEIGHTS_GENERIC) {
    struct composition loop;
    program_begin_loop(m->p, &loop, "layer", &x, 1, 0,
                       family_size(m->p, &model_mamba, LAYERS));
    value_id y = add_layer(m, loop.argument[0]);
    program_end(m->p, &loop, &y, 1, &x);
    return x;
  }
  for (long i = 0; i < value[LAYERS]; i++)
    x = add_layer(m, x);
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct mamba m = {.p = p,
                    .bits = (unsigned)value[BITS],
                    .channels = (long)value[CHANNELS],
                    .states = (long)value[STATE],
                    .is_stepwise = value[MEANING]};
  weights_init(&m.weights, p->seed, (enum weights_kind)value[WEIGHTS], m.bits);
  m.n = family_size(p, &model_mamba, STEPS);
  m.d = size_of(&m, value, CHANNELS);
  m.state = size_si(&p->sizes, m.states);
  if (m.weights.kind == WEIGHTS_GENERIC)
    program_exchange(p, m.d, WEIGHTS_PERIOD);
  value_id x =
      program_input(p, "x", matrix(m.n, m.d), size_si(&p->sizes, m.bits), true);
  program_output(p, "y", add_layers(&m, value, x));
  weights_clear(&m.weights);
}

static const char *const meanings[] = {"closed", "stepwise"};
static const char *const weights[] = {"random", "generic"};

const struct family model_mamba = {
    .name = "mamba",
    .about =
        "layers of a selective state space, in closed form or step by step",
    .formula =
        "depth 7 layers + 1 for every n; meaning=stepwise 2n + 6 layers - 2",
    .parameters = {{"n", "positions", 4, 1, 100000, .is_size = true},
                   {"layers", "state spaces", 1, 1, 1000, .is_size = true},
                   {"d", "channels", 4, 1, 100000, .is_size = true},
                   {"state", "integers of a channel's state", 2, 1, 64,
                    .is_size = false},
                   {"bits", "of weights and activations", 4, 3, 12,
                    .is_size = false},
                   {.name = "meaning",
                    .about = "what the recurrence is",
                    .standard = 0,
                    .most = 1,
                    .choices = meanings},
                   {.name = "weights",
                    .about = "each drawn, or a pattern for all sizes",
                    .standard = 0,
                    .most = 1,
                    .choices = weights}},
    .build = build,
};
