/* tc0 stats: depth and size in a line. */
#include "circuit/measure.h"
#include "tools/all_bases.h"
#include "tools/measure_document.h"
#include "tools/name_text.h"
#include "tools/open.h"

#include <stdio.h>

static void print_histogram(const char *name, const struct histogram *h,
                            bool is_by_bits) {
  printf("%s\n", name);
  for (size_t i = 0; i < h->count.n; i++) {
    char range[48];
    if (is_by_bits && i > 1)
      snprintf(range, sizeof range, "%zu..%zu", (size_t)1 << (i - 1),
               ((size_t)1 << i) - 1);
    else
      snprintf(range, sizeof range, "%zu", i);
    if (h->count.at[i])
      printf("  %-16s %zu\n", range, h->count.at[i]);
  }
}

static void add_histogram(struct document *d, const char *name,
                          const struct histogram *h) {
  struct document *list = document_list(d, name);
  for (size_t i = 0; i < h->count.n; i++)
    document_add_count(list, h->count.at[i]);
}

static void print_full(const struct circuit *c, struct document *d) {
  struct histograms h = {0};
  circuit_histograms(c, &h);
  if (d) {
    struct document *full = document_object(d, "histograms");
    add_histogram(full, "depth", &h.depth);
    add_histogram(full, "fan_in_bits", &h.fan_in);
    add_histogram(full, "weight_bits", &h.weight_bits);
    add_histogram(full, "rungs_bits", &h.rungs);
  } else {
    print_histogram("gates by depth", &h.depth, false);
    print_histogram("gates by fan-in", &h.fan_in, true);
    print_histogram("gates by bits of the longest weight", &h.weight_bits,
                    false);
    print_histogram("ladders by rungs", &h.rungs, true);
  }
  histograms_clear(&h);
}

static void print_line(const struct source *s, const struct measure *m) {
  char *label = name_visible(s->label);
  gmp_printf("%s: depth %zu (inner %zu), gates %Zd (inner %Zd), wires %Zd "
             "(shared %Zd), fan-in %zu, weight bits %zu, inputs %zu, outputs "
             "%zu\n",
             label, m->depth, m->depth_inner, m->gates, m->gates_inner,
             m->wires, m->wires_shared, m->fan_in, m->weight_bits, m->inputs,
             m->outputs);
  free(label);
}

/* With all bases there is one line for each, or a list in the document. */
static void print_stats(const struct arguments *a, struct source *s) {
  const struct circuit *c = make_circuit(s, a);
  struct document *d = has_option(a, "json") ? document_new() : NULL;
  struct measure m;
  struct all_bases b;
  bool is_all = has_all_bases(a);
  measure_init(&m);
  circuit_measure(c, &m);
  if (is_all)
    all_bases_measure(&b, c);
  if (d)
    measure_document(d, s->label, &m);
  else if (is_all)
    all_bases_print(&b, s->label);
  else if (has_option(a, "csv"))
    measure_csv(stdout, s->label, &m);
  else
    print_line(s, &m);
  if (has_option(a, "full"))
    print_full(c, d);
  if (d && is_all)
    all_bases_document(&b, d);
  if (d)
    document_print(d, stdout);
  if (is_all)
    all_bases_clear(&b);
  measure_clear(&m);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  if (has_all_bases(a) && (has_option(a, "csv") || has_option(a, "full"))) {
    error_set(&err, 0, "--basis all goes without --csv and --full");
    return report(&err);
  }
  bool ok = open_source(&s, a);
  if (ok)
    print_stats(a, &s);
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_stats = {
    .name = "stats",
    .arguments = "SOURCE [key=value ...]",
    .help = "depth and size in a line",
    .about = "Depth is the number of gates on the longest path to an output. "
             "The inner figures\nleave out gates made only so that an output "
             "is a bit. Wires are counted for\neach gate; shared ones once for "
             "all gates of a ladder. --basis all puts the circuit\nbeside the "
             "same one from majority gates, and from AND and OR.",
    .options =
        (const struct option[]){
            {"full", 0, NULL, "also gates by depth, fan-in and weight"},
            {"csv", 0, NULL, "print a header and a row"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"stats parity n=8",
             "parity n=8: depth 2 (inner 1), gates 5 (inner 4), wires 44 "
             "(shared 20), fan-in 12, weight bits 2, inputs 8, outputs 1\n"},
            {"stats examples/adder2.tc --full", NULL},
            {"stats multiply n=16 --json", NULL},
            {"stats add n=4 --basis all", NULL},
            {"stats multiply n=16 --basis all --json", NULL},
            {0},
        },
    .takes_source = true,
    .compares_bases = true,
    .run = run,
};
