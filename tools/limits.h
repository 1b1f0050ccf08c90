/* limits.h - memory, threads and random numbers, as the common options say

   Set once at the start. A process that runs out of memory says so and exits
   with status 3, wherever it happens. */
#ifndef LIMITS_H
#define LIMITS_H

#include "tools/command.h"

bool limits_set(const struct arguments *a, struct error *err);

size_t limits_memory(void); // bytes; three quarters of the machine's if not set
uint64_t limits_seed(void);

#endif
