#include "analysis/labs/lab.h"

#include <string.h>

#define LAB_POINTER(name) &lab_##name,
const struct lab *const lab_list[] = {LABS(LAB_POINTER) NULL};
#undef LAB_POINTER

const struct lab *lab_find(const char *name) {
  for (size_t i = 0; lab_list[i]; i++)
    if (!strcmp(lab_list[i]->name, name))
      return lab_list[i];
  return NULL;
}

void lab_progress(const struct lab_run *r, uint64_t done, uint64_t all) {
  if (r->progress)
    r->progress(done, all);
}
