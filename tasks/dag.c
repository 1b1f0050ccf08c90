/* Arithmetic word problems, such as those of GSM8K (Cobbe et al. 2021), as
   graphs: quantities given as integers of some bits, and nodes that are sums,
   products, and quotients by constants, rounded to the nearest and half up.
   What is asked for is the sum of all nodes that no other reads.

   Additions need no gates, so that each run of them is one sum, and a table of
   what reads one ladder none either: a quotient of a quotient is free. So depth
   is the most products and quotients that follow one on the other, not the
   length of the solution:
     sums      adds up n + 1 quantities one after the other: one level, for bits
     products  multiplies one by n factors, each from 0 to 2, rounded: two
   levels a factor mixed     is drawn from its number: as deep as its longest
   such path, and one for the bits of a sum story     see below: eight steps in
   four levels */
#include "tasks/dag.h"
#include "circuit/error.h"
#include "tasks/task.h"

#include <stdlib.h>

#include <flint/fmpz_vec.h>

enum {
  MOST_N = 1000,
  MOST_MIXED = 200, // of which each has a place for each other
  MOST_BITS = 6
};

/* ---- The program ---- */

/* floor((2x + c) / 2c). */
static void divide(mpz_t y, const mpz_t x, const void *divisor) {
  unsigned long c = (unsigned long)*(const long *)divisor;
  mpz_mul_2exp(y, x, 1);
  mpz_add_ui(y, y, c);
  mpz_fdiv_q_ui(y, y, 2 * c);
}

/* The factor is in units of 2^(bits - 1); what does not fit is the most. */
static void scale(mpz_t y, const mpz_t x, const void *context) {
  const long *bits = context;
  const long unit = 1L << (*bits - 1), most = (1L << *bits) - 1;
  divide(y, x, &unit);
  if (mpz_cmp_si(y, most) > 0)
    mpz_set_si(y, most);
  if (mpz_sgn(y) < 0) // of no number here, but functions are of all
    mpz_set_ui(y, 0);
}

static void build_chain(struct program *p, const fmpz *value, value_id q,
                        size_id n) {
  struct composition l;
  struct sizes *t = &p->sizes;
  size_id one = size_si(t, 1);
  value_id y, next, x = program_slice(p, "start", q, 0, size_si(t, 0), one);
  value_id rest = program_slice(p, "steps", q, 0, one, n);
  x = program_reshape(p, "start", x, scalar());
  program_begin_loop(p, &l, "step", (value_id[]){x, rest}, 1, 1, n);
  if (value[DAG_KIND] == DAG_SUMS) {
    next = program_add(p, "sum", l.argument[0], l.argument[1]);
  } else {
    long *context = program_alloc(p, 1, sizeof *context);
    *context = value[DAG_BITS];
    struct function f = {scale, context, true};
    next = program_multiply(p, "product", l.argument[0], l.argument[1]);
    next = program_apply_bounded(p, "rounding", next, &f, 1,
                                 (1L << value[DAG_BITS]) - 1);
  }
  program_end(p, &l, &next, 1, &y);
  program_output(p, "y", y);
}

/* What each node is made of, as tensors of constants: a slice of each for every
   node, 1 where it reads a quantity, a node, or is of a kind. */
enum {
  A_QUANTITY,
  A_NODE,
  B_QUANTITY,
  B_NODE,
  PLACE,
  MATRICES,
  IS_SUM = MATRICES,
  IS_PRODUCT,
  IS_QUOTIENT,
  TENSORS = IS_QUOTIENT + DAG_DIVISORS
};

static void mark_operand(fmpz *quantity, fmpz *node, const struct dag *g,
                         long i, long operand) {
  if (operand < 0)
    node[i * g->nodes - operand - 1] = 1;
  else
    quantity[i * g->quantities + operand] = 1;
}

static void mark_node(fmpz *const *at, const struct dag *g, long i) {
  const struct dag_node *x = &g->node[i];
  mark_operand(at[A_QUANTITY], at[A_NODE], g, i, x->a);
  mark_operand(at[B_QUANTITY], at[B_NODE], g, i, x->b);
  at[PLACE][i * g->nodes + i] = 1;
  at[IS_SUM][i] = x->kind == DAG_SUM;
  at[IS_PRODUCT][i] = x->kind == DAG_PRODUCT;
  for (int k = 0; k < DAG_DIVISORS; k++)
    at[IS_QUOTIENT + k][i] =
        x->kind == DAG_QUOTIENT && x->divisor == dag_divisors[k];
}

