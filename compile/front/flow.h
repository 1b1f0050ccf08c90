/* flow.h - a model in a dozen operations

   What a model file says in some hundred operators is written here in a few:
   elements change places, functions of elements at the same place, constant
   matrices, sums, greatest elements. Operators are functions that build them
   (operators.h); what is constant is computed at once, so arithmetic of shapes
   disappears; and the rest is read twice: in real numbers (real.h), and as a
   program of integers (levels.h).

     flow_id y = flow_unary(f, SCALAR_EXP, x);
     y = flow_binary(f, SCALAR_DIV, y, flow_sum(f, y, axes, true));
     if (y == FLOW_NONE) return false;       // f->err says why

   Words and units
     tensor  elements in row-major order, of a type of ONNX: float32 stands for
             real numbers of any kind, others are integers or bool, 0 and 1.
     map     where the elements of a result come from: [i] is a place in all
             operands' elements, one operand after the other.

   Errors     A builder that fails sets f->err once, beginning with f->node, and
              returns FLOW_NONE, as does every builder that is given FLOW_NONE;
              so a check at the end is enough.
   Ownership  A flow owns what it is given but names; elements of constants last
              as long as it does, and so do its nodes.
   Cost       8 bytes an element of a constant, 4 of a map. */
#ifndef FLOW_H
#define FLOW_H

#include "circuit/array.h"
#include "circuit/error.h"
#include "circuit/hash.h"
#include "compile/front/onnx.h"
#include "compile/front/quantise.h"
#include "compile/front/scalar.h"

#define FLOW_MAX_RANK 8
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#  define FLOW_MAX_ELEMENTS ((size_t)1 << 12) // of a tensor
#  define FLOW_MAX_VARYING ((size_t)1 << 12)  // of one that is no constant
#  define FLOW_MAX_BYTES ((size_t)1 << 22)    // of a flow
#  define FLOW_MAX_STEPS ((size_t)1 << 20)    // to compute constants
#else
#  define FLOW_MAX_ELEMENTS ((size_t)1 << 26)
#  define FLOW_MAX_VARYING ((size_t)1 << 23)
#  define FLOW_MAX_BYTES ((size_t)1 << 32)
#  define FLOW_MAX_STEPS ((size_t)1 << 33)
#endif

struct lengths {
  size_t rank;
  size_t at[FLOW_MAX_RANK];
  size_t n; // their product
};

/* False if they are too many, or the elements too many. */
bool lengths_set(struct lengths *s, const size_t *at, size_t rank);
bool lengths_equal(const struct lengths *a, const struct lengths *b);
size_t lengths_last(const struct lengths *s); // 1 for a scalar
/* Product of the lengths of axes [from..to). */
size_t lengths_product(const struct lengths *s, size_t from, size_t to);

typedef uint32_t flow_id;
#define FLOW_NONE UINT32_MAX

enum flow_kind {
  FLOW_INPUT,
  FLOW_CONSTANT,
  FLOW_MOVE,     // by a map; without one each element keeps its place
  FLOW_SCALAR,   // a function of one or two tensors, element by element
  FLOW_CAST,     // the same number in another type: see flow_cast()
  FLOW_QUANTISE, // to levels, as quantise.h has it
  FLOW_LINEAR,   // a constant matrix times the last axis, which it replaces
  FLOW_SUM,      // along the last axis, which goes away
  FLOW_GREATEST, // the same
  FLOW_ARGMAX,   // the same: the place of the greatest, the first of equals
  FLOW_LOOK_UP,  // rows of a constant matrix: a new last axis
  FLOW_SEQUENCE  // of tensors, its operands; only operators of sequences and
                 // of bodies may be given one, and nothing computes it
};

/* Of a constant that was dequantised: at[i] = level[i] * scale[place]. */
struct dequantised {
  long *level; // NULL if it was not
  const float *scale;
  size_t scales, axis; // 1, or the length of the axis
};

