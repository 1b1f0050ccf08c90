/* The tent map f(x) = min(2x, 2 - 2x) iterated T times, x -> [f^T(x) >= 1/2]
   for x = (a + b + c + 1/2) / 2^(T+1): no bit of a, b or c is a digit of x. It
   changes 2^T times as a + b + c goes from 0 to 2^(T+1) - 1.

   Depth is worth size here for gates that see the input as x alone. Then a
   level of w gates cuts each piece of the line, on which all gates before it
   are constant, into at most w + 1: after levels of w_1, ..., w_k gates, of
   which the last is the output, (w_1 + 1) ... (w_k + 1) >= 2^T + 1. So of one
   gate each T + 1 levels are the least (deep), and in two there are at least
   2^(T-1) + 1 gates (flat): both are reached. That this gap is between networks
   of any continuous piecewise polynomial units, and remains for approximation,
   is Telgarsky's theorem. But where the bits of the summands are seen (bits) an
   exclusive or of two digits is all that it takes: real numbers are what makes
   the function hard, not its many pieces. */
#include "circuit/error.h"
#include "tasks/task.h"

enum {
  DEEP,
  FLAT,
  BITS
};

enum {
  MOST_T = 1000,
  MOST_FLAT = 20 // their sums are drawn up one by one
};

static void find_digits(mpz_t y, const mpz_t x, const void *unused) {
  unsigned long rest = mpz_fdiv_ui(x, 4);
  (void)unused;
  mpz_set_ui(y, rest == 1 || rest == 2);
}

/* f((x + 1/2) / 4) >= 1/2 for x of 1 and 2 modulo 4. */
static const struct function last_fold = {find_digits, NULL, false};

/* 2^n. */
static value_id add_power(struct program *p, size_id n) {
  static const fmpz zeros[MOST_T] = {0}, one = 1;
  size_id last = size_si(&p->sizes, 1);
  value_id bits[] = {program_constant(p, "zeros", vector(n), zeros, MOST_T),
                     program_constant(p, "one", vector(last), &one, 1)};
  return program_pack(p, "half", program_concat(p, "bits of half", bits, 2, 0));
}

/* half * [x >= half * multiple / 2]. */
static value_id find_half(struct program *p, const char *name, value_id x,
                          value_id half, long multiple) {
  value_id rest = program_combine(p, "above", (value_id[]){x, half},
                                  (long[]){2, -multiple}, 2, 0);
  value_id is_above = program_at_least(p, name, rest, size_si(&p->sizes, 0));
  return program_multiply(p, "halves", half, is_above);
}

/* As f(x) = f(1 - x), f^T(x) = f(2^(T-1) x mod 1): a digit of x is taken off in
   each round. With a digit more than that f is found, from above. */
static value_id fold(struct program *p, value_id x, size_id T) {
  struct sizes *t = &p->sizes;
  struct composition l;
  value_id half = add_power(p, T), rest;
  program_begin_loop(p, &l, "fold", &x, 1, 0, size_sub(t, T, size_si(t, 1)));
  value_id upper = find_half(p, "digit", l.argument[0], half, 2);
  value_id next = program_combine(p, "rest", (value_id[]){l.argument[0], upper},
                                  (long[]){2, -2}, 2, 0);
  program_end(p, &l, &next, 1, &rest);
  value_id last = find_half(p, "last quarter", rest, half, 3);
  value_id sum = program_combine(p, "middle", (value_id[]){rest, half, last},
                                 (long[]){2, -1, -3}, 3, 0);
  return program_at_least(p, "tent", sum, size_si(t, 0));
}

/* The two lowest bits of v, or the one that it has, as a number. */
static value_id add_lowest(struct program *p, value_id v, size_id T) {
  struct sizes *t = &p->sizes;
  size_id n = size_sub(t, size_si(t, 2), size_div(t, size_si(t, 1), T));
  return program_pack(p, "lowest",
                      program_slice(p, "digits", v, 0, size_si(t, 0), n));
}

static void build(struct program *p, const fmpz *value) {
  size_id T = family_size(p, &task_tent, 0), one = size_si(&p->sizes, 1);
  value_id a = program_input_bits(p, "a", scalar(), T);
  value_id b = program_input_bits(p, "b", scalar(), T);
  value_id c = program_input(p, "c", scalar(), one, false);
  bool lowest = value[1] == BITS;
  value_id part[] = {lowest ? add_lowest(p, a, T) : program_pack(p, "a", a),
                     lowest ? add_lowest(p, b, T) : program_pack(p, "b", b), c};
  value_id x = program_combine(p, "x", part, (long[]){1, 1, 1}, 3, 0);
  program_output(p, "y",
                 value[1] == DEEP
                     ? fold(p, x, T)
                     : program_apply_gate(p, "tent", x, &last_fold));
}

static bool check(const fmpz *value, struct error *err) {
  return value[1] != FLAT || value[0] <= MOST_FLAT ||
         error_limit(err,
                     "method=flat takes 2^%ld gates for T = %ld; at most 2^%d "
                     "are made",
                     value[0] - 1, value[0], MOST_FLAT - 1);
}

/* Literally: x over `whole`, folded T times. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t x, whole;
  fmpz_init_set_ui(whole, 1);
  fmpz_init(x);
  fmpz_mul_2exp(whole, whole, (ulong)value[0] + 2);
  fmpz_add(x, in, in + 1);
  fmpz_add(x, x, in + 2);
  fmpz_add(x, x, x);
  fmpz_add_ui(x, x, 1);
  for (long i = 0; i < value[0]; i++) {
    fmpz_add(x, x, x);
    if (fmpz_cmp(x, whole) > 0) {
      fmpz_sub(x, x, whole);
      fmpz_sub(x, whole, x);
    }
  }
  fmpz_add(x, x, x);
  fmpz_set_si(out, fmpz_cmp(x, whole) >= 0);
  fmpz_clear(x);
  fmpz_clear(whole);
}

static const char *const methods[] = {"deep", "flat", "bits", NULL};

const struct family task_tent = {
    .name = "tent",
    .about =
        "is the tent map of (a + b + c + 1/2) / 2^(T+1), iterated T times, "
        "at least 1/2?",
    .formula = "deep: depth T + 1, T + 1 gates; flat: depth 2, 2^(T-1) + 1 "
               "gates, T <= 20; bits: depth 2, 3 gates; T = 1: depth 2, 2 "
               "gates",
    .parameters = {{"T", "iterations, bits of a and b", 8, 1, MOST_T,
                    .is_size = true},
                   {.name = "method",
                    .about = "of the sum x by digits, by all of its changes; "
                             "or of the lowest bits of the summands",
                    .standard = DEEP,
                    .most = BITS,
                    .choices = methods}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in AC0",
         .says = "of five bits; but gates that see x alone are at least k "
                 "times the k-th root of 2^T + 1, less k, in k levels, and "
                 "such a gap remains for networks that approximate it",
         .status = "proved",
         .source = "Telgarsky 2016"},
};
