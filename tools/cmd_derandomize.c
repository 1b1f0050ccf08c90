/* tc0 derandomize: seeds that are right for every input, wired in. */
#include "analysis/derandomize.h"
#include "circuit/file.h"
#include "circuit/measure.h"
#include "tools/document.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/progress.h"
#include "tools/rational.h"

#include <stdio.h>
#include <string.h>

struct report {
  const struct source *s;
  const char *path; // of the circuit; or NULL
  struct chances chances;
  struct derandomizing d;
  uint64_t mismatches;
  struct measure of_one, m;
};

static bool find_seeds(struct report *r, const struct arguments *a,
                       struct source *s, struct error *err) {
  uint64_t replicas = 0;
  if (!option_count(a, "replicas", 1, 999999, false, &replicas, err))
    return false;
  if (has_option(a, "replicas") && replicas % 2 == 0)
    return error_set(err, 0,
                     "--replicas %llu: must be odd, or half could be for each",
                     (unsigned long long)replicas);
  circuit_measure(make_circuit(s, a), &r->of_one);
  progress_begin(a, "trying all seeds");
  bool ok = chances_find(&r->chances, s, progress_update, err);
  progress_end();
  return ok && derandomize(&r->d, s, &r->chances, replicas, err);
}

/* The vote with its seeds as constants, checked on all inputs, and its file. */
static bool finish(struct report *r, const struct arguments *a,
                   struct source *voted, struct error *err) {
  enum circuit_format format;
  if (!derandomizing_wire(&r->d, voted, err))
    return false;
  const struct circuit *c = make_circuit(voted, a);
  circuit_measure(c, &r->m);
  r->mismatches = derandomizing_check(c, &r->chances);
  if (!r->path)
    return true;
  err->file = r->path;
  return circuit_format_of_path(r->path, &format) &&
         circuit_write_file(c, r->path, format, err);
}

static void print_text(const struct report *r) {
  char *label = name_visible(r->s->label);
  const struct chances *c = &r->chances;
  printf("%s: error of one replica at most %llu/2^%u\n", label,
         (unsigned long long)chances_wrong(c, chances_worst(c)), c->seeds);
  free(label);
  printf("%lu seeds are right for all 2^%u inputs (the union bound asks for "
         "%lu):\n",
         r->d.k, c->inputs, r->d.bound);
  for (unsigned long i = 0; i < r->d.k; i++)
    printf("%s%llu", i ? " " : "", (unsigned long long)r->d.seed[i]);
  printf("\nverified on all inputs: %llu of %llu are wrong\n",
         (unsigned long long)r->mismatches, (unsigned long long)1 << c->inputs);
  gmp_printf("without random inputs: depth %zu, %Zd gates (one replica: inner "
             "depth %zu, %Zd inner gates)\n",
             r->m.depth, r->m.gates, r->of_one.depth_inner,
             r->of_one.gates_inner);
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  document_text(d, "source", r->s->label);
  struct document *seeds = document_list(d, "seeds");
  for (unsigned long i = 0; i < r->d.k; i++)
    document_add_count(seeds, r->d.seed[i]);
  document_whole(d, "k", (long)r->d.k);
  document_whole(d, "union_bound_k", (long)r->d.bound);
  document_digits_ui(d, "vectors", (size_t)1 << r->chances.inputs);
  document_digits_ui(d, "mismatches", r->mismatches);
  document_count(d, "depth", r->m.depth);
  document_count(d, "depth_inner_one", r->of_one.depth_inner);
  document_digits(d, "gates", r->m.gates);
  if (r->path)
    document_text(d, "file", r->path);
  document_print(d, stdout);
}

static bool check_path(const char *path, struct error *err) {
  enum circuit_format format;
  return !path || circuit_format_of_path(path, &format) ||
         error_set(err, 0, "-o %s: must end in .tc or .tcb", path);
}

/* With the seeds that were found; the status. */
static int wire(struct report *r, const struct arguments *a) {
  struct source voted;
  struct error err = {0};
  int status = STATUS_BAD;
  if (open_wrapped(&voted, a, "vote:", "replicas", r->d.k)) {
    if (!finish(r, a, &voted, &err)) {
      status = report(&err);
    } else {
      (has_option(a, "json") ? print_json : print_text)(r);
      status = r->mismatches ? STATUS_NO : STATUS_YES;
    }
  }
  source_clear(&voted);
  return status;
}

static int derandomize_source(const struct arguments *a, struct source *s) {
  struct error err = {0};
  struct report r = {.s = s, .path = option_value(a, "output")};
  int status;
  measure_init(&r.of_one);
  measure_init(&r.m);
  if (!check_path(r.path, &err) || !find_seeds(&r, a, s, &err))
    status = report(&err);
  else
    status = wire(&r, a);
  derandomizing_clear(&r.d);
  chances_clear(&r.chances);
  measure_clear(&r.of_one);
  measure_clear(&r.m);
  return status;
}

static int run(const struct arguments *a) {
  struct source s;
  int status = STATUS_BAD;
  if (open_source(&s, a) && can_wrap(a, "vote:", "replicas"))
    status = derandomize_source(a, &s);
  source_clear(&s);
  return status;
}

const struct command command_derandomize = {
    .name = "derandomize",
    .arguments = "SOURCE [key=value ...]",
    .help = "find seeds that are right for every input, and wire them in",
    .about =
        "Adleman's argument, carried out: some seeds for the replicas of a "
        "vote are right for\nall inputs. They are found by conditional "
        "expectations, for the fewest replicas that\ndo; with them as "
        "constants the circuit has no random inputs, and is checked on all\n"
        "others. Depth is that of a replica and one more.",
    .options =
        (const struct option[]){
            {"replicas", 0, "K", "as many; default: the fewest that do"},
            {"output", 'o', "FILE", "write the circuit: .tc or .tcb"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"derandomize fingerprint n=4",
             "fingerprint n=4: error of one replica at most 8/2^5\n"
             "3 seeds are right for all 2^8 inputs (the union bound asks for "
             "45):\n2 8 10\n"
             "verified on all inputs: 0 of 256 are wrong\n"
             "without random inputs: depth 4, 22 gates (one replica: inner "
             "depth 3, 21 inner gates)\n"},
            {"derandomize fingerprint n=8 --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