struct flow_node {
  enum flow_kind kind;
  enum onnx_type type;
  struct lengths shape;
  uint32_t first, n; // operands in `lists`
  const char *name;  // of the file's node that it is part of, or the input
  const struct onnx_node *node;
  enum scalar scalar;         // of SCALAR
  const uint32_t *map;        // of MOVE; NULL: the identity
  const struct quantiser *to; // of QUANTISE: one, or shape.at[axis] of them
  size_t levels, axis;        // how many, and the axis
  size_t port;                // of INPUT
  double *at;                 // of CONSTANT; integers are exact to 2^53
  struct dequantised levels_of;
  /* A tensor of the same shape whose elements are in the same order along an
     axis, if there is one that takes less to make: of softmax its input. */
  bool has_order;
  flow_id order;
  size_t order_axis;
  double least;    // elements are known to be at least that, if it is above 0
  bool is_below_0; // or 0: a number less the greatest of its row
};

struct flow {
  ARRAY(struct flow_node *) nodes;
  ARRAY(flow_id) lists;
  ARRAY(void *) owned;
  const char *name;             // of nodes added from now on
  const struct onnx_node *node; // the same
  const char *function;         // that the node is in; or NULL
  ARRAY(struct flow_known {
    const struct onnx_tensor *tensor;
    flow_id value;
  })
  known;            // tensors of the file
  struct hash find; // over known
  size_t bytes, steps;
  struct error *err;
  bool failed;
};

void flow_init(struct flow *f, struct error *err);
void flow_clear(struct flow *f);
/* Zeroed memory that the flow owns. */
void *flow_alloc(struct flow *f, size_t n, size_t size);
/* More steps are done; false with an error once there are too many, so that a
   file ends that asks for any number of them. */
