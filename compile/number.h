/* number.h - integers that a circuit holds without spending gates on them

   A number is  constant + sum over ladders of weight * T[level] , where T is
   a view (circuit.h) or a single bit. Adding and scaling numbers costs no
   gates and no depth; so does any function of a number that reads one ladder
   only. Everything else makes ladders that read the numbers' terms as wires.

     struct number s, carry;
     number_init(&s), number_init(&carry);
     number_linear(c, &s, x, weight, n, NULL);   // sum of weight[i] * x[i]
     number_at_least_si(c, &carry, &s, 8);       // [s >= 8], one gate

   Invariants  one term for each ladder, ascending; no weight is 0; the view
               of a term has steps of greatest common divisor 1 whose first
               non-zero step is positive, and is the rung itself where only
               one step is not 0. So equal functions of the same ladders are
               equal numbers. lo <= value <= hi for every input, and lo and hi
               are no wider than the sum of the terms' ranges.
   Ownership   number_init makes an empty number (the constant
               0); number_clear frees it. The first argument after the circuit
               is the result, and may also be an operand.
   Folding     in a folded circuit (folding.h) a number is that of one index
               along each axis, and stands for those of all. A term's span says
               over which axes it is added up: all copies, its own included,
               so one ladder may have several terms, each in more axes. A view
               of a chain stands for a term of each gate whose step is not 0.
   Errors      a function tabulated over more than NUMBER_MAX_TABLE values,
               or of more steps, ends the process with status 3. */
#ifndef NUMBER_H
#define NUMBER_H

#include "circuit/circuit.h"

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#  define NUMBER_MAX_TABLE (1L << 16)
#else
#  define NUMBER_MAX_TABLE (1L << 26)
#endif

struct term {
  source_id source;
  integer_id weight;
  uint32_t span; // of a folded circuit: which copies of the source; else 0
};

struct number {
  ARRAY(struct term) terms;
  mpz_t constant;
  mpz_t lo, hi;
  bool is_chain; // each term is a gate, and is 1 only if the one before it is
};

void number_init(struct number *x);
void number_clear(struct number *x);
/* Arrays of n initialised numbers. */
struct number *numbers_new(size_t n);
void numbers_free(struct number *x, size_t n);

void number_set(struct number *r, const struct number *x);
void number_set_si(struct number *r, long value);
void number_set_z(struct number *r, const mpz_t value);
/* The 0/1 number of a bit of the circuit. */
void number_set_bit(struct circuit *c, struct number *r, bit_id b);

/* r = constant + sum of weight[i] * x[i]; `constant` may be NULL. No gates, no
   depth. O(t log t) for t terms. */
void number_linear(struct circuit *c, struct number *r,
                   const struct number *const *x, const mpz_t *weight, size_t n,
                   mpz_srcptr constant);
/* The same piece by piece: any number of pushes, r += weight * a, then one
   number_settle(). In between r is not a number; a is not r. */
void number_push(struct circuit *c, struct number *r, const struct number *a,
                 const mpz_t weight);
void number_push_si(struct circuit *c, struct number *r, const struct number *a,
                    long weight);
void number_push_source(struct circuit *c, struct number *r, source_id source,
                        const mpz_t weight);
void number_settle(struct circuit *c, struct number *r);
/* r += weight * the sum over all copies of a along some axes. A circuit that is
   not folded has one copy. As number_push(). */
struct copies {
  uint32_t axes; // 0: no axis is folded
  struct {
    size_t most, six; // as in a span, of each axis
  } of[32];
};
void number_push_copies(struct circuit *c, struct number *r,
                        const struct number *a, const mpz_t weight,
                        const struct copies *copies);
void number_add(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b);
void number_sub(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b);
void number_addmul_si(struct circuit *c, struct number *r,
                      const struct number *a, long weight);
void number_mul_si(struct circuit *c, struct number *r, const struct number *a,
                   long weight);
void number_add_si(struct number *r, const struct number *a, long constant);
void number_add_z(struct number *r, const struct number *a, mpz_srcptr z);
void number_mul_2exp(struct circuit *c, struct number *r,
                     const struct number *a, unsigned long bits);
/* Narrow the known range to [lo..hi], which the caller has proved. A number
   left with one value becomes that constant. */
void number_bound(struct number *r, const mpz_t lo, const mpz_t hi);
void number_bound_si(struct number *r, long lo, long hi);

