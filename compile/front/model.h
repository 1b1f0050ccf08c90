/* model.h - a model file as a program

   Integer models follow ONNX Runtime to the bit: the circuit's outputs are the
   runtime's outputs. Layers of real numbers are quantised here, at `bits` bits,
   with a power of two as scale for each tensor, from ranges.

     struct model m;
     struct model_options o = {.bits = 8, .range = 1};
     if (model_read(&m, "net.onnx", &o, &err))
       ... m.program, m.inputs.at[i].levels ...
     model_clear(&m);

   Words and units
     port     an input or output of the model, in the order of the program's,
              whose integers stand for its values.
     levels   of an input of real numbers: how they become integers.
     chain    of an output of real numbers: what its integers stand for.

   Errors     err->file is the path. Operators that are not supported are listed
              all at once. */
#ifndef MODEL_H
#define MODEL_H

#include "circuit/error.h"
#include "compile/front/chain.h"
#include "compile/front/onnx.h"
#include "compile/program/program.h"

#define MODEL_ELEMENTS ((size_t)1 << 24) // most of them in a tensor

struct model_range {
  double lo, hi;
};

struct model_options {
  unsigned bits;  // [2..16], of activations and weights of real layers
  double range;   // inputs of real numbers are of [-range..range]; > 0
  long dimension; // what a dimension that is not fixed becomes, beyond the
                  // first, which is 1; 0: an error
  /* Ranges of the graph's values, found on data (real.h); NULL: from the
     inputs' range by interval arithmetic. [value_id] */
  const struct model_range *ranges;
};

struct model_port {
  char *name;
  bool is_real;
  struct quantiser levels; // of an input; scale 1 and zero 0 if it is not real
  struct chain chain;      // of a real output
  size_t n;                // values
  size_t last;             // length of the last axis; 1 for a scalar
  enum onnx_type type;     // as the file has it
  value_id value;          // in the file's graph
  size_t place;            // in the program's inputs or outputs
};

/* How many elements a value of the graph has, and along its last axis. */
struct model_value {
  size_t n, last;
};

struct model {
  struct onnx_model onnx;
  struct program program;
  struct model_value *values; // [value_id of the graph]
  ARRAY(struct model_port) inputs, outputs;
  ARRAY(char *) notes; // sentences for reports
  bool is_exact;       // no layer was quantised here
};

bool model_read(struct model *m, const char *path,
                const struct model_options *o, struct error *err);
/* From n bytes, which are not needed afterwards. */
bool model_read_bytes(struct model *m, const uint8_t *bytes, size_t n,
                      const struct model_options *o, struct error *err);
/* Anew, with other options: all but m->onnx is replaced. err->file stays. */
bool model_translate(struct model *m, const struct model_options *o,
                     struct error *err);
void model_clear(struct model *m);

/* A value of a real port as the integer that stands for it, and back; place i
   of the port's values. */
long model_level(const struct model_port *in, double x);
double model_real(const struct model_port *out, size_t i, const mpz_t q);

/* What can be read, for 'tc0 list ops'. */
struct model_operator {
  const char *name;
  const char *limits; // what is supported of it
};
size_t model_operators(const struct model_operator **list);

#endif
