/* Files, and tensors by their names. */
#include "compile/front/checkpoint.h"
#include "circuit/scan.h"
#include "compile/front/checkpoint_parts.h"
#include "compile/front/config.h"
#include "compile/front/config_types.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
  NAME = 200,     // bytes of a name of a tensor that is looked for
  POSITIONS = 16, // where none are said
};

#define SHOWN(name) show_text(name, strlen(name)).text

/* ---- Files ---- */

/* The folder's, or that in the folder of the file. */
static char *config_path(const char *path) {
  static const char name[] = "config.json";
  struct stat st;
  const char *slash = strrchr(path, '/');
  bool is_folder = !stat(path, &st) && S_ISDIR(st.st_mode);
  size_t n = is_folder ? strlen(path) : slash ? (size_t)(slash - path) + 1 : 0;
  char *text = xmalloc(n + sizeof name + 1);
  memcpy(text, path, n);
  stpcpy(stpcpy(text + n, is_folder ? "/" : ""), name);
  return text;
}

static bool read_config(struct checkpoint *k, const struct json *config,
                        struct error *err) {
  return config_read(&k->a, config, err) &&
         config_numbers_read(&k->numbers, &k->a, config, err);
}

/* What is wrong with the file beside the one that the user named. */
static bool blame_config(const char *path, struct error *err) {
  char why[sizeof err->message];
  memcpy(why, err->message, sizeof why);
  err->file = path;
  if (err->line)
    return error_set(err, 0, "config.json, line %zu: %.300s", err->line, why);
  return error_set(err, 0, "config.json: %.350s", why);
}

bool checkpoint_open(struct checkpoint *k, const char *path,
                     struct error *err) {
  struct json *config;
  char *beside = config_path(path);
  *k = (struct checkpoint){.prefix = ""};
  bool ok = json_read_file(&config, beside, CONFIG_MAX_BYTES, err) &&
            read_config(k, config, err);
  json_free(config);
  if (!ok)
    blame_config(path, err);
  free(beside);
  return ok && safetensors_open(&k->weights, path, err);
}

bool checkpoint_read(struct checkpoint *k, const struct json *config,
                     const uint8_t *bytes, size_t n, struct error *err) {
  *k = (struct checkpoint){.prefix = ""};
  return read_config(k, config, err) &&
         safetensors_read_bytes(&k->weights, bytes, n, err);
}

void checkpoint_clear(struct checkpoint *k) {
  safetensors_clear(&k->weights);
  config_numbers_clear(&k->numbers);
  array_clear(&k->inputs);
  array_clear(&k->outputs);
  free(k->is_used);
  k->is_used = NULL;
}

/* ---- Tensors ---- */

void checkpoint_section(struct checkpoint *k, const char *name) {
  size_t n = (size_t)snprintf(k->block, sizeof k->block, "%s", name);
  char *kept = flow_alloc(k->f, n + 1, 1);
  memcpy(kept, name, n ? n - 1 : 0); // but for the dot
  k->f->name = kept;
}

void checkpoint_block(struct checkpoint *k, const char *name, size_t i) {
  char text[sizeof k->block];
  snprintf(text, sizeof text, "%s%zu.", name, i);
  checkpoint_section(k, text);
}

struct full_name {
  char text[NAME];
};

static struct full_name full_name(const struct checkpoint *k,
                                  const char *name) {
  struct full_name n;
  snprintf(n.text, sizeof n.text, "%s%s%s", k->prefix, k->block, name);
  return n;
}

const struct safetensor *checkpoint_find(const struct checkpoint *k,
                                         const char *name) {
  return safetensors_find(&k->weights, full_name(k, name).text);
}

void checkpoint_prefix(struct checkpoint *k, const char *prefix,
                       const char *name) {
  bool is_bare = checkpoint_find(k, name) != NULL;
  k->prefix = is_bare ? "" : prefix;
}

/* Norms of bert were called so. */
static const struct safetensor *find_either(const struct checkpoint *k,
                                            const char *name) {
  static const char *const names[][2] = {{".weight", ".gamma"},
                                         {".bias", ".beta"}};
  const struct safetensor *t = checkpoint_find(k, name);
  size_t n = strlen(name);
  char other[NAME];
  for (size_t i = 0; !t && i < 2; i++) {
    size_t end = strlen(names[i][0]);
    if (k->a.kind != ARCHITECTURE_ENCODER || n <= end ||
        strcmp(name + n - end, names[i][0]))
      continue;
    snprintf(other, sizeof other, "%.*s%s", (int)(n - end), name, names[i][1]);
    t = checkpoint_find(k, other);
  }
  return t;
}

