/* DiT (Peebles and Xie 2023): blocks on patches of an image, whose norms are
   changed by a time and a label. For each block
     s = SiLU(W2 SiLU(W1 waves of t) + row of the label)
     shift, scale, gate of each half = W s, rounded
     y = z (1 + scale) + shift, of z, the norm as activations, not rounded
     a = W o, rounded; X + a gate               o is attention's on y
     h = W2 GELU(W1 y'), rounded; X + h gate'
   and at the end a matrix on such a y.

   Levels: of the first half 1 c', 2 z, 3 y, 4 q, k, v, 5 scores, 6 weights, 7
   o, 8 a, 9 a gate; of the second 10 c', 11 z, 12 y, 13 hidden, 14 h, 15 h
   gate. Time, label and what is made of them are there by level 5 of all
   blocks. */
#include "compile/models/embedding.h"
#include "compile/models/stack.h"
#include "compile/models/wave.h"

enum {
  WAVES = 256,
  TIME_BITS = 10
};

struct condition {
  value_id waves;     // [256]
  value_id label;     // [1], as one ladder
  value_id activated; // s, of a block
};

/* ---- Time and label ---- */

static struct condition read_condition(struct stack *s,
                                       const struct architecture *a) {
  struct program *p = s->b.p;
  size_id one = size_si(&p->sizes, 1);
  long most = (1L << (s->b.bits - 1)) - 1;
  value_id t = embedding_ladder(p, "time", one, 1L << TIME_BITS);
  return (struct condition){
      .waves = wave_embedding(p, t, WAVES, TIME_BITS, most),
      .label = embedding_ladder(p, "label", one, a->labels + 1)};
}

/* SiLU W1 waves. W1 repeats only along rows, as neighbouring waves are nearly
   the same; and results have gates of their own: functions of one ladder would
   be free, and of W2, which repeats, a function of all of them would hardly
   change. */
static value_id embed_time(struct stack *s, value_id waves) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  struct matrix w =
      weights_columns(&s->weights, (size_t)b->width, (size_t)WAVES);
  unsigned long shift = block_shift(b, WAVES);
  long n = 1L << b->bits, *table = xmalloc((size_t)n * sizeof *table);
  value_id y =
      program_linear_matrix(p, "W waves", waves, b->d, &w,
                            weights_bias(&s->weights, &w, 1L << shift));
  activation_table(table, ACTIVATION_SILU, b->bits);
  y = program_table_own(p, block_name(b, "time 1"), y, shift, table, (size_t)n,
                        -n / 2);
  free(table);
  return y;
}

/* s, [1, d]. */
static value_id activate_condition(struct stack *s,
                                   const struct architecture *a,
                                   const struct condition *c) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  unsigned long shift;
  value_id h = embed_time(s, c->waves);
  value_id y = stack_matrix(s, h, b->d, b->width, b->width, 0, true, &shift);
  struct matrix rows =
      weights_matrix(&s->weights, (size_t)a->labels + 1, (size_t)b->width);
  value_id row = program_look_up(p, "label row", c->label, &rows,
                                 (size_t)a->labels + 1, b->d);
  y = program_combine(p, "condition", (value_id[]){y, row},
                      (long[]){1, 1L << shift}, 2, 0);
  return model_quantise(p, block_name(b, "condition"), y, shift,
                        ACTIVATION_SILU, b->bits);
}

static value_id modulate(struct stack *s, const struct condition *c,
                         const char *name) {
  struct transformer *b = &s->b;
  return stack_rows(s, name, c->activated, b->d, b->width, b->width, 0,
                    ACTIVATION_NONE, true);
}

/* ---- Halves ---- */

/* y, 2^(bits - 3) times as large as activations, of a norm. */
static value_id change_norm(struct stack *s, const struct condition *c,
                            const struct norm *m, const char *norm,
                            const char *shift, const char *scale) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  long one = 1L << (b->bits - 3);
  value_id z = block_activations(b, norm, m);
  value_id by = modulate(s, c, shift), times = modulate(s, c, scale);
  value_id product = program_multiply(p, block_name(b, "changed"), z, times);
  return program_combine(p, "y", (value_id[]){product, z, by},
                         (long[]){1, one, one}, 3, 0);
}

