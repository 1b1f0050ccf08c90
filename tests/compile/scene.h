/* scene.h - random numbers of a circuit, with their values in plain arithmetic

   A scene is a description: integers of a few input bits, some of them drawn
   through a table, and operands that are sums of such. The same description is
   made into a circuit and evaluated in plain C, for every input.

     struct scene s;
     scene_init(&s, seed);
     number_mul(&s.c, &r, &s.x[0], &s.x[1]);
     scene_judge(&s, &r, 1, product);      // product(y, x) sets y[0] =
   x[0]*x[1] scene_clear(&s);

   Operands share ladders: tables are drawn from a few forms. */
#ifndef SCENE_H
#define SCENE_H

#include "compile/number.h"
#include "tests/naive.h"

enum {
  SCENE_INPUTS = 7,
  SCENE_FORMS = 3,
  SCENE_OPERANDS = 4,
  SCENE_RESULTS = 16
};

struct form {
  long weight[SCENE_INPUTS], constant;
  int table; // what the form's ladder holds
};

struct operand {
  long constant, weight[SCENE_INPUTS]; // of input bits
  long scale[SCENE_FORMS];             // of ladders, 0 for none, and
  int table[SCENE_FORMS];              // which function of the ladder
};

struct scene {
  struct circuit c;
  struct form form[SCENE_FORMS];
  struct operand operand[SCENE_OPERANDS];
  struct number ladder[SCENE_FORMS], x[SCENE_OPERANDS];
};

/* Functions of a small integer, [0..scene_tables); 0 is the identity. */
enum {
  SCENE_TABLES = 8
};
long scene_table(int table, long x);
struct function scene_function(const int *table);

/* Draw and make. The kind of operand is drawn as well: all input bits, all
   ladders, both, a single ladder, a bus, a constant. */
void scene_init(struct scene *s, unsigned seed);
void scene_clear(struct scene *s);

/* x[i] = value of operand i on these inputs, in plain arithmetic. */
void scene_values(const struct scene *s, unsigned inputs, long *x);

/* Assert, on every input, that r[i] has the value y[i] that `expected` makes of
   the operands' values (all zeros if it does not set it), and what else holds
   for every number. `context` is handed on. */
void scene_judge(const struct scene *s, const struct number *r, size_t n,
                 void (*expected)(mpz_t *y, const long *x, const void *context),
                 const void *context);

/* The invariants of struct number. */
void number_check(const struct circuit *c, const struct number *x);
void number_value(mpz_t y, const struct circuit *c, const struct number *x,
                  const bool *value);
/* Gates that numbers read, through any path. */
size_t number_gates(const struct circuit *c, const struct number *x, size_t n);
size_t number_idle_gates(const struct circuit *c, const struct number *x,
                         size_t n);
size_t number_depth(const struct circuit *c, const struct number *x, size_t n);

#endif
