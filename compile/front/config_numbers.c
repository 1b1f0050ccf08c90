#include "compile/front/config_numbers.h"
#include "circuit/array.h"

#include <math.h>
#include <string.h>

struct reader {
  const struct architecture *a;
  const struct json *text; // with the keys of the model
  struct error *err;
};

/* ---- Keys ---- */

static bool is_there(const struct json *v) {
  return v && json_kind(v) != JSON_KIND_NULL;
}

/* A number within bounds; `other` if it is missing or null. */
static bool read_real(const struct reader *r, const struct json *object,
                      const char *key, double other, double least, double most,
                      double *x) {
  const struct json *v = json_find(object, key);
  *x = other;
  if (!is_there(v))
    return true;
  if (!json_to_real(v, x))
    return error_set(r->err, 0, "%s: must be a number, but is %s", key,
                     json_kind_names[json_kind(v)]);
  return (*x >= least && *x <= most) ||
         error_set(r->err, 0, "%s=%g: must be from %g to %g", key, *x, least,
                   most);
}

static bool read_whole(const struct reader *r, const char *key, long other,
                       long least, long most, long *x) {
  double y;
  if (!read_real(r, r->text, key, (double)other, (double)least, (double)most,
                 &y))
    return false;
  *x = (long)y;
  return y == (double)*x ||
         error_set(r->err, 0, "%s=%g: must be an integer", key, y);
}

static bool is_type(const struct reader *r, const char *name) {
  return !strcmp(r->a->name, name);
}

/* ---- Norms and activations ---- */

static bool read_epsilon(struct reader *r, struct config_numbers *c) {
  static const struct {
    const char *type, *key;
    double standard;
  } of[] = {{"gpt2", "layer_norm_epsilon", 1e-5},
            {"bert", "layer_norm_eps", 1e-12},
            {"t5", "layer_norm_epsilon", 1e-6},
            {"mixtral", "rms_norm_eps", 1e-5},
            {"mamba", "layer_norm_epsilon", 1e-5},
            {"DiTTransformer2DModel", "norm_eps", 1e-5},
            {"Transformer2DModel", "norm_eps", 1e-5}};
  const char *key = "rms_norm_eps";
  double standard = 1e-6;
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    if (is_type(r, of[i].type)) {
      key = of[i].key;
      standard = of[i].standard;
    }
  return read_real(r, r->text, key, standard, 1e-30, 1, &c->epsilon);
}

/* Words that stand for gelu itself; others are approximations by tanh. */
static void read_activation(struct reader *r, struct config_numbers *c) {
  static const char *const keys[] = {"activation_function", "hidden_act",
                                     "activation_fn", "feed_forward_proj"};
  const char *word = is_type(r, "bert") ? "gelu" : "gelu_new";
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const struct json *v = json_find(r->text, keys[i]);
    if (is_there(v) && json_text(v))
      word = json_text(v);
  }
  c->is_by_tanh = strcmp(word, "gelu") != 0 && strcmp(word, "gelu_python") != 0;
}

/* ---- Angles ---- */

static double yarn_size(double factor, double by) {
  return factor <= 1 ? 1 : 0.1 * by * log(factor) + 1;
}

