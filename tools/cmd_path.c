/* tc0 path: the longest paths. */
#include "circuit/label.h"
#include "circuit/path.h"
#include "tools/document.h"
#include "tools/name_text.h"
#include "tools/open.h"

#include <stdio.h>
#include <stdlib.h>

static const char *leaf_text(const struct circuit *c, bit_id b) {
  return circuit_is_input(c, b) ? "input" : "constant";
}

static void print_bit(const struct circuit *c, bit_id b, size_t depth) {
  const struct operation *o = circuit_operation(c, c->bits.at[b].ladder);
  char *label = circuit_label(c, b), *bit = name_visible(label);
  char *name = name_visible(o ? o->name : "gate");
  char *kind = name_visible(o ? o->kind : "");
  if (!circuit_is_gate(c, b))
    printf("%5zu  %-16s %s\n", depth, bit, leaf_text(c, b));
  else
    printf("%5zu  %-16s %s%s%s\n", depth, bit, name, *kind ? ", " : "", kind);
  free(kind);
  free(name);
  free(bit);
  free(label);
}

static void add_bit(const struct circuit *c, bit_id b, struct document *list) {
  const struct operation *o = circuit_operation(c, c->bits.at[b].ladder);
  struct document *item = document_item(list);
  char *label = circuit_label(c, b);
  document_text(item, "bit", label);
  free(label);
  document_text(item, "operation", circuit_is_gate(c, b) && o ? o->name : "");
  document_text(item, "kind",
                circuit_is_gate(c, b) ? (o ? o->kind : "") : leaf_text(c, b));
}

static void print_text(const struct circuit *c, const struct paths *p,
                       const char *label) {
  char *text = name_visible(label);
  for (size_t i = 0; i < p->all.n; i++) {
    const struct path *path = &p->all.at[i];
    printf("%spath %zu of %s: %zu gate%s\n", i ? "\n" : "", i + 1, text,
           path->n - 1, path->n == 2 ? "" : "s");
    for (size_t k = 0; k < path->n; k++)
      print_bit(c, path->bits[k], k);
  }
  free(text);
}

static void print_json(const struct circuit *c, const struct paths *p,
                       const char *label) {
  struct document *d = document_new();
  document_text(d, "source", label);
  struct document *list = document_list(d, "paths");
  for (size_t i = 0; i < p->all.n; i++) {
    const struct path *path = &p->all.at[i];
    struct document *bits = document_list(document_item(list), "bits");
    for (size_t k = 0; k < path->n; k++)
      add_bit(c, path->bits[k], bits);
  }
  document_print(d, stdout);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  uint64_t most = 1;
  if (!option_count(a, "most", 1, 1000000, false, &most, &err))
    return report(&err);
  bool ok = open_source(&s, a);
  if (ok) {
    struct paths p = {0};
    const struct circuit *c = make_circuit(&s, a);
    circuit_paths(c, most, &p);
    (has_option(a, "json") ? print_json : print_text)(c, &p, s.label);
    paths_clear(&p);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_path = {
    .name = "path",
    .arguments = "SOURCE [key=value ...]",
    .help = "the longest paths, with the operations on them",
    .about = "Each line is a bit: its depth on the path, its name or number, "
             "and the operation\nthat it came from.",
    .options =
        (const struct option[]){
            {"most", 'k', "N", "print at most N different paths; default 1"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"path rule number=110 n=8 steps=3", NULL},
            {"path examples/adder2.tc -k 4", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
