/* architecture_report.h - what an architecture is, beside its circuit's
   figures: its parameters, the meanings its program has, and what of it n
   depends on */
#ifndef ARCHITECTURE_REPORT_H
#define ARCHITECTURE_REPORT_H

#include "analysis/source.h"
#include "tools/document.h"

/* Nothing, if s is no config. */
void architecture_print(const struct source *s);
void architecture_add(const struct source *s, struct document *d);

#endif
