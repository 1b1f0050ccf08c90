/* transformer: blocks (block.h), one after the other, and a rounding of what
   comes out: 7 levels a block for gpt2 and bert, 8 for llama, 5 for gptj, and
   1; with weights=inputs 13, 14, 8, and 1. With norm=exact 8, and 6 for gptj,
   with scores=bilinear as well 7, and 5; for both 1 less for the first block.
   With tokens (embedding.h) there are 2 more, or 5. Blocks of norm=root and
   norm=tables end in activations, and need no rounding. */
#include "compile/models/transformer.h"
#include "compile/models/block_parts.h"
#include "compile/models/embedding.h"
#include "compile/models/models.h"
#include "compile/program/attention.h"

#include <stdio.h>

const char *const transformer_blocks[] = {"gpt2", "llama", "bert", "gptj"};
const char *const transformer_masks[] = {"own", "causal", "none"};
const char *const transformer_norms[] = {"rounded", "exact", "root", "tables"};
const char *const transformer_scores[] = {"projected", "bilinear"};
const char *const transformer_softmaxes[] = {"exact", "tables"};
const char *const transformer_maxima[] = {"no", "thermometer", "yes"};
const char *const transformer_weights[] = {"random", "generic", "inputs"};

/* A size that is only this: a name for it in formulas. */
static size_id fixed(struct program *p, const char *name, long value) {
  return size_parameter(&p->sizes, name, value, value, value);
}

/* name=value must divide whole: err says by what it can be. */
static bool check_divides(const char *name, long value, const char *of,
                          long whole, const char *or_else, struct error *err) {
  char list[160] = "";
  size_t n = 0;
  if (whole % value == 0)
    return true;
  for (long i = 1; i <= whole && n < sizeof list - 16; i++)
    if (whole % i == 0)
      n += (size_t)snprintf(list + n, sizeof list - n, "%s%ld", n ? ", " : "",
                            i);
  return error_set(err, 0, "%s=%ld: must divide %s=%ld: %s%s", name, value, of,
                   whole, list, or_else);
}

bool transformer_check(const fmpz *value, struct error *err) {
  long d = value[TRANSFORMER_WIDTH], heads = value[TRANSFORMER_HEADS],
       kv = value[TRANSFORMER_KV];
  if (!check_divides("heads", heads, "d", d, "", err) ||
      (kv &&
       !check_divides("kv", kv, "heads", heads, "; or 0 for as many", err)))
    return false;
  if (value[TRANSFORMER_VOCAB] == 1)
    return error_set(err, 0, "vocab=1: must be at least 2, or 0");
  if (value[TRANSFORMER_SCORES] > value[TRANSFORMER_BITS])
    return error_set(err, 0, "pt=%ld: must be from 1 to bits=%ld, or 0",
                     value[TRANSFORMER_SCORES], value[TRANSFORMER_BITS]);
  if (value[TRANSFORMER_MANTISSA] > value[TRANSFORMER_BITS])
    return error_set(err, 0, "mantissa=%ld: must be from 1 to bits=%ld, or 0",
                     value[TRANSFORMER_MANTISSA], value[TRANSFORMER_BITS]);
  if (value[TRANSFORMER_NORM] == NORM_EXACT &&
      (value[TRANSFORMER_BLOCK] == BLOCK_LLAMA ||
       value[TRANSFORMER_WEIGHTS] != WEIGHTS_RANDOM))
    return error_set(err, 0,
                     "norm=exact: needs block=gpt2, bert or gptj, and "
                     "weights=random");
  if (value[TRANSFORMER_NORM] >= NORM_ROOT &&
      value[TRANSFORMER_WEIGHTS] == WEIGHTS_INPUTS)
    return error_set(err, 0, "weights=inputs: needs norm=rounded");
  if (value[TRANSFORMER_SCORE_KIND] == SCORES_BILINEAR &&
      (value[TRANSFORMER_NORM] != NORM_EXACT ||
       value[TRANSFORMER_MAXIMUM] != MAXIMUM_NO))
    return error_set(err, 0,
                     "scores=bilinear: needs norm=exact and maximum=no");
  if (value[TRANSFORMER_SOFTMAX] == SOFTMAX_TABLES &&
      value[TRANSFORMER_MAXIMUM] != MAXIMUM_YES)
    return error_set(err, 0, "softmax=tables: needs maximum=yes");
  return true;
}

