#include "tests/analysis/measures.h"
#include "analysis/check.h"
#include "compile/program/certify.h"
#include "compile/program/count.h"

#include <check.h>

static void same(const char *line, const char *what, const mpz_t made,
                 const mpz_t counted) {
  if (mpz_cmp(made, counted))
    ck_abort_msg("%s: %s %s are made, %s counted", line, what,
                 mpz_get_str(NULL, 10, made), mpz_get_str(NULL, 10, counted));
}

void measures_compare(const char *line, const struct measure *m,
                      const struct measure *k) {
  same(line, "gates", m->gates, k->gates);
  same(line, "inner gates", m->gates_inner, k->gates_inner);
  same(line, "wires", m->wires, k->wires);
  same(line, "shared wires", m->wires_shared, k->wires_shared);
  same(line, "stored wires", m->wires_stored, k->wires_stored);
  same(line, "weight", m->weight, k->weight);
  const struct {
    const char *what;
    size_t made, counted;
  } pair[] = {{"depth", m->depth, k->depth},
              {"inner depth", m->depth_inner, k->depth_inner},
              {"ladders", m->ladders, k->ladders},
              {"weight bits", m->weight_bits, k->weight_bits},
              {"fan-in", m->fan_in, k->fan_in},
              {"inputs", m->inputs, k->inputs},
              {"outputs", m->outputs, k->outputs}};
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
    ck_assert_msg(pair[i].made == pair[i].counted,
                  "%s: %s %zu made, %zu counted", line, pair[i].what,
                  pair[i].made, pair[i].counted);
}

void measures_check_outputs(struct source *s, const char *name,
                            uint64_t vectors) {
  struct reference r;
  struct verdict v;
  const struct circuit *c = source_circuit(s);
  reference_init(&r, s);
  check_circuit(&v, c, &r, &(struct checking){.vectors = vectors, .seed = 7});
  ck_assert_msg(!v.mismatches, "%s: %lu of %lu differ", name,
                (unsigned long)v.mismatches, (unsigned long)v.vectors);
  verdict_clear(&v);
  reference_clear(&r);
}

void measures_check_count(struct source *s, const char *name,
                          struct measure *made) {
  struct count count;
  struct error err = {0};
  const struct instance *in = &s->instance;
  ck_assert_msg(
      program_count(&count, in->program, in->parameter, in->levels, &err),
      "%s: %s", name, err.message);
  circuit_measure(source_circuit(s), made);
  measures_compare(name, made, &count.m);
  count_clear(&count);
}

static void check_gates(const struct certificate *k, const char *name,
                        const long *parameter, const struct measure *made) {
  fmpz_t gates, of_made;
  fmpz_init(gates);
  fmpz_init(of_made);
  ck_assert(formula_value(&k->formulas, gates, k->of_gates, parameter));
  fmpz_set_mpz(of_made, made->gates_inner);
  ck_assert_msg(fmpz_cmp(of_made, gates) <= 0, "%s: more gates than %s", name,
                k->gates);
  fmpz_clear(gates);
  fmpz_clear(of_made);
}

struct measures_proof measures_check_proof(const struct source *s,
                                           const char *name,
                                           const struct measure *made) {
  struct certificate k;
  struct error err = {0};
  const struct instance *in = &s->instance;
  fmpz_t depth;
  fmpz_init(depth);
  ck_assert_msg(program_certify(&k, in->program, in->levels, &err), "%s: %s",
                name, err.message);
  ck_assert(formula_value(&k.formulas, depth, k.of_depth, in->parameter));
  struct measures_proof p = {k.is_constant, k.gates != NULL,
                             fmpz_get_si(depth)};
  ck_assert_msg(p.depth >= (long)made->depth_inner, "%s: depth %zu, proved %s",
                name, made->depth_inner, k.depth);
  if (k.gates)
    check_gates(&k, name, in->parameter, made);
  certificate_clear(&k);
  fmpz_clear(depth);
  return p;
}
