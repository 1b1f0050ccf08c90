/* size.h - sizes that are expressions in a program's parameters

   Lengths of tensors, widths of integers and trip counts are written once, as
   n + 1 or ceil(log2 n), and mean a number when the parameters have values. So
   one program stands for all its sizes.

     struct sizes t = {0};
     size_id n = size_parameter(&t, "n", 8, 1, 1000);
     size_id width = size_add(&t, n, size_si(&t, 1));
     long value;
     if (size_value(&t, width, (const long[]){32}, &value)) ... // 33
     sizes_clear(&t);

   Equal expressions are one; constants are folded.
   Errors   a value that does not fit a long, or a quotient by 0, has none. */
#ifndef SIZE_H
#define SIZE_H

#include "circuit/array.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t size_id; // [0..nodes.n)

enum size_kind {
  SIZE_CONSTANT,
  SIZE_PARAMETER,
  SIZE_ADD,
  SIZE_SUB,
  SIZE_MUL,
  SIZE_DIV,  // rounded down
  SIZE_LOG2, // the least k with 2^k >= a; 0 for a <= 1
  SIZE_COPY  // a, as another axis of this length
};

struct size_node {
  enum size_kind kind;
  size_id a, b; // operands; both 0 where there are none
  long value;   // of a constant; a parameter's place in `parameters`
};

/* What a parameter may be. */
struct parameter {
  const char *name; // borrowed; outlives the sizes
  long standard, least, most;
};

struct sizes {
  ARRAY(struct size_node) nodes;
  ARRAY(struct parameter) parameters;
};

void sizes_clear(struct sizes *t);

size_id size_si(struct sizes *t, long value);
size_id size_parameter(struct sizes *t, const char *name, long standard,
                       long least, long most);
size_id size_add(struct sizes *t, size_id a, size_id b);
size_id size_sub(struct sizes *t, size_id a, size_id b);
size_id size_mul(struct sizes *t, size_id a, size_id b);
size_id size_div(struct sizes *t, size_id a, size_id b);
size_id size_log2(struct sizes *t, size_id a);
/* Equal to a, but no axis of length a is of this one. */
size_id size_copy(struct sizes *t, size_id a);

/* parameter[i] is the value of parameters.at[i]. */
bool size_value(const struct sizes *t, size_id s, const long *parameter,
                long *value);
/* As a formula, "(n+1)*ceil(log2(n))"; the caller frees it. */
char *size_text(const struct sizes *t, size_id s);

#endif
