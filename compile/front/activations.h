/* activations.h - functions that recurrent operators name

     struct activation act[3];
     if (activations_read(n, 3, 1, true, act))
       y = activation(f, &act[0], x); */
#ifndef ACTIVATIONS_H
#define ACTIVATIONS_H

#include "compile/front/operators.h"

struct activation {
  const char *name;
  enum scalar scalar; // SCALARS: none is it alone
  bool has_alpha, has_beta;
  bool is_bounded, is_share; // within [-1..1], within [0..1]
  double alpha, beta;
};

/* `each` for each direction: Sigmoid first if there are gates and Tanh for the
   rest, or those of attribute `activations`. False with an error. */
bool activations_read(struct operator_call *n, size_t each, size_t directions,
                      bool has_gates, struct activation *to);
flow_id activation(struct flow *f, const struct activation *a, flow_id x);
/* x within [lo..hi]. */
flow_id activation_limit(struct flow *f, flow_id x, double lo, double hi);

#endif
