/* Blocks whose weights are inputs of the circuit, read in the order in which
   others draw theirs: a matrix, and its bias. */
#include "compile/models/block_parts.h"

#include <stdio.h>

enum {
  MOST_MATRICES = 7
};

/* Columns of a matrix are an axis of their own: a sum over them reads other
   copies of products than one over rows (fold.h). */
struct given {
  const char *name;
  size_id rows, columns;
  bool has_bias;
};

static size_t list_given(const struct transformer *b, struct given *to) {
  size_id narrow = size_mul(&b->p->sizes, b->kv, b->dh), d = b->columns;
  bool bias = block_has_bias(b), is_llama = b->kind == BLOCK_LLAMA;
  size_t n = 0;
  to[n++] = (struct given){"q", b->d, d, bias && !b->is_turned};
  to[n++] = (struct given){"k", narrow, d, bias && !b->is_turned};
  to[n++] = (struct given){"v", narrow, d, bias};
  to[n++] = (struct given){"o", b->d, d, bias};
  to[n++] = (struct given){is_llama ? "gate" : "ff", b->ff, d, bias};
  if (is_llama)
    to[n++] = (struct given){"up", b->ff, d, bias};
  to[n++] = (struct given){"down", b->d, b->ff, bias};
  return n;
}

void transformer_declare(struct transformer *b) {
  struct program *p = b->p;
  struct given given[MOST_MATRICES];
  size_t n = list_given(b, given);
  value_id *all = program_alloc(p, 2 * n, sizeof *all);
  size_id bits = size_si(&p->sizes, b->bits);
  b->all = all;
  for (size_t i = 0; i < n; i++) {
    char bias[64];
    struct dims d = {3, {b->layers, given[i].rows, given[i].columns}};
    all[b->weight_values++] = program_input(p, given[i].name, d, bits, true);
    if (!given[i].has_bias)
      continue;
    snprintf(bias, sizeof bias, "%s.bias", given[i].name);
    d.rank = 2, d.at[2] = 0;
    all[b->weight_values++] = program_input(p, bias, d, bits, true);
  }
}

/* W x of the matrix of this name, which is the next: [n, rows]. */
static value_id multiply(struct transformer *b, const char *name, value_id x) {
  struct program *p = b->p;
  char step[64];
  snprintf(step, sizeof step, "%s.products", name);
  if (program_dims(p, x).at[1] == b->d)
    x = program_reshape(p, "columns", x, matrix(b->n, b->columns));
  return program_matmul(p, block_name(b, step), x, *b->next++, false);
}

/* y raised by 2^lift, and the next bias, which stands for activations. */
static value_id add_bias(struct transformer *b, value_id y, unsigned long shift,
                         unsigned long lift) {
  value_id part[] = {y, 0};
  bool bias = block_has_bias(b);
  if (bias)
    part[1] = *b->next++;
  return program_combine(b->p, "W x + b", part,
                         (long[]){1L << lift, 1L << (shift + lift)}, bias + 1u,
                         0);
}

value_id block_read_rows(struct transformer *b, const char *name, value_id z,
                         enum activation act) {
  unsigned long shift = block_shift(b, b->width);
  value_id y = add_bias(b, multiply(b, name, z), shift, 0);
  return model_quantise(b->p, block_name(b, name), y, shift, act, b->bits);
}

value_id block_read_turned(struct transformer *b, const char *name, value_id z,
                           struct dims d) {
  struct program *p = b->p;
  value_id y = program_reshape(p, "heads", multiply(b, name, z), d);
  y = program_rotary(p, "turned", y, (size_t)b->positions,
                     (size_t)(b->width / b->heads));
  return model_quantise(p, block_name(b, name), y,
                        block_shift(b, b->width) + BLOCK_TURN, ACTIVATION_NONE,
                        b->bits);
}

value_id block_read_sums(struct transformer *b, const char *name, value_id x,
                         unsigned long shift) {
  return add_bias(b, multiply(b, name, x), shift, b->scale - shift);
}