static void show_shape(char *text, size_t room, const size_t *at, size_t rank) {
  size_t n = (size_t)snprintf(text, room, "[");
  for (size_t i = 0; i < rank && n < room; i++)
    n += (size_t)snprintf(text + n, room - n, "%s%zu", i ? ", " : "", at[i]);
  if (n < room)
    snprintf(text + n, room - n, "]");
}

static bool check_tensor(struct checkpoint *k, const struct safetensor *t,
                         const size_t *at, size_t rank) {
  char has[100], needs[100];
  if (safetensor_type_is_integer(t->type))
    return flow_error(k->f, "'%s' is of type %s, not of floats", SHOWN(t->name),
                      safetensor_type_name(t->type)),
           false;
  if (t->rank == rank && !memcmp(t->dims, at, rank * sizeof *at))
    return true;
  show_shape(has, sizeof has, t->dims, t->rank);
  show_shape(needs, sizeof needs, at, rank);
  return flow_error(k->f, "'%s' has shape %s; config.json makes it %s",
                    SHOWN(t->name), has, needs),
         false;
}

double *checkpoint_room(struct checkpoint *k, struct lengths *s,
                        const size_t *at, size_t rank) {
  if (k->f->failed)
    return NULL;
  if (lengths_set(s, at, rank) && k->f->bytes + s->n * 8 <= FLOW_MAX_BYTES)
    return xcalloc(s->n + 1, sizeof(double));
  flow_error(k->f, "%s has more than %zu elements, or all have too many",
             k->f->name, FLOW_MAX_ELEMENTS);
  return NULL;
}

static flow_id constant_of(struct checkpoint *k, const struct safetensor *t) {
  struct lengths s;
  flow_id y = FLOW_NONE;
  double *x = checkpoint_room(k, &s, t->dims, t->rank);
  bool is_finite = true;
  for (size_t i = 0; x && i < t->n; i++) {
    x[i] = safetensor_double(t, i);
    is_finite &= isfinite(x[i]) != 0;
  }
  if (x && !is_finite)
    flow_error(k->f, "'%s' has elements that are not finite", SHOWN(t->name));
  else if (x)
    y = flow_constant(k->f, ONNX_FLOAT, &s, x);
  free(x);
  return y;
}

static bool *use(struct checkpoint *k, const struct safetensor *t) {
  return &k->is_used[t - k->weights.tensors.at];
}

flow_id checkpoint_tensor(struct checkpoint *k, const char *name,
                          const size_t *at, size_t rank) {
  if (k->f->failed)
    return FLOW_NONE;
  const struct safetensor *t = find_either(k, name);
  if (!t)
    return flow_error(k->f, "'%s' is missing", full_name(k, name).text);
  if (!check_tensor(k, t, at, rank))
    return FLOW_NONE;
  *use(k, t) = true;
  return constant_of(k, t);
}

flow_id checkpoint_vector(struct checkpoint *k, const char *name, size_t n) {
  return checkpoint_tensor(k, name, &n, 1);
}

flow_id checkpoint_matrix(struct checkpoint *k, const char *name, size_t rows,
                          size_t columns) {
  return checkpoint_tensor(k, name, (size_t[]){rows, columns}, 2);
}

bool checkpoint_same(struct checkpoint *k, const char *name, flow_id w) {
  const struct safetensor *t = w == FLOW_NONE ? NULL : checkpoint_find(k, name);
  const struct flow_node *node = t ? flow_get(k->f, w) : NULL;
  if (!t || !check_tensor(k, t, node->shape.at, node->shape.rank))
    return !k->f->failed;
  for (size_t i = 0; i < t->n; i++)
    if (safetensor_double(t, i) != node->at[i])
      return flow_error(k->f,
                        "'%s' is no copy of the tensor that it is tied to",
                        SHOWN(t->name)),
             false;
  *use(k, t) = true;
  return true;
}

/* Buffers that files may have, and heads that are not the model's. */
static bool is_known(const struct checkpoint *k, const char *name) {
  static const char *const buffers[] = {
      "*.rotary_emb.inv_freq",    "*.attn.bias",         "*.attn.masked_bias",
      "*embeddings.position_ids", "pos_embed.pos_embed", NULL};
  static const char *const of_t5[] = {
      "*.EncDecAttention.relative_attention_bias.weight", NULL};
  static const char *const of_bert[] = {"cls.*", NULL};
  return config_lists(buffers, name) ||
         (k->a.kind == ARCHITECTURE_ENCODER && config_lists(of_bert, name)) ||
         (k->a.kind == ARCHITECTURE_ENCODER_DECODER &&
          config_lists(of_t5, name));
}

