/* open.h - what most commands begin with: the source of the command line */
#ifndef OPEN_H
#define OPEN_H

#include "analysis/source.h"
#include "tools/command.h"

/* Open the source that the words name; false after a message was printed.
   Either way s is to be cleared. */
bool open_source(struct source *s, const struct arguments *a);

#endif
