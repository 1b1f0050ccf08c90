/* measures.h - what is counted against what is made */
#ifndef MEASURES_H
#define MEASURES_H

#include "circuit/measure.h"

/* Fails the test, with `line`, unless all are the same. */
void measures_compare(const char *line, const struct measure *made,
                      const struct measure *counted);

#endif
