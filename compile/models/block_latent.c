/* First halves of latent attention (DeepSeek-AI 2024): keys and values of all
   heads are rows of matrices on one narrow row c, a norm of activations, and so
   may be queries. Of a key there is a part besides that all heads share, made
   as c is, which is turned by position.
     c = W y, rounded, and normalised      k = K c, v = V c
     scores = sum of q k, and of q' k' for the parts that are turned
   Two levels more than without, for the norm of c. */
#include "compile/models/block_parts.h"

/* Rows of `rank` activations as what matrices are applied to. */
struct narrow {
  struct transformer b; // whose width it is
  struct norm m;
};

static void narrow_init(struct narrow *c, const struct transformer *b,
                        const struct norm *m, const char *name, size_id rank,
                        long width) {
  struct transformer wide = *b;
  char norm[32];
  value_id x = block_rows(&wide, m, name, rank, width, ACTIVATION_NONE, false);
  c->b = *b;
  c->b.d = rank;
  c->b.width = width;
  c->b.scale = 0;
  snprintf(norm, sizeof norm, "%s.norm", name);
  block_norm(&c->b, &c->m, block_name(&c->b, norm), x);
}

/* Rows for each head, `of_head` each. */
static value_id add_heads(struct transformer *b, const struct norm *m,
                          const char *name, size_id size, long of_head) {
  size_id rows = size_mul(&b->p->sizes, b->kv, size);
  return block_rows(b, m, name, rows, b->heads * of_head, ACTIVATION_NONE,
                    false);
}

value_id block_latent(struct transformer *b, const struct norm *m) {
  const struct latent *l = b->latent;
  struct program *p = b->p;
  struct narrow c, of_q;
  narrow_init(&c, b, m, "kv_a", l->rank, l->keys);
  if (l->queries)
    narrow_init(&of_q, b, m, "q_a", l->query_rank, l->queries);
  struct transformer *bq = l->queries ? &of_q.b : b;
  const struct norm *mq = l->queries ? &of_q.m : m;
  value_id q = add_heads(bq, mq, "q", l->plain, l->of_plain);
  value_id turned = add_heads(bq, mq, "q.turned", l->turned, l->of_turned);
  value_id shared = block_rows(b, m, "k.turned", l->turned, l->of_turned,
                               ACTIVATION_NONE, false);
  value_id k = add_heads(&c.b, &c.m, "k", l->plain, l->of_plain);
  value_id v = add_heads(&c.b, &c.m, "v", l->value, l->of_value);
  shared = program_reshape(
      p, "shared", shared,
      (struct dims){3, {b->n, size_si(&p->sizes, 1), l->turned}});
  q = block_query_heads(b, q, l->plain);
  value_id s = block_scores(b, q, block_key_heads(b, k, l->plain));
  value_id t = block_scores(b, block_query_heads(b, turned, l->turned), shared);
  s = program_add(p, "scores", s, t);
  return block_mix(b, q, s, block_key_heads(b, v, l->value));
}
