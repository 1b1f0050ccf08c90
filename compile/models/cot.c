/* cot: chain of thought. A transformer looks at a window of n positions; the
   greatest of `vocab` scores of the last one is the next token, whose embedding
   comes in at the end of the window as the first position leaves it.

   Scores are a matrix on X, exactly, so the choice is two levels (one of two
   tokens), and the embedding of a choice is free: each token is 7 levels a
   layer (8 for llama, 5 for gptj) and 2, and a physical bit 1 more. */
#include "compile/models/embedding.h"
#include "compile/models/models.h"
#include "compile/models/transformer.h"

#include <flint/fmpz_vec.h>

enum {
  TOKENS = TRANSFORMER_PARAMETERS_END
};

/* [d] of the last position of X. */
static value_id last_of(struct transformer *b, value_id x) {
  struct sizes *t = &b->p->sizes;
  size_id one = size_si(t, 1), from = size_sub(t, b->n, one);
  value_id y = program_slice(b->p, "last", x, 0, from, one);
  return program_reshape(b->p, "last", y, vector(b->d));
}

/* The window without its first position, and with y. */
static value_id shift_window(struct transformer *b, value_id x, value_id y) {
  struct sizes *t = &b->p->sizes;
  size_id one = size_si(t, 1);
  if (b->positions == 1)
    return program_reshape(b->p, "window", y, matrix(b->n, b->d));
  value_id part[] = {
      program_slice(b->p, "rest", x, 0, one, size_sub(t, b->n, one)),
      program_reshape(b->p, "new", y, matrix(one, b->d))};
  x = program_concat(b->p, "window", part, 2, 0);
  return program_reshape(b->p, "window", x, matrix(b->n, b->d));
}

/* The bits of a place, given as one-hot 0/1 numbers. */
static value_id bits_of(struct transformer *b, value_id hot, long vocab) {
  size_t width = 1, m = (size_t)vocab;
  while ((size_t)1 << width < m)
    width++;
  fmpz *w = _fmpz_vec_init((slong)(width * m));
  for (size_t k = 0; k < width; k++)
    for (size_t i = 0; i < m; i++)
      fmpz_set_ui(w + k * m + i, i >> k & 1);
  value_id y = program_linear(b->p, "token", hot, width, m, w, NULL);
  _fmpz_vec_clear(w, (slong)(width * m));
  return y;
}

static void build(struct program *p, const fmpz *value) {
  struct weights w;
  struct transformer b;
  struct composition loop;
  transformer_init(&b, p, &w, &model_cot, value, true);
  size_id vocab = size_si(&p->sizes, value[TRANSFORMER_VOCAB]);
  value_id x =
      program_input(p, "x", matrix(b.n, b.d), size_si(&p->sizes, b.bits), true);
  x = embedding_raise(&b, x);
  program_begin_loop(p, &loop, "token", &x, 1, 0,
                     family_size(p, &model_cot, TOKENS));
  value_id y = transformer_layers(&b, value, loop.argument[0]);
  struct matrix m =
      weights_rows(&w, (size_t)value[TRANSFORMER_VOCAB], (size_t)b.width);
  value_id scores =
      program_linear_matrix(p, "logits", last_of(&b, y), vocab, &m, NULL);
  value_id hot = program_argmax_hot(p, "choice", scores);
  m = weights_columns(&w, (size_t)b.width, (size_t)value[TRANSFORMER_VOCAB]);
  value_id e = program_linear_matrix(p, "embedding", hot, b.d, &m, NULL);
  value_id result[] = {
      shift_window(&b, loop.argument[0], embedding_raise(&b, e)),
      bits_of(&b, hot, value[TRANSFORMER_VOCAB])};
  value_id made[2];
  program_end(p, &loop, result, 2, made);
  program_output_bits(p, "token", made[1]);
  weights_clear(&w);
}

static bool check(const fmpz *value, struct error *err) {
  if (value[TRANSFORMER_WEIGHTS] == WEIGHTS_INPUTS)
    return error_set(err, 0,
                     "weights=inputs: must be random or generic, for cot");
  return transformer_check(value, err);
}

const struct family model_cot = {
    .name = "cot",
    .about = "chain of thought: a transformer whose greatest score is its next "
             "token",
    .formula = "depth (7 layers + 2) tokens + 1 (gpt2, bert), 8 layers "
               "(llama), 5 layers (gptj)",
    .parameters = {TRANSFORMER_PARAMETERS(4, 2),
                   {"tokens", "that are written", 2, 1, 100000,
                    .is_size = true}},
    .check = check,
    .build = build,
};
