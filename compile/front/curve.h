/* curve.h - a number that is a function of an integer

   Where a circuit has an integer, a model has what it stands for: a scale times
   it, and any functions of that, step by step. A step reads constants, and what
   steps before it made, so x * sigmoid(x) is a function of x, and one ladder.

     struct curve c = curve_identity(true);
     curve_with(&c, SCALAR_MUL, ONNX_FLOAT, &scale, 1);
     curve_unary(&c, SCALAR_EXP, ONNX_FLOAT);
     struct interval all = curve_span(&c, 0, -128, 127, 0);
     curve_functions(&p, &c, n, lo, hi, &to, f);  // to levels, as functions

   Words and units
     place     which element of a tensor, of which constants have one each: a
               constant of n numbers has number (place % n).
     period    how many places differ at most.

   Arithmetic  Steps of integers are exact, and wrap around in their type.
               Others are float32, each rounded, as the runtime of a quantised
               model does it; or, if is_exact, real numbers: 256 bits, so that
               rounding to a level at the end is the only one, half to even.
               What is not defined is the lowest level.
   Ownership   Constants belong to who made them; curves are copied freely. */
#ifndef CURVE_H
#define CURVE_H

#include "compile/front/onnx.h"
#include "compile/front/quantise.h"
#include "compile/front/scalar.h"
#include "compile/program/program.h"

#define CURVE_STEPS 48

struct curve_step {
  enum scalar op;
  enum onnx_type type;
  signed char operand[2]; // a register: 0 the integer, k what step k - 1 made;
                          // CURVE_CONSTANT
  const double *at;       // the constant's numbers
  size_t n;
};
#define CURVE_CONSTANT (-1)

struct curve {
  bool is_exact;
  unsigned n;
  struct curve_step step[CURVE_STEPS];
};

struct curve curve_identity(bool is_exact);
/* One more step, of what the curve is so far. False if it is full. */
bool curve_unary(struct curve *c, enum scalar op, enum onnx_type type);
/* Of it and a constant, which is operand 0 if `is_first`. */
bool curve_with(struct curve *c, enum scalar op, enum onnx_type type,
                const double *at, size_t n, bool is_first);
/* Of a and b, which are functions of the same integer. */
bool curve_join(struct curve *c, const struct curve *a, const struct curve *b,
                enum scalar op, enum onnx_type type);
size_t curve_period(const struct curve *c);
/* The curve of a tensor of n elements, of which element i is element map[i] of
   this one's; NULL: i. Constants are allocated in the program. */
struct curve curve_move(struct program *p, const struct curve *c, size_t n,
                        const uint32_t *map);

/* The curve is factor * q + offset, of which the offset may differ by places.
 */
bool curve_is_affine(const struct curve *c, double *factor);
double curve_offset(const struct curve *c, size_t place);
/* The same with a factor for each place. */
bool curve_is_linear(const struct curve *c);
/* It only multiplies by one number. */
bool curve_is_scale(const struct curve *c, double *factor);

/* What integers of lo..hi stand for, if what they stand for is known but for an
   error of the base. */
struct interval curve_span(const struct curve *c, size_t place, double lo,
                           double hi, double error);
/* 1 if it never falls over lo..hi, -1 if it never rises, 0 if it is not known.
 */
int curve_direction(const struct curve *c, size_t place, double lo, double hi);
/* No step of a float32 curve makes an infinity or NaN of q. If so at both ends
   of an interval of a curve that has a direction, then within it. */
bool curve_is_finite(const struct curve *c, size_t place, const mpz_t q);
/* Integers of lo..hi are in the order of what they stand for, and equal where
   that is. Also false where it cannot be said easily. */
bool curve_keeps_order(const struct curve *c, const mpz_t lo, const mpz_t hi);

double curve_value(const struct curve *c, size_t place, const mpz_t q);

/* f[0..n) from integers of lo..hi to levels of what they stand for, where n is
   a period; equal ones share a context, which belongs to the program. A curve
   of integers becomes these; `to` is NULL. */
void curve_functions(struct program *p, const struct curve *c, size_t n,
                     const mpz_t lo, const mpz_t hi, const struct quantiser *to,
                     struct function *f);
/* To integers in the order of the float32 they stand for, equal for equal. */
void curve_orders(struct program *p, const struct curve *c, size_t n,
                  const mpz_t lo, const mpz_t hi, struct function *f);

#endif
