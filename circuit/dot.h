/* dot.h - draw a circuit for Graphviz

     struct dot_options o = {.view = DOT_GATES, .max_nodes = 1000};
     enum dot_view drawn;
     if (!dot_write(&c, &o, stdout, &drawn, &err))
       ...
     if (drawn != o.view)
       say that it was too large

   Inputs are at the left, outputs at the right, and what has the same depth is
   in one column. Weights stand at the wires, where they are not 1, and
   thresholds in the gates. Wires of weight 0 are not drawn, and constants only
   where something reads them.

   Views
     gates    a node for each gate, and an edge for each wire of measure.h
     ladders  a node for each ladder with its thresholds, and an edge for each
              stored wire. At an edge, [2] is the second rung, {1 0 -2} a view
              with its steps, and the whole level if there is neither, as in
              circuit/FORMAT.
     ops      a node for each operation, those of one name and kind together,
   and for each bus; at an edge, how many wires it stands for. Wires inside an
   operation are not drawn.

   Files      The same circuit and options give the same bytes. Nodes are named
              by their numbers in the circuit: i7 and g9 are bits, an input and
              a gate, c1 is a constant, l4 a ladder, o3 the fourth output. In
              ops p2 is the third operation, b1 and o1 the second buses. Names
              that people gave are in labels and tooltips, where bytes that are
              not UTF-8, and controls, are shown as \xHH; long names are cut.
   Threads    one at a time: cgraph has global state. */
#ifndef DOT_H
#define DOT_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum dot_view {
  DOT_GATES,
  DOT_LADDERS,
  DOT_OPS
};

#define DOT_VIEWS 3
/* "gates", "ladders" and "ops", by enum dot_view. */
extern const char *const dot_view_names[DOT_VIEWS];

struct dot_options {
  enum dot_view view;
  size_t max_nodes;  // also at most 100 times as many edges
  bool critical;     // show what is on a longest path to an output
  const char *cone;  // draw only this output, and what it reads; NULL: all
  const char *title; // under the picture; NULL: none
};

/* Draws the first view from options.view on that is small enough, and tells
   which in *drawn. `cone` is an output bus, v; a value of one, v[3]; a bit of
   one, x[3] or v[3][0]; or any bit by its name.
   Fails if there is no such output, if not even the operations are few enough,
   or if `out` does, which then has an unspecified part of the text. */
bool dot_write(const struct circuit *c, const struct dot_options *options,
               FILE *out, enum dot_view *drawn, struct error *err);

#endif
