/* model.h - a model file as a program

   Integer models follow ONNX Runtime to the bit: the circuit's outputs are the
   runtime's outputs. Layers of real numbers are quantised here, at `bits` bits,
   with a power of two as scale for each tensor, from ranges; their weights have
   4 bits more, and a scale for each row, as no gate depends on how long a
   weight is.

     struct model m;
     struct model_options o = {.bits = 8, .range = 1};
     if (model_read(&m, "net.onnx", &o, &err))
       ... m.program, m.inputs.at[i].levels ...
     model_clear(&m);

   With ranges of data: model_load(), flow_run.h on m.flow for each row, then
   model_translate() with what was found.

   Words and units
     port     an input or output of the model, in the order of the program's,
              whose integers stand for its values.
     levels   of an input of real numbers: how they become integers.
     curve    of an output of real numbers: what its integers stand for.
     bound    of an input: a constant, that the circuit has no input for.

   Errors     err->file is the path. Operators that are not supported are listed
              all at once. */
#ifndef MODEL_H
#define MODEL_H

#include "circuit/error.h"
#include "compile/front/curve.h"
#include "compile/front/flow.h"
#include "compile/front/onnx.h"
#include "compile/program/program.h"

struct model_range {
  double lo, hi;
};

/* What a dimension of this name is, or an input. */
struct model_dimension {
  const char *name;
  long value; // >= 1
};
struct model_bound {
  const char *name;
  const struct onnx_tensor *tensor;
};

struct model_options {
  unsigned bits; // [2..16], of what layers of real numbers make
  double range;  // inputs of real numbers are of [-range..range]; > 0
  /* Outputs of layers quantised here are whole sums, not rounded to `bits`. */
  bool has_whole_outputs;
  /* Dimensions that the file leaves open. Others: the first is 1, and beyond
     that they are `length`, or an error if it is 0. */
  long length;
  long steps;   // of the input of one integer that decides how many rounds a
                // loop has; 0: that is bound, or there is none
  long targets; // positions of a checkpoint's decoder; 0: the standard
  const struct model_dimension *dimensions;
  size_t n_dimensions;
  const struct model_bound *bound;
  size_t n_bound;
  /* Ranges of values, found on data; NULL: from the inputs' range by interval
     arithmetic. [flow_id]; where lo is infinite there is none. */
  const struct model_range *ranges;
};

struct model_port {
  char *name;
  bool is_real;
  struct quantiser levels;  // of an input; scale 1 and zero 0 if it is not real
  struct curve curve;       // of a real output
  double error;             // of an output: how far it is from the model's at
                            // most, infinite if that is not known; of integers
                            // 0 unless real numbers were rounded to them.
                            // All as long as no value that is not exact comes
                            // so near a step of `stepped` that it crosses it
  struct model_range range; // of a real output, if that is known, and of an
                            // input, where data or range= say it; else 0 to 0
  const struct flow_node *stepped; // of an output: a node that it depends on,
                                   // which makes steps of real numbers, as
                                   // Round or Greater; NULL: there is none
  size_t n;                        // values
  enum onnx_type type;             // as the file has it
  flow_id flow;                    // the node of the flow
  size_t file;                     // its place in the file's inputs or outputs
  size_t place;                    // in the program's inputs or outputs
};

struct model {
  struct onnx_model onnx;
  struct flow flow;
  struct program program;
  flow_id *values; // [value_id of the outermost graph]; or FLOW_NONE
  ARRAY(struct model_port) inputs, outputs;
  ARRAY(char *) notes; // sentences for reports
  bool is_exact;       // no layer was quantised here
  unsigned bits;       // of those that were
  long steps;          // as the options said, rounds of loops; 0: not
};

bool model_read(struct model *m, const char *path,
                const struct model_options *o, struct error *err);
/* From n bytes, which are not needed afterwards. */
bool model_read_bytes(struct model *m, const uint8_t *bytes, size_t n,
                      const struct model_options *o, struct error *err);
/* The file and its flow alone; then the program, of which bits, range and
   ranges may differ each time. err->file stays. */
bool model_load(struct model *m, const char *path,
                const struct model_options *o, struct error *err);
/* The same of a model in safetensors beside a config.json (checkpoint.h). */
bool model_load_checkpoint(struct model *m, const char *path,
                           const struct model_options *o, struct error *err);
bool model_translate(struct model *m, const struct model_options *o,
                     struct error *err);
void model_clear(struct model *m);
/* Zero bytes are none; for who loads one. */
void model_init(struct model *m, struct error *err);

/* A value of a real port as the integer that stands for it, and back; place i
   of the port's values. */
long model_level(const struct model_port *in, double x);
double model_real(const struct model_port *out, size_t i, const mpz_t q);

/* What can be read, for 'tc0 list ops', by name. */
struct model_operator {
  const char *name;
  const char *limits; // what is supported of it
};
size_t model_operators(const struct model_operator **list);

#endif
