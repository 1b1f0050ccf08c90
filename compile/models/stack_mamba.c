/* Blocks of a selective state space (Gu and Dao 2023), in closed form. After a
   norm, rows u and g of two matrices, g through SiLU:
     u = SiLU of a sum of the last `kernel` u, each with a weight of its channel
     B, C, r = W u, rounded          D = softplus of W r + b, rounded
     v = D u, rounded                h as mamba.c has it, of D, v and B
     y = sum over states of C h, and u times a weight of its channel, rounded
     X + W (y g)
   Decay is that of mamba.c: state s of 1, 2, ... decays s times as fast, which
   is where training begins.

   Levels: 1 norm, 2 rows, 3 u, 4 B, C, r, 5 D, 7 v, 9 B v, 10 decay, 11 h, 12 C
   h, 13 y, 14 y g. */
#include "compile/models/stack.h"

static const fmpz nothing = 0;

/* A weight for each channel, [1, inner]. */
static value_id channel_weights(struct stack *s, const char *name) {
  struct program *p = s->b.p;
  struct matrix w = weights_matrix(&s->weights, 1, (size_t)s->b.hidden);
  value_id zero =
      program_constant(p, "zero", vector(size_si(&p->sizes, 1)), &nothing, 1);
  return program_look_up(p, name, zero, &w, 1, s->b.ff);
}

/* `by` rows of zeros in front of u. */
static value_id pad(struct stack *s, value_id u, long by) {
  struct program *p = s->b.p;
  size_id none = size_si(&p->sizes, 0), one = size_si(&p->sizes, 1);
  value_id *rows = xcalloc((size_t)by + 1, sizeof *rows);
  value_id first = program_slice(p, "first", u, 0, none, one);
  value_id zeros = program_combine(p, "zeros", &first, (long[]){0}, 1, 0);
  for (long i = 0; i < by; i++)
    rows[i] = zeros;
  rows[by] = u;
  value_id y = program_concat(p, "padded", rows, (size_t)by + 1, 0);
  free(rows);
  return y;
}

/* SiLU of sums over the last positions. */
static value_id convolve(struct stack *s, const struct architecture *a,
                         value_id u) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  value_id padded = pad(s, u, a->kernel - 1), sum = 0;
  unsigned long shift = block_shift(b, a->kernel);
  for (long i = 0; i < a->kernel; i++) {
    value_id part =
        program_slice(p, "shifted", padded, 0, size_si(&p->sizes, i), b->n);
    part = program_multiply(p, "weighted", part, channel_weights(s, "kernel"));
    sum = i ? program_add(p, "sum", sum, part) : part;
  }
  if (a->has_kernel_bias)
    sum = program_combine(p, "sum",
                          (value_id[]){sum, channel_weights(s, "kernel.bias")},
                          (long[]){1, 1L << (b->bits - 3)}, 2, 0);
  return model_quantise(p, "conv1d", sum, shift, (enum activation)a->activation,
                        b->bits);
}

static value_id add_rows(struct stack *s, const char *name, value_id u,
                         size_id rows, long height) {
  return stack_rows(s, name, u, rows, height, s->b.hidden, 0, ACTIVATION_NONE,
                    false);
}

/* y [n, inner], rounded. */
static value_id add_space(struct stack *s, const struct architecture *a,
                          struct mamba *m, value_id u) {
  struct program *p = s->b.p;
  unsigned bits = s->b.bits;
  unsigned long shift;
  value_id b = add_rows(s, "B", u, m->state, a->state);
  value_id c = add_rows(s, "C", u, m->state, a->state);
  value_id r = add_rows(s, "r", u, s->step_rank, a->step_rank);
  value_id delta =
      stack_matrix(s, r, s->b.ff, a->inner, a->step_rank, 0, true, &shift);
  delta = mamba_softplus(m, delta, shift);
  value_id v = program_multiply(p, "delta u", delta, u);
  v = model_quantise(p, "v", v, bits - 1, ACTIVATION_NONE, bits);
  value_id y = mamba_scan(m, delta, v, b, c);
  value_id past = program_multiply(p, "D u", u, channel_weights(s, "D"));
  return model_quantise(p, "y", program_add(p, "y", y, past),
                        model_shift((size_t)a->state, bits + 1),
                        ACTIVATION_NONE, bits);
}

static value_id add_block(struct stack *s, const struct architecture *a,
                          struct mamba *m, value_id x) {
  struct transformer *b = &s->b;
  struct norm norm;
  bool bias = a->has_projection_bias;
  value_id skip = block_begin_half(b, &norm, 1, x);
  value_id u =
      block_rows(b, &norm, "x", b->ff, b->hidden, ACTIVATION_NONE, bias);
  value_id g =
      block_rows(b, &norm, "gate", b->ff, b->hidden, ACTIVATION_SILU, bias);
  value_id y = add_space(s, a, m, convolve(s, a, u));
  y = program_multiply(b->p, "y gate", y, g);
  return block_add_up(b, skip,
                      block_sums(b, "out", y, b->hidden,
                                 b->scale - block_hidden_scale(b), bias));
}

value_id stack_mamba(struct stack *s, const struct architecture *a,
                     value_id x) {
  struct program *p = s->b.p;
  struct mamba m = {.p = p,
                    .bits = s->b.bits,
                    .channels = a->inner,
                    .states = a->state,
                    .n = s->b.n,
                    .d = s->b.ff,
                    .state = size_si(&p->sizes, a->state)};
  struct composition loop;
  program_begin_loop(p, &loop, "layer", &x, 1, 0,
                     size_si(&p->sizes, a->layers));
  value_id y = add_block(s, a, &m, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  return x;
}
