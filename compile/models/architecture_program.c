/* Architectures as programs, of the blocks of block.h with norm=rounded and
   softmax=exact, and generic weights. So depth is that of block.h: 7 levels a
   block, or 8 where the second half multiplies two matrices, 1 for tokens and 2
   for the norm and logits; for every n. */
#include "compile/models/embedding.h"
#include "compile/models/stack.h"

#include <string.h>

/* ---- What comes before the blocks ---- */

enum {
  MOST_BITS_OF_MAMBA = 12 // whose decay has so long a table
};

/* A row for a place, or a type: of a matrix of n rows, chosen by x [n]. */
static value_id add_row(struct stack *s, const char *name, value_id sum,
                        value_id x, size_t n) {
  struct program *p = s->b.p;
  struct matrix m = weights_matrix(&s->weights, n, (size_t)s->b.width);
  return program_add(p, "rows", sum,
                     program_look_up(p, name, x, &m, n, s->b.d));
}

/* X of tokens. Generic rows of places are all alike. */
static value_id embed(struct stack *s, const struct architecture *a) {
  value_id tokens, x = embedding_rows(&s->b, "tokens", &tokens);
  if (a->positions) {
    value_id place =
        program_combine(s->b.p, "place", &tokens, (long[]){0}, 1, 0);
    x = add_row(s, "position", x, place, (size_t)a->positions);
  }
  if (a->types)
    x = add_row(s, "type row", x,
                embedding_ladder(s->b.p, "types", s->b.n, a->types),
                (size_t)a->types);
  return embedding_raise(&s->b, x);
}

/* ---- Blocks, and what comes after them ---- */

static value_id loop_blocks(struct stack *s, const char *name, long layers,
                            value_id x) {
  struct program *p = s->b.p;
  struct composition loop;
  if (!layers)
    return x;
  program_begin_loop(p, &loop, name, &x, 1, 0, size_si(&p->sizes, layers));
  value_id y = transformer_block(&s->b, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  return x;
}

static value_id add_blocks(struct stack *s, const struct architecture *a,
                           value_id x) {
  if (a->kind == ARCHITECTURE_MAMBA)
    return stack_mamba(s, a, x);
  if (!a->experts)
    return loop_blocks(
        s, a->kind == ARCHITECTURE_ENCODER_DECODER ? "encoder" : "layer",
        a->layers, x);
  x = loop_blocks(s, "dense", a->dense_layers, x);
  s->b.experts = &s->experts;
  return loop_blocks(s, "layer", a->layers - a->dense_layers, x);
}

/* The hyperbolic tangent of a matrix on the first position. */
static value_id add_pooler(struct stack *s, value_id z) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  size_id none = size_si(&p->sizes, 0), one = size_si(&p->sizes, 1);
  z = program_slice(p, "first", z, 0, none, one);
  return stack_rows(s, "pooler", z, b->d, b->width, b->width, 0,
                    ACTIVATION_TANH, true);
}

static void add_outputs(struct stack *s, const struct architecture *a,
                        value_id x) {
  struct transformer *b = &s->b;
  struct norm m;
  if (a->kind == ARCHITECTURE_DECODER || a->kind == ARCHITECTURE_MAMBA) {
    program_output(b->p, "logits", block_logits(b, x));
    return;
  }
  block_norm(b, &m, "norm", x);
  value_id z = block_activations(b, "norm.z", &m);
  if (a->kind == ARCHITECTURE_ENCODER_DECODER) {
    program_output(b->p, "logits", stack_second(s, a, z));
    return;
  }
  program_output(b->p, "hidden", z);
  program_output(b->p, "pooled", add_pooler(s, z));
}

void architecture_build(struct program *p, const struct architecture *a,
                        const struct architecture_size *size) {
  struct stack s;
  stack_init(&s, p, a, size);
  if (a->kind == ARCHITECTURE_DENOISER)
    stack_denoiser(&s, a);
  else
    add_outputs(&s, a, add_blocks(&s, a, embed(&s, a)));
  stack_clear(&s);
}

/* ---- What there is no program of ---- */

static bool check_even(const char *name, long value, struct error *err) {
  return value % WEIGHTS_PERIOD == 0 ||
         error_set(
             err, 0,
             "%s=%ld: heads of an odd width are not supported, as generic "
             "weights repeat by %d",
             name, value, WEIGHTS_PERIOD);
}

static bool check_heads(const struct architecture *a, struct error *err) {
  if (a->kind == ARCHITECTURE_MAMBA)
    return true;
  if (!a->kv_rank)
    return check_even("head_dim", a->head_dim, err);
  return check_even("qk_nope_head_dim", a->plain_dim, err) &&
         check_even("qk_rope_head_dim", a->turned_dim, err) &&
         check_even("v_head_dim", a->value_dim, err);
}

bool architecture_check(const struct architecture *a,
                        const struct architecture_size *size,
                        struct error *err) {
  if (a->experts && a->dense_layers < a->layers && a->top >= a->experts)
    return error_set(err, 0,
                     "all of %ld experts are taken: there is only a program "
                     "of fewer",
                     a->experts);
  if (a->kind == ARCHITECTURE_MAMBA && size->bits > MOST_BITS_OF_MAMBA)
    return error_set(err, 0, "bits=%u: must be at most %d of state spaces",
                     size->bits, MOST_BITS_OF_MAMBA);
  long most = architecture_most_positions(a);
  if (most && size->n > most)
    return error_set(err, 0, "n=%ld: must be at most %ld, %s", size->n, most,
                     a->positions ? "as many places as there are rows of"
                     : a->window  ? "which its window of attention has"
                                  : "as positions are counted one by one");
  return check_heads(a, err);
}
