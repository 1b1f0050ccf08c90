/* exhibit.h - what an experiment found: tables, curves, cells and findings

     struct exhibit e = {0};
     exhibit_table(&e, "depth against length", "n|inner depth|inner gates");
     exhibit_row(&e, "%ld|%zu|%s", n, depth, gates);
     exhibit_panel(&e, "depth against length", "n", "inner depth");
     exhibit_curve(&e, "transformer");
     exhibit_point(&e, 4, 13);
     exhibit_finding(&e, depth == 13, "depth is 13 for n = 4..64");
     exhibit_clear(&e);

   Columns and cells of a row are separated by '|'. Rows belong to the last
   table, curves to the last panel, points to the last curve. A finding is a
   sentence that numbers of this run bear out, or not. All texts are copied. */
#ifndef EXHIBIT_H
#define EXHIBIT_H

#include "circuit/array.h"

#include <stdbool.h>

struct exhibit_table {
  char *title;
  size_t columns;
  ARRAY(char *) cells; // row by row, the first are the columns' heads
};

struct exhibit_curve {
  char *label;
  bool is_dashed; // a limit, or a bound
  ARRAY(double) x;
  ARRAY(double) y;
};

struct exhibit_panel {
  char *title, *x, *y; // of axes
  bool is_log_x, is_log_y;
  ARRAY(struct exhibit_curve) curves;
};

/* A picture of cells, dark where they are 1; row 0 on top. */
struct exhibit_cells {
  char *title;
  size_t columns, rows;
  unsigned char *at; // row by row
};

struct exhibit_finding {
  char *text;
  bool holds;
};

struct exhibit {
  ARRAY(struct exhibit_table) tables;
  ARRAY(struct exhibit_panel) panels;
  ARRAY(struct exhibit_cells) cells;
  ARRAY(struct exhibit_finding) findings;
};

void exhibit_clear(struct exhibit *e);

void exhibit_table(struct exhibit *e, const char *title, const char *columns);
void exhibit_row(struct exhibit *e, const char *cells, ...)
    __attribute__((format(printf, 2, 3)));

struct exhibit_panel *exhibit_panel(struct exhibit *e, const char *title,
                                    const char *x, const char *y);
struct exhibit_curve *exhibit_curve(struct exhibit *e, const char *label);
void exhibit_point(struct exhibit *e, double x, double y);

/* Of zeros, to be filled: the pointer holds until e is cleared. */
unsigned char *exhibit_cells(struct exhibit *e, const char *title,
                             size_t columns, size_t rows);

void exhibit_finding(struct exhibit *e, bool holds, const char *text, ...)
    __attribute__((format(printf, 3, 4)));

#endif
