/* translate.h - between the files that translate ONNX operators

   Each value of the graph has a meaning: a constant, an input that nothing has
   quantised yet, integers of the program, or real numbers that are a chain of
   such integers. A translator finds the meaning of a node's output. */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include "compile/front/model.h"

#include <flint/fmpz.h>

enum meaning_kind {
  MEANING_NONE,
  MEANING_CONSTANT,
  MEANING_INPUT,   // real numbers of an input, without integers as yet
  MEANING_INTEGER, // of the type that the file says
  MEANING_REAL
};

struct lengths {
  size_t rank;
  size_t at[SHAPE_MAX];
  size_t n;
};

struct constant {
  double *at; // exact, but for integers beyond 2^53
  /* Of a constant that was dequantised: at = level * scale. Else NULL. */
  long *level;
  const float *scale;
  size_t scales; // 1, or the length of `axis`
  size_t axis;
};

struct meaning {
  enum meaning_kind kind;
  struct lengths shape;
  enum onnx_type type;
  struct constant constant;
  size_t port;        // of an input
  value_id value;     // in the program
  struct chain chain; // of a real
  bool is_sum;        // a real that is a sum of products of levels: quantising
                      // it is one step, as fused kernels do it
  bool is_softmax;    // only the order is right
  fmpz *lo, *hi;      // interval of each integer, of shape.n
};

struct translation {
  struct model *m;
  const struct model_options *o;
  const struct onnx_graph *g;
  struct meaning *of;           // [value_id of the graph]
  struct meaning *quantised;    // [port]: an input's integers, once made
  struct meaning *levels;       // [value_id of the graph]: a real's, once made
  const struct onnx_node *node; // that is being translated
  struct error *err;
};

/* One operator. The node has its inputs, none of them MEANING_NONE. */
struct translator {
  struct model_operator public;
  bool (*translate)(struct translation *t, struct meaning *out);
};

extern const struct translator shape_translators[], elementwise_translators[],
    linear_translators[]; // each ended by a name of NULL

/* "node 3 (Gemm 'fc1'): ..."; returns false. */
bool translate_error(struct translation *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The node's input i, or NULL if it is left out. */
struct meaning *translate_input(struct translation *t, size_t i);
/* A constant input; false with a message if it is none. *c is NULL if left out
   and not needed. */
bool translate_constant(struct translation *t, size_t i, bool is_needed,
                        const char *what, const struct meaning **c);
/* The same of whole numbers of at most 32 bits. */
bool translate_integers(struct translation *t, size_t i, bool is_needed,
                        const char *what, const struct meaning **c);
/* Name of a step that comes from the node. */
const char *translate_name(const struct translation *t);
/* Memory that lasts as long as the model. */
void *translate_alloc(struct translation *t, size_t n, size_t size);
fmpz *translate_integers_alloc(struct translation *t, size_t n);
void translate_note(struct translation *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* False if they are too many, or the elements more than MODEL_ELEMENTS. */
bool old_lengths_set(struct lengths *s, const size_t *at, size_t rank);
struct dims translate_dims(struct translation *t, const struct lengths *s);
size_t old_lengths_last(const struct lengths *s); // 1 for a scalar

/* The range of a type of whole numbers, and its bits; false for others. */
bool levels_of_type(enum onnx_type type, long *lo, long *hi, unsigned *width);
/* Scale, zero and type of the node's inputs i and i + 1, per tensor. */
bool levels_of_inputs(struct translation *t, size_t i, struct quantiser *to,
                      enum onnx_type *type);
/* All of x's integers are from lo to hi. */
void interval_fill(struct translation *t, struct meaning *x, long lo, long hi);
/* False with a message if a real x is beyond float32 anywhere. */
bool translate_check_finite(struct translation *t, const struct meaning *x);

/* The least power of two with steps * scale >= most; 1 if that is 0. May be
   infinite, or 0 where it is below float32. */
float translate_scale(double most, double steps);
/* r = the integers of an input at these levels, the same for all readers. */
bool translate_quantise_input(struct translation *t, const struct meaning *x,
                              const struct quantiser *to, enum onnx_type type,
                              struct meaning *r);
/* r = x as real numbers; an input gets levels that hold its range. */
bool translate_as_real(struct translation *t, const struct meaning *x,
                       struct meaning *r);
/* r = the levels of a real x, as integers. */
bool translate_apply(struct translation *t, const char *name,
                     const struct meaning *x, const struct quantiser *to,
                     struct meaning *r);
/* r = x, whose chain is a scale, in integers of at most `bits` bits: its own if
   they are so few, else its levels with a power of two as scale that hold its
   range, the same for all readers of value v of the graph, which x is. */
bool translate_as_levels(struct translation *t, const struct meaning *x,
                         value_id v, struct meaning *r, float *scale);
/* The same, but always levels. */
bool translate_to_levels(struct translation *t, const struct meaning *x,
                         value_id v, struct meaning *r);

#endif
