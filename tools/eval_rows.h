/* eval_rows.h - rows of inputs in, rows of outputs out

   The rows are a CSV file (compile/front/csv.h), for a model also a folder of
   tensors (analysis/data.h). A model's real inputs are quantised by its own
   rule, and its real outputs are what their integers stand for; all others are
   integers. Printed is a header of bus names, x0, x1, ... for several values,
   and a line for each row. */
#ifndef EVAL_ROWS_H
#define EVAL_ROWS_H

#include "analysis/source.h"

/* False with a message; rows before the one at fault are printed. */
bool eval_rows(const struct source *s, const struct circuit *c,
               const char *path, struct error *err);

/* The integers of all output buses for those of all input buses; `value` gets
   the value of every bit. */
void eval_row(const struct circuit *c, const fmpz *in, bool *value, fmpz *out);

#endif
