/* task_case.h - a task with parameters, and what must hold of its circuit

     struct task_case k = {.task = "rule", .value = {110, 8, 1, 0, 1}, .depth =
   2, .gates = 24, .depth_inner = 1, .gates_inner = 16}; task_case_agrees(&k);
     task_case_costs(&k); */
#ifndef TASK_CASE_H
#define TASK_CASE_H

#include "circuit/circuit.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "tasks/task.h"

struct task_case {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  size_t depth, gates, depth_inner, gates_inner;
  size_t weight_bits; // at most; 0: any
};

/* A case whose figures are written down, and one whose formula has them. */
struct task_row {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  size_t depth, gates, depth_inner, gates_inner;
};
struct task_formula {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  void (*costs)(struct task_case *k); // sets the figures
};

/* Case i of `rows` rows, which formulas follow. */
struct task_case task_case_find(const struct task_row *row, int rows,
                                const struct task_formula *formula, int i);

/* Run, circuit and answer are equal: on all inputs where they have at most 12
   bits, else on 300 that are random, extreme or drawn by the task; always on
   such as keep its promise. */
void task_case_agrees(const struct task_case *k);
/* Depth, gates and length of weights are those. */
void task_case_costs(const struct task_case *k);

/* A task's program, circuit and integers. */
struct trial {
  struct program p;
  struct instance in;
  struct run run;
  struct circuit c;
  fmpz *input, *answer, *output;
};

void trial_init(struct trial *t, const struct family *task, const fmpz *value);
void trial_clear(struct trial *t);
/* bit[i] is input i of the circuit; where that breaks the promise nothing is
   compared. */
void trial_judge(struct trial *t, const struct family *task, const fmpz *value,
                 const bool *bit);
/* The same for integers, in the order of a task's answer(). Then t->answer is
   the answer. */
void trial_judge_integers(struct trial *t, const struct family *task,
                          const fmpz *value, const fmpz *input);

#endif
