/* sweep.h - a source at several values of a parameter, in an exhibit

     sweep_table(r, "depth against length", "n");
     exhibit_panel(...);
     struct sweep s = {.label = "gpt2", .line = "transformer", .key = "n",
                       .at = lengths, .n = 8};
     if (!sweep_run(r, &s, err)) ...
     if (sweep_is_flat(&s)) ... */
#ifndef SWEEP_H
#define SWEEP_H

#include "analysis/class.h"
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
  enum class_growth how;    // that is proved for all values of the key
  char proved[200];         // inner depth at most; "" if nothing is
};

/* A table of sources, values of the key, depth and gates. */
void sweep_table(struct lab_run *r, const char *title, const char *key);

/* Adds rows to the last table, and depth as a curve of the last panel. */
bool sweep_run(struct lab_run *r, struct sweep *s, struct error *err);

bool sweep_is_flat(const struct sweep *s);
/* Depth is slope * value + something, exactly; two values or more. */
bool sweep_is_line(const struct sweep *s, long *slope);

/* Findings, which hold if the points say so and no certificate the contrary:
   "gru: each step adds 5 levels exactly; for every n at most 5*n-2 (proved)",
   with `of` for "step"; "gas: inner depth 2 for k = 2 to 64; for every k at
   most 2 (proved)", with what is said besides, or "". */
void sweep_find_line(struct lab_run *r, const struct sweep *s, const char *of);
void sweep_find_flat(struct lab_run *r, const struct sweep *s,
                     const char *besides);

/* Of one source: inner depth, and whether it is proved to be constant as the
   key grows. */
bool sweep_one(const struct lab_run *r, const char *line, const char *key,
               long value, size_t *depth, bool *is_constant, struct error *err);

#endif
