/* The value of a formula x_1 o x_2 o ... o x_n, bracketed as a balanced tree,
   where each o is AND or OR as an input says. A circuit of logarithmic depth is
   such a formula, so this is as hard as all of these. */
#include "circuit/random.h"
#include "tasks/task.h"

/* [a + b + k >= 2] is AND for k = 0 and OR for k = 1: one gate a node. Each
   part of the formula goes with the kind that stands behind it. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  struct sizes *t = &p->sizes;
  size_id n = family_size(p, &task_formula, 0), one = size_si(t, 1);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id k = program_input_bits(p, "k", scalar(), size_sub(t, n, one));
  value_id kinds[] = {k, program_places(p, "nothing", one)};
  value_id parts[] = {x, program_concat(p, "kinds", kinds, 2, 0)};
  struct composition c;
  program_begin_tree(p, &c, "value", parts, 2, n);
  value_id sum[] = {c.argument[0], c.argument[2], c.argument[1]};
  value_id all = program_combine(p, "all", sum, (const long[]){1, 1, 1}, 3, 0);
  value_id result[] = {program_at_least(p, "node", all, size_si(t, 2)),
                       c.argument[3]};
  program_end(p, &c, result, 2, result);
  program_output(p, "y", result[0]);
}

/* How many leaves the left part of n has: pairs are joined from the left, so it
   is the greatest power of two below n. */
static long left_part(long n) {
  long left = 1;
  while (2 * left < n)
    left *= 2;
  return left;
}

/* The value of leaves [from..from + n), no further than it takes to know it. */
static bool evaluate(const fmpz *in, long from, long n) {
  if (n == 1)
    return fmpz_tstbit(in, (ulong)from);
  long left = left_part(n);
  bool is_or = fmpz_tstbit(in + 1, (ulong)(from + left - 1));
  return evaluate(in, from, left) == is_or
             ? is_or
             : evaluate(in, from + left, n - left);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_set_si(out, evaluate(in, 0, value[0]));
}

const struct family task_formula = {
    .name = "formula",
    .about = "the value of a balanced formula of AND and OR, which is an input",
    .formula = "depth ceil(log2 n), n - 1 gates: d and 2^d - 1 for n = 2^d",
    .parameters = {{"n",
                    "leaves x; bit i of k is the gate between leaves i and i + "
                    "1: 0 for AND, 1 for OR",
                    8, 2, 1000000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "NC1-complete",
                   .says = "so it has no constant depth unless TC0 = NC1",
                   .status = "conditional",
                   .source = "Buss 1987"},
};
