/* plot.h - pictures of lines, drawn by the program gnuplot

     const struct plot_line line = {"measured", x, y, n};
     const struct plot_panel panel = {"distance", "steps", "distance", .is_log_x
   = true, .line = &line, .lines = 1}; if (!plot_write("out.svg", "a title",
   &panel, 1, &err)) ...

   Letters are large enough for a lecture hall. The file, an SVG, appears whole
   or not at all.

   Errors   there is no gnuplot, it fails, or the file cannot be written. */
#ifndef PLOT_H
#define PLOT_H

#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct plot_line {
  const char *label;
  const double *x, *y;
  size_t n;
  bool is_dashed; // a limit, without marks at its points
};

struct plot_panel {
  const char *title, *x, *y; // of axes
  bool is_log_x, is_log_y;   // what is not above 0 is left out then
  const struct plot_line *line;
  size_t lines;
};

/* That a path ends in .svg, or is NULL. */
bool plot_check_path(const char *path, struct error *err);

bool plot_write(const char *path, const char *title,
                const struct plot_panel *panel, size_t panels,
                struct error *err);

/* To a stream: an SVG, or letters, one panel below the other. */
bool plot_put(FILE *out, bool is_svg, const char *title,
              const struct plot_panel *panel, size_t panels, struct error *err);

#endif
