/* onnx.h - a model file as a plain, checked structure

   onnx_read() takes everything from the file that a circuit may depend on and
   refuses what is wrong with it, so that no later stage meets a missing name,
   a cycle, a tensor without its data or a length that overflows. What the
   operators mean, and which of them are supported, is not judged here.

     struct onnx_model m;
     if (onnx_read(&m, path, err))
       for (size_t i = 0; i < m.graph.nodes.n; i++)
         ... m.graph.nodes.at[i] ...
     onnx_clear(&m);

   Words and units
     value        what a name of the graph stands for: an input, a constant
                  or an output of a node. Its value_id is its place in
                  graph.values; VALUE_NONE where an optional input or output
                  of a node is left out.
     initializer  a constant tensor: of the file's initializers (also where an
                  input of the graph has the same name, its default), or of a
                  node `Constant`, which does not appear among the nodes unless
                  its attribute refers.
     nodes        in an order in which values are made before they are used.
     port         an input or output of the graph.
     body         the graph in an attribute of `If`, `Loop` or `Scan`. It may
                  use values of the graphs around it.
     function     a graph of the model that nodes call as an operator. Its
                  inputs and outputs have no types. Attributes of its nodes,
                  and of those in its bodies, may refer to those of the node
                  that calls it.

   Ownership  A model owns everything that can be reached from it; pointers
              last until onnx_clear(), which every model needs that onnx_read()
              was called for, also in vain. It must stay where it was read, as
              bodies point to the graph around them.
   Errors     err->file is the path, which must outlive err, or what the caller
              set it to; the line is 0. Where the file is broken as a protocol
              buffer the message begins with "byte N: ".
   Cost       O(bytes) but for hashing; while a file is read at most 64 MiB and
              64 times its size are in use.
   Threads    Any number may read one model. */
#ifndef ONNX_H
#define ONNX_H

#include "circuit/array.h"
#include "circuit/error.h"
#include "circuit/hash.h"
#include "compile/front/beside.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ONNX_MAX_BYTES ((size_t)INT32_MAX) // of a file; protobuf's own limit
/* What unpacking a file may take, beside 16 times its size. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#  define ONNX_MEMORY ((size_t)1 << 20)
#else
#  define ONNX_MEMORY ((size_t)1 << 24)
#endif
#define ONNX_MAX_RANK 64
#define ONNX_MAX_ATTRIBUTES 256 // of a node
#define ONNX_MIN_OPSET 7        // before, operators had other attributes
#define ONNX_MAX_OPSET 25
#define ONNX_MIN_IR 3
#define ONNX_MAX_IR 13

/* Types of elements, numbered as in onnx.proto. Tensors with data are of one
   of those with a size; ports may have any. */
enum onnx_type {
  ONNX_UNDEFINED,
  ONNX_FLOAT,
  ONNX_UINT8,
  ONNX_INT8,
  ONNX_UINT16,
  ONNX_INT16,
  ONNX_INT32,
  ONNX_INT64,
  ONNX_STRING,
  ONNX_BOOL,
  ONNX_FLOAT16,
  ONNX_DOUBLE,
  ONNX_UINT32,
  ONNX_UINT64,
  ONNX_COMPLEX64,
  ONNX_COMPLEX128,
  ONNX_BFLOAT16,
  ONNX_FLOAT8E4M3FN,
  ONNX_FLOAT8E4M3FNUZ,
  ONNX_FLOAT8E5M2,
  ONNX_FLOAT8E5M2FNUZ,
  ONNX_UINT4,
  ONNX_INT4,
  ONNX_FLOAT4E2M1,
  ONNX_FLOAT8E8M0,
  ONNX_UINT2,
  ONNX_INT2,
  ONNX_TYPES
};

/* "uint8"; "type 99" is NULL. */
const char *onnx_type_name(int64_t type);
/* Bytes of an element, 1 also for those of 4 bits; 0 for those of which no
   tensors are read. */
size_t onnx_type_size(enum onnx_type type);
/* Of the types with a size: those of whole numbers, bool included. */
bool onnx_type_is_integer(enum onnx_type type);
/* Of those: bits, 1 of bool; whether there are negative ones; the range, which
   for uint64 ends at INT64_MAX. */
unsigned onnx_type_width(enum onnx_type type);
bool onnx_type_is_signed(enum onnx_type type);
void onnx_type_range(enum onnx_type type, int64_t *lo, int64_t *hi);

/* Where the elements are; raw ones in little-endian order, those of 4 bits two
   to a byte or int32, the first in the low bits. */
enum onnx_storage {
  STORED_RAW,
  STORED_FLOAT,
  STORED_DOUBLE,
  STORED_INT32,
  STORED_INT64,
  STORED_UINT64
};

/* The last dimension varies fastest. */
struct onnx_tensor {
  const char *name; // "" if it has none
  enum onnx_type type;
  size_t rank;         // [0..ONNX_MAX_RANK]
  const int64_t *dims; // each at least 0
  size_t n;            // elements: the product of dims
  enum onnx_storage storage;
  const void *data;
  void *owner; // what is freed with it; NULL in a model
};

/* Element i < n as it is. Whole numbers: of an integer type. Float: of float,
   float16 or bfloat16. Double: of any type; whole numbers of more than 53 bits
   are rounded to nearest. Other types are a bug of the caller. */
int64_t onnx_int64(const struct onnx_tensor *t, size_t i);
float onnx_float(const struct onnx_tensor *t, size_t i);
double onnx_double(const struct onnx_tensor *t, size_t i);

typedef uint32_t value_id;
#define VALUE_NONE UINT32_MAX

