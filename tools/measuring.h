/* measuring.h - depth and size of a source, made or counted

   Made where it fits, counted where not, as --method auto; or as it says.

     enum measuring_method how;
     struct measuring r;
     if (measuring_option(a, &how, &err) && measuring_find(&r, &s, a, how,
   &err))
       ... r.m ...
     measuring_clear(&r); // after success */
#ifndef MEASURING_H
#define MEASURING_H

#include "analysis/source.h"
#include "circuit/measure.h"
#include "compile/program/count.h"
#include "tools/command.h"

enum measuring_method {
  METHOD_AUTO,
  METHOD_MADE,
  METHOD_COUNTED
};

extern const char *const measuring_names[]; // "auto", ...

struct measuring {
  enum measuring_method method; // made or counted
  struct measure m;
  struct operation_measures operations;
  struct count count; // if counted: has the measures
};

/* --method auto|made|counted. */
bool measuring_option(const struct arguments *a, enum measuring_method *how,
                      struct error *err);
bool measuring_find(struct measuring *r, struct source *s,
                    const struct arguments *a, enum measuring_method how,
                    struct error *err);
void measuring_clear(struct measuring *r);

#endif
