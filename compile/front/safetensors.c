#include "compile/front/safetensors.h"
#include "circuit/scan.h"
#include "compile/front/json.h"
#include "compile/front/raw.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct type {
  const char *name;
  unsigned char size; // bytes; 0 if it is known, but not read
  bool is_integer, is_signed;
} types[] = {
    [SAFETENSOR_BOOL] = {"BOOL", 1, true, false},
    [SAFETENSOR_U8] = {"U8", 1, true, false},
    [SAFETENSOR_I8] = {"I8", 1, true, true},
    [SAFETENSOR_U16] = {"U16", 2, true, false},
    [SAFETENSOR_I16] = {"I16", 2, true, true},
    [SAFETENSOR_F16] = {"F16", 2, false, false},
    [SAFETENSOR_BF16] = {"BF16", 2, false, false},
    [SAFETENSOR_U32] = {"U32", 4, true, false},
    [SAFETENSOR_I32] = {"I32", 4, true, true},
    [SAFETENSOR_F32] = {"F32", 4, false, false},
    [SAFETENSOR_U64] = {"U64", 8, true, false},
    [SAFETENSOR_I64] = {"I64", 8, true, true},
    [SAFETENSOR_F64] = {"F64", 8, false, false},
    [SAFETENSOR_TYPES] = {.name = "F4"},
    {.name = "F6_E2M3"},
    {.name = "F6_E3M2"},
    {.name = "F8_E5M2"},
    {.name = "F8_E4M3"},
    {.name = "F8_E8M0"},
    {.name = "C64"},
};

enum {
  KNOWN_TYPES = sizeof types / sizeof *types
};

const char *safetensor_type_name(enum safetensor_type type) {
  return types[type].name;
}

bool safetensor_type_is_integer(enum safetensor_type type) {
  return types[type].is_integer;
}

static struct shown show(const char *text) {
  return show_text(text, strlen(text));
}

/* ---- Elements ---- */

static uint64_t word(const struct safetensor *t, size_t i) {
  size_t size = types[t->type].size;
  if (i >= t->n)
    BUG("element %zu of %zu", i, t->n);
  return raw_word(t->data + i * size, size);
}

int64_t safetensor_integer(const struct safetensor *t, size_t i) {
  const struct type *type = &types[t->type];
  if (!type->is_integer)
    BUG("elements of type %s as integers", type->name);
  uint64_t w = word(t, i);
  return type->is_signed ? raw_signed(w, 8u * type->size) : (int64_t)w;
}

float safetensor_float(const struct safetensor *t, size_t i) {
  uint64_t w = word(t, i);
  switch (t->type) {
  case SAFETENSOR_F32:
    return raw_float((uint32_t)w);
  case SAFETENSOR_F16:
    return raw_half((uint16_t)w);
  case SAFETENSOR_BF16:
    return raw_bfloat((uint16_t)w);
  default:
    BUG("elements of type %s as floats", types[t->type].name);
  }
}

double safetensor_double(const struct safetensor *t, size_t i) {
  if (types[t->type].is_integer)
    return (double)safetensor_integer(t, i);
  return t->type == SAFETENSOR_F64 ? raw_double(word(t, i))
                                   : (double)safetensor_float(t, i);
}

/* ---- Names ---- */

struct key {
  const struct safetensors *s;
  const char *name;
};

static bool same_name(const void *context, uint32_t id) {
  const struct key *k = context;
  return !strcmp(k->s->tensors.at[id].name, k->name);
}

const struct safetensor *safetensors_find(const struct safetensors *s,
                                          const char *name) {
  struct key k = {s, name};
  uint32_t id =
      hash_find(&s->find, hash_bytes(name, strlen(name)), same_name, &k);
  return id == HASH_NONE ? NULL : &s->tensors.at[id];
}

/* Names are different: they are keys of an object. */
static void add_names(struct safetensors *s) {
  for (size_t i = 0; i < s->tensors.n; i++) {
    const char *name = s->tensors.at[i].name;
    hash_add(&s->find, hash_bytes(name, strlen(name)), (uint32_t)i);
  }
}

/* ---- One file ---- */

struct header {
  size_t data; // bytes after it
  struct error *err;
};

