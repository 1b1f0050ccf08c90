/* lab_plot.h - the curves of an exhibit, for plot.h */
#ifndef LAB_PLOT_H
#define LAB_PLOT_H

#include "analysis/labs/exhibit.h"
#include "circuit/error.h"

#include <stdio.h>

/* Each panel by itself; false with a message. */
bool lab_plot(FILE *out, bool is_svg, const struct exhibit_panel *p,
              struct error *err);

#endif