static void check_used(struct checkpoint *k) {
  for (size_t i = 0; i < k->weights.tensors.n; i++) {
    const char *name = k->weights.tensors.at[i].name;
    if (!k->is_used[i] && !is_known(k, name))
      flow_error(k->f, "'%s' is no tensor of the %s that config.json describes",
                 SHOWN(name), k->a.name);
  }
}

/* ---- Inputs and outputs ---- */

static flow_id add_input(struct checkpoint *k, const char *name,
                         enum onnx_type type, const struct lengths *s,
                         long most) {
  k->f->name = name;
  flow_id x = flow_input(k->f, type, s, k->inputs.n);
  if (x != FLOW_NONE)
    array_push(&k->inputs, (struct checkpoint_port){name, x, most});
  return x;
}

flow_id checkpoint_tokens(struct checkpoint *k, const char *name, size_t n,
                          long most) {
  struct lengths s;
  enum onnx_type type = most < 1 << 8    ? ONNX_UINT8
                        : most < 1 << 16 ? ONNX_UINT16
                                         : ONNX_UINT32;
  if (!lengths_set(&s, (size_t[]){1, n}, 2))
    return flow_error(k->f, "%zu positions are too many", n);
  return flow_reshape_to(k->f, add_input(k, name, type, &s, most), &n, 1);
}

flow_id checkpoint_image(struct checkpoint *k, const char *name,
                         const size_t *at, size_t rank) {
  struct lengths s;
  if (!lengths_set(&s, at, rank))
    return flow_error(k->f, "an image has too many elements");
  return add_input(k, name, ONNX_FLOAT, &s, 0);
}

void checkpoint_output(struct checkpoint *k, const char *name, flow_id y) {
  y = flow_insert_axis(k->f, y, 0);
  if (y != FLOW_NONE)
    array_push(&k->outputs, (struct checkpoint_port){name, y, 0});
}

/* ---- All of it ---- */

/* A model may be run on more positions than it was made for, if they are not
   rows. */
static size_t positions(const struct checkpoint *k, long n) {
  long most = k->a.positions;
  if (n && most && n > most)
    flow_error(k->f, "n=%ld: must be at most %ld, as many positions as it has",
               n, most);
  if (!most)
    most = k->numbers.max_positions;
  return (size_t)(n ? n : most && most < POSITIONS ? most : POSITIONS);
}

/* All would be kept as doubles. */
static void check_size(struct checkpoint *k) {
  size_t n = 0, most = FLOW_MAX_BYTES / 8;
  for (size_t i = 0; i < k->weights.tensors.n && n <= most; i++)
    n += k->weights.tensors.at[i].n;
  if (n > most)
    flow_error(k->f,
               "it has more than %zu weights, of which no circuit is made",
               most);
}

static void check_lengths(struct checkpoint *k, long n, long targets) {
  if (targets && k->a.kind != ARCHITECTURE_ENCODER_DECODER)
    flow_error(k->f, "targets=: only an encoder-decoder has them, as t5");
  if (n && k->a.kind == ARCHITECTURE_DENOISER)
    flow_error(k->f, "n=: a %s has as many positions as its image has patches",
               k->a.name);
  k->n = positions(k, n);
  k->targets = (size_t)(targets ? targets : POSITIONS);
}

bool checkpoint_build(struct checkpoint *k, struct flow *f, long n,
                      long targets) {
  static void (*const build[])(struct checkpoint *) = {
      [ARCHITECTURE_DECODER] = checkpoint_blocks,
      [ARCHITECTURE_ENCODER] = checkpoint_blocks,
      [ARCHITECTURE_ENCODER_DECODER] = checkpoint_t5,
      [ARCHITECTURE_MAMBA] = checkpoint_mamba,
      [ARCHITECTURE_DENOISER] = checkpoint_denoiser};
  k->f = f;
  k->is_used = xcalloc(k->weights.tensors.n + 1, sizeof *k->is_used);
  check_lengths(k, n, targets);
  check_size(k);
  if (!f->failed)
    build[k->a.kind](k);
  if (!f->failed)
    check_used(k);
  return !f->failed || error_in_one_line(f->err);
}
