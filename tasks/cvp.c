/* The value of a circuit that is itself an input: the prototype of a task with
   no better way known than gate after gate, as each may need the one before. */
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

/* The value of the wire that an index says, if there is such a one: the sum
   over wires of [2 (index - place) + wire = 1]. Depth 1, two gates a wire. */
static value_id read_wire(struct program *p, const char *name, value_id wires,
                          value_id places, value_id index) {
  value_id x[] = {index, places, wires};
  value_id at = program_combine(p, name, x, (const long[]){2, -2, 1}, 3, 0);
  at = program_table(p, name, at, (const long[]){0, 1, 0}, 3, 0);
  return program_sum(p, name, at);
}

/* One round is one gate: the number of its wire is carried on, and the wires,
   of which those to come are 0. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  struct sizes *t = &p->sizes;
  size_id n = family_size(p, &task_cvp, 0), g = family_size(p, &task_cvp, 1);
  size_id all = size_add(t, n, g), width = size_log2(t, all);
  size_id one = size_si(t, 1);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id a = program_input(p, "a", vector(g), width, false);
  value_id b = program_input(p, "b", vector(g), width, false);
  value_id to_come = program_places(p, "gates", g);
  value_id start[] = {
      x, program_combine(p, "to come", &to_come, (const long[]){0}, 1, 0)};
  value_id counted = program_places(p, "count", size_add(t, n, one));
  value_id carried[] = {program_concat(p, "wires", start, 2, 0),
                        program_slice(p, "first", counted, 0, n, one), a, b};
  value_id places = program_places(p, "places", all);
  struct composition c;
  program_begin_loop(p, &c, "gate", carried, 2, 2, g);
  value_id wires = c.argument[0], number = c.argument[1];
  value_id sum = program_add(p, "operands",
                             read_wire(p, "a", wires, places, c.argument[2]),
                             read_wire(p, "b", wires, places, c.argument[3]));
  value_id nand = program_table(p, "nand", sum, (const long[]){1, 0}, 2, 1);
  value_id here = program_table(p, "here", program_sub(p, "to", places, number),
                                (const long[]){0, 1, 0}, 3, -1);
  value_id put = program_multiply(p, "put", here, nand);
  value_id result[] = {
      program_add(p, "wires", wires, put),
      program_combine(p, "next", &number, (const long[]){1}, 1, 1)};
  program_end(p, &c, result, 2, result);
  program_output_bits(
      p, "y",
      program_slice(p, "last", result[0], 0, size_sub(t, all, one), one));
}

static bool check(const fmpz *value, struct error *err) {
  double g = (double)value[1], n = (double)value[0] + g;
  return task_check_wires(8 * g * n * (double)FLINT_BIT_COUNT((ulong)n), err);
}

/* From the last gate back, and only what it needs: a stack of gates whose
   operands are not known yet. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long n = value[0], g = value[1], depth = 0;
  const fmpz *index[] = {in + 1, in + 1 + g};
  signed char *known = malloc((size_t)(n + g));
  long *stack = malloc((size_t)(g + 1) * sizeof *stack);
  for (long i = 0; i < n + g; i++)
    known[i] = i < n ? (signed char)fmpz_tstbit(in, (ulong)i) : -1;
  stack[depth++] = n + g - 1;
  while (depth) {
    long wire = stack[depth - 1], waits = -1, ones = 0;
    for (int k = 0; k < 2; k++) {
      long from = index[k][wire - n];
      if (from < wire && known[from] < 0)
        waits = from;
      ones += from < wire && known[from] == 1;
    }
    if (waits >= 0) {
      stack[depth++] = waits;
    } else {
      known[wire] = ones < 2;
      depth--;
    }
  }
  fmpz_set_si(out, known[n + g - 1]);
  free(known);
  free(stack);
}

/* Gates that read recent wires, so that circuits are deep, or any wires. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  long n = value[0], g = value[1];
  uint64_t near = random_below(random, 2) ? 3 : UINT64_MAX;
  fmpz_zero(in);
  for (long i = 0; i < n; i++)
    if (random_below(random, 2))
      fmpz_setbit(in, (ulong)i);
  for (long i = 0; i < 2 * g; i++) {
    uint64_t wires = (uint64_t)(n + i % g);
    uint64_t back = random_below(random, wires < near ? wires : near);
    fmpz_set_ui(in + 1 + i, wires - 1 - back);
  }
}

const struct family task_cvp = {
    .name = "cvp",
    .about = "the value of a circuit of NAND gates, which is an input itself",
    .formula = "inner depth 2g; gate i = 0, 1, ... of it takes 4(n + i) + 1 "
               "gates",
    .parameters = {{"n", "inputs x of the circuit: wires 0..n - 1", 4, 1,
                    100000, .is_size = true},
                   {"g",
                    "gates; number i is wire n + i, of wires a[i] and b[i]; "
                    "one that is not there, or not yet, is 0",
                    4, 1, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity = {.class = "P-complete",
                   .says = "so no polylogarithmic depth unless P = NC; the "
                           "first problem of which that was shown",
                   .status = "conditional",
                   .source = "Ladner 1975"},
};