static void add_constants(struct program *p, const struct dag *g, size_id n,
                          size_id quantities, value_id *tensor) {
  static const char *const name[] = {"a", "a", "b", "b", "place"};
  fmpz *at[TENSORS];
  size_t nodes = (size_t)g->nodes;
  for (int k = 0; k < TENSORS; k++)
    at[k] = xcalloc(nodes * (nodes + (size_t)g->quantities), sizeof **at);
  for (long i = 0; i < g->nodes; i++)
    mark_node(at, g, i);
  for (int k = 0; k < TENSORS; k++) {
    bool is_quantity = k == A_QUANTITY || k == B_QUANTITY;
    size_t columns = is_quantity ? (size_t)g->quantities : nodes;
    tensor[k] = k < MATRICES
                    ? program_constant(p, name[k],
                                       matrix(n, is_quantity ? quantities : n),
                                       at[k], nodes * columns)
                    : program_constant(p, "kind", vector(n), at[k], nodes);
    free(at[k]);
  }
}

/* What a node reads. */
static value_id add_operand(struct program *p, const char *name, value_id q,
                            value_id x, const value_id *is_read) {
  value_id part[] = {
      program_sum(p, name, program_multiply(p, name, is_read[0], q)),
      program_sum(p, name, program_multiply(p, name, is_read[1], x))};
  return program_add(p, name, part[0], part[1]);
}

static value_id add_node(struct program *p, value_id q, value_id x,
                         const value_id *t) {
  value_id a = add_operand(p, "a", q, x, t + A_QUANTITY);
  value_id b = add_operand(p, "b", q, x, t + B_QUANTITY);
  value_id part[2 + DAG_DIVISORS];
  long weight[2 + DAG_DIVISORS];
  part[0] = program_multiply(p, "sum", t[IS_SUM], program_add(p, "sum", a, b));
  part[1] = program_multiply(
      p, "product", program_multiply(p, "factor", t[IS_PRODUCT], a), b);
  for (int k = 0; k < DAG_DIVISORS; k++) {
    const struct function f = {divide, &dag_divisors[k], true};
    value_id x_k = program_multiply(p, "dividend", t[IS_QUOTIENT + k], a);
    part[2 + k] = program_apply(p, "quotient", x_k, &f, 1);
  }
  for (int k = 0; k < 2 + DAG_DIVISORS; k++)
    weight[k] = 1;
  return program_combine(p, "node", part, weight, 2 + DAG_DIVISORS, 0);
}

static void build_graph(struct program *p, const struct dag *g, value_id q,
                        size_id n, size_id quantities) {
  value_id tensor[TENSORS], operand[1 + TENSORS], y;
  fmpz *at = xcalloc((size_t)g->nodes, sizeof *at);
  struct composition l;
  add_constants(p, g, n, quantities, tensor);
  operand[0] = program_constant(p, "nothing", vector(n), at, (size_t)g->nodes);
  for (int k = 0; k < TENSORS; k++)
    operand[1 + k] = tensor[k];
  for (long i = 0; i < g->nodes; i++)
    at[i] = !g->is_read[i];
  value_id is_last =
      program_constant(p, "is last", vector(n), at, (size_t)g->nodes);
  program_begin_loop(p, &l, "node", operand, 1, TENSORS, n);
  value_id x = l.argument[0];
  value_id node = program_multiply(p, "place", l.argument[1 + PLACE],
                                   add_node(p, q, x, l.argument + 1));
  value_id next = program_add(p, "nodes", x, node);
  program_end(p, &l, &next, 1, &y);
  program_output(
      p, "y", program_sum(p, "total", program_multiply(p, "last", is_last, y)));
  free(at);
}

