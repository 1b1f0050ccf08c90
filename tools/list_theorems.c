#include "tools/list_theorems.h"
#include "analysis/theorems.h"
#include "tools/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- As text ---- */

enum {
  INDENT = 14,
  LINE = 100
};

/* After a label, and in further lines indented like the first. */
static void print_wrapped(const char *label, const char *text) {
  printf("  %-*s", INDENT - 2, label);
  for (;;) {
    size_t n = strlen(text);
    if (n <= LINE - INDENT)
      break;
    for (n = LINE - INDENT; n > 1 && text[n] != ' ';)
      n--;
    printf("%.*s\n%*s", (int)n, text, INDENT, "");
    text += n;
    text += *text == ' ';
  }
  puts(text);
}

/* "depth 2, polynomial weights; depth 1, exponential weights (source)". */
static void print_published(const struct theorem *t) {
  char text[400];
  size_t n = 0;
  for (int w = 0; w < THEOREM_WEIGHTS; w++)
    if (t->published.depth[w])
      n += (size_t)snprintf(text + n, sizeof text - n, "%sdepth %u, %s weights",
                            n ? "; " : "", t->published.depth[w],
                            theorem_weights_names[w]);
  if (!t->published.source)
    snprintf(text, sizeof text, "none quoted here");
  else
    snprintf(text + n, sizeof text - n, "%s (%s)",
             n ? "" : "a constant depth that is not stated",
             t->published.source);
  print_wrapped("published", text);
}

static bool is_deeper(const struct theorem *t, const struct theorem_built *b) {
  unsigned depth = theorem_published(t, t->built.weights);
  return depth && b->measure.depth > depth;
}

static void print_built(const struct theorem *t,
                        const struct theorem_built *b) {
  char text[400];
  const struct measure *m = &b->measure;
  gmp_snprintf(text, sizeof text,
               "depth %zu%s, %Zd gate%s, %s weights, here of at most %zu bit%s",
               m->depth, is_deeper(t, b) ? ", more than published" : "",
               m->gates, mpz_cmp_ui(m->gates, 1) ? "s" : "",
               theorem_weights_names[t->built.weights], m->weight_bits,
               m->weight_bits == 1 ? "" : "s");
  print_wrapped("built here", text);
  if (t->built.remark)
    print_wrapped("for every n", t->built.remark);
}

static void print_bound(const struct theorem *t) {
  char text[400];
  if (t->bound.status == BOUND_NONE) {
    print_wrapped("lower bound", "none known here");
    return;
  }
  snprintf(text, sizeof text, "%s: %s (%s)",
           bound_status_names[t->bound.status], t->bound.statement,
           t->bound.source);
  print_wrapped("lower bound", text);
  if (t->bound.unknown)
    print_wrapped("not settled", t->bound.unknown);
}

static void print_theorem(const struct theorem *t,
                          const struct theorem_built *b) {
  printf("\n%s: tc0 stats %s\n", t->name, b->source);
  print_published(t);
  print_built(t, b);
  print_bound(t);
}

static void print_legend(void) {
  puts("Published depths and lower bounds are of families of circuits of "
       "polynomial size; for the first\nfew n less may do. What is built here "
       "is measured on the circuit of the source in the first line.");
}

/* ---- As JSON ---- */

static void add_text(struct document *d, const char *key, const char *text) {
  if (text)
    document_text(d, key, text);
  else
    document_null(d, key);
}

static void add_depth(struct document *d, const char *key, unsigned depth) {
  if (depth)
    document_count(d, key, depth);
  else
    document_null(d, key);
}

/* depth and weights are for the smallest weights that one is known for. */
static void add_published(struct document *d, const struct theorem *t) {
  const unsigned *depth = t->published.depth;
  int w = depth[WEIGHTS_POLYNOMIAL] ? WEIGHTS_POLYNOMIAL : WEIGHTS_EXPONENTIAL;
  add_depth(d, "depth", depth[w]);
  add_text(d, "weights", depth[w] ? theorem_weights_names[w] : NULL);
  add_depth(d, "depth_exponential_weights",
            theorem_published(t, WEIGHTS_EXPONENTIAL));
  add_text(d, "source", t->published.source);
}

static void add_built(struct document *d, const struct theorem *t,
                      const struct theorem_built *b) {
  document_text(d, "source", b->source);
  document_count(d, "depth", b->measure.depth);
  document_digits(d, "gates", b->measure.gates);
  document_text(d, "weights", theorem_weights_names[t->built.weights]);
  document_count(d, "weight_bits", b->measure.weight_bits);
  document_bool(d, "deeper_than_published", is_deeper(t, b));
  add_text(d, "remark", t->built.remark);
}

static void add_bound(struct document *d, const struct theorem *t) {
  add_text(d, "statement", t->bound.statement);
  document_text(d, "status", bound_status_names[t->bound.status]);
  add_text(d, "source", t->bound.source);
  add_text(d, "not_settled", t->bound.unknown);
}

static void add_theorem(struct document *d, const struct theorem *t,
                        const struct theorem_built *b) {
  document_text(d, "name", t->name);
  add_published(document_object(d, "published"), t);
  add_built(document_object(d, "built"), t, b);
  add_bound(document_object(d, "lower_bound"), t);
}

/* ---- All of them ---- */

static bool read_size(long *n, const char *const *word, size_t words,
                      struct error *err) {
  char *end = NULL;
  *n = THEOREM_STANDARD_N;
  if (!words)
    return true;
  if (words > 1 || strncmp(word[0], "n=", 2))
    return error_set(err, 0,
                     "'%s': theorems have one parameter, n=", word[words - 1]);
  *n = strtol(word[0] + 2, &end, 10);
  return (word[0][2] >= '0' && word[0][2] <= '9' && !*end &&
          *n >= THEOREM_LEAST_N && *n <= THEOREM_MOST_N) ||
         error_set(err, 0, "'%s': n must be a whole number from %d to %d",
                   word[0], THEOREM_LEAST_N, THEOREM_MOST_N);
}

bool list_theorems(struct document *d, const char *const *word, size_t words,
                   struct error *err) {
  long n;
  if (!read_size(&n, word, words, err))
    return false;
  struct document *list = d ? document_list(d, "theorems") : NULL;
  if (!d)
    print_legend();
  for (const struct theorem *t = theorems; t->name; t++) {
    struct theorem_built b;
    if (!theorem_build(t, n, limits_memory(), &b, err))
      return false;
    if (list)
      add_theorem(document_item(list), t, &b);
    else
      print_theorem(t, &b);
    theorem_built_clear(&b);
  }
  return true;
}
