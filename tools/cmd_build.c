/* tc0 build: write the circuit to a file. */
#include "circuit/file.h"
#include "circuit/measure.h"
#include "tools/measure_document.h"
#include "tools/open.h"

#include <stdio.h>
#include <string.h>

static bool find_format(const struct arguments *a, const char *path,
                        enum circuit_format *f, struct error *err) {
  const char *to = option_value(a, "to");
  if (!path)
    return error_set(err, 0, "'build' needs a file: -o FILE.tc or FILE.tcb");
  if (!to && circuit_format_of_path(path, f))
    return true;
  if (!to)
    return error_set(err, 0, "'%s' ends in no known format: --to tc or tcb",
                     path);
  *f = strcmp(to, "tc") ? FORMAT_BINARY : FORMAT_TEXT;
  if (*f == FORMAT_BINARY && strcmp(to, "tcb"))
    return error_set(err, 0, "--to %s: must be tc or tcb", to);
  return true;
}

static void print_json(const struct source *s, const struct circuit *c,
                       const char *path) {
  struct document *d = document_new();
  struct measure m;
  measure_init(&m);
  circuit_measure(c, &m);
  measure_document(d, s->label, &m);
  document_text(d, "file", path);
  document_print(d, stdout);
  measure_clear(&m);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  enum circuit_format f;
  const char *path = option_value(a, "output");
  bool is_json = has_option(a, "json");
  bool ok = find_format(a, path, &f, &err);
  if (ok && is_json && !strcmp(path, "-"))
    ok = error_set(&err, 0, "--json and -o - both want standard output");
  if (!ok)
    return report(&err);
  ok = open_source(&s, a);
  if (ok) {
    err.file = path;
    ok = circuit_write_file(make_circuit(&s, a), path, f, &err);
    if (!ok)
      report(&err);
    else if (is_json)
      print_json(&s, make_circuit(&s, a), path);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_build = {
    .name = "build",
    .arguments = "SOURCE [key=value ...] -o FILE",
    .help = "write the circuit to a file",
    .about =
        "The end of the file's name says the format: .tc is text, .tcb a "
        "compact file\nwith a checksum. A file appears whole or not at all. - "
        "is standard output. --json\nprints what 'tc0 stats' does, and the "
        "file.",
    .options =
        (const struct option[]){
            {"output", 'o', "FILE", "where to"},
            {"to", 0, "FORMAT", "tc or tcb, whatever the file is called"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"build majority n=3 -o - --to tc",
             "circuit 1\ninput x[3]\noperation majority at_least\n"
             "$5 = x[0] + x[1] + x[2] >= 2\noutput y = $5\n"},
            {"build multiply n=8 -o multiply.tcb", NULL},
            {"build add n=4 -o add.tc --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
