#include "tasks/task.h"

#include <math.h>

#define TASK_ADDRESS(name) &task_##name,

const struct family *const tasks[] = {TASKS(TASK_ADDRESS) NULL};

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
