#include "compile/front/config.h"
#include "compile/program/lower.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Every value, as each kind that it might be. */
static size_t walk(const struct json *v) {
  int64_t z;
  double x;
  bool b;
  size_t n = json_text(v) ? strlen(json_text(v)) : 0;
  n += json_to_integer(v, &z);
  n += json_to_real(v, &x);
  n += json_to_bool(v, &b);
  for (size_t i = 0; json_kind(v) == JSON_KIND_LIST && i < json_size(v); i++)
    n += walk(json_at(v, i));
  for (struct json_member m = json_first(v); m.key; m = json_next(v, m)) {
    if (json_find(v, m.key) != m.value)
      abort();
    n += walk(m.value);
  }
  return n;
}

static void count(const struct architecture *a) {
  mpz_t part[PARTS];
  for (int i = 0; i < PARTS; i++)
    mpz_init(part[i]);
  architecture_parameters(a, part);
  for (int i = 0; i < PARTS; i++) {
    if (mpz_sgn(part[i]) < 0)
      abort();
    mpz_clear(part[i]);
  }
}

/* All that lengths multiply to, so that a circuit is made in no time. */
static bool is_small(const struct architecture *a) {
  const long at[] = {a->layers, a->decoder_layers, a->width,  a->heads,
                     a->hidden, a->vocab,          a->inner,  a->state,
                     a->kernel, a->step_rank,      a->q_rank, a->kv_rank};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    if (at[i] > 4)
      return false;
  return a->positions < 10 && a->types < 5 && a->experts < 4 &&
         a->expert_hidden < 4 && a->shared < 3 && a->head_dim < 5 &&
         a->plain_dim < 5 && a->turned_dim < 5 && a->value_dim < 5;
}

static void make(const struct architecture *a,
                 const struct architecture_size *size) {
  struct program p;
  struct instance in;
  struct circuit c;
  struct error err = {0};
  program_init(&p);
  circuit_init(&c);
  architecture_build(&p, a, size);
  long *length = xcalloc(p.sizes.parameters.n, sizeof *length);
  for (size_t i = 0; i < p.sizes.parameters.n; i++)
    length[i] = p.sizes.parameters.at[i].standard;
  if (instance_init(&in, &p, length, &err))
    program_lower(&in, &c);
  else
    fuzz_check_error(&err);
  free(length);
  instance_clear(&in);
  circuit_clear(&c);
  program_clear(&p);
}

/* The bytes as JSON, and as an architecture, which has parameters, and a
   circuit if it is small. */
void fuzz(const uint8_t *data, size_t n) {
  const struct architecture_size size = {.n = 1, .targets = 1, .bits = 3};
  struct json *root;
  struct architecture a;
  struct error err = {0};
  if (!json_read_bytes(&root, data, n, CONFIG_MAX_BYTES, &err)) {
    fuzz_check_error(&err);
    return;
  }
  walk(root);
  if (!config_read(&a, root, &err))
    fuzz_check_error(&err);
  else {
    count(&a);
    if (!architecture_check(&a, &size, &err))
      fuzz_check_error(&err);
    else if (is_small(&a))
      make(&a, &size);
  }
  json_free(root);
}
