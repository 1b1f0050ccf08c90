/* levels.h - a flow as a program of integers

   Each tensor of the flow becomes integers of the program and a curve
   (curve.h), which says what they stand for; so functions of elements cost
   nothing until something needs integers that they are not: a sum wants a
   common scale, a product or a maximum few levels. Then there is one function
   of the integers for all of them, one ladder for each element.

     Tensors of integer types are exact, and wrap around in their type.
     Real numbers that a file quantises are exact, as its runtime has them.
     Others are quantised here: `bits` bits, with a power of two as scale for
     each tensor, from ranges of data or of intervals.

   With each tensor goes a bound on how far real numbers are from those of the
   flow, as long as no value leaves the range of its levels.

   Internal to compile/front: model.h is for callers. */
#ifndef LEVELS_H
#define LEVELS_H

#include "compile/front/curve.h"
#include "compile/front/flow.h"
#include "compile/front/model.h"

#include <flint/fmpz.h>

struct meaning {
  bool is_known;
  value_id value; // in the program; its integers are of [lo..hi], each its own
  struct lengths shape;
  fmpz *lo, *hi;
  struct curve curve;
  double error;        // of the integers, before the curve
  double from, to;     // where data say that they are
  bool is_free;        // each is one ladder, or input bits
  bool is_sum;         // of products of levels, with one scale as the curve:
                       // quantising it is one step, as fused kernels do it
  enum onnx_type base; // of the integers, if a file says it; else undefined
};

struct levels {
  struct flow *f;
  struct model *m;
  struct program *p;
  const struct model_options *o;
  struct error *err;
  struct meaning *of;   // [flow_id]
  struct meaning *kept; // [flow_id]: in levels, once made
};

/* Means all nodes; false with a message. */
bool levels_of_flow(struct levels *l);

/* ---- Between its files ---- */

