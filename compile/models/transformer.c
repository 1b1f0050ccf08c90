/* transformer: blocks (block.h), one after the other, and a rounding of what
   comes out: 7 levels a block for gpt2 and bert, 8 for llama, 5 for gptj, and
   1. */
#include "compile/models/block.h"
#include "compile/models/models.h"
#include "compile/program/attention.h"

#include <stdio.h>

enum {
  BLOCK,
  POSITIONS,
  LAYERS,
  WIDTH,
  HEADS,
  KV,
  HIDDEN,
  BITS,
  SCORES,
  GUARD,
  MANTISSA,
  MASK,
  WEIGHTS
};

/* A size that is only this: a name for it in formulas. */
static size_id fixed(struct program *p, const char *name, long value) {
  return size_parameter(&p->sizes, name, value, value, value);
}

static bool check(const fmpz *value, struct error *err) {
  long d = value[WIDTH], heads = value[HEADS], kv = value[KV];
  if (d % heads)
    return error_set(err, 0,
                     "heads=%ld: must divide d=%ld, into heads of equal width",
                     heads, d);
  if (kv && heads % kv)
    return error_set(err, 0, "kv=%ld: must divide heads=%ld, or be 0 for heads",
                     kv, heads);
  if (value[SCORES] > value[BITS])
    return error_set(err, 0, "pt=%ld: must be from 1 to bits=%ld, or 0",
                     value[SCORES], value[BITS]);
  if (value[MANTISSA] > value[BITS])
    return error_set(err, 0, "mantissa=%ld: must be from 1 to bits=%ld, or 0",
                     value[MANTISSA], value[BITS]);
  return true;
}

/* Which indices may be exchanged: positions, unless they turn; what weights
   repeat along, where that is the same in each head. */
static void exchange(struct transformer *b) {
  struct program *p = b->p;
  if (!b->is_turned) {
    program_exchange(p, b->n, 1);
    program_exchange_keys(p, b->keys, b->n, b->is_causal);
  }
  if (b->weights->kind != WEIGHTS_GENERIC ||
      b->width / b->heads % WEIGHTS_PERIOD)
    return;
  program_exchange(p, b->kv, 1);
  program_exchange(p, b->group, 1);
  program_exchange(p, b->dh, WEIGHTS_PERIOD);
  program_exchange(p, b->ff, WEIGHTS_PERIOD);
  program_exchange_product(p, b->d, (size_id[]){b->kv, b->group, b->dh}, 3);
  program_exchange_product(p, size_mul(&p->sizes, b->kv, b->dh),
                           (size_id[]){b->kv, b->dh}, 2);
}

static void block_init(struct transformer *b, struct program *p,
                       struct weights *w, const fmpz *value) {
  bool is_generic = w->kind == WEIGHTS_GENERIC;
  enum block_kind kind = (enum block_kind)value[BLOCK];
  bool turns = (kind == BLOCK_LLAMA || kind == BLOCK_GPTJ) && !is_generic;
  long kv = value[KV] ? value[KV] : value[HEADS];
  *b = (struct transformer){
      .p = p,
      .weights = w,
      .kind = kind,
      .bits = (unsigned)value[BITS],
      .score_bits = (unsigned)(value[SCORES]     ? value[SCORES]
                               : value[BITS] > 1 ? value[BITS] - 1
                                                 : 1),
      .guard = (unsigned)value[GUARD],
      .mantissa =
          (unsigned)(value[MANTISSA] ? value[MANTISSA] : value[BITS] - 1),
      .is_causal = value[MASK] == 0 ? kind != BLOCK_BERT : value[MASK] == 1,
      .is_turned = turns,
      .positions = value[POSITIONS],
      .width = value[WIDTH],
      .heads = value[HEADS],
      .kv_heads = kv,
      .hidden = value[HIDDEN] ? value[HIDDEN] : 4 * value[WIDTH],
      .prefix = "",
  };
  b->scale = transformer_scale(b);
  b->n = turns ? fixed(p, "n", b->positions)
               : family_size(p, &model_transformer, POSITIONS);
  b->keys = size_copy(&p->sizes, b->n);
  b->d = fixed(p, "d", b->width);
  b->kv = fixed(p, "kv", kv);
  b->group = fixed(p, "group", b->heads / kv);
  b->dh = fixed(p, "dh", b->width / b->heads);
  b->ff = fixed(p, "ff", b->hidden);
}

static value_id add_layers(struct transformer *b, value_id x,
                           const fmpz *value) {
  if (b->weights->kind == WEIGHTS_GENERIC) {
    struct composition loop;
    program_begin_loop(b->p, &loop, "layer", &x, 1, 0,
                       family_size(b->p, &model_transformer, LAYERS));
    value_id y = transformer_block(b, loop.argument[0]);
    program_end(b->p, &loop, &y, 1, &x);
    return x;
  }
  for (long i = 0; i < value[LAYERS]; i++) {
    char prefix[32];
    snprintf(prefix, sizeof prefix, "layer[%ld].", i);
    b->prefix = prefix;
    x = transformer_block(b, x);
  }
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct weights w;
  struct transformer b;
  weights_init(&w, p->seed, (enum weights_kind)value[WEIGHTS],
               (unsigned)value[BITS]);
  block_init(&b, p, &w, value);
  exchange(&b);
  long most = 1L << (b.bits - 1);
  value_id x =
      program_input(p, "x", matrix(b.n, b.d), size_si(&p->sizes, b.bits), true);
  x = program_combine(p, "scaled", &x, (long[]){1L << b.scale}, 1, 0);
  x = add_layers(&b, x, value);
  x = program_round(p, "output", x,
                    &(struct rounding){.multiplier = 1,
                                       .divisor = 1L << b.scale,
                                       .lo = -most,
                                       .hi = most - 1});
  program_output(p, "y", x);
  weights_clear(&w);
}

static const char *const blocks[] = {"gpt2", "llama", "bert", "gptj"};
static const char *const masks[] = {"own", "causal", "none"};
static const char *const weights[] = {"random", "generic"};

const struct family model_transformer = {
    .name = "transformer",
    .about = "blocks of attention and a hidden layer, quantised",
    .formula = "depth 7 layers + 2 (gpt2, bert), 8 layers + 2 (llama), 5 "
               "layers + 2 (gptj), for every n and d",
    .parameters =
        {{"block", "which block", 0, 0, 3, .choices = blocks},
         {"n", "positions", 4, 1, 100000000, .is_size = true},
         {"layers", "blocks", 1, 1, 1000, .is_size = true},
         {"d", "width", 4, 1, 1000000},
         {"heads", "of queries", 1, 1, 10000},
         {"kv", "heads of keys and values; 0: as many", 0, 0, 10000},
         {"ff", "hidden width; 0: 4d", 0, 0, 10000000},
         {"bits", "of weights and activations", 4, 3, 16},
         {"pt", "bits of scores; 0: one less", 0, 0, 16},
         {"guard", "more bits of norms before they are scaled", 1, 0, 4},
         {"mantissa", "bits of their products; 0: bits - 1", 0, 0, 16},
         {"mask", "which keys a position sees", 0, 0, 2, .choices = masks},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = weights}},
    .check = check,
    .build = build,
};
