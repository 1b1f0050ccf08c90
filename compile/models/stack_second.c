/* The decoder of an encoder and decoder: blocks of three halves, of which the
   second has keys and values of what the encoder made, activations z:
     k = W z, v = V z, rounded
   A block is 12 levels deep, or 13: 5 for each attention, 2 or 3 for the hidden
   layer; k and v are there before. */
#include "compile/models/embedding.h"
#include "compile/models/stack.h"

static value_id cross_heads(struct stack *s, const char *name, value_id z) {
  struct transformer *b = &s->b;
  value_id y = stack_rows(s, name, z, size_mul(&b->p->sizes, b->kv, b->dh),
                          b->kv_heads * b->head_dim, b->width, 0,
                          ACTIVATION_NONE, false);
  return block_key_heads(b, y, b->dh);
}

/* o of queries on a norm. */
static value_id cross_attend(struct stack *s, const struct norm *m,
                             value_id z) {
  struct transformer b = s->second;
  b.prefix = "cross.";
  b.keys = s->b.n;
  b.is_causal = false;
  b.distance = 0;
  value_id q = block_rows(&b, m, "q", b.inner, b.heads * b.head_dim,
                          ACTIVATION_NONE, b.has_qkv_bias);
  value_id k = cross_heads(s, "cross.k", z);
  value_id v = cross_heads(s, "cross.v", z);
  return block_attention(&b, block_query_heads(&b, q, b.dh), k, v);
}

static value_id add_block(struct stack *s, value_id x, value_id z) {
  struct transformer *b = &s->second;
  struct norm m;
  value_id skip = block_begin_half(b, &m, 1, x);
  x = block_add_up(b, skip, block_add_attention(b, block_attend(b, &m)));
  skip = block_begin_half(b, &m, 2, x);
  x = block_add_up(b, skip, block_add_attention(b, cross_attend(s, &m, z)));
  skip = block_begin_half(b, &m, 3, x);
  return block_add_up(b, skip, block_add_hidden(b, &m));
}

value_id stack_second(struct stack *s, const struct architecture *a,
                      value_id z) {
  struct transformer *b = &s->second;
  struct program *p = b->p;
  struct composition loop;
  value_id tokens;
  value_id x = embedding_raise(b, embedding_rows(b, "targets", &tokens));
  program_begin_loop(p, &loop, "decoder", &x, 1, 0,
                     size_si(&p->sizes, a->decoder_layers));
  value_id y = add_block(s, loop.argument[0], z);
  program_end(p, &loop, &y, 1, &x);
  return block_logits(b, x);
}
