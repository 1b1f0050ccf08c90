#include "tests/analysis/measures.h"

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