/* `low` and `high` become places of pairs between which the ramp is. */
static bool read_yarn(struct reader *r, const struct json *v, double dim,
                      struct config_turns *t) {
  double fast, slow, by, by_all, size;
  const struct json *truncate = json_find(v, "truncate");
  bool is_whole = true;
  if (is_there(truncate) && !json_to_bool(truncate, &is_whole))
    return error_set(r->err, 0, "truncate: must be true or false");
  if (!read_real(r, v, "beta_fast", 32, 1e-3, 1e6, &fast) ||
      !read_real(r, v, "beta_slow", 1, 1e-3, 1e6, &slow) ||
      !read_real(r, v, "mscale", 0, 0, 1e3, &by) ||
      !read_real(r, v, "mscale_all_dim", 0, 0, 1e3, &by_all) ||
      !read_real(r, v, "attention_factor", 0, 0, 1e3, &size))
    return false;
  if (by_all != 0 && r->a->kv_rank)
    return error_set(r->err, 0,
                     "mscale_all_dim: is not supported of deepseek_v2, whose "
                     "authors and the library take it for different things");
  if (by != 0 && by_all != 0)
    t->size = yarn_size(t->factor, by) / yarn_size(t->factor, by_all);
  else
    t->size = yarn_size(t->factor, 1);
  if (size != 0)
    t->size = size;
  double unit = dim / (2 * log(t->theta)), turn = 2 * acos(-1);
  t->low = unit * log(t->original / (fast * turn));
  t->high = unit * log(t->original / (slow * turn));
  t->low = fmax(is_whole ? floor(t->low) : t->low, 0);
  t->high = fmin(is_whole ? ceil(t->high) : t->high, dim - 1);
  return true;
}

static bool need(const struct reader *r, const struct json *v,
                 const char *const *keys, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!is_there(json_find(v, keys[i])))
      return error_set(r->err, 0, "rope_scaling: %s is missing", keys[i]);
  return true;
}

static bool read_kind(struct reader *r, const struct json *v,
                      struct config_turns *t) {
  static const char *const names[] = {"default", "linear", "llama3", "yarn"};
  static const char *const keys[] = {"factor",
                                     "original_max_position_embeddings",
                                     "low_freq_factor", "high_freq_factor"};
  static const size_t needed[] = {0, 1, 4, 1};
  const struct json *type = json_find(v, "rope_type");
  if (!is_there(type))
    type = json_find(v, "type");
  const char *name = is_there(type) ? json_text(type) : "default";
  for (int i = 0; name && i < 4; i++)
    if (!strcmp(names[i], name)) {
      t->kind = (enum config_turns_kind)i;
      return need(r, v, keys, needed[i]);
    }
  return error_set(r->err, 0,
                   "rope_scaling: rope_type '%.80s' is not supported; it may "
                   "be default, linear, llama3, yarn",
                   name ? name : "?");
}

static bool read_angles(struct reader *r, const struct json *v, double dim,
                        long positions, struct config_turns *t) {
  if (!is_there(v))
    return true;
  return read_kind(r, v, t) &&
         read_real(r, v, "rope_theta", t->theta, 1.001, 1e15, &t->theta) &&
         read_real(r, v, "factor", 1, 1e-3, 1e6, &t->factor) &&
         read_real(r, v, "low_freq_factor", 1, 1e-3, 1e6, &t->low) &&
         read_real(r, v, "high_freq_factor", 4, 1e-3, 1e6, &t->high) &&
         read_real(r, v, "original_max_position_embeddings", (double)positions,
                   1, 1e9, &t->original) &&
         (t->kind != TURNS_LLAMA3 || t->high > t->low ||
          error_set(r->err, 0,
                    "high_freq_factor=%g: must be above low_freq_factor=%g",
                    t->high, t->low)) &&
         (t->kind != TURNS_YARN || read_yarn(r, v, dim, t));
}

static bool read_turns(struct reader *r, struct config_numbers *c) {
  struct config_turns *t = &c->turns;
  const struct architecture *a = r->a;
  double dim = (double)(a->kv_rank ? a->turned_dim : a->head_dim);
  long positions = c->max_positions ? c->max_positions : 2048;
  t->size = t->factor = 1;
  t->is_interleaved = a->kv_rank > 0;
  const struct json *v = json_find(r->text, "rope_scaling");
  if (!is_there(v))
    v = json_find(r->text, "rope_parameters");
  return read_real(r, r->text, "rope_theta", is_type(r, "mixtral") ? 1e6 : 1e4,
                   1.001, 1e15, &t->theta) &&
         read_angles(r, v, dim, positions, t);
}

