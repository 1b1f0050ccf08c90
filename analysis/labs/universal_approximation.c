#include "analysis/labs/lab.h"

#include <math.h>
#include <stdio.h>

static const struct {
  const char *label, *line, *key;
  long from, to, step, bits; // inputs: bits for each of the key
  bool is_drawn;             // its circuit, too
} source[] = {
    {"majority", "majority", "n", 4, 16, 2, 1, false},
    {"parity", "parity", "n", 4, 16, 2, 1, true},
    {"add", "add", "n", 2, 8, 1, 2, false},
    {"multiply", "multiply", "n", 2, 8, 1, 2, true},
    {"Rule 110, 4 steps", "rule number=110 steps=4", "n", 4, 16, 2, 1, false},
};

static bool find(struct lab_run *r, double *gates, size_t *depth,
                 const char *prefix, size_t i, long n, struct error *err) {
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "%s%s %s=%ld", prefix,
                       source[i].line, source[i].key, n);
  if (ok) {
    *gates = mpz_get_d(g.m->gates);
    *depth = g.m->depth;
  }
  gauge_clear(&g);
  return ok;
}

/* *ratio: by which the table's gates grow for each bit more, at the end. */
static bool add(struct lab_run *r, size_t i, double *deep, double *flat,
                double *ratio, struct error *err) {
  long most = r->is_quick ? source[i].to / 2 + 2 : source[i].to;
  size_t depth, two;
  exhibit_curve(&r->e, source[i].label);
  for (long n = source[i].from; n <= most; n += source[i].step) {
    double before = *flat, bits = (double)(source[i].step * source[i].bits);
    if (!find(r, deep, &depth, "", i, n, err) ||
        !find(r, flat, &two, "depth2:", i, n, err))
      return false;
    exhibit_row(&r->e, "%s|%ld|%zu|%.0f|%zu|%.0f", source[i].label,
                n * source[i].bits, depth, *deep, two, *flat);
    exhibit_point(&r->e, (double)(n * source[i].bits), *flat);
    *ratio = pow(*flat / before, 1 / bits);
  }
  return true;
}

/* The last rows of the table, of this source, as a curve. */
static void draw_circuit(struct exhibit *e, size_t i, size_t before) {
  const struct exhibit_table *t = &array_last(&e->tables);
  char label[60];
  snprintf(label, sizeof label, "%s, its circuit", source[i].label);
  exhibit_curve(e, label)->is_dashed = true;
  for (size_t at = before; at < t->cells.n; at += t->columns)
    exhibit_point(e, strtod(t->cells.at[at + 1], NULL),
                  strtod(t->cells.at[at + 3], NULL));
}

static bool run(struct lab_run *r, struct error *err) {
  exhibit_table(&r->e,
                "a function by its circuit, and in two levels by its table",
                "function|inputs|depth|gates|depth|gates by table");
  exhibit_panel(&r->e, "gates in two levels by the table, or as a circuit",
                "input bits", "gates")
      ->is_log_y = true;
  for (size_t i = 0; i < sizeof source / sizeof *source; i++) {
    double deep = 0, flat = 1, ratio = 1;
    size_t before = array_last(&r->e.tables).cells.n;
    lab_progress(r, i, sizeof source / sizeof *source);
    if (!add(r, i, &deep, &flat, &ratio, err))
      return false;
    if (source[i].is_drawn)
      draw_circuit(&r->e, i, before);
    exhibit_finding(&r->e, ratio > 1.3 && flat > 10 * deep,
                    "%s: the table takes %.0f gates instead of %.0f, and %.2f "
                    "times as many for each input bit more",
                    source[i].label, flat, deep, ratio);
  }
  return true;
}

const struct lab lab_universal_approximation = {
    .name = "universal-approximation",
    .title = "two levels do anything, at an exponential price",
    .claim = "Networks with one hidden layer approximate every function; that "
             "says nothing about how many units they need.",
    .source = "Cybenko 1989; Hornik 1989; Liu et al. 2025",
    .shows = "Read off its table any function has depth 2, with a gate "
             "wherever its output changes as inputs count up. This is the "
             "price of that construction, whose weights are powers of two; "
             "for products two levels of polynomial weights are known to need "
             "exponentially many gates (Hajnal et al. 1993), with any weights "
             "that is open, while majority, parity and sums have few.",
    .run = run,
};
