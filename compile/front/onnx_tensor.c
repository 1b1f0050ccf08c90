/* Types of elements, and tensors of them. */
#include "circuit/scan.h"
#include "compile/front/onnx_build.h"
#include "compile/front/raw.h"

#include <string.h>

static const struct type {
  const char *name;
  unsigned char bits; // 0 if tensors of it are not read
  bool is_integer;
  enum onnx_storage storage;
  int64_t lo, hi; // of integers, and of bits that are stored as an int32
} types[ONNX_TYPES] = {
    [ONNX_UNDEFINED] = {.name = "undefined"},
    [ONNX_FLOAT] = {"float", 32, false, STORED_FLOAT, 0, 0},
    [ONNX_UINT8] = {"uint8", 8, true, STORED_INT32, 0, UINT8_MAX},
    [ONNX_INT8] = {"int8", 8, true, STORED_INT32, INT8_MIN, INT8_MAX},
    [ONNX_UINT16] = {"uint16", 16, true, STORED_INT32, 0, UINT16_MAX},
    [ONNX_INT16] = {"int16", 16, true, STORED_INT32, INT16_MIN, INT16_MAX},
    [ONNX_INT32] = {"int32", 32, true, STORED_INT32, INT32_MIN, INT32_MAX},
    [ONNX_INT64] = {"int64", 64, true, STORED_INT64, INT64_MIN, INT64_MAX},
    [ONNX_STRING] = {.name = "string"},
    [ONNX_BOOL] = {"bool", 8, true, STORED_INT32, 0, 1},
    [ONNX_FLOAT16] = {"float16", 16, false, STORED_INT32, 0, UINT16_MAX},
    [ONNX_DOUBLE] = {"double", 64, false, STORED_DOUBLE, 0, 0},
    [ONNX_UINT32] = {"uint32", 32, true, STORED_UINT64, 0, UINT32_MAX},
    [ONNX_UINT64] = {"uint64", 64, true, STORED_UINT64, 0, INT64_MAX},
    [ONNX_COMPLEX64] = {.name = "complex64"},
    [ONNX_COMPLEX128] = {.name = "complex128"},
    [ONNX_BFLOAT16] = {"bfloat16", 16, false, STORED_INT32, 0, UINT16_MAX},
    [ONNX_FLOAT8E4M3FN] = {.name = "float8e4m3fn"},
    [ONNX_FLOAT8E4M3FNUZ] = {.name = "float8e4m3fnuz"},
    [ONNX_FLOAT8E5M2] = {.name = "float8e5m2"},
    [ONNX_FLOAT8E5M2FNUZ] = {.name = "float8e5m2fnuz"},
    [ONNX_UINT4] = {"uint4", 4, true, STORED_INT32, 0, 15},
    [ONNX_INT4] = {"int4", 4, true, STORED_INT32, -8, 7},
    [ONNX_FLOAT4E2M1] = {.name = "float4e2m1"},
    [ONNX_FLOAT8E8M0] = {.name = "float8e8m0"},
    [ONNX_UINT2] = {.name = "uint2"},
    [ONNX_INT2] = {.name = "int2"},
};

const char *onnx_type_name(int64_t type) {
  return type < 0 || type >= ONNX_TYPES ? NULL : types[type].name;
}

size_t onnx_type_size(enum onnx_type type) {
  return (types[type].bits + 7u) / 8;
}

size_t onnx_tensor_bytes(const struct onnx_tensor *t) {
  unsigned bits = types[t->type].bits;
  return bits == 4 ? t->n / 2 + t->n % 2 : bits / 8 * t->n; // 2^56 * 8 at most
}

size_t onnx_tensor_entries(const struct onnx_tensor *t) {
  return types[t->type].bits == 4 ? onnx_tensor_bytes(t) : t->n;
}

bool onnx_type_is_integer(enum onnx_type type) {
  return types[type].is_integer;
}

unsigned onnx_type_width(enum onnx_type type) {
  return type == ONNX_BOOL ? 1 : types[type].bits;
}

bool onnx_type_is_signed(enum onnx_type type) {
  return types[type].lo < 0;
}

void onnx_type_range(enum onnx_type type, int64_t *lo, int64_t *hi) {
  *lo = types[type].lo;
  *hi = types[type].hi;
}

enum onnx_storage onnx_type_storage(enum onnx_type type) {
  return types[type].storage;
}