struct meaning *levels_get(struct levels *l, flow_id x);
/* For messages: begins with the node of the file. */
bool levels_error(struct levels *l, flow_id x, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void levels_note(struct levels *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *levels_name(const struct levels *l, flow_id x);
struct dims levels_dims(struct levels *l, const struct lengths *s);
/* The program's value with the dims of its shape: all but the last axis are
   one. */
value_id levels_value(struct levels *l, const struct meaning *m);
/* v as such of a shape. */
value_id levels_shaped(struct levels *l, value_id v,
                       const struct lengths *shape);
fmpz *levels_integers(struct levels *l, size_t n);
/* A fresh meaning of x's shape, intervals 0. */
struct meaning levels_new(struct levels *l, flow_id x, value_id v,
                          bool is_exact);
const double *levels_keep(struct levels *l, const double *at, size_t n);
/* x's curve times a scale. False if it is full. */
bool levels_scaled(struct levels *l, struct meaning *x, double scale);
/* x's curve is a scale. */
void levels_set_scale(struct levels *l, struct meaning *x, bool is_exact,
                      double scale);
/* Each integer has at most so many bits. */
bool levels_fit(const struct meaning *x, unsigned bits);
/* The interval of all its integers; 0 to 0 without any. */
void levels_bounds(const struct meaning *x, mpz_t lo, mpz_t hi);
/* Integer i of x, where data say that it is, if there are any. */
struct interval levels_interval(const struct meaning *x, size_t i);
/* What element i stands for, if `is_seen` where data say that it is. */
struct interval levels_span(const struct meaning *x, size_t i, bool is_seen);
/* r's integers times a scale are x: what data say of them. */
void levels_see(struct levels *l, flow_id x, double scale, struct meaning *r);
/* r's integers times a scale are x, and are clamped: as long as x is where data
   say, they cannot be farther from it than from the ends of that. */
void levels_cap_error(struct levels *l, flow_id x, double scale,
                      struct meaning *r);
/* How far what x stands for is from the flow's. */
double levels_error_of(const struct meaning *x);
/* The interval of what x stands for; false if it is not finite. */
bool levels_range(const struct meaning *x, struct model_range *r);

/* The least power of two with most * scale >= reach; 1 if that is 0. */
double levels_scale(double reach, long most);
/* A power of two as scale, with which levels of `bits` bits hold the range. */
bool levels_of_range(struct levels *l, flow_id x, struct model_range r,
                     struct quantiser *to);

/* r = x in other integers: */
/* themselves, of a tensor of integers; */
bool levels_as_integers(struct levels *l, flow_id x, struct meaning *r);
/* numbers times a scale, which they are already, or levels; */
bool levels_as_number(struct levels *l, flow_id x, struct meaning *r,
                      double *scale);
/* the same of m, if it is affine: else false, without a message; */
bool levels_number_of(struct levels *l, flow_id x, const struct meaning *m,
                      struct meaning *r, double *scale);
/* of at most `bits` bits, times a scale; each free, if `is_free`; */
bool levels_as_levels(struct levels *l, flow_id x, bool is_free,
                      struct meaning *r, double *scale);
/* levels made of them, the same for all who ask; */
bool levels_to_levels(struct levels *l, flow_id x, struct meaning *r);
/* levels that the quantiser says. */
bool levels_apply(struct levels *l, flow_id x, const struct meaning *from,
                  const struct quantiser *to, struct meaning *r);
/* The same, of which r->error is not set; `to` may be NULL: integers that a
   curve of integers has. */
bool levels_function(struct levels *l, flow_id x, const struct meaning *from,
                     const struct quantiser *to, struct meaning *r);
/* r = factor * x for whole factors, and a constant of each element, or NULL. */
void levels_combine(struct levels *l, flow_id x, const struct meaning *const *a,
                    const long *factor, size_t n, const fmpz *constant,
                    struct meaning *r);
/* m's integers times a factor, without its curve. */
void levels_times(struct levels *l, flow_id x, struct meaning *m, long factor);
/* Whole numbers with scale[0] / scale[1] = factor[0] / factor[1], to 2^-50, and
   the unit that both are multiples of; false if they are above 2^40. */
bool levels_common_unit(const double *scale, long *factor, double *unit);
/* Integers of x that a type of integers can have; else they wrap around. */
bool levels_wrap(struct levels *l, flow_id x, struct meaning *r);
/* z = round(x / unit); infinite x become large, as in masks. */
void levels_set_rounded(fmpz_t z, double x, double unit, double *error);
/* A constant in units of a scale, each rounded; infinite ones become large.
 *error is the greatest that is lost. */
fmpz *levels_constant(struct levels *l, const struct flow_node *c, double scale,
                      double *error);

/* A curve that is full begins anew with levels. */
bool levels_make_room(struct levels *l, flow_id x, struct meaning *m);
/* A message unless ok: the curve had no room. */
bool levels_full(struct levels *l, flow_id x, bool ok);
/* A comparison of many integers: 1 where the difference is 0, by a table of -1,
   0 and 1. */
bool levels_split_equal(struct levels *l, flow_id x);

/* One kind of node each, in files of their names; of a function of two tensors
   levels_pair(), of a quotient of them levels_divide(); those along the last
   axis in levels_rows.c. */
bool levels_read_input(struct levels *l, flow_id x);
bool levels_scalar(struct levels *l, flow_id x);
bool levels_pair(struct levels *l, flow_id x);
bool levels_divide(struct levels *l, flow_id x);
bool levels_cast(struct levels *l, flow_id x);
bool levels_quantise(struct levels *l, flow_id x);
bool levels_move(struct levels *l, flow_id x);
bool levels_linear(struct levels *l, flow_id x);
bool levels_sum(struct levels *l, flow_id x);
bool levels_greatest(struct levels *l, flow_id x);
bool levels_argmax(struct levels *l, flow_id x);
bool levels_look_up(struct levels *l, flow_id x);

#endif
