/* Hugging Face's config.json: an architecture with generic weights. */
#include "analysis/source_parts.h"
#include "compile/front/config.h"

enum {
  POSITIONS,
  TARGETS,
  BITS
};

/* What words there are; the program comes from the file. */
static const struct family of_config = {
    .name = "config.json",
    .about = "an architecture, with generic weights",
    .formula = "",
    .parameters = {{"n", "positions", 16, 1, 100000000, .is_size = true},
                   {"targets", "positions of a decoder beside an encoder", 16,
                    1, 100000000, .is_size = true},
                   {"bits", "of weights and activations", 8, 3, 16,
                    .is_size = false}},
};

bool source_open_config(struct source *s, const char *const *word, size_t n,
                        struct error *err) {
  s->parameters = &of_config;
  s->kind = SOURCE_CONFIG;
  if (!source_set_values(s, word + 1, n - 1, err) ||
      !config_read_file(&s->architecture, word[0], err))
    return false;
  const struct architecture *a = &s->architecture;
  long side = a->kind == ARCHITECTURE_DENOISER ? a->sample / a->patch : 0;
  if (side && !s->is_set[POSITIONS]) // all patches
    s->value[POSITIONS] = side * side;
  bool has_targets = a->kind == ARCHITECTURE_ENCODER_DECODER;
  if (s->is_set[TARGETS] && !has_targets)
    return error_set(err, 0,
                     "targets=: only an encoder-decoder has them, as t5");
  struct architecture_size size = {.n = s->value[POSITIONS],
                                   .targets = s->value[TARGETS],
                                   .bits = (unsigned)s->value[BITS]};
  if (!architecture_check(&s->architecture, &size, err))
    return false;
  architecture_build(&s->program, &s->architecture, &size);
  return source_find_instance(s, err);
}
