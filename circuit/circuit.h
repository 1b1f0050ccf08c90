/* circuit.h - threshold circuits made of ladders

   A ladder is one weighted sum of bits compared with ascending thresholds.
   Its gates, the rungs, have consecutive numbers, and those that fire are
   always a prefix; how many fire is the ladder's level. A sum reads only what
   was there before it, so a circuit cannot have a cycle, numbers are a
   topological order and each analysis is one loop.

     struct circuit c;
     circuit_init(&c);
     bit_id x = circuit_add_input(&c), y = circuit_add_input(&c);
     circuit_add_wire_si(&c, x, 1);
     circuit_add_wire_si(&c, y, 1);
     bit_id both = circuit_add_gate_si(&c, 2); // [x + y >= 2]
     circuit_add_output(&c, both);
     circuit_clear(&c);

   Words and units
     bit      a constant, an input or a gate, numbered from 0 in order of
              creation. Bits 0 and 1 are the constants BIT_ZERO and BIT_ONE.
     ladder   a sum and its rungs. Every bit belongs to one: ladder 0 holds the
              constants, and an input is a ladder with one rung and no sum.
     view     an integer function of a ladder's level, 0 at level 0, given by
              its steps: at level l it is step 1 + ... + step l.
     wire     an entry of a sum: an exact weight times a source, which is a bit
              or a view. A wire from a view stands for one wire from each rung
              whose step is not 0, and is stored once. A sum may read a source
              more than once: the weights add up.
     gate     [sum >= threshold]. Negation is a negative weight.

   Ownership  A circuit owns its arrays and copies every argument. Pointers
              into it last until the next circuit_add_*().
   Errors     A source that does not exist, thresholds out of order, or wires
              left without their ladder are bugs of the caller and abort.
              More than 2^31 bits or views, or 2^32 - 1 wires, end the process.
   Threads    Any number may read one circuit; adding needs it alone. */
#ifndef CIRCUIT_H
#define CIRCUIT_H

#include "circuit/array.h"
#include "circuit/hash.h"
#include "circuit/integers.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <gmp.h>

struct folding;

typedef uint32_t bit_id;    // [0..bits.n)
typedef uint32_t ladder_id; // [0..ladders.n)
typedef uint32_t view_id;   // [0..views.n)
typedef uint32_t source_id; // a bit, or SOURCE_VIEW | view

#define BIT_ZERO ((bit_id)0)
#define BIT_ONE ((bit_id)1)
#define SOURCE_VIEW UINT32_C(0x80000000)
#define CIRCUIT_MAX_BITS UINT32_C(0x7fffffff)
#define CIRCUIT_MAX_WIRES UINT32_C(0xffffffff)
#define THRESHOLD_INPUT UINT32_C(0xffffffff) // threshold of an input bit

struct wire {
  source_id source;  // of an earlier ladder
  integer_id weight; // of c->integers; may be 0
};

struct ladder {
  uint32_t first_wire; // its wires are [first_wire..next ladder's)
  bit_id first_bit;    // its rungs are [first_bit..next ladder's)
};

struct bit {
  ladder_id ladder;
  integer_id threshold; // ascending within a ladder; or THRESHOLD_INPUT
};

struct shape {
  uint32_t first_step; // its steps are steps.at[first_step..first_step + n)
  uint32_t n;          // at least 1
  integer_id lo, hi; // least and greatest value over all levels; lo <= 0 <= hi
};

struct view {
  ladder_id ladder; // with exactly as many rungs as the shape has steps
  uint32_t shape;   // [0..shapes.n)
};

/* Ladders from `first` on, until the next operation's, came from it. */
struct operation {
  ladder_id first;
  char *name; // as the source of the circuit calls it
  char *kind; // what it is: "linear", "compare", ...
};

#define OPERATION_OUTPUTS "outputs" // name of the gates made for outputs only

/* `values` integers of `width` bits each, least bit first. */
struct bus {
  char *name;
  size_t values;
  unsigned width;
  bool is_signed;   // two's complement
  size_t first_bit; // in c->inputs or c->outputs
};

struct bit_name {
  bit_id bit;
  char *name;
};

