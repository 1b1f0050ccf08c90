/* places: 0, 1, 2, ... for any length. Depth 0, no gates: they are constants.
 */
#include "compile/number.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

static void run_places(struct reading *r, const struct step *s) {
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_ui(y + j, j);
}

static void lower_places(struct reading *r, const struct step *s) {
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    number_set_si(y + j, (long)j);
}

static void certify_places(struct proof *k, const struct step *s) {
  struct fact *y = proof_result(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  y->is_constant = y->is_ladder = true;
  fmpz_mpoly_zero(y->rungs, k->f->ring);
  proof_elements(k, n, program_result(k->p, s, 0));
  proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op places = {.name = "places",
                                 .run = run_places,
                                 .lower = lower_places,
                                 .certify = certify_places,
                                 .is_free = true};

value_id program_places(struct program *p, const char *name, size_id n) {
  return program_step(p, &places, name, NULL, 0, vector(n), NULL);
}
