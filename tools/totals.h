/* totals.h - a report's operations by what kind they are of

   Those of an ONNX file by operator, as it names them: Conv, Gemm, Relu; those
   of an architecture by part; others by kind of step. Gates are where sums are
   compared: a Conv before a Relu is sums that the gates of the Relu compare, so
   it has none of its own. Operators of the file without gates are listed, too.

     struct totals t;
     totals_init(&t, &source, &operations);
     totals_print(&t, all_gates);
     totals_clear(&t); */
#ifndef TOTALS_H
#define TOTALS_H

#include "analysis/source.h"
#include "circuit/hash.h"
#include "circuit/measure.h"
#include "tools/document.h"

struct total {
  const char *name; // borrowed
  size_t n;         // operations; of operators, nodes of the file
  mpz_t gates, wires;
};

struct totals {
  const char *by;          // "operator", "part" or "kind"
  ARRAY(struct total) all; // by gates, the most first
  struct hash find;        // over all, until they are sorted
  const char **name;       // of each of the operations
  size_t operations;
};

void totals_init(struct totals *t, const struct source *s,
                 const struct operation_measures *m);
void totals_clear(struct totals *t);

/* Nothing where the table by operation is short and has kinds itself. */
void totals_print(const struct totals *t, const mpz_t gates);
void totals_add(const struct totals *t, const mpz_t gates, struct document *d);

#endif
