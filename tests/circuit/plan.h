/* plan.h - plain descriptions of circuits, for tests of files

   A plan names everything by its number and keeps integers as decimal text. A
   circuit is built from it, and a circuit that was read is compared with it;
   neither looks at how files are made. */
#ifndef PLAN_H
#define PLAN_H

#include "circuit/array.h"
#include "circuit/circuit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan_wire {
  bool is_view;
  size_t target; // bit, or ladder of the view
  size_t step;   // first in numbers; as many as the ladder has rungs
  size_t weight; // in numbers
};

struct plan_ladder {
  bool is_input;
  size_t first_bit, rungs;
  size_t first_wire, wires;
  size_t threshold; // first in numbers
};

struct plan_bus {
  const char *name;
  size_t values, first_bit;
  unsigned width;
  bool is_signed;
  bool is_output;
  size_t before; // added before this ladder; for outputs without meaning
};

struct plan_word {
  size_t at; // bit, or ladder before which an operation begins
  const char *name, *kind;
};

struct plan {
  uint64_t seed;
  ARRAY(struct plan_ladder) ladders; // [0] are the constants
  ARRAY(struct plan_wire) wires;
  ARRAY(char *) numbers;
  ARRAY(size_t) outputs;
  ARRAY(struct plan_bus) buses;
  ARRAY(struct plan_word) operations, names;
  size_t bits, inputs;
};

void plan_random(struct plan *p, uint64_t seed, size_t ladders);
void plan_clear(struct plan *p);
void plan_build(const struct plan *p, struct circuit *c);
/* Check fails where they differ. */
void plan_compare(const struct plan *p, const struct circuit *c);

/* A whole number in [0..n). */
size_t plan_draw(uint64_t *seed, size_t n);

/* Writing into memory and reading from it. */
struct bytes {
  char *at;
  size_t n;
};
struct bytes bytes_of(const struct circuit *c,
                      bool (*write)(const struct circuit *c, FILE *out));
FILE *bytes_open(const struct bytes *b);
/* Truncate or change a few bytes. */
void bytes_spoil(struct bytes *b, uint64_t *seed);

/* Seeds to try: ROUNDS, or ten times as many if TEST_ROUNDS is "full". Check
   runs ROUNDS tests in any case, and test i takes the seeds i, i + ROUNDS, ...;
   a process for each seed would take minutes under the sanitizers. */
#define ROUNDS 200
int rounds(void);

#endif
