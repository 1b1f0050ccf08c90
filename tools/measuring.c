#include "tools/measuring.h"
#include "tools/open.h"

#include <string.h>

/* Beyond, sources are counted: stored wires and rungs; wires of sums, each of
   which is looked at though few are stored, as those of a token among a
   vocabulary; outputs, which take time even where no gates are made for them.
 */
#define MADE_MOST 20000000
#define MADE_MOST_SHARED 100000000
#define MADE_MOST_OUTPUTS 1000000
#define MADE_MOST_PARAMETERS 1000000 // of a config, also of what is constant

const char *const measuring_names[] = {"auto", "made", "counted"};

bool measuring_option(const struct arguments *a, enum measuring_method *how,
                      struct error *err) {
  const char *name = option_value(a, "method");
  *how = METHOD_AUTO;
  while (name && *how <= METHOD_COUNTED && strcmp(name, measuring_names[*how]))
    ++*how;
  return *how <= METHOD_COUNTED ||
         error_set(err, 0, "--method %s: must be auto, made or counted", name);
}

/* Folded axes make it worth while to count first. */
static bool may_count(const struct source *s) {
  return source_has_program(s) && s->basis == BASIS_THRESHOLD &&
         s->instance.program->exchanges.n;
}

static bool is_large(const struct measure *m) {
  mpz_t size;
  mpz_init(size);
  mpz_add(size, m->wires_stored, m->gates);
  bool large = mpz_cmp_ui(size, MADE_MOST) > 0 ||
               mpz_cmp_ui(m->wires_shared, MADE_MOST_SHARED) > 0 ||
               m->outputs > MADE_MOST_OUTPUTS;
  mpz_clear(size);
  return large;
}

/* Weights that a circuit leaves out take as long: 4 bits of BERT, whose norms
   are constant, have no gates. */
static bool has_many_parameters(const struct source *s) {
  mpz_t all;
  if (s->kind != SOURCE_CONFIG)
    return false;
  mpz_init(all);
  architecture_all_parameters(&s->architecture, all);
  bool many = mpz_cmp_ui(all, MADE_MOST_PARAMETERS) > 0;
  mpz_clear(all);
  return many;
}

/* Counts of a source that can be counted, in place of its circuit's. */
static bool count(struct measuring *r, const struct source *s,
                  struct error *err) {
  const struct instance *in = &s->instance;
  if (!source_has_program(s))
    return error_set(err, 0, "a circuit file cannot be counted: it is made");
  if (s->basis != BASIS_THRESHOLD)
    return error_set(err, 0, "only the threshold basis can be counted");
  return program_count(&r->count, in->program, in->parameter, in->levels, err);
}

static void make(struct measuring *r, struct source *s,
                 const struct arguments *a) {
  measure_init(&r->m);
  const struct circuit *c = make_circuit(s, a);
  circuit_measure(c, &r->m);
  circuit_measure_operations(c, &r->operations);
  r->method = METHOD_MADE;
}

bool measuring_find(struct measuring *r, struct source *s,
                    const struct arguments *a, enum measuring_method how,
                    struct error *err) {
  memset(r, 0, sizeof *r);
  bool wanted = how == METHOD_COUNTED;
  bool tried = wanted || (how == METHOD_AUTO && may_count(s));
  bool counted = tried && count(r, s, err);
  if (wanted && !counted) {
    count_clear(&r->count);
    return false;
  }
  if (counted && (wanted || is_large(&r->count.m) || has_many_parameters(s))) {
    r->m = r->count.m;
    r->operations = r->count.operations;
    r->method = METHOD_COUNTED;
    return true;
  }
  if (tried)
    count_clear(&r->count);
  make(r, s, a);
  return true;
}

void measuring_clear(struct measuring *r) {
  if (r->method == METHOD_COUNTED) {
    count_clear(&r->count);
    return;
  }
  operation_measures_clear(&r->operations);
  measure_clear(&r->m);
}
