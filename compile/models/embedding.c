#include "compile/models/embedding.h"
#include "compile/models/block_parts.h"

#include <flint/fmpz_vec.h>

size_t embedding_bits(long vocab) {
  size_t width = 1;
  while (1L << width < vocab)
    width++;
  return width;
}

bool embedding_has_places(const struct transformer *b) {
  return b->vocab && (b->kind == BLOCK_GPT2 || b->kind == BLOCK_BERT) &&
         b->weights->kind != WEIGHTS_GENERIC;
}

value_id embedding_raise(struct transformer *b, value_id x) {
  if (block_is_rounded(b))
    return b->has_mean && !b->vocab ? x : block_ladders(b, "x", x);
  return program_combine(b->p, "scaled", &x, (long[]){1L << b->scale}, 1, 0);
}

/* ---- Weights that are inputs ---- */

void embedding_declare(struct transformer *b) {
  struct program *p = b->p;
  size_id bits = size_si(&p->sizes, b->bits);
  b->embedding =
      program_input(p, "embedding", matrix(b->tokens, b->d), bits, true);
  if (embedding_has_places(b))
    b->places = program_input(p, "position", matrix(b->n, b->d), bits, true);
  b->head[0] =
      program_input(p, "logits", matrix(b->words, b->columns), bits, true);
  if (block_has_bias(b))
    b->head[1] = program_input(p, "logits.bias", vector(b->words), bits, true);
}

/* [n, V]: 1 where all `width` bits, [n, width], are those of a token; of the
   last one where their number is V - 1 or more. */
static value_id one_of(struct transformer *b, value_id bits, size_t width) {
  struct program *p = b->p;
  size_t n = (size_t)b->vocab;
  fmpz *weight = _fmpz_vec_init((slong)(n * width));
  fmpz *constant = _fmpz_vec_init((slong)n);
  for (size_t v = 0; v + 1 < n; v++)
    for (size_t k = 0; k < width; k++) {
      weight[v * width + k] = v >> k & 1 ? 1 : -1;
      constant[v] += !(v >> k & 1);
    }
  for (size_t k = 0; k < width; k++)
    weight[(n - 1) * width + k] = 1L << k;
  constant[n - 1] = (long)width - (long)(n - 1);
  value_id same = program_linear(p, "same", bits, n, width, weight, constant);
  _fmpz_vec_clear(weight, (slong)(n * width));
  _fmpz_vec_clear(constant, (slong)n);
  return program_at_least(p, "token", same, size_si(&p->sizes, (long)width));
}

static value_id choose_rows(struct transformer *b) {
  struct program *p = b->p;
  size_t width = embedding_bits(b->vocab);
  value_id bits = program_input_bits(p, "tokens", vector(b->n),
                                     size_si(&p->sizes, (long)width));
  value_id columns =
      program_transpose(p, "columns", b->embedding, (unsigned[]){1, 0});
  return program_matmul(p, "embedding", one_of(b, bits, width), columns, false);
}

/* ---- Weights that are not ---- */

value_id embedding_ladder(struct program *p, const char *name, size_id count,
                          long n) {
  size_id width = size_si(&p->sizes, (long)embedding_bits(n));
  value_id x = program_input(p, name, vector(count), width, false);
  long *same = xmalloc((size_t)n * sizeof *same);
  for (long i = 0; i < n; i++)
    same[i] = i;
  x = program_table(p, "token", x, same, (size_t)n, 0);
  free(same);
  return x;
}

value_id embedding_rows(struct transformer *b, const char *name,
                        value_id *tokens) {
  struct program *p = b->p;
  *tokens = embedding_ladder(p, name, b->n, b->vocab);
  struct matrix m =
      weights_matrix(b->weights, (size_t)b->vocab, (size_t)b->width);
  return program_look_up(p, "embedding", *tokens, &m, (size_t)b->vocab, b->d);
}

static value_id draw_places(struct transformer *b) {
  struct matrix m =
      weights_matrix(b->weights, (size_t)b->positions, (size_t)b->width);
  return program_constant(b->p, "position", matrix(b->n, b->d), m.at,
                          m.rows * m.columns);
}

/* ---- Both ---- */

value_id embedding_input(struct transformer *b) {
  struct program *p = b->p;
  bool is_read = b->weights->kind == WEIGHTS_INPUTS;
  if (!b->vocab) {
    b->activations = program_input(p, "x", matrix(b->n, b->d),
                                   size_si(&p->sizes, b->bits), true);
    b->raised = embedding_raise(b, b->activations);
    return b->raised;
  }
  value_id tokens,
      x = is_read ? choose_rows(b) : embedding_rows(b, "tokens", &tokens);
  if (embedding_has_places(b))
    x = program_add(p, "placed", x, is_read ? b->places : draw_places(b));
  return embedding_raise(b, x);
}

void embedding_output(struct transformer *b, value_id x) {
  b->prefix = "";
  b->next = b->head;
  if (b->vocab)
    program_output(b->p, "logits", block_logits(b, x));
  else
    program_output(b->p, "y", block_round(b, "output", x));
}