/* 1 in the middle of slow ones, 0 of fast ones. */
static double slowness(const struct config_turns *t, double angle, size_t i) {
  double x;
  switch (t->kind) {
  case TURNS_PLAIN:
    return 0;
  case TURNS_LINEAR:
    return 1;
  case TURNS_LLAMA3:
    x = t->original * angle / (2 * acos(-1));
    return fmin(fmax((t->high - x) / (t->high - t->low), 0), 1);
  case TURNS_YARN:
    x = t->high == t->low ? 0.001 : t->high - t->low;
    return fmin(fmax(((double)i - t->low) / x, 0), 1);
  }
  return 0;
}

void config_turns_angles(const struct config_turns *t, double *angle,
                         size_t pairs) {
  for (size_t i = 0; i < pairs; i++) {
    angle[i] = pow(t->theta, -(double)i / (double)pairs);
    double by = slowness(t, angle[i], i);
    angle[i] *= (1 - by) + by / t->factor;
  }
}

/* ---- Windows ---- */

/* Of qwen2 those from a place on, or those that are listed; of others all. */
static bool read_slides(struct reader *r, struct config_numbers *c) {
  const struct json *v = json_find(r->text, "layer_types");
  long layers = r->a->layers, from = 0;
  bool is_some = is_type(r, "qwen2");
  if (is_some && !read_whole(r, "max_window_layers", 28, 0, 1000000, &from))
    return false;
  c->slides = xcalloc((size_t)layers, sizeof *c->slides);
  for (long i = 0; i < layers; i++)
    c->slides[i] = is_some && is_there(v)
                       ? *json_text(json_at(v, (size_t)i)) == 's'
                       : i >= from;
  return true;
}

/* ---- All of it ---- */

/* Half of the buckets are for one distance each. */
static bool read_distance(struct reader *r, struct config_numbers *c) {
  long most = r->a->buckets / 2;
  return read_whole(r, "relative_attention_max_distance", 128, 1, 100000000,
                    &c->max_distance) &&
         (c->max_distance > most ||
          error_set(r->err, 0,
                    "relative_attention_max_distance=%ld: must be above %ld, "
                    "half of the buckets",
                    c->max_distance, most));
}

/* The library scales logits where they are of the embedding's matrix, unless a
   newer file says otherwise. */
static bool read_head(struct reader *r, struct config_numbers *c) {
  const struct json *v = json_find(r->text, "scale_decoder_outputs");
  c->has_scaled_head = r->a->is_tied;
  return !v || json_to_bool(v, &c->has_scaled_head) ||
         error_set(r->err, 0, "scale_decoder_outputs: must be true or false");
}

static bool read_experts(struct reader *r, struct config_numbers *c) {
  if (is_type(r, "deepseek_v2") && r->a->has_chosen_sum)
    return error_set(r->err, 0,
                     "norm_topk_prob=true: is not supported with weights, as "
                     "the library does not do it");
  return read_real(r, r->text, "routed_scaling_factor", 1, 1e-6, 1e6,
                   &c->expert_scale);
}

bool config_numbers_read(struct config_numbers *c, const struct architecture *a,
                         const struct json *root, struct error *err) {
  const struct json *text = json_find(root, "text_config");
  struct reader r = {.a = a, .text = text ? text : root, .err = err};
  long side = a->patch ? a->sample / 64 : 0;
  *c = (struct config_numbers){.place_scale = 1};
  if (is_type(&r, "Transformer2DModel") && side > 1)
    c->place_scale = (double)side;
  read_activation(&r, c);
  bool ok = read_epsilon(&r, c) &&
            read_whole(&r, "max_position_embeddings", 0, 1, 100000000,
                       &c->max_positions) &&
            read_turns(&r, c) && read_experts(&r, c) && read_slides(&r, c) &&
            read_distance(&r, c) && read_head(&r, c);
  return ok || error_in_one_line(err);
}

void config_numbers_clear(struct config_numbers *c) {
  free(c->slides);
  c->slides = NULL;
}