static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_dag, DAG_N);
  size_id quantities = size_add(&p->sizes, n, size_si(&p->sizes, 1));
  size_id bits = size_si(&p->sizes, value[DAG_BITS]);
  if (value[DAG_KIND] == DAG_STORY) {
    n = size_si(&p->sizes, DAG_STORY_NODES);
    quantities = size_si(&p->sizes, DAG_STORY_QUANTITIES);
  }
  value_id q = program_input(p, "q", vector(quantities), bits, false);
  if (value[DAG_KIND] <= DAG_PRODUCTS) {
    build_chain(p, value, q, n);
    return;
  }
  struct dag g;
  dag_init(&g, value);
  build_graph(p, &g, q, n, quantities);
  dag_clear(&g);
}

static bool check(const fmpz *value, struct error *err) {
  return value[DAG_KIND] != DAG_MIXED || value[DAG_N] <= MOST_MIXED ||
         error_limit(err, "n=%ld: kind=mixed has at most %d nodes",
                     value[DAG_N], MOST_MIXED);
}

/* ---- The answer: by recursion from what is asked for ---- */

struct solution {
  const struct dag *g;
  const fmpz *given;
  fmpz *node;
  bool *is_solved;
};

static const fmpz *solve(struct solution *s, long i) {
  if (i >= 0)
    return s->given + i;
  long k = -i - 1;
  const struct dag_node *x = &s->g->node[k];
  if (s->is_solved[k])
    return s->node + k;
  fmpz *y = s->node + k;
  const fmpz *a = solve(s, x->a);
  if (x->kind == DAG_SUM) {
    fmpz_add(y, a, solve(s, x->b));
  } else if (x->kind == DAG_PRODUCT) {
    fmpz_mul(y, a, solve(s, x->b));
  } else {
    ulong left = fmpz_fdiv_ui(a, (ulong)x->divisor);
    fmpz_fdiv_q_si(y, a, x->divisor);
    if (2 * left >= (ulong)x->divisor)
      fmpz_add_ui(y, y, 1);
  }
  s->is_solved[k] = true;
  return y;
}

static void solve_graph(const fmpz *value, const fmpz *in, fmpz *out) {
  struct dag g;
  dag_init(&g, value);
  struct solution s = {&g, in, _fmpz_vec_init(g.nodes),
                       xcalloc((size_t)g.nodes, sizeof *s.is_solved)};
  fmpz_zero(out);
  for (long i = 0; i < g.nodes; i++)
    if (!g.is_read[i])
      fmpz_add(out, out, solve(&s, -i - 1));
  _fmpz_vec_clear(s.node, g.nodes);
  free(s.is_solved);
  dag_clear(&g);
}

/* Factors or terms, after where they start. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long n = value[DAG_N], unit = 1L << (value[DAG_BITS] - 1),
       most = 2 * unit - 1;
  if (value[DAG_KIND] == DAG_SUMS) {
    _fmpz_vec_sum(out, in, n + 1);
  } else if (value[DAG_KIND] == DAG_PRODUCTS) {
    long y = (long)in[0];
    for (long i = 1; i <= n; i++) {
      long product = y * (long)in[i], whole = product / unit;
      y = whole + (product % unit * 2 >= unit);
      y = y > most ? most : y;
    }
    fmpz_set_si(out, y);
  } else {
    solve_graph(value, in, out);
  }
}

static const char *const kinds[] = {"sums", "products", "mixed", "story", NULL};

const struct family task_dag = {
    .name = "dag",
    .about = "an arithmetic word problem as a graph of its steps",
    .formula = "inner depth: sums 1; products 2n, n(bits^2 + 2^bits - 1) "
               "gates; mixed its longest path, at most n + 1; story 4; nodes "
               "that are sums take none",
    .parameters =
        {{"n", "steps; of no meaning for story", 16, 1, MOST_N,
          .is_size = true},
         {"bits", "of each quantity", 4, 2, MOST_BITS, .is_size = false},
         {.name = "kind",
          .about = "chains of sums or of rounded products, a drawn graph, "
                   "or a story in eight steps",
          .standard = DAG_MIXED,
          .most = DAG_STORY,
          .choices = kinds},
         {"graph", "which one is drawn", 1, 0, 1000000, .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says = "where the graph is an input and values are bounded: products "
                 "of bits are ANDs, rounded halves of sums ORs; so it has no "
                 "constant depth unless TC0 = P",
         .status = "conditional",
         .source = "Goldschlager 1977"},
};
