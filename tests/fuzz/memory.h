/* memory.h - what a reader takes beside its file

     memory_watch(n);
     ... read a file of n bytes ...
     memory_unwatch();

   Between the two, more than 64 n bytes and 64 MiB in use by malloc() abort.
   It needs the hooks of the address sanitizer and does nothing without. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void memory_watch(size_t n);
void memory_unwatch(void);

#endif
