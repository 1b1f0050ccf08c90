/* gauge.h - depth and size of a source that a line names, in one call

     struct gauge g;
     if (!gauge_find(&g, &options, &err, "rule number=110 n=%ld steps=%d", n,
   9))
       ...
     gauge_clear(&g); // in either case

   Counted where the program allows it, else made; the figures are the same. */
#ifndef GAUGE_H
#define GAUGE_H

#include "analysis/source.h"
#include "circuit/measure.h"
#include "compile/program/count.h"

struct gauge {
  struct source s; // opened
  const struct measure *m;
  bool is_counted;
  struct measure made;
  struct count count;
  bool has_count; // which is to be cleared
};

/* The line is that of printf, words with a space between. */
bool gauge_find(struct gauge *g, const struct source_options *o,
                struct error *err, const char *line, ...)
    __attribute__((format(printf, 4, 5)));
void gauge_clear(struct gauge *g);

/* Only its source, which gauge_clear() frees, too; to be measured or not. */
bool gauge_open(struct gauge *g, const struct source_options *o,
                struct error *err, const char *line, ...)
    __attribute__((format(printf, 4, 5)));

void gauge_measure(struct gauge *g);

/* Inner gates as a double. */
double gauge_gates(const struct gauge *g);

#endif
