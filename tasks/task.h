/* task.h - problems as families of circuits, each with a reference answer

   A task is one file with one constant (compile/program/family.h), and one line
   here. Its circuit comes from the program that `build` writes; `answer` knows
   the problem from outside and shares nothing with it. */
#ifndef TASK_H
#define TASK_H

#include "circuit/error.h"
#include "compile/program/family.h"
#include "compile/program/operations.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

#define TASK_MAX_WIRES 2.5e8 // 2 GB

/* By name. */
#define TASKS(X) \
  X(add)         \
  X(argmax)      \
  X(ball)        \
  X(balls1d)     \
  X(balls2d)     \
  X(bbm)         \
  X(compare)     \
  X(cvp)         \
  X(dag)         \
  X(digits)      \
  X(divide)      \
  X(do1)         \
  X(exp)         \
  X(fingerprint) \
  X(formula)     \
  X(game)        \
  X(gas)         \
  X(life)        \
  X(log)         \
  X(majority)    \
  X(matmul)      \
  X(max)         \
  X(mdp)         \
  X(median)      \
  X(multiply)    \
  X(parity)      \
  X(paths)       \
  X(pattern)     \
  X(power)       \
  X(product)     \
  X(reach)       \
  X(reciprocal)  \
  X(remainder)   \
  X(root)        \
  X(rule)        \
  X(sort)        \
  X(sqrt)        \
  X(square)      \
  X(squaring)    \
  X(sudoku)      \
  X(sum)         \
  X(symmetric)   \
  X(tag)         \
  X(tent)        \
  X(turing)      \
  X(word)

#define TASK_DECLARE(name) extern const struct family task_##name;
TASKS(TASK_DECLARE)

extern const struct family *const tasks[]; // NULL after the last, by name
const struct family *task_find(const char *name); // or NULL

/* For check(): whether about so many wires may be stored. */
bool task_check_wires(double wires, struct error *err);
/* The same for m integers of n bits, each compared with all others or counted
   by its values. */
bool task_check_pairs(slong m, slong n, struct error *err);

#endif
