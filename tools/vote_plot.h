/* vote_plot.h - the error of a majority against replicas, as a picture */
#ifndef VOTE_PLOT_H
#define VOTE_PLOT_H

#include "circuit/error.h"

#include <stdbool.h>

#include <gmp.h>

struct vote_plot {
  const char *path, *title;
  mpq_srcptr one, bound;  // of a replica; asked for, or 0
  unsigned long replicas; // that were asked for: up to there and further
  bool is_sampled;        // `one`
};

/* Exact errors and Hoeffding's bound for odd k, at least to 51. */
bool vote_plot_write(const struct vote_plot *v, struct error *err);

#endif
