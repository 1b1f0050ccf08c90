/* list_theorems.h - 'tc0 list theorems': published depths beside built ones */
#ifndef LIST_THEOREMS_H
#define LIST_THEOREMS_H

#include "circuit/error.h"
#include "tools/document.h"

#include <stddef.h>

/* Into d, or as text if it is NULL; word[0..words) may be one n=SIZE, at which
   all circuits are built. */
bool list_theorems(struct document *d, const char *const *word, size_t words,
                   struct error *err);

#endif
