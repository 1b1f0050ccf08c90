/* growth_point.h - what 'tc0 growth' knows of one circuit, and points kept in a
   file, so that work that was stopped goes on

     struct growth_record r = {0};
     if (!growth_record_open(&r, path, a, &axes, &err)) ...
     p = growth_record_find(&r, at);    // NULL: not there yet
     if (!growth_record_add(&r, &point, &err)) ...
     growth_record_clear(&r); // in any case

   The file is CSV below a line that says what was measured: the source, but
   for the values of what varies, options that change it, and the version of
   tc0. With another line there it is refused. Each point is a line, written at
   once; a line without an end is what an interrupt left, and does not count.

   Errors   err->file is the path, err->line set where a line is at fault. */
#ifndef GROWTH_POINT_H
#define GROWTH_POINT_H

#include "tools/axis.h"
#include "tools/measuring.h"

#include <stdio.h>

#include <flint/fmpz.h>

struct growth_point {
  long at[AXES];
  size_t depth, depth_inner, weight_bits;
  fmpz_t gates, gates_inner, wires;
  enum measuring_method method;
};

void growth_point_init(struct growth_point *p, const long *at, size_t axes);
void growth_point_clear(struct growth_point *p);
void growth_point_take(struct growth_point *p, const struct measuring *m);
void growth_point_copy(struct growth_point *p, const struct growth_point *from);
/* As a line of a CSV, and the line above all. */
void growth_point_write(const struct growth_point *p, size_t axes, FILE *out);
void growth_point_write_header(const struct axes *x, FILE *out);

struct growth_record {
  const char *path;
  size_t axes;
  ARRAY(struct growth_point) points;
  size_t next; // where the next one may be
  FILE *file;  // NULL: there is none, and nothing is kept
};

bool growth_record_open(struct growth_record *r, const char *path,
                        const struct arguments *a, const struct axes *x,
                        struct error *err);
const struct growth_point *growth_record_find(struct growth_record *r,
                                              const long *at);
bool growth_record_add(struct growth_record *r, const struct growth_point *p,
                       struct error *err);
void growth_record_clear(struct growth_record *r);

#endif
