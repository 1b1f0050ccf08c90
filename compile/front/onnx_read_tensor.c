/* Tensors: their types, dimensions and data. */
#include "compile/front/onnx_read.h"

#include <stdio.h>

static bool read_type(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  const char *name = onnx_type_name(p->data_type);
  if (!name)
    return error_set(err, 0, "the elements of %s are of the unknown type %d",
                     onnx_show_tensor(t->name).text, (int)p->data_type);
  t->type = (enum onnx_type)p->data_type;
  if (t->type == ONNX_UNDEFINED)
    return error_set(err, 0, "%s does not say of what type its elements are",
                     onnx_show_tensor(t->name).text);
  return onnx_type_size(t->type) ||
         error_set(err, 0,
                   "the elements of %s are of type %s, which is not supported",
                   onnx_show_tensor(t->name).text, name);
}

/* Also where one is 0 the others must be of a reasonable size. */
static bool read_dims(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  uint64_t product = 1;
  if (p->n_dims > ONNX_MAX_RANK)
    return error_set(err, 0, "%s has %zu dimensions; at most %d are supported",
                     onnx_show_tensor(t->name).text, p->n_dims, ONNX_MAX_RANK);
  t->rank = p->n_dims;
  t->dims = p->dims;
  t->n = 1;
  for (size_t i = 0; i < t->rank; i++) {
    if (t->dims[i] < 0)
      return error_set(err, 0, "dimension %zu of %s is %lld", i,
                       onnx_show_tensor(t->name).text, (long long)t->dims[i]);
    uint64_t size = (uint64_t)t->dims[i];
    if (size > (UINT64_C(1) << 56) / product)
      return error_set(err, 0, "the dimensions of %s multiply to over 2^56",
                       onnx_show_tensor(t->name).text);
    product *= size ? size : 1;
    t->n *= (size_t)size;
  }
  return true;
}

static const void *typed_data(const Onnx__TensorProto *p,
                              enum onnx_storage storage, size_t *n) {
  switch (storage) {
  case STORED_FLOAT:
    *n = p->n_float_data;
    return p->float_data;
  case STORED_DOUBLE:
    *n = p->n_double_data;
    return p->double_data;
  case STORED_INT32:
    *n = p->n_int32_data;
    return p->int32_data;
  case STORED_INT64:
    *n = p->n_int64_data;
    return p->int64_data;
  default:
    *n = p->n_uint64_data;
    return p->uint64_data;
  }
}

/* "3x4", "" for a scalar */
static void show_dims(const struct onnx_tensor *t, char *to, size_t room) {
  size_t n = 0;
  *to = 0;
  for (size_t i = 0; i < t->rank && n < room; i++)
    n += (size_t)snprintf(to + n, room - n, "%s%lld", i ? "x" : "",
                          (long long)t->dims[i]);
}

static bool fail_length(const struct onnx_tensor *t, size_t has, size_t needs,
                        const char *unit, struct error *err) {
  char dims[100];
  show_dims(t, dims, sizeof dims);
  if (!has)
    return error_set(err, 0, "%s has the shape [%s], but no data",
                     onnx_show_tensor(t->name).text, dims);
  return error_set(err, 0, "%s has the shape [%s] and needs %zu %s, not %zu",
                   onnx_show_tensor(t->name).text, dims, needs, unit, has);
}

static bool read_data(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  size_t typed, all = p->n_float_data + p->n_double_data + p->n_int32_data +
                      p->n_int64_data + p->n_uint64_data + p->n_string_data;
  size_t bytes = onnx_tensor_bytes(t), entries = onnx_tensor_entries(t);
  t->storage = onnx_type_storage(t->type);
  t->data = typed_data(p, t->storage, &typed);
  if (all != typed)
    return error_set(err, 0, "%s has data of another type than %s",
                     onnx_show_tensor(t->name).text, onnx_type_name(t->type));
  if (all && p->raw_data.len)
    return error_set(err, 0, "%s has its data twice, raw and otherwise",
                     onnx_show_tensor(t->name).text);
  if (!all) {
    t->storage = STORED_RAW;
    t->data = p->raw_data.data;
    return p->raw_data.len == bytes ||
           fail_length(t, p->raw_data.len, bytes, "bytes", err);
  }
  return typed == entries || fail_length(t, typed, entries, "elements", err);
}

static bool has_data(const Onnx__TensorProto *p) {
  return p->raw_data.len || p->n_float_data || p->n_double_data ||
         p->n_int32_data || p->n_int64_data || p->n_uint64_data ||
         p->n_string_data;
}

static bool read_place(const Onnx__TensorProto *p, const char *name,
                       struct onnx_place *place, struct error *err) {
  *place = (struct onnx_place){0};
  for (size_t i = 0; i < p->n_external_data; i++) {
    const char *key = text_of(p->external_data[i]->key), *ignored = NULL;
    const char **value = !strcmp(key, "location")   ? &place->file
                         : !strcmp(key, "offset")   ? &place->offset
                         : !strcmp(key, "length")   ? &place->length
                         : !strcmp(key, "checksum") ? &ignored
                                                    : NULL;
    if (!value || *value)
      return error_set(err, 0, "the place of the data of %s has '%s'%s",
                       onnx_show_tensor(name).text, show(key).text,
                       value ? " twice" : ", which is not known");
    *value = text_of(p->external_data[i]->value);
  }
  return true;
}

static bool read_external(struct onnx_reader *r, const Onnx__TensorProto *p,
                          struct onnx_tensor *t) {
  struct onnx_place place;
  if (has_data(p))
    return error_set(r->err, 0,
                     "%s has its data twice, here and in another file",
                     onnx_show_tensor(t->name).text);
  return read_place(p, t->name, &place, r->err) &&
         onnx_read_place(r->m, r->path, &place, t, r->err);
}

bool onnx_read_tensor(struct onnx_reader *r, const Onnx__TensorProto *p,
                      const char *name, struct onnx_tensor *t) {
  *t = (struct onnx_tensor){.name = name};
  if (!read_type(p, t, r->err) || !read_dims(p, t, r->err))
    return false;
  if (p->segment)
    return error_set(r->err, 0, "%s is a segment, which is not supported",
                     onnx_show_tensor(name).text);
  bool is_external =
      p->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL ||
      p->n_external_data;
  return (is_external ? read_external(r, p, t) : read_data(p, t, r->err)) &&
         onnx_check_elements(t, r->err);
}
