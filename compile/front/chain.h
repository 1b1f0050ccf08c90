/* chain.h - a real number that is a function of an integer

   Models of real numbers become circuits of integers by keeping, beside each
   integer, what it stands for: subtract a zero, then link by link multiply,
   add, clip, or take a sigmoid. A link has one constant, or one for each
   element along the last axis.

     struct chain c = {.is_exact = true};
     chain_link(&c, CHAIN_MUL, &scale, 1);
     chain_link(&c, CHAIN_MAX, &zero, 1);     // relu
     struct quantiser to = {...};
     struct function f = chain_function(&p, &c, i, &to);  // to a level

   Arithmetic  float32, each link rounded, as the runtime of a quantised model
               does it, sigmoid and tanh correctly; or, if is_exact, real
               numbers: 256 bits, so that rounding to a level at the end is
               the only one, half to even.
   Every chain is monotone, and so is every function made of one. */
#ifndef CHAIN_H
#define CHAIN_H

#include "compile/front/quantise.h"
#include "compile/program/program.h"

#include <stdbool.h>

enum chain_kind {
  CHAIN_MUL,
  CHAIN_ADD,
  CHAIN_MAX, // the greater of x and the constant
  CHAIN_MIN,
  CHAIN_SIGMOID, // without a constant
  CHAIN_TANH
};

#define CHAIN_LINKS 16

struct chain_link {
  enum chain_kind kind;
  const float *at; // owned by the program
  size_t n;        // 0, 1 or the length of the last axis
};

struct chain {
  bool is_exact;
  long zero;
  size_t n;
  struct chain_link link[CHAIN_LINKS];
};

/* False if the chain is full. The constants are copied into the program. */
bool chain_append(struct program *p, struct chain *c, enum chain_kind kind,
                  const float *at, size_t n);
/* It only multiplies by one positive number. */
bool chain_is_scale(const struct chain *c, float *scale);
/* Integers of [lo..hi] are in the order of what they stand for, and equal where
   that is. Also false where it cannot be said easily. */
bool chain_keeps_order(const struct chain *c, const mpz_t lo, const mpz_t hi);
/* No link of a float32 chain makes an infinity or NaN of q. If so at both ends
   of an interval, then within it. */
bool chain_is_finite(const struct chain *c, size_t i, const mpz_t q);

/* What the integer q at place i of the last axis stands for. */
double chain_value(const struct chain *c, size_t i, const mpz_t q);

/* From the integer at place i of the last axis to the level of what it stands
   for. The context belongs to the program. */
struct function chain_function(struct program *p, const struct chain *c,
                               size_t i, const struct quantiser *to);
/* To an integer in the order of the float32 it stands for, equal for equal. */
struct function chain_order(struct program *p, const struct chain *c, size_t i);

/* The level of a real number. In float32, as QuantizeLinear has it, or exact.
 */
long levels_of(const struct quantiser *to, double x, bool is_exact);

#endif
