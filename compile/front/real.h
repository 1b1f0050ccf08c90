/* real.h - a model's own outputs, in real numbers

   Doubles, operator by operator, as the file says: what a circuit of a float
   model is an approximation of, and where ranges of its values come from.

     struct real_run r;
     if (real_run_init(&r, &m)) {
       real_run_values(&r, in);           // one array for all inputs
       ... r.at[v][i] ...                 // element i of graph value v
     }
     real_run_clear(&r);

   Threads    one each. */
#ifndef REAL_H
#define REAL_H

#include "compile/front/model.h"

struct real_run {
  const struct model *m;
  double **at; // [value_id of the graph]; of m->values[v].n elements
};

/* False if the model has an operator on integers only, which has no meaning in
   real numbers. */
bool real_run_init(struct real_run *r, const struct model *m);
void real_run_clear(struct real_run *r);
/* in: all values of m->inputs, one after the other. */
void real_run_values(struct real_run *r, const double *in);

#endif
