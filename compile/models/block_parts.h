/* block_parts.h - between the files of block.h */
#ifndef BLOCK_PARTS_H
#define BLOCK_PARTS_H

#include "compile/models/block.h"
#include "compile/models/quantise.h"
#include "compile/program/attention.h"

#include <flint/fmpz_mat.h>

enum {
  BLOCK_TURN = 6 // 2^6 is the scale of rotary weights
};

/* The name of a step, with the block's prefix; until the next call. */
const char *block_name(const struct transformer *b, const char *step);
/* Whether all matrices have one, where it is for the kind of block to say. */
bool block_has_bias(const struct transformer *b);
unsigned long block_shift(const struct transformer *b, long columns);

/* A norm of X, which is read as it is by matrices after it. */
struct norm {
  value_id c; // what matrices multiply, in units of `unit` * 2^scale
  value_id v; // V, [n, 1]
  value_id y; // c', [n, d]
  value_id z; // it as activations, if that is read
  long unit;
};
void block_norm(struct transformer *b, struct norm *m, const char *name,
                value_id x);
/* It as activations. */
value_id block_activations(struct transformer *b, const char *name,
                           const struct norm *m);
/* A row of the model's next matrix for each of `rows`, of `height`, on a norm,
   activated: [n, rows]. */
value_id block_rows(struct transformer *b, const struct norm *m,
                    const char *name, size_id rows, long height,
                    enum activation act, bool has_bias);
/* A matrix from `columns` activations to [n, d], of weights 2^lift times as
   large, and a bias. */
value_id block_sums(struct transformer *b, const char *name, value_id x,
                    long columns, unsigned long lift, bool has_bias);
/* q as [n, kv, group, dh], and k or v as [n, kv, dh]. */
value_id block_query_heads(struct transformer *b, value_id q, size_id dh);
value_id block_key_heads(struct transformer *b, value_id k, size_id dh);
/* Scores [kv, group, n, keys] of q and k [n, kv or 1, dh]; o [n, inner] of
   scores and v. */
value_id block_scores(struct transformer *b, value_id q, value_id k);
value_id block_mix(struct transformer *b, value_id q, value_id s, value_id v);
/* o [n, inner] of q, k and v. */
value_id block_attention(struct transformer *b, value_id q, value_id k,
                         value_id v);
/* The first half from its norm on, to o; the second one up to its last matrix,
   [n, ff]. */
value_id block_attend(struct transformer *b, const struct norm *m);
value_id block_hidden(struct transformer *b, const struct norm *m);
/* In their place, of b->latent and b->experts: the latter as much as is added
   to X, [n, d]. */
value_id block_latent(struct transformer *b, const struct norm *m);
value_id block_experts(struct transformer *b, const struct norm *m);
/* What begins a half, 1 or 2: its norm, and what passes by, which is X rounded
   to activations, or that norm. */
value_id block_begin_half(struct transformer *b, struct norm *m, int half,
                          value_id x);
/* What o [n, inner] and the second half add to X. */
value_id block_add_attention(struct transformer *b, value_id o);
value_id block_add_hidden(struct transformer *b, const struct norm *m);
/* X / 2^scale, rounded to activations. */
value_id block_round(struct transformer *b, const char *name, value_id x);
/* skip * 2^scale + x. */
value_id block_add_up(struct transformer *b, value_id skip, value_id x);
/* Scales of what the last matrix of each half makes. */
unsigned long block_attention_scale(const struct transformer *b);
unsigned long block_hidden_scale(const struct transformer *b);

/* o [kv, group, n, dh], of q [kv, group, n, dh], scores [kv, group, n, keys]
   and v [kv, 1, 1, keys, dh]: weights fall from the greatest score, exactly or
   as tables of the shift and the weights of f. */
value_id block_mix_exact(struct transformer *b, value_id q, value_id s,
                         value_id v);
value_id block_mix_tables(struct transformer *b, value_id s, value_id v,
                          const struct score_table *f);

/* norm=root and norm=tables: from activations, of one ladder each where the
   norm has no mean, and back. */
bool block_is_rounded(const struct transformer *b);
value_id block_rounded(struct transformer *b, value_id x);
/* Activations of one ladder each. */
value_id block_ladders(struct transformer *b, const char *name, value_id x);

/* t is a score / 2^shift; and its weights, 2^score_bits of them, from the least
   t on, which the caller frees. */
unsigned long block_score_shift(const struct transformer *b);
fmpz *block_score_weights(const struct transformer *b, unsigned long shift);

/* weights=inputs: of z [n, columns] the rows of the next matrix, activated,
   [n, rows]; those of a matrix without a bias as heads `d`, turned; W x and its
   bias of activations x, raised by 2^(scale - shift). */
value_id block_read_rows(struct transformer *b, const char *name, value_id z,
                         enum activation act);
value_id block_read_turned(struct transformer *b, const char *name, value_id z,
                           struct dims d);
value_id block_read_sums(struct transformer *b, const char *name, value_id x,
                         unsigned long shift);

/* The matrix of logits on the norm of X. */
value_id block_logits(struct transformer *b, value_id x);

/* ---- norm=exact ---- */

/* What is normalised is c = C z with z [n, m] numbers of one ladder each, or
   input bits, the last of which is 1. */
struct exact {
  struct transformer *b;
  value_id z;
  value_id gram; // its products
  value_id v;    // sum of c^2, + 1: [n, 1]
  fmpz_mat_t c;  // (d, m): C
};

/* A matrix of weights as the program has it. */
void block_draw(struct transformer *b, fmpz_mat_t to, long rows, long columns);
/* Activations W c, normalised, with a bias; a row for each of `rows`. */
value_id block_exact_rows(struct exact *e, const char *name, long rows,
                          enum activation act);
/* scores=bilinear: o [n, d] of v [n, kv, dh]; `in` are the first d of z, which
   are all that C reads. */
value_id block_bilinear(struct exact *e, value_id in);
value_id block_exact(struct transformer *b, value_id x);

#endif
