#include "tasks/task.h"

/* What a gas of k particles of mass 1 in a flat box is like as a whole: its
   energy as the sum of squared speeds, its flow as the sum of velocities, and
   its pressure by the law of ideal gases. With temperature T in units of energy
   the mean of a particle's v^2 / 2 in two directions, P * area = k * T, so
     P = floor(sum of v^2 / (2 * area)).
   Sums are free, so all are at depth 1 or 2 whatever k is. Beside it balls2d is
   where each particle is: of the same gas, what grows with time. */

static void call_pressure(mpz_t y, const mpz_t energy, const void *area) {
  mpz_fdiv_q_ui(y, energy, 2 * *(const unsigned long *)area);
}

static void build(struct program *p, const fmpz *value) {
  size_id k = family_size(p, &task_gas, 0), bits = family_size(p, &task_gas, 1);
  static const char *const names[] = {"vx", "vy"}, *const flows[] = {"px",
                                                                     "py"};
  unsigned long *area = program_alloc(p, 1, sizeof *area);
  *area = (unsigned long)value[2];
  value_id v[2], sum[2];
  for (int i = 0; i < 2; i++)
    v[i] = program_input(p, names[i], vector(k), bits, true);
  for (int i = 0; i < 2; i++)
    sum[i] =
        program_sum(p, "energy", program_multiply(p, "squares", v[i], v[i]));
  value_id energy = program_add(p, "energy", sum[0], sum[1]);
  program_output(p, "energy", energy);
  for (int i = 0; i < 2; i++)
    program_output(p, flows[i], program_sum(p, "flow", v[i]));
  program_output(p, "pressure",
                 program_apply(p, "pressure", energy,
                               &(struct function){call_pressure, area, true},
                               1));
}

static bool check(const fmpz *value, struct error *err) {
  double k = (double)value[0], bits = (double)value[1];
  double most = k * (double)(1L << (2 * value[1] - 1)); // of the energy
  double bands = most / (2 * (double)value[2]);
  if (bands > 1 << 20)
    return error_limit(err, "pressures up to %.3g; at most %d are made", bands,
                       1 << 20);
  return task_check_wires(k * bits * bits * 2 * bits + bands, err);
}

/* v^2 = (v - 1)(v + 1) + 1; the quotient by long division. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong k = value[0];
  for (int i = 0; i < 4; i++)
    fmpz_zero(out + i);
  for (slong i = 0; i < 2 * k; i++) {
    slong v = fmpz_get_si(in + i);
    fmpz_add_si(out, out, (v - 1) * (v + 1) + 1);
    fmpz_add_si(out + 1 + i / k, out + 1 + i / k, v);
  }
  slong rest = fmpz_get_si(out), unit = 2 * value[2];
  for (int b = 62 - (int)FLINT_BIT_COUNT((ulong)unit); b >= 0; b--)
    if (rest >= unit << b) {
      rest -= unit << b;
      fmpz_setbit(out + 3, (ulong)b);
    }
}

const struct family task_gas = {
    .name = "gas",
    .about = "energy, flow and pressure of k particles from their velocities",
    .formula = "inner depth 2, whatever k: the squares of b bits by b(b-1)/2 "
               "gates each, the pressure by one for each of its values",
    .parameters = {{"k", "particles", 8, 1, 100000, .is_size = true},
                   {"bits", "of vx and of vy, signed", 4, 1, 15,
                    .is_size = true},
                   {"area", "of the box", 64, 1, 1000000000, .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "sums of squares, and a quotient by a constant",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