enum onnx_value_kind {
  VALUE_UNDEFINED,   // never in a model that was read
  VALUE_INPUT,       // at: in inputs
  VALUE_INITIALIZER, // at: in initializers
  VALUE_NODE,        // at: in nodes
  VALUE_OUTER        // at: value_id in the graph around this one
};

struct onnx_value {
  const char *name;
  enum onnx_value_kind kind;
  uint32_t at;
};

struct onnx_dim {
  int64_t size;     // at least 0, or -1 where it is not fixed
  const char *name; // of a size that is not fixed; NULL if it has none
};

struct onnx_port {
  value_id value;
  enum onnx_type type; // ONNX_UNDEFINED if the file does not say, which it
                       // does for the inputs of the outermost graph
  bool has_shape;
  size_t rank;
  struct onnx_dim *dims;
};

enum onnx_attribute_type {
  ATTRIBUTE_OTHER, // of a type that is not in this list
  ATTRIBUTE_FLOAT,
  ATTRIBUTE_INT,
  ATTRIBUTE_STRING,
  ATTRIBUTE_TENSOR,
  ATTRIBUTE_GRAPH,
  ATTRIBUTE_FLOATS,
  ATTRIBUTE_INTS,
  ATTRIBUTE_STRINGS
};

struct onnx_text {
  const char *at; // not ended by a NUL
  size_t n;
};

struct onnx_attribute {
  const char *name;
  enum onnx_attribute_type type; // OTHER of one that refers
  const char *refers;            // NULL, or whose value it has: the name of an
                      // attribute of the node that calls the function
  size_t n; // of floats, ints or strings
  union {
    float f;
    int64_t i;
    struct onnx_text s;
    const float *floats;
    const int64_t *ints;
    struct onnx_text *strings;
    struct onnx_tensor *tensor;
    struct onnx_graph *graph;
  };
};

struct onnx_node {
  const char *op;
  const char *domain; // "" also for "ai.onnx"
  const char *name;   // "" if it has none
  size_t place;       // among the nodes of its graph in the file, from 0
  size_t first_input, inputs;   // in graph.uses
  size_t first_output, outputs; // in graph.uses
  size_t first_attribute, attributes;
};

struct onnx_graph {
  struct onnx_graph *parent; // NULL for the outermost
  ARRAY(struct onnx_value) values;
  ARRAY(struct onnx_tensor) initializers;
  ARRAY(struct onnx_port) inputs;
  ARRAY(struct onnx_port) outputs;
  ARRAY(struct onnx_node) nodes;
  ARRAY(value_id) uses; // inputs and outputs of nodes
  ARRAY(struct onnx_attribute) attributes;
  struct hash find; // over values
};

struct onnx_opset {
  const char *domain; // "" also for "ai.onnx"
  int64_t version;
};

struct onnx_opsets {
  struct onnx_opset *at;
  size_t n, cap;
};

/* Domain and name are those of no other function of the model. */
struct onnx_function {
  const char *name, *domain;
  struct onnx_opsets opsets; // of the operators in it
  struct onnx_graph graph;
};

struct onnx_model {
  int64_t ir_version;
  struct onnx_opsets opsets;
  struct onnx_graph graph;
  struct onnx_function *functions;
  size_t n_functions;
  struct hash find;    // over functions
  struct beside files; // with data of tensors
  void *owner; // what the names and data are in, unless they are in files
};

/* Data of tensors that are in other files (beside.h) must be there for as long
   as the model is. */
bool onnx_read(struct onnx_model *m, const char *path, struct error *err);
/* From n bytes, which are not needed afterwards. There are no files beside. */
bool onnx_read_bytes(struct onnx_model *m, const uint8_t *bytes, size_t n,
                     struct error *err);
void onnx_clear(struct onnx_model *m);

/* A file that holds one tensor, such as test_data_set_0/input_0.pb. */
bool onnx_tensor_read(struct onnx_tensor *t, const char *path,
                      struct error *err);
bool onnx_tensor_read_bytes(struct onnx_tensor *t, const uint8_t *bytes,
                            size_t n, struct error *err);
void onnx_tensor_clear(struct onnx_tensor *t);

/* 0 if a model or function does not import the domain, "" being that of ONNX,
   which it does if it has a node or constant of it. */
int64_t onnx_opset(const struct onnx_opsets *o, const char *domain);
/* NULL if the model has none of that name. */
const struct onnx_function *onnx_function(const struct onnx_model *m,
                                          const char *domain, const char *name);

/* VALUE_NONE if there is none of that name in the graph itself. */
value_id onnx_find(const struct onnx_graph *g, const char *name);
/* decides[i]: input i is one integer, and how many rounds a loop has depends on
   it. */
void onnx_rounds(const struct onnx_graph *g, bool *decides);
/* VALUE_NONE also for an i beyond the last. */
value_id onnx_input(const struct onnx_graph *g, const struct onnx_node *node,
                    size_t i);
value_id onnx_output(const struct onnx_graph *g, const struct onnx_node *node,
                     size_t i);
/* The constant that a value is, also by way of graphs around; else NULL. */
const struct onnx_tensor *onnx_constant(const struct onnx_graph *g, value_id v);

/* NULL if the node has no such attribute. */
const struct onnx_attribute *onnx_attribute(const struct onnx_graph *g,
                                            const struct onnx_node *node,
                                            const char *name);
/* For messages: "node 3 (Gemm 'fc1')". */
struct onnx_shown {
  char text[192];
};
struct onnx_shown onnx_show_node(const struct onnx_node *node);

#endif
