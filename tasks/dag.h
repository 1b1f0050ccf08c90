/* dag.h - graphs of arithmetic that a task evaluates */
#ifndef DAG_H
#define DAG_H

#include <stdbool.h>

#include <flint/fmpz.h>

enum { // parameters
  DAG_N,
  DAG_BITS,
  DAG_KIND,
  DAG_GRAPH
};

enum { // in DAG_KIND
  DAG_SUMS,
  DAG_PRODUCTS,
  DAG_MIXED,
  DAG_STORY
};

struct dag_node {
  enum {
    DAG_SUM,
    DAG_PRODUCT,
    DAG_QUOTIENT // of a, rounded to the nearest, half up
  } kind;
  long a, b; // quantities are 0, 1, ..., nodes -1, -2, ...
  long divisor;
};

struct dag {
  struct dag_node *node; // each reads only such as come before it
  long nodes, quantities;
  bool *is_read; // by another node
};

enum {
  DAG_STORY_NODES = 8,
  DAG_STORY_QUANTITIES = 6,
  DAG_DIVISORS = 4
};

extern const long dag_divisors[DAG_DIVISORS];

/* Of parameters with DAG_MIXED or DAG_STORY. */
void dag_init(struct dag *g, const fmpz *value);
void dag_clear(struct dag *g);

#endif
