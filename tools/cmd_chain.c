/* tc0 chain: a source applied again and again, one circuit. */
#include "circuit/measure.h"
#include "compile/program/certify.h"
#include "tools/document.h"
#include "tools/name_text.h"
#include "tools/open.h"

#include <stdio.h>

struct report {
  const struct source *s; // the chain
  uint64_t steps;
  struct measure one, chain;
  struct certificate certificate;
  bool is_certified;
  struct error why_not;
};

static void print_text(const struct report *r) {
  char *label = name_visible(r->s->label);
  puts(label);
  free(label);
  gmp_printf("one step: inner depth %zu, %Zd inner gates\n", r->one.depth_inner,
             r->one.gates_inner);
  gmp_printf("%llu steps: depth %zu (inner %zu), %Zd gates (inner %Zd)\n",
             (unsigned long long)r->steps, r->chain.depth, r->chain.depth_inner,
             r->chain.gates, r->chain.gates_inner);
  if (!r->is_certified)
    printf("no certificate: %s\n", r->why_not.message);
  else
    printf("for every number of steps, 'times': inner depth at most %s%s%s "
           "(proved)\n",
           r->certificate.depth, r->certificate.gates ? ", gates at most " : "",
           r->certificate.gates ? r->certificate.gates : "");
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  document_text(d, "source", r->s->label);
  document_whole(d, "steps", (long)r->steps);
  document_count(d, "depth", r->chain.depth);
  document_count(d, "depth_inner", r->chain.depth_inner);
  document_digits(d, "gates", r->chain.gates);
  document_digits(d, "gates_inner", r->chain.gates_inner);
  document_count(d, "depth_one", r->one.depth);
  document_count(d, "depth_inner_one", r->one.depth_inner);
  document_digits(d, "gates_one", r->one.gates);
  if (r->is_certified) {
    struct document *c = document_object(d, "certificate");
    document_text(c, "depth", r->certificate.depth);
    if (r->certificate.gates)
      document_text(c, "gates", r->certificate.gates);
  } else {
    document_null(d, "certificate");
  }
  document_print(d, stdout);
}

static void fill(struct report *r, const struct arguments *a,
                 struct source *chain) {
  circuit_measure(make_circuit(chain, a), &r->chain);
  r->is_certified = program_certify(&r->certificate, chain->instance.program,
                                    chain->instance.levels, &r->why_not);
  (has_option(a, "json") ? print_json : print_text)(r);
  if (r->is_certified)
    certificate_clear(&r->certificate);
}

static int run(const struct arguments *a) {
  struct source s, chain;
  struct error err = {0};
  struct report r = {.s = &chain, .steps = 8};
  int status = STATUS_BAD;
  if (!option_count(a, "steps", 1, 1000000, false, &r.steps, &err))
    return report(&err);
  measure_init(&r.one);
  measure_init(&r.chain);
  if (open_source(&s, a)) {
    circuit_measure(make_circuit(&s, a), &r.one);
    if (open_wrapped(&chain, a, "chain:", "times", r.steps)) {
      fill(&r, a, &chain);
      status = STATUS_YES;
    }
    source_clear(&chain);
  }
  source_clear(&s);
  measure_clear(&r.one);
  measure_clear(&r.chain);
  return status;
}

const struct command command_chain = {
    .name = "chain",
    .arguments = "SOURCE [key=value ...]",
    .help = "a source applied again and again, as one circuit",
    .about =
        "Outputs become the inputs of the next step, as numbers, so that no "
        "gates are made\nbetween steps; inputs for which there is no output "
        "stay the same, and random ones\nare drawn anew. 'tc0 build "
        "chain:SOURCE times=T' writes the circuit, and every\ncommand that "
        "takes a source takes such a one.",
    .options =
        (const struct option[]){
            {"steps", 0, "T", "how often; default 8"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"chain rule number=110 n=16 steps=1 --steps 20",
             "chain:rule number=110 n=16 steps=1 times=20\n"
             "one step: inner depth 1, 32 inner gates\n"
             "20 steps: depth 21 (inner 20), 656 gates (inner 640)\n"
             "for every number of steps, 'times': inner depth at most "
             "steps*times, gates at most 2*n*steps*times (proved)\n"},
            {0},
        },
    .takes_source = true,
    .run = run,
};
