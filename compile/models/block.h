/* block.h - one block of a transformer

   Input and output are integers X [n, d] of any form, which stand for
   activations X / 2^scale of `bits` bits; no step rounds them in between, so a
   block reads the exact sums that the one before it ends with.

   A norm is rounded before it is scaled. With c = d X - sum of X (or X itself
   for a root mean square), in units of d (or 1) times 2^scale, p = bits and
   G = 2^(p - 3), the integer that 1 of a normalised value is,
     c' = 2^g c, rounded to an integer and clipped to p + g bits,
     V  = sum of c'^2, + 1,
     u' = W c, rounded to an eighth of 2^s / G and then to m bits of mantissa,
     y  = table of (sqrt(d) 2^g G u' / sqrt(V) + b) / 2^s, rounded, half up, and
          clipped to p bits; g = guard and m = mantissa.
   The comparison is exact, so norm, matrix, bias and activation are two levels:
   c' and u', then y. Where u' is beyond what any V could tell, it is clipped.
   Attention: t = sum of q k / 2^st, rounded, half up, and clipped to
   score_bits; its weight is 2^2 e^(t - least t) in steps that reach from -16 to
   16, rounded to an integer; with maximum=thermometer (2^p - 1) e^(t - greatest
   t of its row), rounded. o is the exact ratio of sums, rounded once, half up.
   What is skipped past a half of the block is X, or its norm after it, rounded
   to p bits beside the path.

   weights=inputs: matrices and biases are integers of p bits that the circuit
   reads. A norm is rounded to activations z, as products of u' and a bias with
   V would not be exact in one level:
     z  = sqrt(d) G c' / sqrt(V), rounded, half up, and clipped to p bits,
     y  = table of (W z + 2^s b) / 2^s, rounded, half up, and clipped to p bits.
   So biases are activations; after turned q and k there are none.

   norm=exact rounds only once, after scaling: y = table of (sqrt(d) G W c /
   sqrt(sum of c^2, + 1) + b) / 2^s. Squares of W c and their sum are sums of
   the products of all pairs of what c reads, made once a position. What a block
   begins with is rounded to activations for that, unless it is activations
   already, as the input of the first block: 8 levels for each block but 7 for
   the first, or 6 and 5 where both halves read one norm. q and k are not turned
   by position.

   scores=bilinear has no q and k: with V of that norm, S = (Wq c)(Wk c') over
   rows of a head, and L(x) = 2^l log2 x rounded down, l = bits - 3 of at least
   1 and at most 8, t is the sign of S times the number of b >= 1 with 2 L(|S|)
   - L(V) - L(V') >= L((2b - 1)^2 2^(2st + 4s)) - L(4 G^4 d^2), clipped to
   score_bits: the t of q and k without their roundings and biases. S is a sum
   of products of pairs of what c and c' read, which all heads share, so t comes
   a level earlier: 7 levels for each block but 6 for the first, or 5 and 4
   where both halves read one norm.

     1  products, S   2  L, v   3  weight, and with each bit of v   4  o

     5  products      6  second half

   Gates are n(n + 1)/2 d^2 p^2 more, or n^2 d^2 p^2 without a mask.

   maximum=yes takes scores from the greatest of their row, before they are
   rounded: a weight is (2^p - 1) e^(-D), rounded, for the distance D in nats; 2
   levels more, and n^3 gates. With softmax=tables all is p bits and tables: t
   in steps that reach from -4 to 4, e = (2^p - 1) e^(t - greatest t), rounded,
   r = 2^2p / sum of e, a = e r / 2^p, o = sum of a v / 2^p, clipped, each
   rounded half up.

   norm=root and norm=tables (block_tables.c): blocks from activations x to
   activations. c is x less the mean of its row, rounded half up, or x itself, V
   = sum of c^2, + 1, and y = G sqrt(d) c / sqrt(V), rounded and clipped; or
   with tables r = 2^p G sqrt(d) / sqrt(V), rounded and at most 2^p - 1, then y
   = c r / 2^p, rounded and clipped. Each matrix on y, with bias and activation,
   is rounded by itself, and so are the residuals, once a half; of gptj once.
   With maximum=yes that is 15 levels for gpt2, and 23 where softmax has tables,
   too; 12 and 20 for llama, and 1 to begin with; 10 and 16 for gptj.

   Depth from number to number: 7, or 8 with a product in the second half, or 5
   where both halves read one norm; for every n and d.
     1  c', u'          3  q k, summed      5  o       6  c', u'
     2  q, k, v         4  weight, and with each bit of v      7  second half
   With weights=inputs products of an activation and a weight are a level, so
   that it is 13, 14 or 8:
     1  c'      3  W z       5  q k, summed        7  o      9..12 as 1..4
     2  z       4  q, k, v   6  weight, values     8  W o    13    second half
   of llama 13 the product of both, and 14; of gptj 4 is the hidden layer, too,
   and 5 the second half. A product is an AND for each pair of bits, p^2 for
   each entry of a matrix and position, and 2^p - 1 for what is rounded. Gates
   of causal attention are n(n + 1)/2 times d (p^2 + p R) + heads R for R =
   2^score_bits - 1; of norms n times the length of their ladders, about 2^p (p
   + 2) a row of a matrix. */
