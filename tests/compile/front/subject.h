/* subject.h - models made in memory, and what becomes of them

   Text in the form of prototext.h is put together with say_*(), read, and made
   a circuit of. What it should compute is a plain function of the integers
   that its inputs are; both readings are compared with it.

     struct sketch k = {0};
     say_input(&k, "x", ONNX_FLOAT, "1 3");
     say_node(&k, "Relu", "x", "y", "");
     say_output(&k, "y");
     struct subject s;
     subject_init(&s, &k, &options);
     subject_compare(&s, answer, context, rounds);
     subject_clear(&s); */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "circuit/measure.h"
#include "compile/front/model.h"
#include "compile/program/run.h"

#include <stdint.h>

struct sketch {
  char text[1 << 17];
  size_t n;
  int opset; // 13 if 0
};

void say(struct sketch *k, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* dims: "2 3"; "" is a scalar, "?" a length that is not fixed */
void say_input(struct sketch *k, const char *name, enum onnx_type type,
               const char *dims);
void say_output(struct sketch *k, const char *name);
/* inputs: "x w" ; attributes in full */
void say_node(struct sketch *k, const char *op, const char *inputs,
              const char *output, const char *attributes);
void say_floats(struct sketch *k, const char *name, const char *dims,
                const float *at, size_t n);
void say_longs(struct sketch *k, const char *name, enum onnx_type type,
               const char *dims, const long *at, size_t n);
void say_float(struct sketch *k, const char *name, float value);
void say_long(struct sketch *k, const char *name, enum onnx_type type,
              long value);

/* The whole model's bytes; the caller frees them. */
uint8_t *sketch_bytes(const struct sketch *k, size_t *n);

struct subject {
  struct model m;
  struct instance in;
  struct circuit c;
  struct measure measure;
};

extern const struct model_options standard; // 8 bits, range 1

/* o may be NULL. Check fails if the model is refused. */
void subject_init(struct subject *s, const struct sketch *k,
                  const struct model_options *o);
/* Of s->m, which the caller loaded. */
void subject_make(struct subject *s, const struct model_options *o);
/* Translate it anew. */
void subject_again(struct subject *s, const struct model_options *o);
void subject_clear(struct subject *s);

/* y, all outputs, from x, all inputs, in the order of the ports. */
typedef void answer_of(const long *x, long *y, const void *context);

/* Random and extreme integers: run and the circuit equal the answer. */
void subject_compare(struct subject *s, answer_of *answer, const void *context,
                     int rounds);
/* The same of run only, where circuits are large and answers are subtle. */
void subject_run(struct subject *s, answer_of *answer, const void *context,
                 int rounds);

/* The same numbers at every run. */
struct dice {
  uint64_t seed;
};
long dice_long(struct dice *d, long lo, long hi);
float dice_float(struct dice *d, float lo, float hi);

int subject_rounds(void); // 100, or 1000 if TEST_ROUNDS is "full"

#endif
