/* Which part of an architecture a step is of: the names are those that the
   files of this folder give. */
#include "compile/models/architecture.h"

#include <string.h>

struct named_part {
  const char *word; // NULL after the last
  enum architecture_part part;
};

/* The first entry that is a word of a step's name decides. */
static const struct named_part of_all[] = {{"expert", PART_EXPERTS},
                                           {"shared", PART_SHARED},
                                           {"router", PART_ROUTER},
                                           {"top", PART_ROUTER},
                                           {"taken excess", PART_ROUTER},
                                           {"group best", PART_ROUTER},
                                           {"group top", PART_ROUTER},
                                           {"group scores", PART_ROUTER},
                                           {"cross", PART_CROSS_ATTENTION},
                                           {"norm", PART_NORMS},
                                           {"skip", PART_SKIPS},
                                           {"token", PART_EMBEDDING},
                                           {"patches", PART_EMBEDDING},
                                           {"pooler", PART_POOLER},
                                           {"logits", PART_HEAD},
                                           {NULL, PARTS}};

static const struct named_part of_transformers[] = {{"q", PART_ATTENTION},
                                                    {"k", PART_ATTENTION},
                                                    {"v", PART_ATTENTION},
                                                    {"q_a", PART_ATTENTION},
                                                    {"kv_a", PART_ATTENTION},
                                                    {"scores", PART_ATTENTION},
                                                    {"weights", PART_ATTENTION},
                                                    {"values", PART_ATTENTION},
                                                    {"mix", PART_ATTENTION},
                                                    {"o", PART_ATTENTION},
                                                    {"ff", PART_HIDDEN},
                                                    {"gate", PART_HIDDEN},
                                                    {"up", PART_HIDDEN},
                                                    {"down", PART_HIDDEN},
                                                    {NULL, PARTS}};

static const struct named_part of_mamba[] = {{"layer", PART_STATE_SPACE},
                                             {NULL, PARTS}};

/* "gate 1" is not the gate of a half, so numbers count here. */
static const struct named_part of_denoiser[] = {
    {"condition", PART_CONDITION}, {"time 1", PART_CONDITION},
    {"scale", PART_MODULATION},    {"shift", PART_MODULATION},
    {"gate 1", PART_MODULATION},   {"gate 2", PART_MODULATION},
    {"changed", PART_MODULATION},  {"gated", PART_MODULATION},
    {"output", PART_HEAD},         {NULL, PARTS}};

/* The length of the word at `at`, and of it without rounds and a number. */
static size_t word_length(const char *at, size_t *plain) {
  size_t n = strcspn(at, ".");
  const char *dots = memchr(at, '[', n); // rounds: "layer[3..9]"
  if (dots)
    n = (size_t)(dots - at) + strcspn(dots, "]") + 1;
  *plain = dots ? (size_t)(dots - at) : n;
  if (*plain > 2 && at[*plain - 2] == ' ' && at[*plain - 1] >= '0' &&
      at[*plain - 1] <= '9')
    *plain -= 2;
  return n;
}

static bool is_word(const char *word, const char *at, size_t n) {
  return strlen(word) == n && !memcmp(word, at, n);
}

static bool has_word(const char *step, const char *word) {
  size_t plain;
  while (*step) {
    size_t n = word_length(step, &plain);
    if (is_word(word, step, n) || is_word(word, step, plain))
      return true;
    step += n + (step[n] == '.');
  }
  return false;
}

static enum architecture_part find(const struct named_part *list,
                                   const char *step) {
  while (list->word && !has_word(step, list->word))
    list++;
  return list->part;
}

enum architecture_part architecture_part_of(const struct architecture *a,
                                            const char *step) {
  enum architecture_part part = PARTS;
  if (a->kind == ARCHITECTURE_DENOISER)
    part = find(of_denoiser, step);
  if (part == PARTS)
    part = find(of_all, step);
  if (part == PARTS)
    part =
        find(a->kind == ARCHITECTURE_MAMBA ? of_mamba : of_transformers, step);
  return part;
}
