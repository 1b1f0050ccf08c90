#include "circuit/array.h"
#include "circuit/random.h"
#include "tasks/dag.h"

#include <stdlib.h>

/* Ada picks q0 apples from each of q1 trees, Ben q2 apples from each of q3. A
   third of them all is made into juice, ten apples to a bottle. A bottle is
   sold for q4 coins. With these and the q5 that they had, how many has each of
   the two? */
static const struct dag_node story[DAG_STORY_NODES] = {
    {DAG_PRODUCT, 0, 1, 0},    {DAG_PRODUCT, 2, 3, 0},
    {DAG_SUM, -1, -2, 0},      {DAG_QUOTIENT, -3, 0, 3},
    {DAG_QUOTIENT, -4, 0, 10}, {DAG_PRODUCT, -5, 4, 0},
    {DAG_SUM, -6, 5, 0},       {DAG_QUOTIENT, -7, 0, 2},
};

const long dag_divisors[DAG_DIVISORS] = {2, 3, 10, 16};

/* A node before i of at most so much, rather one that none has read; or a
   quantity. */
static long draw_operand(const struct dag *g, const long *most, long i,
                         uint64_t *random, long limit) {
  long found = 0, chosen = (long)random_below(random, (uint64_t)g->quantities);
  for (long j = 0; j < i; j++)
    if (most[j] <= limit && (!g->is_read[j] || random_below(random, 4) == 0) &&
        random_below(random, (uint64_t)++found) == 0)
      chosen = -j - 1;
  return chosen;
}

static long reach_of(const long *most, long operand, long quantity) {
  return operand < 0 ? most[-operand - 1] : quantity;
}

/* Nodes of at most 4 quantity^2. A product is by the quantity of the same
   place, which no other is by, so that none is a square. */
static struct dag_node draw_node(const struct dag *g, const long *most, long i,
                                 uint64_t *random, long quantity) {
  long square = quantity * quantity;
  uint64_t kind = random_below(random, 3);
  struct dag_node x = {.kind = DAG_SUM, .b = i};
  x.a = draw_operand(g, most, i, random, 4 * square);
  long reach = reach_of(most, x.a, quantity);
  if (reach > 2 * square || (kind == DAG_QUOTIENT && reach >= 4)) {
    x.kind = DAG_QUOTIENT;
    do
      x.divisor = dag_divisors[random_below(random, DAG_DIVISORS)];
    while (2 * x.divisor > reach);
  } else if (kind == DAG_PRODUCT && reach <= 2 * quantity && x.a < 0) {
    x.kind = DAG_PRODUCT;
  } else {
    x.b = draw_operand(g, most, i, random, 2 * square);
    if (x.b == x.a)
      x.b = x.a == i ? g->quantities - 1 : i;
  }
  return x;
}

static void draw_graph(struct dag *g, const fmpz *value) {
  uint64_t random = (uint64_t)value[DAG_GRAPH];
  long quantity = (1L << value[DAG_BITS]) - 1;
  long *most = xcalloc((size_t)g->nodes, sizeof *most);
  for (long i = 0; i < g->nodes; i++) {
    struct dag_node x = draw_node(g, most, i, &random, quantity);
    long a = reach_of(most, x.a, quantity), b = reach_of(most, x.b, quantity);
    most[i] = x.kind == DAG_SUM       ? a + b
              : x.kind == DAG_PRODUCT ? a * b
                                      : (2 * a + x.divisor) / (2 * x.divisor);
    g->node[i] = x;
    if (x.a < 0)
      g->is_read[-x.a - 1] = true;
    if (x.b < 0 && x.kind != DAG_QUOTIENT)
      g->is_read[-x.b - 1] = true;
  }
  free(most);
}

void dag_init(struct dag *g, const fmpz *value) {
  *g = (struct dag){
      .nodes = value[DAG_KIND] == DAG_STORY ? DAG_STORY_NODES : value[DAG_N],
      .quantities = value[DAG_KIND] == DAG_STORY ? DAG_STORY_QUANTITIES
                                                 : value[DAG_N] + 1};
  g->node = xcalloc((size_t)g->nodes, sizeof *g->node);
  g->is_read = xcalloc((size_t)g->nodes, sizeof *g->is_read);
  if (value[DAG_KIND] == DAG_MIXED)
    draw_graph(g, value);
  else
    for (long i = 0; i < g->nodes; i++) {
      g->node[i] = story[i];
      g->is_read[i] = i + 1 < g->nodes;
    }
}

void dag_clear(struct dag *g) {
  free(g->node);
  free(g->is_read);
}
