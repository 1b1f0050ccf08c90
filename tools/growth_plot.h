/* growth_plot.h - depth and gates against a parameter, as a picture

   Two panels, drawn by gnuplot (plot.h): inner depth and inner gates; a line
   for each value of a second parameter, of at most GROWTH_PLOT_LINES evenly
   chosen. Axes are logarithmic where values grow by much. */
#ifndef GROWTH_PLOT_H
#define GROWTH_PLOT_H

#include "tools/growth_point.h"

enum {
  GROWTH_PLOT_LINES = 8
};

/* The path of --plot, or NULL: it must end in .svg. */
bool growth_plot_option(const struct arguments *a, const char **path,
                        struct error *err);
/* Points in the order of axes_next(). */
bool growth_plot(const char *path, const struct arguments *a,
                 const struct axes *x, const struct growth_point *point,
                 size_t n, struct error *err);

#endif
