/* config_numbers.h - what real weights need of a config.json besides their
   architecture: real numbers, and which of several formulas

     struct config_numbers c;
     if (!config_numbers_read(&c, &architecture, root, err))
       return false; // "rope_scaling: rope_type 'longrope' is not supported"

   Where a key is missing or null it is what the library `transformers` takes,
   as in config.h. */
#ifndef CONFIG_NUMBERS_H
#define CONFIG_NUMBERS_H

#include "compile/front/json.h"
#include "compile/models/architecture.h"

#include <stdbool.h>

/* Angles by which positions turn pairs of elements. */
struct config_turns {
  enum config_turns_kind {
    TURNS_PLAIN,
    TURNS_LINEAR, // all slower by the factor
    TURNS_LLAMA3, // slow ones slower, with a ramp between
    TURNS_YARN    // the same with a ramp over places, and larger
  } kind;
  double theta, factor, low, high, original;
  double size;         // of cos and sin; 1 but for yarn
  bool is_interleaved; // pairs are neighbours, not in two halves
};

struct config_numbers {
  double epsilon; // of norms
  struct config_turns turns;
  bool is_by_tanh;      // gelu, approximately
  long max_distance;    // of positions that t5 tells apart
  bool has_scaled_head; // logits of t5 are by the root of the width
  double expert_scale;
  long max_positions; // 0: not said
  /* Which blocks see a window only, of those that have one. */
  bool *slides;       // [layers]
  double place_scale; // of the places of patches
};

/* To be cleared in any case. */
bool config_numbers_read(struct config_numbers *c, const struct architecture *a,
                         const struct json *root, struct error *err);
void config_numbers_clear(struct config_numbers *c);

/* Angles of neighbouring positions, of `pairs` pairs. */
void config_turns_angles(const struct config_turns *t, double *angle,
                         size_t pairs);

#endif