#ifndef BLOCK_H
#define BLOCK_H

#include "compile/models/quantise.h"
#include "compile/models/weights.h"

enum block_kind {
  BLOCK_GPT2,  // norms first, a bias each, GELU
  BLOCK_LLAMA, // root mean square, turned by position, SiLU times a second
               // matrix
  BLOCK_BERT,  // norms last, each key seen from all positions
  BLOCK_GPTJ   // both halves read one norm
};

enum norm_kind {
  NORM_ROUNDED, // before it is scaled
  NORM_EXACT,   // once, with matrix, bias and activation
  NORM_ROOT,    // once, and so are each matrix and residual
  NORM_TABLES   // the same, through a table of 1 / root of V
};

enum score_kind {
  SCORES_PROJECTED, // of q and k, which are rounded
  SCORES_BILINEAR   // of what the norm reads, a level earlier
};

enum maximum_kind {
  MAXIMUM_NO,
  MAXIMUM_THERMOMETER, // of rounded scores, at no level more
  MAXIMUM_YES          // of the scores, or of t with softmax=tables
};

enum softmax_kind {
  SOFTMAX_EXACT, // a ratio of sums, rounded once
  SOFTMAX_TABLES // through tables of t and of the reciprocal of their sum
};

/* A second half of experts of which each position takes some (block_experts.c);
   lengths, and what they are. */
struct experts {
  size_id experts, ff, shared_ff;
  size_id group, of_group; // experts = group * of_group, where groups is not 0
  long groups, top_groups;
  long n, top, hidden, shared; // the last: hidden width of what all take, or 0
  bool has_chosen_sum; // weights of those taken add up to 1; else of all
};

/* A first half whose keys and values are made of one narrow row, and so are its
   queries unless `queries` is 0 (block_latent.c). */
struct latent {
  size_id rank, query_rank, plain, turned, value;
  long keys, queries; // of rank and query_rank
  long of_plain, of_turned, of_value;
};

struct transformer {
  struct program *p;
  struct weights *weights;
  enum block_kind kind;
  bool has_mean;              // norms subtract it
  bool is_gated;              // the second half multiplies two matrices
  enum activation activation; // in it
  bool has_qkv_bias, has_o_bias, has_hidden_bias, has_head_bias;
  enum norm_kind norm;
  enum score_kind scores;
  enum maximum_kind maximum;
  enum softmax_kind softmax;
  unsigned bits;       // [3..16]
  unsigned score_bits; // [1..bits]
  unsigned guard;      // bits of c' below those of an activation; [0..4]
  unsigned mantissa;   // bits of u'; [1..bits]
  bool is_causal;
  bool is_turned; // by position
  long vocab;     // tokens that there are; 0: none, inputs are activations
  /* Lengths, and what they are: inner = kv * group * dh. `keys` equals n, and
     so do `others`, the keys of a row but itself. */
  size_id n, keys, others, d, kv, group, dh, ff;
  size_id
      inner; // heads times head_dim; equals d unless an architecture differs
  size_id layers;      // unless weights are random
  size_id columns;     // equals d, of weights that are inputs
  const value_id *all; // those, [layers, ..], in the order of block_inputs.c
  size_t weight_values;
  const value_id *next; // in a block, [..]: the next that is read
  /* Of tokens: places of logits, and the same of the embedding; and weights of
     both that are inputs (embedding.h). */
  size_id words, tokens;
  value_id embedding, places, head[2];
  long positions, width, heads, kv_heads, hidden; // of n, d, -, kv, ff
  long head_dim;                                  // of dh
  long score_dim;      // scores are divided by its root; head_dim, or 1
  long distance;       // that is added to scores, for all distances alike
  unsigned long scale; // of X, of input and output alike: transformer_scale()
  const char *prefix;  // of the names of steps
  const struct experts *experts; // or NULL
  const struct latent *latent;   // or NULL
  value_id raised,
      activations; // an X that is exactly these: embedding_input()
};

unsigned long transformer_scale(const struct transformer *b);
/* Sets `all`: the inputs that are the weights of all layers. */
void transformer_declare(struct transformer *b);
value_id transformer_block(struct transformer *b, value_id x);

#endif