/* X + what a half makes, times its gate. */
static value_id add_gated(struct stack *s, const struct condition *c,
                          const char *gate, value_id skip, value_id x) {
  struct transformer *b = &s->b;
  value_id g = modulate(s, c, gate);
  return block_add_up(b, skip,
                      program_multiply(b->p, block_name(b, "gated"), x, g));
}

static value_id attend(struct stack *s, const struct architecture *a,
                       value_id y) {
  struct transformer *b = &s->b;
  unsigned long lift = b->bits - 3;
  long d = b->width;
  bool bias = a->has_qkv_bias;
  value_id q =
      stack_rows(s, "q", y, b->inner, d, d, lift, ACTIVATION_NONE, bias);
  value_id k =
      stack_rows(s, "k", y, b->inner, d, d, lift, ACTIVATION_NONE, bias);
  value_id v =
      stack_rows(s, "v", y, b->inner, d, d, lift, ACTIVATION_NONE, bias);
  value_id o = block_attention(b, block_query_heads(b, q, b->dh),
                               block_key_heads(b, k, b->dh),
                               block_key_heads(b, v, b->dh));
  return stack_rows(s, "o", o, b->d, d, d, 0, ACTIVATION_NONE, true);
}

static value_id add_hidden(struct stack *s, value_id y) {
  struct transformer *b = &s->b;
  value_id h = stack_rows(s, "ff", y, b->ff, b->hidden, b->width, b->bits - 3,
                          b->activation, true);
  return stack_rows(s, "down", h, b->d, b->width, b->hidden, 0, ACTIVATION_NONE,
                    true);
}

static value_id add_block(struct stack *s, const struct architecture *a,
                          struct condition *c, value_id x) {
  struct transformer *b = &s->b;
  struct norm m;
  c->activated = activate_condition(s, a, c);
  value_id skip = block_begin_half(b, &m, 1, x);
  value_id y = change_norm(s, c, &m, "norm 1.z", "shift 1", "scale 1");
  x = add_gated(s, c, "gate 1", skip, attend(s, a, y));
  skip = block_begin_half(b, &m, 2, x);
  y = change_norm(s, c, &m, "norm 2.z", "shift 2", "scale 2");
  return add_gated(s, c, "gate 2", skip, add_hidden(s, y));
}

/* ---- From patches to patches ---- */

static value_id add_patches(struct stack *s, const struct architecture *a) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  unsigned long shift;
  long width = a->patch * a->patch * a->channels;
  value_id x = program_input(p, "x", matrix(b->n, s->patch_in),
                             size_si(&p->sizes, b->bits), true);
  x = stack_matrix(s, x, b->d, b->width, width, 0, true, &shift);
  struct matrix rows = weights_matrix(&s->weights, 1, (size_t)b->width);
  value_id zero = program_combine(p, "place", &x, (long[]){0}, 1, 0);
  zero = program_sum(p, "place", zero);
  value_id place = program_look_up(p, "position", zero, &rows, 1, b->d);
  x = program_combine(p, "placed", (value_id[]){x, place},
                      (long[]){1, 1L << shift}, 2, 0);
  x = model_quantise(p, "patches", x, shift, ACTIVATION_NONE, b->bits);
  return program_combine(p, "scaled", &x, (long[]){1L << b->scale}, 1, 0);
}

void stack_denoiser(struct stack *s, const struct architecture *a) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  struct composition loop;
  struct norm m;
  value_id x = add_patches(s, a);
  struct condition c = read_condition(s, a);
  program_begin_loop(p, &loop, "layer", &x, 1, 0,
                     size_si(&p->sizes, a->layers));
  value_id y = add_block(s, a, &c, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  c.activated = activate_condition(s, a, &c);
  block_norm(b, &m, "norm", x);
  y = change_norm(s, &c, &m, "norm.z", "shift", "scale");
  y = stack_rows(s, "output", y, s->patch_out,
                 a->patch * a->patch * a->out_channels, b->width, b->bits - 3,
                 ACTIVATION_NONE, true);
  program_output(p, "y", y);
}
