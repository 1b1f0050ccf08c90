/* pick: elements change places as a list says, and may be repeated. Depth 0,
   no gates. */
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <string.h>

struct pick {
  const uint32_t *from; // [elements of the result]: in the operand
  uint32_t most;        // the greatest of them
};

static void move_pick(struct reading *r, const struct step *s) {
  const struct pick *d = s->detail;
  value_id y = step_result(r, s), x = step_operand(r, s, 0);
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    reading_copy(r, y, j, x, d->from[j], 1);
}

static bool check_pick(const struct instance *in, const struct step *s,
                       struct error *err) {
  const struct pick *d = s->detail;
  size_t n = in->shape[program_operand(in->program, s, 0)].n;
  return !in->shape[program_result(in->program, s, 0)].n || d->most < n ||
         error_set(err, 0, "%s: element %u of %zu", s->name, d->most, n);
}

static void certify_pick(struct proof *k, const struct step *s) {
  fact_copy(k, proof_result(k, s, 0), proof_operand(k, s, 0));
  fact_flatten(k, proof_result(k, s, 0));
}

static const struct op pick = {.name = "pick",
                               .every = move_pick,
                               .certify = certify_pick,
                               .check = check_pick};

value_id program_pick(struct program *p, const char *name, value_id x,
                      struct dims dims, const uint32_t *from, size_t n) {
  struct pick *d = program_alloc(p, 1, sizeof *d);
  uint32_t *kept = program_alloc(p, n, sizeof *kept);
  for (size_t i = 0; i < n; i++) {
    kept[i] = from[i];
    if (from[i] > d->most)
      d->most = from[i];
  }
  d->from = kept;
  return program_step(p, &pick, name, &x, 1, dims, d);
}
