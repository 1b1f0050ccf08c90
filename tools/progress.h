/* progress.h - a bar on standard error for what takes over two seconds, or how
   far a circuit is whose size is not known

   Only on a terminal, and not with --quiet. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "circuit/circuit.h"
#include "tools/command.h"

void progress_begin(const struct arguments *a, const char *what);
void progress_update(uint64_t done, uint64_t all);
void progress_gates(const struct circuit *c);
void progress_end(void);
/* Between circuits: "3 of 12 points", from the second second on. */
void progress_points(const struct arguments *a, size_t done, size_t all);

#endif
