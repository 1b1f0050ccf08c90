/* theorems.h - what is published about a primitive, and what is built here

   A row says at which depth a primitive was published, which source of tc0
   computes it, and which lower bound is known. Depth and gates of the source
   are not in the table: they are measured on its circuit.

     struct theorem_built b;
     for (const struct theorem *t = theorems; t->name; t++)
       if (theorem_build(t, 8, 0, &b, &err)) {
         gmp_printf("%s: %zu, %Zd\n", b.source, b.measure.depth,
                    b.measure.gates);
         theorem_built_clear(&b);
       }

   Words and units
     weights  polynomial or exponential in n, the length of an integer, over
              the whole family of circuits
     proved   what stands in the named source, or follows from the row itself.
              Depths and bounds are of circuits of polynomial size, with
              physical outputs; where no weights are named, of any weights. */
#ifndef THEOREMS_H
#define THEOREMS_H

#include "circuit/error.h"
#include "circuit/measure.h"

enum {
  THEOREM_LEAST_N = 1,
  THEOREM_STANDARD_N = 8,
  THEOREM_MOST_N = 16 // some circuits have 2^n gates
};

enum theorem_weights {
  WEIGHTS_POLYNOMIAL,
  WEIGHTS_EXPONENTIAL,
  THEOREM_WEIGHTS
};
extern const char *const theorem_weights_names[THEOREM_WEIGHTS];

enum bound_status {
  BOUND_PROVED,
  BOUND_CONDITIONAL, // on classes being different, which the statement names
  BOUND_OPEN,        // asked in the literature, and not answered
  BOUND_NONE,        // none known here; the statement is NULL
  BOUND_STATUSES
};
extern const char *const bound_status_names[BOUND_STATUSES];

struct theorem {
  const char *name; // NULL after the last
  /* The least published depth for each kind of weights, 0 if none is stated;
     one for polynomial weights is one for exponential weights too, and not
     repeated. source is "author year", or NULL if none was verified. */
  struct {
    unsigned depth[THEOREM_WEIGHTS];
    const char *source;
  } published;
  /* As on a command line, where N stands for n, H for ceil(n / 2), and T for
     the symmetric function that changes at every number of ones. */
  struct {
    const char *source;
    enum theorem_weights weights;
    const char *remark; // how many gates, if not polynomially many; or NULL
  } built;
  struct {
    enum bound_status status;
    const char *statement, *source; // NULL for BOUND_NONE
    const char *unknown;            // what is not settled by it, or NULL
  } bound;
};

extern const struct theorem theorems[]; // by name

/* The depth that is published for weights of this kind, or 0. */
unsigned theorem_published(const struct theorem *t, enum theorem_weights w);

struct theorem_built {
  char *source;
  struct measure measure;
};

/* Make the row's circuit for this n, measure it and throw it away. Ends the
   process if it needs more than max_bytes, unless that is 0. On failure there
   is nothing to clear. All rows take 0.1 s at n = 8 and 4 s at n = 16. */
bool theorem_build(const struct theorem *t, long n, size_t max_bytes,
                   struct theorem_built *b, struct error *err);
void theorem_built_clear(struct theorem_built *b);

#endif
