/* transformer.h - what models made of transformer blocks have in common

   Their first parameters are TRANSFORMER_PARAMETERS, in this order; of each
   model more may follow. */
#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include "compile/models/block.h"
#include "compile/program/family.h"

enum transformer_parameter {
  TRANSFORMER_BLOCK,
  TRANSFORMER_POSITIONS,
  TRANSFORMER_LAYERS,
  TRANSFORMER_WIDTH,
  TRANSFORMER_HEADS,
  TRANSFORMER_KV,
  TRANSFORMER_HIDDEN,
  TRANSFORMER_BITS,
  TRANSFORMER_SCORES,
  TRANSFORMER_GUARD,
  TRANSFORMER_MANTISSA,
  TRANSFORMER_MASK,
  TRANSFORMER_NORM,
  TRANSFORMER_SCORE_KIND,
  TRANSFORMER_SOFTMAX,
  TRANSFORMER_MAXIMUM,
  TRANSFORMER_WEIGHTS,
  TRANSFORMER_VOCAB,
  TRANSFORMER_PARAMETERS_END
};

extern const char *const transformer_blocks[];
extern const char *const transformer_masks[];
extern const char *const transformer_norms[];
extern const char *const transformer_scores[];
extern const char *const transformer_softmaxes[];
extern const char *const transformer_maxima[];
extern const char *const transformer_weights[];

/* clang-format off */
#define TRANSFORMER_PARAMETERS(vocab_standard, vocab_least)                  \
  {.name = "block", .about = "which block",                                  \
   .standard = 0, .most = 3, .choices = transformer_blocks},                 \
  {"n", "positions", 4, 1, 100000000, .is_size = true},                      \
  {"layers", "blocks", 1, 1, 1000, .is_size = true},                         \
  {"d", "width", 4, 1, 1000000, .is_size = false},                           \
  {"heads", "of queries", 1, 1, 10000, .is_size = false},                    \
  {"kv", "heads of keys and values; 0: as many", 0, 0, 10000,                \
   .is_size = false},                                                        \
  {"ff", "hidden width; 0: 4d", 0, 0, 10000000, .is_size = false},           \
  {"bits", "of weights and activations", 4, 3, 16, .is_size = false},        \
  {"pt", "bits of scores; 0: one less", 0, 0, 16, .is_size = false},         \
  {"guard", "more bits of norms before they are scaled", 1, 0, 4,            \
   .is_size = false},                                                        \
  {"mantissa", "bits of their products; 0: bits - 1", 0, 0, 16,              \
   .is_size = false},                                                        \
  {.name = "mask", .about = "which keys a position sees",                    \
   .standard = 0, .most = 2, .choices = transformer_masks},                  \
  {.name = "norm", .about = "where it is rounded",                           \
   .standard = 0, .most = 3, .choices = transformer_norms},                  \
  {.name = "scores", .about = "of queries and keys, or of their inputs",       \
   .standard = 0, .most = 1, .choices = transformer_scores},                 \
  {.name = "softmax", .about = "a ratio rounded once, or tables",            \
   .standard = 0, .most = 1, .choices = transformer_softmaxes},              \
  {.name = "maximum", .about = "that scores are taken from",                 \
   .standard = 0, .most = 2, .choices = transformer_maxima},                 \
  {.name = "weights", .about = "drawn, a pattern for all sizes, or inputs",  \
   .standard = 0, .most = 2, .choices = transformer_weights},                \
  {"vocab", "different tokens", vocab_standard, vocab_least, 1000000,        \
   .is_size = false}
/* clang-format on */

bool transformer_check(const fmpz *value, struct error *err);
/* Weights w are initialised, too. `moves` says that positions are moved, so
   that their number is fixed, and none may be exchanged. */
void transformer_init(struct transformer *b, struct program *p,
                      struct weights *w, const struct family *f,
                      const fmpz *value, bool moves);
/* All layers on X. */
value_id transformer_layers(struct transformer *b, const fmpz *value,
                            value_id x);

#endif
