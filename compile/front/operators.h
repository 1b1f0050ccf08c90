/* operators.h - what ONNX operators mean, in the operations of a flow

   An operator is a function that builds its outputs from its inputs, and a row
   in the table at the end of the file that it belongs to:

     static void build_gelu(struct operator_call *n) {
       flow_id x = call_input(n, 0);
       ...
       n->out[0] = flow_binary(n->f, SCALAR_MUL, x, half);
     }
     {{"Gelu", ""}, build_gelu},

   Errors     flow_error(); nothing else has to be said or returned. An output
              that is left FLOW_NONE without one is an error only where it is
              read. A wrong number of inputs, or of a wrong kind, is the file's
              fault: check what is indexed. */
#ifndef OPERATORS_H
#define OPERATORS_H

#include "compile/front/flow.h"

/* The values of a graph, and of those around it. */
struct scope {
  const struct onnx_graph *graph;
  flow_id *value; // [value_id]; FLOW_NONE while not known
  const struct scope *outer;
  const struct onnx_function *function; // that the graph is of or in, or NULL;
  const struct operator_call *caller;   // and the call of it
};

struct operator_call {
  struct flow *f;
  const struct onnx_model *onnx;
  const struct scope *scope;
  const struct onnx_node *node;
  int64_t opset; // of the operator's domain
  size_t inputs, outputs;
  const flow_id *in; // FLOW_NONE where it is left out
  flow_id *out;
  unsigned depth; // of graphs around the node
};

/* Input i; an error if it is left out. */
flow_id call_input(struct operator_call *n, size_t i);
bool call_has(const struct operator_call *n, size_t i);
/* A constant input; NULL if it is none, with an error, or if it is left out and
   not needed. `what` is "the axes". */
const struct flow_node *call_constant(struct operator_call *n, size_t i,
                                      bool is_needed, const char *what);
/* A constant input of one element, or `other` if it is left out. */
double call_number(struct operator_call *n, size_t i, double other,
                   const char *what);
/* Attributes, or `other` where there is none. */
int64_t call_int(struct operator_call *n, const char *name, int64_t other);
double call_float(struct operator_call *n, const char *name, double other);
/* "" if there is none; the text is the flow's. */
const char *call_string(struct operator_call *n, const char *name);
/* How many there are; *at is NULL without any. */
size_t call_ints(struct operator_call *n, const char *name, const int64_t **at);
size_t call_floats(struct operator_call *n, const char *name, const float **at);
/* Of any type; NULL if there is none. Where one of a function refers to
   another, that. */
const struct onnx_attribute *call_attribute(const struct operator_call *n,
                                            const char *name);
bool call_has_attribute(const struct operator_call *n, const char *name);
/* A list that is an attribute, or from some opset on an input: whole numbers.
   False if there is neither. */
bool call_list(struct operator_call *n, const char *name, size_t input,
               const int64_t **at, size_t *length);
/* An axis of x, which may count from the end; 0 with an error if it is none. */
size_t call_axis(struct operator_call *n, int64_t axis, size_t rank);
/* The set of axes in attribute or input `axes`, or all without one. */
unsigned call_axes(struct operator_call *n, size_t input, size_t rank,
                   bool *is_empty);
/* Windows over x [batch, channels, spatial ..], from attributes `strides`,
   `dilations`, `pads`, `auto_pad` and `ceil_mode`; sizes are given. `after` is
   the padding behind each axis. False with an error. */
bool call_window(struct operator_call *n, const struct lengths *x,
                 const size_t *size, struct flow_window *w, int64_t *after);
/* x by w as Conv does it, with its attributes: of numbers of any type, one for
   both. */
flow_id call_convolve(struct operator_call *n, flow_id x, flow_id w);
/* Means of windows of reals x, as AveragePool has them. */
flow_id call_average_pool(struct operator_call *n, flow_id x);
/* The graph in an attribute; NULL with an error if there is none. */
const struct onnx_graph *call_graph(struct operator_call *n, const char *name);
/* A body with inputs in[0..count): its outputs, as many as it has. */
bool call_body(struct operator_call *n, const struct onnx_graph *body,
               const flow_id *in, size_t count, flow_id *out);

/* ---- For who reads a model ---- */

struct operator_row {
  struct {
    const char *name;   // "com.microsoft.Gelu" of another domain
    const char *limits; // what is supported of it
  } public;
  void (*build)(struct operator_call *n);
};
extern const struct operator_row operators_attention[], operators_control[],
    operators_convolve[], operators_einsum[], operators_elements[],
    operators_gather[], operators_integers[], operators_linear[],
    operators_losses[], operators_moves[], operators_normal[],
    operators_order[], operators_packed[], operators_pools[],
    operators_qlinear[], operators_recurrent[], operators_reductions[],
    operators_resize[], operators_sample[], operators_scatter[],
    operators_sequences[], operators_shapes[], operators_trees[];
/* All rows, by name. */
size_t operators_all(const struct operator_row ***list);

/* False with the names of all operators of the model that are not supported. */
bool operators_check(const struct onnx_model *m, struct error *err);
/* The outermost graph: the values of its inputs are in scope->value. */
bool operators_build(struct flow *f, const struct onnx_model *m,
                     const struct scope *scope);
/* Gelu, which several operators are made of. */
flow_id operators_gelu(struct flow *f, flow_id x, bool is_by_tanh);
/* x by the root of its mean square over axes, less its mean before that. */
flow_id operators_normalise(struct flow *f, flow_id x, unsigned axes,
                            double epsilon, bool has_mean);
/* Softmax along the last axis over what is seen, of bool: the rest is 0. */
flow_id operators_softmax_seen(struct flow *f, flow_id x, flow_id seen);
/* Along the last axis: how many elements come before each, int64. */
flow_id operators_ranks(struct flow *f, flow_id x, bool largest);
/* A tensor of the file as a constant. */
flow_id operators_tensor(struct flow *f, const struct onnx_tensor *t);

#endif
