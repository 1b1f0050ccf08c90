#include "tools/ledger.h"
#include "compile/models/models.h"
#include "compile/models/transformer.h"

#include <stdio.h>
#include <string.h>

static const char first_layer[] = "layer[0].";

/* Blocks one after the other; 0 if it is no transformer. */
static long layers_of(const struct source *s) {
  return s->family == &model_transformer ? (long)s->value[TRANSFORMER_LAYERS]
                                         : 0;
}

static long published(long layers, long d_sum) {
  return 3 + (9 + 2 * d_sum) * layers;
}

/* The name of a step of the first block, or NULL. */
static const char *step_of(const struct operation_measure *o) {
  size_t n = strlen(first_layer);
  return strncmp(o->name, first_layer, n) ? NULL : o->name + n;
}

/* The level that all steps of the first block end by. */
static size_t block_levels(const struct operation_measures *m) {
  size_t most = 0;
  for (size_t i = 0; i < m->all.n; i++)
    if (step_of(&m->all.at[i]) && m->all.at[i].depth_to > most)
      most = m->all.at[i].depth_to;
  return most;
}

static void print_level(const struct operation_measures *m, size_t level) {
  bool is_first = true;
  for (size_t i = 0; i < m->all.n; i++) {
    const char *step = step_of(&m->all.at[i]);
    if (!step || m->all.at[i].depth_to != level)
      continue;
    if (is_first)
      printf("  level %zu  ", level);
    printf("%s%s", is_first ? "" : ", ", step);
    is_first = false;
  }
  if (!is_first)
    putchar('\n');
}

bool ledger_print(const struct source *s, const struct measure *m,
                  const struct operation_measures *operations) {
  long layers = layers_of(s);
  if (!layers)
    return false;
  size_t levels = block_levels(operations);
  printf("ledger of the first block, by where its steps end (of %zu levels):\n",
         levels);
  for (size_t i = 1; i <= levels; i++)
    print_level(operations, i);
  printf(
      "published for %ld layer%s of log precision: 3 + (9 + 2 d_sum) L = %ld "
      "with d_sum = 2 (fixed point), %ld with 8 (floats); here %zu\n",
      layers, layers == 1 ? "" : "s", published(layers, 2),
      published(layers, 8), m->depth_inner);
  return true;
}

bool ledger_add(const struct source *s, const struct measure *m,
                const struct operation_measures *operations,
                struct document *d) {
  long layers = layers_of(s);
  if (!layers)
    return false;
  struct document *ledger = document_list(d, "ledger");
  for (size_t i = 0; i < operations->all.n; i++) {
    const char *step = step_of(&operations->all.at[i]);
    if (!step)
      continue;
    struct document *item = document_item(ledger);
    document_text(item, "step", step);
    document_count(item, "level", operations->all.at[i].depth_to);
  }
  struct document *bound = document_object(d, "published");
  document_text(bound, "formula", "3 + (9 + 2 d_sum) L");
  document_text(bound, "source", "Merrill and Sabharwal 2023, Theorem 1");
  document_count(bound, "d_sum_2", (size_t)published(layers, 2));
  document_count(bound, "d_sum_8", (size_t)published(layers, 8));
  document_count(bound, "here", m->depth_inner);
  return true;
}