struct onnx_shown onnx_show_tensor(const char *name) {
  struct onnx_shown s;
  if (*name)
    snprintf(s.text, sizeof s.text, "tensor '%s'",
             show_text(name, strlen(name)).text);
  else
    strcpy(s.text, "the tensor");
  return s;
}

/* ---- Elements ---- */

/* Element i of the byte that has it. */
static uint64_t nibble(uint64_t byte, size_t i) {
  return byte >> (i % 2 ? 4 : 0) & 15;
}

static int64_t integer_of_bits(const struct onnx_tensor *t, uint64_t bits) {
  const struct type *type = &types[t->type];
  return type->lo < 0 ? raw_signed(bits, type->bits) : (int64_t)bits;
}

static uint64_t raw_bits(const struct onnx_tensor *t, size_t i) {
  size_t size = types[t->type].bits / 8;
  const uint8_t *at = t->data;
  return size ? raw_word(at + i * size, size) : nibble(at[i / 2], i);
}

static int64_t int32_integer(const struct onnx_tensor *t, size_t i) {
  const int32_t *at = t->data;
  return types[t->type].bits == 4
             ? integer_of_bits(t, nibble((uint32_t)at[i / 2], i))
             : at[i];
}

/* Whole numbers, and the bits of float16 and bfloat16. */
static int64_t stored_integer(const struct onnx_tensor *t, size_t i) {
  switch (t->storage) {
  case STORED_RAW:
    return integer_of_bits(t, raw_bits(t, i));
  case STORED_INT32:
    return int32_integer(t, i);
  case STORED_INT64:
    return ((const int64_t *)t->data)[i];
  case STORED_UINT64:
    return (int64_t)((const uint64_t *)t->data)[i];
  default:
    BUG("whole numbers are not stored as %d", (int)t->storage);
  }
}

/* Fields of two elements. */
static bool check_pairs(const struct onnx_tensor *t, struct error *err) {
  const int32_t *at = t->data;
  for (size_t i = 0; i < onnx_tensor_entries(t); i++)
    if (at[i] < 0 || at[i] > UINT8_MAX)
      return error_set(err, 0, "entry %zu of %s is %d, which is no pair of %ss",
                       i, onnx_show_tensor(t->name).text, (int)at[i],
                       types[t->type].name);
  return true;
}

bool onnx_check_elements(const struct onnx_tensor *t, struct error *err) {
  const struct type *type = &types[t->type];
  bool fits = t->storage == STORED_RAW
                  ? t->type != ONNX_BOOL && t->type != ONNX_UINT64
                  : t->storage != STORED_INT32 && t->storage != STORED_UINT64;
  if (type->bits == 4)
    return fits || check_pairs(t, err);
  for (size_t i = 0; i < t->n && !fits; i++) {
    int64_t v = stored_integer(t, i);
    if (v < 0 && t->storage != STORED_INT32 && t->type == ONNX_UINT64)
      return error_set(err, 0, "element %zu of %s is 2^63 or more", i,
                       onnx_show_tensor(t->name).text);
    if (v < type->lo || v > type->hi)
      return error_set(err, 0, "element %zu of %s is %lld, which is no %s", i,
                       onnx_show_tensor(t->name).text, (long long)v,
                       type->name);
  }
  return true;
}

int64_t onnx_int64(const struct onnx_tensor *t, size_t i) {
  if (i >= t->n || !types[t->type].is_integer)
    BUG("element %zu of %zu of type %d, as a whole number", i, t->n,
        (int)t->type);
  return stored_integer(t, i);
}

float onnx_float(const struct onnx_tensor *t, size_t i) {
  if (i >= t->n)
    BUG("element %zu of %zu", i, t->n);
  switch (t->type) {
  case ONNX_FLOAT:
    return t->storage == STORED_RAW ? raw_float((uint32_t)raw_bits(t, i))
                                    : ((const float *)t->data)[i];
  case ONNX_FLOAT16:
    return raw_half((uint16_t)stored_integer(t, i));
  case ONNX_BFLOAT16:
    return raw_bfloat((uint16_t)stored_integer(t, i));
  default:
    BUG("elements of type %d as floats", (int)t->type);
  }
}

double onnx_double(const struct onnx_tensor *t, size_t i) {
  if (i >= t->n)
    BUG("element %zu of %zu", i, t->n);
  if (types[t->type].is_integer)
    return (double)stored_integer(t, i);
  if (t->type != ONNX_DOUBLE)
    return (double)onnx_float(t, i);
  return t->storage == STORED_RAW ? raw_double(raw_bits(t, i))
                                  : ((const double *)t->data)[i];
}
