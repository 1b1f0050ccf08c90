/* array.h - growable arrays

   Zero bytes are an empty array. Hold indices, not pointers, across a push.

     ARRAY(bit_id) queue = {0};
     array_push(&queue, b);
     for (size_t i = 0; i < queue.n; i++)
       visit(queue.at[i]);
     array_clear(&queue);

   Large arrays grow in place of their pages (realloc moves mappings, not
   bytes, on Linux), so the memory in use is what was written, not what is
   reserved. Running out of memory ends the process. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>
#include <stdlib.h>

#define ARRAY(type)                              \
  struct {                                       \
    type *at;                                    \
    size_t n;   /* elements in use */            \
    size_t cap; /* elements there is room for */ \
  }

/* Room for `n` elements of `size` bytes; sets *cap. */
void *array_grow(void *at, size_t *cap, size_t n, size_t size);

#define array_reserve(a, count) \
  ((count) <= (a)->cap          \
       ? (void)0                \
       : (void)((a)->at =       \
                    array_grow((a)->at, &(a)->cap, (count), sizeof *(a)->at)))
#define array_push(a, ...) \
  (array_reserve((a), (a)->n + 1), (void)((a)->at[(a)->n++] = (__VA_ARGS__)))
#define array_last(a) ((a)->at[(a)->n - 1])
#define array_clear(a) \
  (free((a)->at), (void)((a)->at = NULL), (void)((a)->n = (a)->cap = 0))

/* malloc() and the like that end the process instead of failing. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
/* A copy of text; the caller frees it. */
char *xstrdup(const char *text);

#endif
