/* csv.h - rows of numbers for named buses

   With a header, columns are found by name: bus x of 64 values has the columns
   x0 to x63, in any order; a bus of one value may be called x as well.
   Without one they are the values of the buses in order. The first line is a
   header if a cell in it begins like a name.

     struct csv c;
     struct csv_bus bus[] = {{"x", 64, false}};
     bool end;
     if (csv_open(&c, path, bus, 1, err))
       while (csv_next(&c, &end) && !end)
         ... csv_double(&c, i, &d) for i in [0..64) ...
     csv_close(&c);

   Digits   A bus of several values may be one column instead, named as the bus,
            of as many characters: digits, and '.' for 0. Without a header all
            such buses are, or none.
   Columns  'label' is kept as text, 'torch_pred' is the prediction to compare
            with, unless a bus has those names. Others are an error. A bus that
            is optional has all of its columns or none.
   Lines    Blank ones are skipped; cells may be quoted, without quotes inside;
            blanks around a cell do not count.
   Errors   err->file is the path, which must outlive err, and err->line is set.
            csv_close() is due in any case.
   Cost     The longest line, and 16 bytes a column. */
#ifndef CSV_H
#define CSV_H

#include "circuit/array.h"
#include "circuit/error.h"
#include "circuit/scan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <gmp.h>

struct csv_bus {
  const char *name;
  size_t values;
  bool is_optional;
  const char *alias; // another name that columns may have; or NULL
};

struct csv {
  struct scan scan;
  struct error *err;
  size_t columns;      // 0 until the first line was read
  ARRAY(char *) cells; // of the row
  size_t values;       // of all buses, one after the other
  size_t *column;      // [value], CSV_NONE where an optional bus is left out
  size_t *digit;       // [value], which of its column's; CSV_NONE: all is it
  size_t *digits;      // [column], how many it has; 0: it is one value
  size_t label, predicted; // columns, or CSV_NONE
  bool is_pending;         // the row was read, but not handed out
};

#define CSV_NONE SIZE_MAX

/* "-" is standard input. */
bool csv_open(struct csv *c, const char *path, const struct csv_bus *buses,
              size_t n, struct error *err);
bool csv_next(struct csv *c, bool *end);
void csv_close(struct csv *c);

/* Of the row that is held: text that lasts until the next csv_next(). NULL
   where there is no column. */
const char *csv_text(const struct csv *c, size_t value);
const char *csv_label(const struct csv *c);
const char *csv_predicted(const struct csv *c);

/* Value i as a number; it must have a column. */
bool csv_integer(struct csv *c, size_t i, mpz_t z);
bool csv_double(struct csv *c, size_t i, double *d);

#endif
