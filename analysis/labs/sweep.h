/* sweep.h - a source at several values of a parameter, in an exhibit

     sweep_table(r, "depth against length", "n");
     exhibit_panel(...);
     struct sweep s = {.label = "gpt2", .line = "transformer", .key = "n",
                       .at = lengths, .n = 8};
     if (!sweep_run(r, &s, err)) ...
     if (sweep_is_flat(&s)) ... */
#ifndef SWEEP_H
#define SWEEP_H

#include "analysis/labs/lab.h"

enum {
  SWEEP_MOST = 64 // values
};

struct sweep {
  const char *label, *line, *key;
  const long *at;           // ascending
  size_t n;                 // 1..SWEEP_MOST
  size_t depth[SWEEP_MOST]; // inner; as found
  double gates[SWEEP_MOST]; // inner
  bool is_proved;           // a bound on depth for all values
};

/* A table of sources, values of the key, depth, gates and what is proved. */
void sweep_table(struct lab_run *r, const char *title, const char *key);

/* Adds rows to the last table, and depth as a curve of the last panel. */
bool sweep_run(struct lab_run *r, struct sweep *s, struct error *err);

bool sweep_is_flat(const struct sweep *s);
/* Depth is slope * value + something, exactly; two values or more. */
bool sweep_is_line(const struct sweep *s, long *slope);

#endif