/* An entry of the header: the tensor, and where its data are. */
struct entry {
  struct safetensor t;
  size_t first, end; // in the data
};

struct entries {
  struct entry *at;
  size_t n, cap;
};

static bool fail(const struct header *h, const char *name, const char *what) {
  return error_set(h->err, 0, "tensor '%s' %s", show(name).text, what);
}

static bool read_type(const struct header *h, const struct json *v,
                      struct safetensor *t) {
  const char *text = json_text(json_find(v, "dtype"));
  char what[100];
  if (!text)
    return fail(h, t->name, "has no 'dtype' that is text");
  for (unsigned i = 0; i < KNOWN_TYPES; i++)
    if (!strcmp(types[i].name, text)) {
      t->type = (enum safetensor_type)i;
      snprintf(what, sizeof what, "is of type %s, which is not supported",
               text);
      return types[i].size || fail(h, t->name, what);
    }
  snprintf(what, sizeof what, "is of the unknown type '%s'", show(text).text);
  return fail(h, t->name, what);
}

static bool read_size(const struct json *v, size_t *size) {
  int64_t z;
  if (!v || !json_to_integer(v, &z) || z < 0)
    return false;
  *size = (size_t)z;
  return true;
}

/* Also where one is 0 the others must be of a reasonable size. */
static bool read_shape(const struct header *h, const struct json *v,
                       struct safetensor *t) {
  const struct json *shape = json_find(v, "shape");
  size_t product = 1;
  if (!shape || json_kind(shape) != JSON_KIND_LIST)
    return fail(h, t->name, "has no 'shape' that is a list");
  if (json_size(shape) > SAFETENSORS_MAX_RANK)
    return fail(h, t->name, "has more than 64 dimensions");
  t->rank = json_size(shape);
  t->dims = xmalloc(t->rank * sizeof *t->dims);
  t->n = 1;
  for (size_t i = 0; i < t->rank; i++) {
    size_t *size = &t->dims[i];
    if (!read_size(json_at(shape, i), size))
      return fail(h, t->name, "has a dimension that is no integer from 0 on");
    if (*size > ((size_t)1 << 56) / product)
      return fail(h, t->name, "has dimensions that multiply to over 2^56");
    product *= *size ? *size : 1;
    t->n *= *size;
  }
  return true;
}

static bool read_place(const struct header *h, const struct json *v,
                       struct entry *e) {
  const struct json *pair = json_find(v, "data_offsets");
  char what[200];
  if (!pair || json_kind(pair) != JSON_KIND_LIST || json_size(pair) != 2 ||
      !read_size(json_at(pair, 0), &e->first) ||
      !read_size(json_at(pair, 1), &e->end) || e->end < e->first)
    return fail(h, e->t.name,
                "has no 'data_offsets' that are two ascending integers");
  snprintf(what, sizeof what, "ends at byte %zu of the data, which are %zu",
           e->end, h->data);
  if (e->end > h->data)
    return fail(h, e->t.name, what);
  size_t needs = e->t.n * types[e->t.type].size; // at most 2^56 * 8
  snprintf(what, sizeof what, "has %zu bytes of data, but its shape needs %zu",
           e->end - e->first, needs);
  return e->end - e->first == needs || fail(h, e->t.name, what);
}

/* Elements that are no value of the type, or no int64_t. */
static bool check_elements(const struct header *h, const struct safetensor *t) {
  uint64_t most = t->type == SAFETENSOR_BOOL ? 1 : INT64_MAX;
  if (t->type == SAFETENSOR_BOOL || t->type == SAFETENSOR_U64)
    for (size_t i = 0; i < t->n; i++)
      if (word(t, i) > most)
        return fail(h, t->name,
                    most == 1 ? "has a BOOL that is neither 0 nor 1"
                              : "has a U64 of 2^63 or more");
  return true;
}

static bool read_entry(const struct header *h, const struct json_member *m,
                       struct entry *e) {
  if (json_kind(m->value) != JSON_KIND_OBJECT)
    return fail(h, m->key, "is no object");
  for (struct json_member f = json_first(m->value); f.key;
       f = json_next(m->value, f))
    if (strcmp(f.key, "dtype") && strcmp(f.key, "shape") &&
        strcmp(f.key, "data_offsets"))
      return error_set(h->err, 0, "tensor '%s' has '%s', which is not known",
                       show(m->key).text, show(f.key).text);
  return read_type(h, m->value, &e->t) && read_shape(h, m->value, &e->t) &&
         read_place(h, m->value, e);
}

