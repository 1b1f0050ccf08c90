/* growth_report.h - the parameters of a source, and how its circuits grow with
   each

   Of a family, what its certificate says of each parameter that is a size; the
   others are held, as they choose among programs. Of a model file, the lengths
   that it leaves open and the bits that its circuit was made for: that is one
   circuit, and has no growth. */
#ifndef GROWTH_REPORT_H
#define GROWTH_REPORT_H

#include "analysis/source.h"
#include "compile/program/certify.h"
#include "tools/document.h"

/* k: NULL if there is no certificate. Nothing for circuit files. */
void growth_print(const struct source *s, const struct certificate *k);
void growth_add(const struct source *s, const struct certificate *k,
                struct document *d);

#endif
