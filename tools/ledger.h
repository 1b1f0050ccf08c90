/* ledger.h - on which level each step of a transformer's block ends

   Beside it the bound that was published for transformers of log precision,
   3 + (9 + 2 d_sum) L for L layers, where d_sum is the depth of adding up n
   numbers (Merrill and Sabharwal 2023, Theorem 1): 2 for fixed point (Siu and
   Roychowdhury 1994), 8 with floats turned into integers and back by tables. */
#ifndef LEDGER_H
#define LEDGER_H

#include "analysis/source.h"
#include "circuit/measure.h"
#include "tools/document.h"

/* False if s is no transformer: nothing is printed or added. */
bool ledger_print(const struct source *s, const struct measure *m,
                  const struct operation_measures *operations);
bool ledger_add(const struct source *s, const struct measure *m,
                const struct operation_measures *operations,
                struct document *d);

#endif
