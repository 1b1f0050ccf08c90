#include "compile/program/family.h"

#include <assert.h>
#include <string.h>

const struct family *family_find(const struct family *const *list,
                                 const char *name) {
  for (size_t i = 0; list[i]; i++)
    if (!strcmp(list[i]->name, name))
      return list[i];
  return NULL;
}

size_t family_parameters(const struct family *f) {
  size_t n = 0;
  while (f->parameters[n].name)
    n++;
  return n;
}

size_id family_size(struct program *p, const struct family *f, size_t i) {
  const struct family_parameter *q = &f->parameters[i];
  assert(q->is_size);
  return size_parameter(&p->sizes, q->name, q->standard, q->least, q->most);
}