/* Which indices may be exchanged: positions, unless they turn; what weights
   repeat along, where that is the same in each head. */
static void exchange(struct transformer *b, bool positions) {
  struct program *p = b->p;
  if (positions) {
    program_exchange(p, b->n, 1);
    program_exchange_keys(p, b->keys, b->n, b->is_causal);
    program_exchange_others(p, b->others, b->n, b->is_causal);
  }
  size_t dh = (size_t)(b->width / b->heads), period = WEIGHTS_PERIOD;
  bool is_read = b->weights->kind == WEIGHTS_INPUTS;
  if (b->weights->kind == WEIGHTS_RANDOM || (!is_read && dh % period))
    return;
  if (is_read)
    period = b->is_turned ? dh : 1; // each place is turned in its own way
  program_exchange(p, b->kv, 1);
  program_exchange(p, b->group, 1);
  program_exchange(p, b->dh, period);
  program_exchange(p, b->ff, is_read ? 1 : period);
  if (b->vocab)
    program_exchange(p, b->words, is_read ? 1 : period);
  if (is_read) {
    program_exchange(p, b->columns, period);
    program_exchange(p, b->layers, 1);
  }
  program_exchange_product(p, b->d, (size_id[]){b->kv, b->group, b->dh}, 3);
  program_exchange_product(p, size_mul(&p->sizes, b->kv, b->dh),
                           (size_id[]){b->kv, b->dh}, 2);
}

/* Those that are no parameters of the program. */
static void init_lengths(struct transformer *b) {
  struct program *p = b->p;
  b->keys = size_copy(&p->sizes, b->n);
  b->others = size_copy(&p->sizes, b->keys); // not the same as keys
  b->d = fixed(p, "d", b->width);
  b->kv = fixed(p, "kv", b->kv_heads);
  b->group = fixed(p, "group", b->heads / b->kv_heads);
  b->dh = fixed(p, "dh", b->width / b->heads);
  b->inner = b->d;
  b->ff = fixed(p, "ff", b->hidden);
  b->columns = size_copy(&p->sizes, b->d);
  if (!b->vocab)
    return;
  b->words = fixed(p, "vocab", b->vocab);
  b->tokens = size_copy(&p->sizes, b->words);
}

/* What the kind of block says. */
static void set_kind(struct transformer *b, enum block_kind kind) {
  bool is_llama = kind == BLOCK_LLAMA;
  b->kind = kind;
  b->has_mean = !is_llama;
  b->is_gated = is_llama;
  b->activation = is_llama ? ACTIVATION_SILU : ACTIVATION_GELU;
  b->has_qkv_bias = b->has_o_bias = !is_llama;
  b->has_hidden_bias = b->has_head_bias = !is_llama;
}

/* What parameters say, but for lengths. */
static void set_values(struct transformer *b, struct program *p,
                       struct weights *w, const fmpz *value, bool moves) {
  enum block_kind kind = (enum block_kind)value[TRANSFORMER_BLOCK];
  bool turns = (kind == BLOCK_LLAMA || kind == BLOCK_GPTJ) &&
               w->kind != WEIGHTS_GENERIC &&
               value[TRANSFORMER_NORM] != NORM_EXACT;
  long kv =
      value[TRANSFORMER_KV] ? value[TRANSFORMER_KV] : value[TRANSFORMER_HEADS];
  *b = (struct transformer){
      .p = p,
      .weights = w,
      .bits = (unsigned)value[TRANSFORMER_BITS],
      .score_bits =
          (unsigned)(value[TRANSFORMER_SCORES]     ? value[TRANSFORMER_SCORES]
                     : value[TRANSFORMER_BITS] > 1 ? value[TRANSFORMER_BITS] - 1
                                                   : 1),
      .guard = (unsigned)value[TRANSFORMER_GUARD],
      .mantissa =
          (unsigned)(value[TRANSFORMER_MANTISSA] ? value[TRANSFORMER_MANTISSA]
                                                 : value[TRANSFORMER_BITS] - 1),
      .norm = (enum norm_kind)value[TRANSFORMER_NORM],
      .scores = (enum score_kind)value[TRANSFORMER_SCORE_KIND],
      .softmax = (enum softmax_kind)value[TRANSFORMER_SOFTMAX],
      .maximum = (enum maximum_kind)value[TRANSFORMER_MAXIMUM],
      .is_causal = value[TRANSFORMER_MASK] == 0 ? kind != BLOCK_BERT
                                                : value[TRANSFORMER_MASK] == 1,
      .is_turned = turns,
      .vocab = moves ? 0 : value[TRANSFORMER_VOCAB], // or its own embedding
      .positions = value[TRANSFORMER_POSITIONS],
      .width = value[TRANSFORMER_WIDTH],
      .heads = value[TRANSFORMER_HEADS],
      .kv_heads = kv,
      .hidden = value[TRANSFORMER_HIDDEN] ? value[TRANSFORMER_HIDDEN]
                                          : 4 * value[TRANSFORMER_WIDTH],
      .head_dim = value[TRANSFORMER_WIDTH] / value[TRANSFORMER_HEADS],
      .score_dim = value[TRANSFORMER_WIDTH] / value[TRANSFORMER_HEADS],
      .prefix = "",
  };
  set_kind(b, kind);
  b->scale = transformer_scale(b);
}