/* Read the fields freely; change them only through the functions below. */
struct circuit {
  ARRAY(struct ladder) ladders;
  ARRAY(struct bit) bits;
  ARRAY(struct wire) wires;
  ARRAY(struct view) views;      // no two are equal
  ARRAY(struct shape) shapes;    // no two are equal
  ARRAY(integer_id) steps;       // of the shapes
  struct integers integers;      // weights, thresholds and steps
  ARRAY(bit_id) inputs;          // in order of creation
  ARRAY(bit_id) outputs;         // may repeat
  ARRAY(struct bus) input_buses; // each covers a part of c->inputs
  ARRAY(struct bus) output_buses;
  ARRAY(struct operation) operations; // ascending
  ARRAY(struct bit_name) names;       // ascending by bit
  struct hash find_shape, find_view;
  size_t taken_wires;      // those beyond wait for their ladder
  struct folding *folding; // of folding.h, if ladders stand for many; or NULL
  void *memo;              // what compile/ keeps until the circuit is made
  void (*free_memo)(void *memo);
  size_t max_bytes; // most that circuit_bytes() may become; 0: no limit
  void (*progress)(const struct circuit *c); // for each ladder; may be NULL
};

void circuit_init(struct circuit *c);
void circuit_clear(struct circuit *c);
void circuit_free_memo(struct circuit *c);

/* Wires first; then the ladder or gate that takes all wires added since the
   last one. As in GMP, the _si forms take a long. */
bit_id circuit_add_input(struct circuit *c);
void circuit_add_wire(struct circuit *c, source_id source, const mpz_t weight);
void circuit_add_wire_si(struct circuit *c, source_id source, long weight);
void circuit_add_wire_id(struct circuit *c, source_id source, integer_id w);
/* In a folded circuit, from these copies of the source. */
void circuit_add_wire_span(struct circuit *c, source_id source, integer_id w,
                           uint32_t span);
/* The first of n >= 1 rungs; thresholds strictly ascending. Those of a folded
   circuit may be NULL: nothing there looks at them. */
bit_id circuit_add_ladder(struct circuit *c, const integer_id *thresholds,
                          size_t n);
bit_id circuit_add_gate(struct circuit *c, const mpz_t threshold);
bit_id circuit_add_gate_si(struct circuit *c, long threshold);

/* The function of ladder l whose steps are given, one for each rung: a view,
   or the bit itself where l has one rung and the step is 1. Equal views are
   one. Cost O(rungs). */
source_id circuit_view(struct circuit *c, ladder_id l, const integer_id *steps);
uint32_t circuit_add_shape(struct circuit *c, const integer_id *steps,
                           size_t n);
/* The same for a shape with as many steps as l has rungs. O(1). */
source_id circuit_view_shape(struct circuit *c, ladder_id l, uint32_t shape);

void circuit_add_output(struct circuit *c, bit_id b);
/* Name the last values * width inputs (outputs) added. */
void circuit_add_input_bus(struct circuit *c, const char *name, size_t values,
                           unsigned width, bool is_signed);
void circuit_add_output_bus(struct circuit *c, const char *name, size_t values,
                            unsigned width, bool is_signed);
/* Ladders added from now on come from this operation. */
void circuit_begin_operation(struct circuit *c, const char *name,
                             const char *kind);
/* Give a bit a name; bits in ascending order, each at most once. */
void circuit_name_bit(struct circuit *c, bit_id b, const char *name);

/* All O(1) but the last two, O(log). A name or operation may be NULL. */
size_t circuit_end_wire(const struct circuit *c, ladder_id l);
bit_id circuit_end_bit(const struct circuit *c, ladder_id l);
size_t circuit_rungs(const struct circuit *c, ladder_id l);
bool circuit_is_input(const struct circuit *c, bit_id b);
bool circuit_is_gate(const struct circuit *c, bit_id b);
ladder_id circuit_source_ladder(const struct circuit *c, source_id s);
const integer_id *circuit_view_steps(const struct circuit *c, source_id s);
const struct operation *circuit_operation(const struct circuit *c, ladder_id l);
const char *circuit_bit_name(const struct circuit *c, bit_id b);

/* Bytes that the circuit's arrays hold. O(1). */
size_t circuit_bytes(const struct circuit *c);

#endif
