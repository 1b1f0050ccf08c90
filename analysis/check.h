/* check.h - does a circuit compute what it should?

   Compared with a reference, on every input where there are at most 2^24 of
   them, else on random and extreme ones (circuit/vectors.h). Where a task has a
   promise, only on inputs that keep it; where it draws its own inputs
   (family.h), every other one is of these.

     struct reference ref;
     reference_init(&ref, &source);            // of a source with a program
     struct checking how = {.seed = 1, .evaluation = EVALUATE_RUNGS};
     struct verdict v;
     check_circuit(&v, circuit, &ref, &how);
     ... v.mismatches, v.input, v.expected, v.got ...
     verdict_clear(&v);
     reference_clear(&ref);

   A task is compared with its own answer, anything else with what its program
   means (run.h); what has no program, with another circuit. The same at any
   number of threads. */
#ifndef CHECK_CIRCUIT_H
#define CHECK_CIRCUIT_H

#include "analysis/source.h"
#include "circuit/evaluate.h"
#include "compile/program/run.h"

#include <flint/fmpq.h>

#define CHECK_EXHAUSTIVE 24 // input bits up to which all inputs are tried

struct reference {
  const struct source *source;
  struct run *runs; // one for each thread; NULL for a task
  int threads;
};

void reference_init(struct reference *r, const struct source *s);
void reference_clear(struct reference *r);
/* in and out as run_values(). `thread` is of [0..threads). */
void reference_answer(const struct reference *r, int thread, const fmpz *in,
                      fmpz *out);

struct checking {
  uint64_t vectors;    // at most, where not all are tried
  unsigned exhaustive; // input bits up to which all are; 0: CHECK_EXHAUSTIVE
  uint64_t seed;
  int threads; // 0: as many as OpenMP gives
  enum evaluation evaluation;
  /* Called now and then with how many are done; may be NULL. */
  void (*progress)(uint64_t done, uint64_t all);
};

struct verdict {
  bool is_exhaustive;
  uint64_t vectors, mismatches;
  bool has_promise, has_share; // has_share: it is known
  fmpq_t share;                // of all inputs that keep the promise
  /* Of the first vector that differs; as run_values(). NULL if none does. */
  fmpz *input, *expected, *got;
  size_t inputs, outputs; // integers in each
};

/* The circuit has the inputs and outputs of the reference, bit for bit in
   number and order: false with a message otherwise. */
bool check_fits(const struct circuit *c, const struct source *s,
                struct error *err);
void check_circuit(struct verdict *v, const struct circuit *c,
                   const struct reference *r, const struct checking *how);
/* Against a circuit of the same inputs, outputs and buses, which is evaluated
   the other way: ladder by ladder if the first is rung by rung. */
void check_same(struct verdict *v, const struct circuit *c,
                const struct circuit *expected, const struct checking *how);
void verdict_clear(struct verdict *v);

/* Integers in all of n buses. */
size_t bus_values(const struct bus *bus, size_t n);
/* The integers of buses from lanes (circuit/evaluate.h) of one vector. */
void lanes_join(fmpz *z, const struct bus *bus, size_t buses,
                const uint64_t *lanes, size_t words, size_t vector);
/* The other way: set the vector's bits, which are 0. */
void lanes_split(const fmpz *z, const struct bus *bus, size_t buses,
                 uint64_t *lanes, size_t words, size_t vector);

#endif