void transformer_init(struct transformer *b, struct program *p,
                      struct weights *w, const struct family *f,
                      const fmpz *value, bool moves) {
  weights_init(w, p->seed, (enum weights_kind)value[TRANSFORMER_WEIGHTS],
               (unsigned)value[TRANSFORMER_BITS]);
  set_values(b, p, w, value, moves);
  bool has_places = // a row drawn for each
      w->kind == WEIGHTS_RANDOM && embedding_has_places(b);
  bool is_fixed = b->is_turned || moves || has_places;
  b->n = is_fixed ? fixed(p, "n", b->positions)
                  : family_size(p, f, TRANSFORMER_POSITIONS);
  if (w->kind != WEIGHTS_RANDOM)
    b->layers = family_size(p, f, TRANSFORMER_LAYERS);
  init_lengths(b);
  exchange(b, !is_fixed);
  if (w->kind == WEIGHTS_INPUTS && b->vocab)
    embedding_declare(b);
  if (w->kind == WEIGHTS_INPUTS)
    transformer_declare(b);
}

/* All layers as a loop, of which each round has its own slices of weights that
   are inputs. */
static value_id loop_layers(struct transformer *b, value_id x) {
  struct program *p = b->p;
  struct composition loop;
  value_id *operand = program_alloc(p, 1 + b->weight_values, sizeof *operand);
  operand[0] = x;
  for (size_t i = 0; i < b->weight_values; i++)
    operand[1 + i] = b->all[i];
  program_begin_loop(p, &loop, "layer", operand, 1, b->weight_values,
                     b->layers);
  b->next = loop.argument + 1;
  value_id y = transformer_block(b, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  return x;
}

value_id transformer_layers(struct transformer *b, const fmpz *value,
                            value_id x) {
  if (b->weights->kind != WEIGHTS_RANDOM)
    return loop_layers(b, x);
  for (long i = 0; i < value[TRANSFORMER_LAYERS]; i++) {
    char prefix[64];
    snprintf(prefix, sizeof prefix, "layer[%ld].", i);
    b->prefix = prefix;
    x = transformer_block(b, x);
  }
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct weights w;
  struct transformer b;
  transformer_init(&b, p, &w, &model_transformer, value, false);
  value_id x = transformer_layers(&b, value, embedding_input(&b));
  embedding_output(&b, x);
  weights_clear(&w);
}

const struct family model_transformer = {
    .name = "transformer",
    .about = "blocks of attention and a hidden layer, quantised",
    .formula = "depth 7 layers + 2 (gpt2, bert), 8 layers + 2 (llama), 5 "
               "layers + 2 (gptj), for every n and d; norm=exact 8 layers + 1 "
               "(gptj 6), scores=bilinear 7 layers + 1 (gptj 5); "
               "weights=inputs: 13, 14 and 8; vocab: 2 more, or 5",
    .parameters = {TRANSFORMER_PARAMETERS(0, 0)},
    .check = transformer_check,
    .build = build,
};
