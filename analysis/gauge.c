#include "analysis/gauge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
  MOST_LINE = 1000 // letters
};

__attribute__((format(printf, 4, 0))) static bool
open_line(struct gauge *g, const struct source_options *o, struct error *err,
          const char *line, va_list list) {
  char text[MOST_LINE], *rest = NULL;
  ARRAY(const char *) words = {0};
  memset(g, 0, sizeof *g);
  measure_init(&g->made);
  source_init(&g->s);
  vsnprintf(text, sizeof text, line, list);
  for (char *word = strtok_r(text, " ", &rest); word;
       word = strtok_r(NULL, " ", &rest))
    array_push(&words, word);
  bool ok = source_open(&g->s, words.at, words.n, o, err);
  if (!ok)
    err->file = NULL; // of the words, which go
  array_clear(&words);
  return ok;
}

bool gauge_open(struct gauge *g, const struct source_options *o,
                struct error *err, const char *line, ...) {
  va_list list;
  va_start(list, line);
  bool ok = open_line(g, o, err, line, list);
  va_end(list);
  return ok;
}

/* False if it cannot be counted. */
static bool count(struct gauge *g) {
  const struct instance *in = &g->s.instance;
  struct error err = {0};
  g->has_count = source_has_program(&g->s) && in->program->exchanges.n;
  return g->has_count &&
         program_count(&g->count, in->program, in->parameter, in->levels, &err);
}

void gauge_measure(struct gauge *g) {
  g->is_counted = count(g);
  if (!g->is_counted)
    circuit_measure(source_circuit(&g->s), &g->made);
  g->m = g->is_counted ? &g->count.m : &g->made;
}

bool gauge_find(struct gauge *g, const struct source_options *o,
                struct error *err, const char *line, ...) {
  va_list list;
  va_start(list, line);
  bool ok = open_line(g, o, err, line, list);
  va_end(list);
  if (ok)
    gauge_measure(g);
  return ok;
}

void gauge_clear(struct gauge *g) {
  source_clear(&g->s);
  measure_clear(&g->made);
  if (g->has_count)
    count_clear(&g->count);
}

double gauge_gates(const struct gauge *g) {
  return mpz_get_d(g->m->gates_inner);
}