static bool check_metadata(const struct header *h, const struct json *v) {
  if (json_kind(v) != JSON_KIND_OBJECT)
    return error_set(h->err, 0, "'__metadata__' is no object");
  for (struct json_member m = json_first(v); m.key; m = json_next(v, m))
    if (!json_text(m.value))
      return error_set(h->err, 0, "'%s' of '__metadata__' is no text",
                       show(m.key).text);
  return true;
}

/* What was read is in `all`, also on failure. */
static bool read_entries(const struct header *h, const struct json *root,
                         struct entries *all) {
  for (struct json_member m = json_first(root); m.key; m = json_next(root, m)) {
    if (!strcmp(m.key, "__metadata__")) {
      if (!check_metadata(h, m.value))
        return false;
      continue;
    }
    struct entry e = {.t.name = xstrdup(m.key)};
    bool ok = read_entry(h, &m, &e);
    array_push(all, e);
    if (!ok)
      return false;
  }
  return true;
}

/* Empty ones before what begins where they are. */
static int compare_places(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

/* In order, they cover the data. */
static bool check_places(const struct header *h, const struct entries *all) {
  size_t at = 0;
  for (size_t i = 0; i < all->n; at = all->at[i++].end)
    if (all->at[i].first != at)
      return error_set(h->err, 0,
                       "tensor '%s' begins at byte %zu of the data, %s at %zu",
                       show(all->at[i].t.name).text, all->at[i].first,
                       all->at[i].first < at ? "within another that ends"
                                             : "after a hole that begins",
                       at);
  return at == h->data ||
         error_set(h->err, 0, "the last %zu bytes are of no tensor",
                   h->data - at);
}

static bool read_header(struct safetensors *s, const struct header *h,
                        const struct json *root, const uint8_t *data) {
  struct entries all = {0};
  bool ok = read_entries(h, root, &all);
  if (all.n)
    qsort(all.at, all.n, sizeof *all.at, compare_places);
  ok = ok && check_places(h, &all);
  for (size_t i = 0; i < all.n; i++) {
    struct safetensor *t = &all.at[i].t;
    t->data = t->n ? data + all.at[i].first : NULL;
    array_push(&s->tensors, *t);
    ok = ok && check_elements(h, t);
  }
  array_clear(&all);
  add_names(s);
  return ok;
}

/* Where it cannot be read the line is that of the header. */
static bool fail_json(struct error *err) {
  char why[sizeof err->message];
  snprintf(why, sizeof why, "%s", err->message);
  return error_set(err, 0, "line %zu of the header: %s", err->line, why);
}

bool safetensors_read_bytes(struct safetensors *s, const uint8_t *bytes,
                            size_t n, struct error *err) {
  struct json *root;
  *s = (struct safetensors){0};
  if (n < 8)
    return error_set(err, 0, "%zu bytes are too few for a safetensors file", n);
  uint64_t length = raw_word(bytes, 8);
  if (length > SAFETENSORS_MAX_HEADER)
    return error_set(err, 0,
                     "the header has %llu bytes, more than the %zu that may "
                     "be; is it a safetensors file?",
                     (unsigned long long)length, SAFETENSORS_MAX_HEADER);
  if (length > n - 8)
    return error_set(err, 0, "the header has %llu bytes, but the file only %zu",
                     (unsigned long long)length, n - 8);
  if (!length || bytes[8] != '{')
    return error_set(err, 0, "the header does not begin with '{'");
  struct header h = {n - 8 - (size_t)length, err};
  if (!json_read_bytes(&root, bytes + 8, (size_t)length, SAFETENSORS_MAX_HEADER,
                       err))
    return fail_json(err);
  bool ok = read_header(s, &h, root, bytes + n - h.data);
  json_free(root);
  return ok;
}

/* ---- Indices ---- */

static bool fail_shard(const char *name, struct error *err) {
  char why[sizeof err->message];
  snprintf(why, sizeof why, "%s", err->message);
  return error_set(err, 0, "'%s': %s", show(name).text, why);
}

/* What is in the file of that name, read once; NULL on failure. */
static const struct safetensors *find_part(struct safetensors *s,
                                           const char *path, const char *name,
                                           struct error *err) {
  struct safetensors part;
  size_t i = 0;
  const struct mapped *f = beside_find(&s->shards, path, name, err);
  if (!f)
    return NULL;
  while (&s->shards.files.at[i].data != f)
    i++;
  if (i < s->parts.n)
    return &s->parts.at[i];
  bool ok = safetensors_read_bytes(&part, f->at, f->n, err);
  array_push(&s->parts, part);
  if (!ok)
    fail_shard(name, err);
  return ok ? &array_last(&s->parts) : NULL;
}

static bool read_listed(struct safetensors *s, const char *path,
                        const struct json_member *m, struct error *err) {
  const char *file = json_text(m->value);
  if (!file)
    return error_set(err, 0, "'%s' of 'weight_map' is no text",
                     show(m->key).text);
  const struct safetensors *part = find_part(s, path, file, err);
  if (!part)
    return false;
  const struct safetensor *t = safetensors_find(part, m->key);
  if (!t)
    return error_set(err, 0, "tensor '%s' is not in '%s', as the index says",
                     show(m->key).text, show(file).text);
  array_push(&s->tensors, *t);
  return true;
}

static bool read_index(struct safetensors *s, const char *path,
                       struct error *err) {
  struct json *root;
  if (!json_read_file(&root, path, SAFETENSORS_MAX_HEADER, err))
    return false;
  const struct json *map = json_find(root, "weight_map");
  bool ok =
      (map && json_kind(map) == JSON_KIND_OBJECT) ||
      error_set(err, 0, "the index has no 'weight_map' that is an object");
  struct json_member m = ok ? json_first(map) : (struct json_member){0};
  for (; ok && m.key; m = json_next(map, m))
    ok = read_listed(s, path, &m, err);
  json_free(root);
  if (ok)
    add_names(s);
  return ok;
}

/* ---- Paths ---- */

static bool is_index(const char *path) {
  size_t n = strlen(path);
  return n >= 5 && !strcmp(path + n - 5, ".json");
}

static bool open_file(struct safetensors *s, const char *path,
                      struct error *err) {
  struct mapped f;
  if (is_index(path))
    return read_index(s, path, err);
  if (!mapped_open(&f, path, err))
    return false;
  bool ok = safetensors_read_bytes(s, f.at, f.n, err);
  s->file = f;
  return ok;
}

static bool open_folder(struct safetensors *s, const char *path,
                        struct error *err) {
  static const char *const names[] = {
      "model.safetensors", "model.safetensors.index.json",
      "diffusion_pytorch_model.safetensors",
      "diffusion_pytorch_model.safetensors.index.json"};
  struct stat st;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char *file = xmalloc(strlen(path) + strlen(names[i]) + 2);
    sprintf(file, "%s/%s", path, names[i]);
    bool is_there = !stat(file, &st), ok = is_there && open_file(s, file, err);
    free(file);
    if (is_there)
      return ok;
  }
  return error_set(err, 0,
                   "the folder has neither %s nor %s, nor those of diffusers, "
                   "%s and %s",
                   names[0], names[1], names[2], names[3]);
}

bool safetensors_open(struct safetensors *s, const char *path,
                      struct error *err) {
  struct stat st;
  *s = (struct safetensors){0};
  bool is_folder = !stat(path, &st) && S_ISDIR(st.st_mode);
  bool ok = is_folder ? open_folder(s, path, err) : open_file(s, path, err);
  err->file = path;
  return ok;
}

/* Those of an index are in its parts. */
void safetensors_clear(struct safetensors *s) {
  for (size_t i = 0; i < s->tensors.n && !s->parts.n; i++) {
    free(s->tensors.at[i].name);
    free(s->tensors.at[i].dims);
  }
  for (size_t i = 0; i < s->parts.n; i++)
    safetensors_clear(&s->parts.at[i]);
  array_clear(&s->tensors);
  array_clear(&s->parts);
  hash_clear(&s->find);
  beside_clear(&s->shards);
  mapped_clear(&s->file);
}
