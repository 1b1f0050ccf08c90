/* data.h - recorded inputs and outputs of a model

   Rows of a CSV file, or folders of tensors as ONNX keeps them: input_K.pb and
   output_K.pb, or such folders named test_data_set_*. A tensor of several
   times a port's elements is as many rows.

     struct data d = {0};
     if (data_read(&d, &model, path, &err))
       check_data(&v, circuit, &model, &d, EVALUATE_RUNGS);
     data_clear(&d);

   Errors     err->file is the file that is at fault; its name lasts as long as
              the data. */
#ifndef DATA_H
#define DATA_H

#include "circuit/array.h"
#include "circuit/circuit.h"
#include "circuit/evaluate.h"
#include "compile/front/model.h"
#include "compile/program/instance.h"

#include <flint/fmpz.h>

struct data_row {
  double *in;     // of all input ports, one after the other
  double *out;    // of all output ports; NAN where the data has none
  long predicted; // index of the greatest first output; -1 if not known
};

struct data {
  ARRAY(struct data_row) rows;
  ARRAY(char *) files; // names that messages refer to
};

bool data_read(struct data *d, const struct model *m, const char *path,
               struct error *err);
void data_clear(struct data *d);

struct data_verdict {
  size_t rows, mismatches;    // rows in which anything differs
  size_t values, predictions; // that were compared
  size_t first;               // the first row that differs
  double difference;          // greatest of float models' real outputs
  bool has_difference;
};

/* Run each row through the circuit and compare: integers and the real outputs
   of integer models exactly, predictions, and of float models how far the real
   outputs are. */
void check_data(struct data_verdict *v, const struct circuit *c,
                const struct model *m, const struct data *d,
                enum evaluation how);

/* The integers of a row's inputs; z is as run_values() takes it. */
void data_quantise(const struct model *m, const double *in, fmpz *z);
size_t model_inputs(const struct model *m);
size_t model_outputs(const struct model *m);

/* The same of what the model's program means, without a circuit. */
void check_data_run(struct data_verdict *v, const struct instance *in,
                    const struct model *m, const struct data *d);

#endif
