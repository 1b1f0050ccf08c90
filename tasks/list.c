#include "tasks/task.h"

#include <math.h>

const struct family *const tasks[] = {
    &task_add,
    &task_argmax,
    &task_compare,
    &task_divide,
    &task_exp,
    &task_log,
    &task_majority,
    &task_max,
    &task_median,
    &task_multiply,
    &task_parity,
    &task_power,
    &task_product,
    &task_reciprocal,
    &task_remainder,
    &task_root,
    &task_rule,
    &task_sort,
    &task_sqrt,
    &task_square,
    &task_sum,
    &task_symmetric,
    NULL,
};

const struct family *task_find(const char *name) {
  return family_find(tasks, name);
}

bool task_check_wires(double wires, struct error *err) {
  return wires <= TASK_MAX_WIRES ||
         error_limit(err, "about %.2g wires; at most %.2g are made", wires,
                     TASK_MAX_WIRES);
}

bool task_check_pairs(slong m, slong n, struct error *err) {
  double others = 2.0 * (double)m, values = exp2((double)n);
  return task_check_wires(
      (double)m * (double)n * (others < values ? others : values), err);
}