bool number_is_constant(const struct number *x);
/* It reads one ladder, and one copy of it: functions of it are free. */
bool number_is_ladder(const struct circuit *c, const struct number *x);
/* The same, or a chain: gates with sums of their own that fire one after the
   other, as those of a ladder do. So functions of it are free too. */
bool number_is_free(const struct circuit *c, const struct number *x);
/* r = start + sum of step * [sum of weight[k] * x[k] >= threshold] over gates,
   of which each is 1 only if those before it are. Depth 1, and a gate for each
   gate that can go either way. */
#define CHAIN_OPERANDS 3
struct chain_gate {
  mpz_t weight[CHAIN_OPERANDS], threshold;
  long step; // 0: there is no such gate
};
struct chain_gates {
  const struct number *x[CHAIN_OPERANDS];
  unsigned operands;
  size_t gates;
  long start;
  void (*get)(struct chain_gate *g, size_t i, const void *context);
  const void *context;
};
void number_chain(struct circuit *c, struct number *r,
                  const struct chain_gates *f);
/* One more gate of a chain: r += step * [x >= t], a gate even where x reads one
   ladder, unless it can go only one way. */
void number_push_gate(struct circuit *c, struct number *r,
                      const struct number *x, const mpz_t t, long step);
/* The bit that the number is, if it is a constant 0 or 1 or a bit of the
   circuit with weight 1: costs nothing. */
bool number_is_bit(const struct circuit *c, const struct number *x, bit_id *b);
/* Bits that hold every value: unsigned if lo >= 0, else two's complement. */
unsigned number_width(const struct number *x);
unsigned width_of_range(const mpz_t lo, const mpz_t hi, bool *is_signed);

/* r = start + sum of steps[j] over the j with x >= thresholds[j], thresholds
   strictly ascending: every function of x is of this form. Depth 1 and one
   gate for each non-zero step whose threshold can go either way; no gates if
   x reads at most one ladder. */
struct stair { // or a run of them, `gap` apart
  mpz_t threshold, step, gap;
  size_t count; // at least 1
};
struct staircase {
  ARRAY(struct stair) stairs;
  mpz_t start;
};
void staircase_init(struct staircase *s);
void staircase_clear(struct staircase *s);
void staircase_push(struct staircase *s, const mpz_t threshold,
                    const mpz_t step);
void staircase_push_si(struct staircase *s, const mpz_t threshold, long step);
/* `count` stairs at once, the first at `threshold` and others gap > 0 apart;
   for number_staircase() alone. */
void staircase_push_run(struct staircase *s, const mpz_t threshold,
                        const mpz_t step, const mpz_t gap, size_t count);
size_t staircase_count(const struct staircase *s);
void number_staircase(struct circuit *c, struct number *r,
                      const struct number *x, const struct staircase *s);

/* A function on integers. Monotone ones, in either direction, are not
   tabulated: their steps are found by bisection. */
struct function {
  void (*call)(mpz_t y, const mpz_t x, const void *context); // y is not x
  const void *context;
  bool is_monotone;
};
/* The staircase of f on [lo..hi]. O(values), or O(steps * log(values)). */
void staircase_of(struct staircase *s, const struct function *f, const mpz_t lo,
                  const mpz_t hi);
/* r = f(x). As number_staircase(). */
void number_apply(struct circuit *c, struct number *r, const struct number *x,
                  const struct function *f);

/* r = [x >= t]. Depth 1, one gate. */
void number_at_least(struct circuit *c, struct number *r,
                     const struct number *x, const mpz_t t);
void number_at_least_si(struct circuit *c, struct number *r,
                        const struct number *x, long t);

/* The steps T[1]-T[0], ... of term i, weight included: `steps` has as many
   initialised integers as number_rungs() says. */
size_t number_rungs(const struct circuit *c, const struct number *x, size_t i);
void number_steps(const struct circuit *c, const struct number *x, size_t i,
                  mpz_t *steps);
/* r = term i of x, without the constant. */
void number_take_term(struct circuit *c, struct number *r,
                      const struct number *x, size_t i);
/* r += the function of ladder l with these steps: one more push. */
void number_add_steps(struct circuit *c, struct number *r, ladder_id l,
                      const mpz_t *steps, size_t n);

#endif
