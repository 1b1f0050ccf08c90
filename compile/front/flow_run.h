/* flow_run.h - a model's own outputs, in real numbers

   Doubles, operation by operation, as the file says: what a circuit of a float
   model is an approximation of, and where ranges of its values come from.

     struct flow_run r;
     flow_run_init(&r, &flow);
     flow_run_values(&r, in);             // one array for all inputs
     ... r.at[x][i] ...                   // element i of node x
     flow_run_clear(&r);

   Threads    one each. */
#ifndef FLOW_RUN_H
#define FLOW_RUN_H

#include "compile/front/flow.h"

struct flow_run {
  const struct flow *f;
  double **at; // [flow_id]; those of constants are the flow's
};

void flow_run_init(struct flow_run *r, const struct flow *f);
void flow_run_clear(struct flow_run *r);
/* in: all values of inputs, one after the other by their ports. False if one is
   not defined, such as an integer divided by 0. */
bool flow_run_values(struct flow_run *r, const double *in);

#endif
