/* safetensors.h - weights in safetensors files

     struct safetensors s;
     if (!safetensors_open(&s, "model.safetensors", err))
       return false;
     const struct safetensor *t = safetensors_find(&s, "lm_head.weight");
     if (t)
       for (size_t i = 0; i < t->n; i++)
         ... safetensor_double(t, i) ...
     safetensors_clear(&s);

   A path names a file, or an index of several (*.json, with a weight_map), or a
   folder that has model.safetensors or model.safetensors.index.json, or what
   the library `diffusers` calls diffusion_pytorch_model.safetensors. Of an
   index, those tensors are there that it lists, each in the file it names,
   which is in the index's folder (beside.h).

   What is accepted is as the format's documentation has it: lengths, offsets
   and shapes agree, and each byte after the header is of one tensor. Besides, a
   BOOL is 0 or 1, a U64 below 2^63, and types of less than 8 bits, floats of 8
   and complex numbers are refused.

   Ownership  Names, shapes and data belong to the safetensors. Data are mapped,
              not copied: the files must not become shorter.
   Errors     err->file is the path, which must outlive err. Clearing is fine
              after a failure.
   Cost       O(header), and memory 64 times that at most; and O(data) for
              BOOL and U64. Finding is O(1).
   Threads    Any number may read one. */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "circuit/array.h"
#include "circuit/error.h"
#include "circuit/hash.h"
#include "compile/front/beside.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAFETENSORS_MAX_HEADER ((size_t)100 * 1000 * 1000) // bytes
#define SAFETENSORS_MAX_RANK 64

enum safetensor_type {
  SAFETENSOR_BOOL,
  SAFETENSOR_U8,
  SAFETENSOR_I8,
  SAFETENSOR_U16,
  SAFETENSOR_I16,
  SAFETENSOR_F16,
  SAFETENSOR_BF16,
  SAFETENSOR_U32,
  SAFETENSOR_I32,
  SAFETENSOR_F32,
  SAFETENSOR_U64,
  SAFETENSOR_I64,
  SAFETENSOR_F64,
  SAFETENSOR_TYPES
};

/* "BF16" */
const char *safetensor_type_name(enum safetensor_type type);
bool safetensor_type_is_integer(enum safetensor_type type); // BOOL included

/* The last dimension varies fastest. */
struct safetensor {
  char *name;
  enum safetensor_type type;
  size_t rank; // [0..SAFETENSORS_MAX_RANK]
  size_t *dims;
  size_t n;            // elements: the product of dims
  const uint8_t *data; // NULL if n is 0
};

struct safetensors {
  ARRAY(struct safetensor) tensors; // in the order of their data, or the index
  struct hash find;
  struct mapped file;
  struct beside shards;            // of an index: the files,
  ARRAY(struct safetensors) parts; // and what is in each
};

bool safetensors_open(struct safetensors *s, const char *path,
                      struct error *err);
/* From n bytes, which must stay where they are. */
bool safetensors_read_bytes(struct safetensors *s, const uint8_t *bytes,
                            size_t n, struct error *err);
void safetensors_clear(struct safetensors *s);

/* NULL if there is none. */
const struct safetensor *safetensors_find(const struct safetensors *s,
                                          const char *name);

/* Element i < n as it is. Integer: of an integer type. Float: of F32, F16 or
   BF16. Double: of any type; integers of more than 53 bits are rounded to
   nearest. Other types are a bug of the caller. */
int64_t safetensor_integer(const struct safetensor *t, size_t i);
float safetensor_float(const struct safetensor *t, size_t i);
double safetensor_double(const struct safetensor *t, size_t i);

#endif
