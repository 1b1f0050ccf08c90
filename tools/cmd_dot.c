/* tc0 dot: a picture for Graphviz. */
#include "circuit/dot.h"
#include "circuit/file.h"
#include "tools/document.h"
#include "tools/open.h"

#include <stdio.h>
#include <string.h>

struct picture {
  const struct circuit *c;
  const struct dot_options *options;
  enum dot_view *drawn;
  struct error *err;
};

static bool write_picture(FILE *out, const void *context) {
  const struct picture *p = context;
  return dot_write(p->c, p->options, out, p->drawn, p->err);
}

static bool find_options(const struct arguments *a, struct dot_options *o,
                         struct error *err) {
  const char *view = option_value(a, "view");
  uint64_t most = 1000;
  *o = (struct dot_options){.critical = has_option(a, "critical"),
                            .cone = option_value(a, "cone")};
  while (view && o->view < DOT_VIEWS && strcmp(view, dot_view_names[o->view]))
    o->view++;
  if (o->view == DOT_VIEWS)
    return error_set(err, 0, "--view %s: must be gates, ladders or ops", view);
  if (!option_count(a, "max-nodes", 1, 100000000, true, &most, err))
    return false;
  o->max_nodes = most;
  return true;
}

/* To a file as a whole, or to standard output. */
static bool draw(const struct picture *p, const char *path) {
  struct error failed = {.file = path};
  if (!path)
    return write_picture(stdout, p);
  if (file_replace(path, write_picture, p, &failed))
    return true;
  if (!*p->err->message)
    *p->err = failed;
  return false;
}

static void print_json(const char *label, const char *view, const char *path) {
  struct document *d = document_new();
  document_text(d, "source", label);
  document_text(d, "view", view);
  document_text(d, "file", path);
  document_print(d, stdout);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  struct dot_options o;
  enum dot_view drawn;
  const char *path = option_value(a, "output");
  bool is_json = has_option(a, "json");
  bool ok = find_options(a, &o, &err);
  if (ok && is_json && (!path || !strcmp(path, "-")))
    ok = error_set(&err, 0, "--json needs -o FILE");
  if (!ok)
    return report(&err);
  ok = open_source(&s, a);
  if (ok) {
    struct picture p = {make_circuit(&s, a), &o, &drawn, &err};
    o.title = s.label;
    ok = draw(&p, path);
    if (!ok)
      report(&err);
    else if (is_json)
      print_json(s.label, dot_view_names[drawn], path);
    if (ok && drawn != o.view && !has_option(a, "quiet"))
      fprintf(stderr,
              "tc0: more than %zu nodes, so %s are drawn instead of %s; "
              "--max-nodes or --cone change that\n",
              o.max_nodes, dot_view_names[drawn], dot_view_names[o.view]);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_dot = {
    .name = "dot",
    .arguments = "SOURCE [key=value ...]",
    .help = "draw the circuit, for Graphviz",
    .about =
        "Inputs are at the left and what has the same depth is in one column. "
        "Gates show\ntheir threshold, wires their weight unless it is 1. A "
        "circuit of more nodes than\n--max-nodes is drawn as ladders, then as "
        "operations. Make a picture of it with\n'dot -Tsvg FILE > FILE.svg'.",
    .options =
        (const struct option[]){
            {"view", 0, "VIEW", "gates, ladders or ops; default gates"},
            {"max-nodes", 0, "N", "draw no more; default 1000"},
            {"cone", 0, "OUTPUT", "only what this output reads: s or s[3]"},
            {"critical", 0, NULL, "show the longest paths"},
            {"output", 'o', "FILE", "where to; default standard output"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"dot add n=2", NULL},
            {"dot examples/majority3.tc -o majority3.dot", NULL},
            {"dot multiply n=4 --cone p[3] --critical", NULL},
            {"dot multiply n=32 --view ops", NULL},
            {"dot add n=4 -o add.dot --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