bool flow_spend(struct flow *f, size_t steps);
/* Sets the error, unless there is one: "node 3 (Gemm 'fc1'): ...". */
flow_id flow_error(struct flow *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const struct flow_node *flow_get(const struct flow *f, flow_id x);
flow_id flow_operand(const struct flow *f, flow_id x, size_t i);
bool flow_is_constant(const struct flow *f, flow_id x);
const struct lengths *flow_shape(const struct flow *f, flow_id x);
bool flow_is_real(const struct flow *f, flow_id x);

/* ---- Sources ---- */

flow_id flow_input(struct flow *f, enum onnx_type type,
                   const struct lengths *shape, size_t port);
/* Elements are copied. */
flow_id flow_constant(struct flow *f, enum onnx_type type,
                      const struct lengths *shape, const double *at);
flow_id flow_number(struct flow *f, enum onnx_type type, double x); // rank 0
flow_id flow_real(struct flow *f, double x);
/* Of tensors. */
flow_id flow_sequence(struct flow *f, const flow_id *x, size_t n);
bool flow_is_sequence(const struct flow *f, flow_id x);
/* A vector of int64. */
flow_id flow_integers(struct flow *f, const int64_t *at, size_t n);

/* ---- Functions of elements ---- */

flow_id flow_unary(struct flow *f, enum scalar op, flow_id a);
/* Shapes are repeated by numpy's rule. The type is a's, or bool of a
   comparison; integers wrap around in it. */
flow_id flow_binary(struct flow *f, enum scalar op, flow_id a, flow_id b);
flow_id flow_with(struct flow *f, enum scalar op, flow_id a, double b);
/* From real to integers towards 0, to bool [x != 0], between integers modulo
   2^width. */
flow_id flow_cast(struct flow *f, enum onnx_type type, flow_id a);
/* c ? a : b, for c of bool. */
flow_id flow_where(struct flow *f, flow_id c, flow_id a, flow_id b);
flow_id flow_not(struct flow *f, flow_id a);
/* a, of which the caller knows that no element is below `least` > 0, though
   the steps that make it do not show it. */
flow_id flow_known(struct flow *f, flow_id a, double least);
/* Levels have one quantiser, or one for each index of an axis. */
flow_id flow_quantise(struct flow *f, flow_id a, const struct quantiser *to,
                      size_t n, size_t axis, enum onnx_type type);
/* (a - zero) * scale: one of each, or one for each index of an axis. What a
   constant was before is kept, for matrices. */
flow_id flow_dequantise(struct flow *f, flow_id a, const float *scale,
                        const long *zero, size_t n, size_t axis);

/* ---- Elements change places (flow_move.c) ---- */

/* All operands have one type; `map` has shape->n entries and is copied. */
flow_id flow_move(struct flow *f, const flow_id *x, size_t n,
                  const struct lengths *shape, const uint32_t *map);
flow_id flow_reshape(struct flow *f, flow_id a, const struct lengths *shape);
flow_id flow_reshape_to(struct flow *f, flow_id a, const size_t *at,
                        size_t rank);
flow_id flow_transpose(struct flow *f, flow_id a, const size_t *order);
/* Swaps two axes; moves one to the end. */
flow_id flow_swap(struct flow *f, flow_id a, size_t i, size_t j);
flow_id flow_axis_last(struct flow *f, flow_id a, size_t axis);
flow_id flow_axis_back(struct flow *f, flow_id a, size_t axis); // its inverse
flow_id flow_broadcast(struct flow *f, flow_id a, const struct lengths *shape);
/* Index index[i] < length of an axis becomes index i. */
flow_id flow_take(struct flow *f, flow_id a, size_t axis, const size_t *index,
                  size_t n);
flow_id flow_slice(struct flow *f, flow_id a, size_t axis, size_t from,
                   size_t length);
flow_id flow_concat(struct flow *f, const flow_id *x, size_t n, size_t axis);
flow_id flow_insert_axis(struct flow *f, flow_id a, size_t axis); // length 1
flow_id flow_drop_axis(struct flow *f, flow_id a, size_t axis);   // of length 1
/* Windows of an image, as products of constants and greatest elements read
   them: x [.., spatial ...] to [.., places ..., window elements]. What is
   outside of x is `fill`; if that is NaN, what is first inside of the same
   window. */
struct flow_window {
  size_t rank; // of spatial axes, the last ones of x
  size_t size[FLOW_MAX_RANK], stride[FLOW_MAX_RANK], dilation[FLOW_MAX_RANK];
  int64_t before[FLOW_MAX_RANK]; // padding, or what is left out if negative
  size_t spread[FLOW_MAX_RANK];  // x's elements are so far apart, with what is
                                 // outside between; 0 is 1
  size_t places[FLOW_MAX_RANK];
};
flow_id flow_windows(struct flow *f, flow_id x, const struct flow_window *w,
                     double fill);

/* x [batch, channels, spatial ..] times windows of w [rows, channels / groups,
   sizes ..], of one type: [batch, rows, places ..] (flow_convolve.c). Sizes are
   w's, whatever window->size is. A constant matrix for each group, if w is
   one. */
flow_id flow_convolve(struct flow *f, flow_id x, flow_id w,
                      const struct flow_window *window, size_t groups);

/* ---- Along axes (flow_reduce.c) ---- */

/* Along a set of axes, bit i for axis i; they stay with length 1 if `keeps`. */
flow_id flow_sum(struct flow *f, flow_id a, unsigned axes, bool keeps);
flow_id flow_mean(struct flow *f, flow_id a, unsigned axes, bool keeps);
flow_id flow_greatest(struct flow *f, flow_id a, unsigned axes, bool keeps);
flow_id flow_least(struct flow *f, flow_id a, unsigned axes, bool keeps);
/* -a; of narrow integers as int64, so that it is there for each. */
flow_id flow_negated(struct flow *f, flow_id a);
flow_id flow_product(struct flow *f, flow_id a, unsigned axes, bool keeps);
/* int64. */
flow_id flow_argmax(struct flow *f, flow_id a, size_t axis, bool keeps,
                    bool last_of_equals);
/* Each less the greatest along an axis, so that no power of e is above 1. */
flow_id flow_below_greatest(struct flow *f, flow_id a, size_t axis);
/* e^(x - greatest) over their sum, along one axis; its logarithm. */
flow_id flow_softmax(struct flow *f, flow_id a, size_t axis);
flow_id flow_log_softmax(struct flow *f, flow_id a, size_t axis);
/* x [.., columns] times the transpose of w [rows, columns], a constant. */
flow_id flow_linear(struct flow *f, flow_id x, flow_id w);
/* As numpy.matmul(); the types of both are the same. */
flow_id flow_matmul(struct flow *f, flow_id a, flow_id b);
/* Rows of w [rows, columns], a constant, at x of integers: [.., columns]. A
   place < 0 counts from the end. */
flow_id flow_look_up(struct flow *f, flow_id x, flow_id w);
/* Rows of the smallest table of which x's elements, as they are, choose rows: a
   file means no others. 0 if they choose none. */
size_t flow_rows(const struct flow *f, flow_id x);

#endif
