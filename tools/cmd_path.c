/* tc0 path: the longest paths. */
#include "circuit/path.h"
#include "tools/document.h"
#include "tools/open.h"

#include <stdio.h>

/* "x[3]" for a bit of an input bus, a gate's own name, or its number. */
static void bit_text(const struct circuit *c, bit_id b, char *text, size_t n) {
  const char *name = circuit_bit_name(c, b);
  if (name) {
    snprintf(text, n, "%s", name);
    return;
  }
  for (size_t i = 0; i < c->input_buses.n && circuit_is_input(c, b); i++) {
    const struct bus *bus = &c->input_buses.at[i];
    for (size_t k = 0; k < bus->values * bus->width; k++)
      if (c->inputs.at[bus->first_bit + k] == b) {
        if (bus->values > 1)
          snprintf(text, n, "%s[%zu][%zu]", bus->name, k / bus->width,
                   k % bus->width);
        else
          snprintf(text, n, "%s[%zu]", bus->name, k);
        return;
      }
  }
  if (b <= BIT_ONE)
    snprintf(text, n, "%d", b == BIT_ONE);
  else
    snprintf(text, n, "$%u", (unsigned)b);
}

static void print_bit(const struct circuit *c, bit_id b, size_t depth) {
  char name[80];
  bit_text(c, b, name, sizeof name);
  const struct operation *o = circuit_operation(c, c->bits.at[b].ladder);
  if (!circuit_is_gate(c, b))
    printf("%5zu  %-16s input\n", depth, name);
  else
    printf("%5zu  %-16s %s%s%s\n", depth, name, o ? o->name : "gate",
           o && *o->kind ? ", " : "", o ? o->kind : "");
}

static void add_bit(const struct circuit *c, bit_id b, struct document *list) {
  char name[80];
  bit_text(c, b, name, sizeof name);
  const struct operation *o = circuit_operation(c, c->bits.at[b].ladder);
  struct document *item = document_item(list);
  document_text(item, "bit", name);
  document_text(item, "operation", circuit_is_gate(c, b) && o ? o->name : "");
  document_text(item, "kind", circuit_is_gate(c, b) && o ? o->kind : "input");
}

static void print_paths(const struct circuit *c, const struct paths *p,
                        const char *label, bool is_json) {
  struct document *d = is_json ? document_new() : NULL;
  struct document *list = d ? document_list(d, "paths") : NULL;
  if (d)
    document_text(d, "source", label);
  for (size_t i = 0; i < p->all.n; i++) {
    const struct path *path = &p->all.at[i];
    struct document *bits =
        d ? document_list(document_item(list), "bits") : NULL;
    if (!d)
      printf("%spath %zu of %s: %zu gates\n", i ? "\n" : "", i + 1, label,
             path->n - 1);
    for (size_t k = 0; k < path->n; k++) {
      if (d)
        add_bit(c, path->bits[k], bits);
      else
        print_bit(c, path->bits[k], k);
    }
  }
  if (d)
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
    const struct circuit *c = source_circuit(&s);
    circuit_paths(c, most, &p);
    print_paths(c, &p, s.label, has_option(a, "json"));
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
