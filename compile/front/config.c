#include "compile/front/config.h"
#include "compile/front/config_types.h"

#include <stdio.h>
#include <string.h>

enum {
  MOST_KEYS = 40 // of a type
};

struct reader {
  struct architecture *a;
  const struct config_type *type;
  const char *seen[MOST_KEYS]; // as the file calls it, or NULL; by place in
                               // type->keys
  size_t layer_types,
      sliding; // entries of that key, and of a window among them
  struct error *err;
};

/* ---- Fields ---- */

static long *field_of(struct architecture *a, size_t offset) {
  return (long *)(void *)((char *)a + offset);
}

/* How the file calls the key of a field, or would. */
static const char *name_of(const struct reader *r, size_t offset) {
  const struct config_key *k = r->type->keys;
  for (size_t i = 0; k[i].name; i++)
    if (k[i].field == offset)
      return r->seen[i] ? r->seen[i] : k[i].name;
  return "?";
}
#define NAME(field) name_of(r, offsetof(struct architecture, field))

static bool list_words(const struct config_key *k, const char *key,
                       const char *value, struct error *err) {
  char list[256] = "";
  for (size_t i = 0, n = 0; k->words[i].word && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "",
                          k->words[i].word);
  return error_set(err, 0, "%.80s: '%.80s' is not supported; it may be %s", key,
                   value, list);
}

static bool read_word(long *to, const struct config_key *k, const char *key,
                      const struct json *v, struct error *err) {
  const char *text = json_text(v);
  if (!text)
    return error_set(err, 0, "%.80s: must be text, but is %s", key,
                     json_kind_names[json_kind(v)]);
  for (size_t i = 0; k->words[i].word; i++)
    if (!strcmp(k->words[i].word, text)) {
      *to = k->words[i].value;
      return true;
    }
  return list_words(k, key, text, err);
}

static bool read_flag(long *to, const struct config_key *k, const char *key,
                      const struct json *v, struct error *err) {
  bool b;
  if (!json_to_bool(v, &b))
    return error_set(err, 0, "%.80s: must be true or false, but is %s", key,
                     json_kind_names[json_kind(v)]);
  *to = b;
  return (*to >= k->least && *to <= k->most) ||
         error_set(err, 0, "%.80s=%s: only %s is supported", key,
                   b ? "true" : "false", b ? "false" : "true");
}

static bool read_whole(long *to, const struct config_key *k, const char *key,
                       const struct json *v, struct error *err) {
  int64_t z;
  if (k->words && json_text(v))
    return read_word(to, k, key, v, err);
  if (!json_to_integer(v, &z))
    return error_set(err, 0, "%.80s: must be an integer, but is %s", key,
                     json_kind_names[json_kind(v)]);
  if (z < k->least || z > k->most)
    return error_set(err, 0, "%.80s=%lld: must be from %ld to %ld", key,
                     (long long)z, k->least, k->most);
  *to = (long)z;
  return true;
}

static bool read_key(struct reader *r, size_t i, const char *key,
                     const struct json *v) {
  static bool (*const read[])(long *, const struct config_key *, const char *,
                              const struct json *,
                              struct error *) = {[CONFIG_WHOLE] = read_whole,
                                                 [CONFIG_FLAG] = read_flag,
                                                 [CONFIG_WORD] = read_word};
  const struct config_key *k = &r->type->keys[i];
  long value = k->null;
  if (json_kind(v) != JSON_KIND_NULL &&
      !read[k->value](&value, k, key, v, r->err))
    return false;
  long *to = k->field == CONFIG_NOWHERE ? NULL : field_of(r->a, k->field);
  if (r->seen[i] && to && *to != value)
    return error_set(r->err, 0, "%.80s and %.80s are the same, but differ",
                     r->seen[i], key);
  r->seen[i] = key;
  if (to)
    *to = value;
  return true;
}

/* ---- Keys that are no fields ---- */

/* Angles by which positions are turned: generic weights stand for those that
   are turned. */
static bool read_angles(const char *key, const struct json *v,
                        struct error *err) {
  static const char *const known[] = {"rope_type",
                                      "type",
                                      "rope_theta",
                                      "factor",
                                      "low_freq_factor",
                                      "high_freq_factor",
                                      "original_max_position_embeddings",
                                      "beta_fast",
                                      "beta_slow",
                                      "mscale*",
                                      "attention_factor",
                                      "short_factor",
                                      "long_factor",
                                      "truncate",
                                      NULL};
  for (struct json_member m = json_first(v); m.key; m = json_next(v, m))
    if (!config_lists(known, m.key))
      return error_set(err, 0, "%s: '%.80s' in it is not supported", key,
                       m.key);
  return json_kind(v) == JSON_KIND_OBJECT || json_kind(v) == JSON_KIND_NULL ||
         error_set(err, 0, "%s: must be an object, but is %s", key,
                   json_kind_names[json_kind(v)]);
}

/* Which positions each layer sees. */
static bool read_layer_types(struct reader *r, const struct json *v) {
  for (size_t i = 0; i < json_size(v); i++) {
    const char *text =
        json_kind(v) == JSON_KIND_LIST ? json_text(json_at(v, i)) : NULL;
    if (!text ||
        (strcmp(text, "full_attention") && strcmp(text, "sliding_attention")))
      return error_set(r->err, 0,
                       "layer_types: '%.80s' is not supported; each may be "
                       "full_attention or sliding_attention",
                       text ? text : "?");
    r->layer_types++;
    r->sliding += *text == 's';
  }
  return true;
}

static bool refuse_key(const struct reader *r, const char *key) {
  if (strstr(key, "quantization_config") || !strcmp(key, "compression_config"))
    return error_set(r->err, 0,
                     "%.80s: quantised weights are not supported; the circuit "
                     "is quantised by its own bits=",
                     key);
  if (strstr(key, "vision") || strstr(key, "audio"))
    return error_set(r->err, 0,
                     "%.80s: only text is supported; text_config may be a file "
                     "of its own",
                     key);
  return error_set(r->err, 0,
                   "'%.80s' is no key that is known of model_type %s, and may "
                   "change the circuit; remove it if it does not",
                   key, r->type->name);
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

/* What a model ends with: its vocabulary, but for bert, which is read up to its
   pooler whatever follows for training. */
static bool read_heads(const struct reader *r, const struct json *v) {
  static const char *const ends[] = {
      "ForCausalLM", "LMHeadModel",    "ForConditionalGeneration",
      "ForMaskedLM", "ForPreTraining", "BertModel"};
  for (size_t i = 0; i < json_size(v); i++) {
    const char *name = json_text(json_at(v, i));
    bool is_known = false;
    for (size_t k = 0; name && k < sizeof ends / sizeof *ends; k++)
      is_known |= ends_with(name, ends[k]);
    if (!is_known)
      return error_set(r->err, 0,
                       "architectures: '%.80s' does not end with the "
                       "vocabulary, as what is read here; remove the key if "
                       "that is meant",
                       name ? name : "");
  }
  return true;
}

static bool read_member(struct reader *r, const char *key,
                        const struct json *v) {
  const struct config_key *k = r->type->keys;
  size_t i = 0;
  while (k[i].name && strcmp(k[i].name, key) &&
         (!k[i].alias || strcmp(k[i].alias, key)))
    i++;
  if (k[i].name)
    return read_key(r, i, key, v);
  if (config_lists(r->type->harmless, key) ||
      config_lists(config_harmless, key))
    return true;
  if (!strcmp(key, "rope_scaling") || !strcmp(key, "rope_parameters"))
    return read_angles(key, v, r->err);
  if (!strcmp(key, "layer_types") && r->type->kind == ARCHITECTURE_DECODER)
    return read_layer_types(r, v);
  if (!strcmp(key, "architectures"))
    return read_heads(r, v);
  if (!strcmp(key, "pruned_heads") && !json_size(v))
    return true;
  return json_kind(v) == JSON_KIND_NULL || refuse_key(r, key);
}

/* ---- What follows from other fields ---- */

static bool check_divides(const struct reader *r, const char *name, long value,
                          const char *of, long whole) {
  return whole % value == 0 ||
         error_set(r->err, 0, "%.80s=%ld: must divide %.80s=%ld", name, value,
                   of, whole);
}

static bool finish_attention(struct reader *r) {
  struct architecture *a = r->a;
  if (!a->kv_heads)
    a->kv_heads = a->heads;
  if (a->kv_rank) // latent attention has what its heads have by itself
    return a->kv_heads == a->heads ||
           error_set(r->err, 0, "%.80s=%ld: must be %.80s=%ld, or null",
                     NAME(kv_heads), a->kv_heads, NAME(heads), a->heads);
  if (!check_divides(r, NAME(kv_heads), a->kv_heads, NAME(heads), a->heads))
    return false;
  if (a->head_dim)
    return true;
  a->head_dim = a->width / a->heads;
  return check_divides(r, NAME(heads), a->heads, NAME(width), a->width);
}

/* Groups do not matter to the greedy method, nor where all are taken. */
static bool finish_groups(struct reader *r) {
  struct architecture *a = r->a;
  if (!a->has_groups)
    a->groups = a->top_groups = 0;
  else if (!a->groups || !a->top_groups)
    return error_set(r->err, 0, "%s is missing",
                     a->groups ? NAME(top_groups) : NAME(groups));
  if (!a->groups)
    return true;
  if (!check_divides(r, NAME(groups), a->groups, NAME(experts), a->experts))
    return false;
  if (a->top_groups > a->groups)
    return error_set(r->err, 0, "%s=%ld: must be at most %s=%ld",
                     NAME(top_groups), a->top_groups, NAME(groups), a->groups);
  long among = a->top_groups * (a->experts / a->groups);
  if (a->top > among)
    return error_set(r->err, 0, "%s=%ld: must be at most %ld, those of %s=%ld",
                     NAME(top), a->top, among, NAME(top_groups), a->top_groups);
  if (a->top_groups == a->groups)
    a->groups = a->top_groups = 0;
  return true;
}

static bool finish_experts(struct reader *r) {
  struct architecture *a = r->a;
  if (!a->experts)
    return true;
  if (!a->expert_hidden)
    a->expert_hidden = a->hidden;
  if (!a->top)
    return error_set(r->err, 0, "%s is missing", NAME(top));
  if (a->dense_layers > a->layers)
    return error_set(r->err, 0, "%s=%ld: must be at most %s=%ld",
                     NAME(dense_layers), a->dense_layers, NAME(layers),
                     a->layers);
  if (a->top > a->experts)
    return error_set(r->err, 0, "%s=%ld: must be at most %s=%ld", NAME(top),
                     a->top, NAME(experts), a->experts);
  return finish_groups(r);
}

static bool finish_state_space(struct reader *r) {
  struct architecture *a = r->a;
  if (!a->inner)
    a->inner = a->expand * a->width;
  if (a->inner != a->expand * a->width)
    return error_set(r->err, 0, "%s=%ld: must be expand * %s = %ld",
                     NAME(inner), a->inner, NAME(width), a->expand * a->width);
  if (!a->step_rank)
    a->step_rank = (a->width + 15) / 16;
  return true;
}

static bool finish_denoiser(struct reader *r) {
  struct architecture *a = r->a;
  a->width = a->heads * a->head_dim;
  a->hidden = 4 * a->width;
  a->kv_heads = a->heads;
  if (!a->out_channels)
    a->out_channels = a->channels;
  if (a->width > 1000000)
    return error_set(r->err, 0, "%s * %s = %ld: must be at most 1000000",
                     NAME(heads), NAME(head_dim), a->width);
  return check_divides(r, NAME(patch), a->patch, NAME(sample), a->sample);
}

/* The library takes them of qwen2 alone; of others they may say no more than
   the window does. */
static bool check_layer_types(const struct reader *r) {
  const struct architecture *a = r->a;
  bool is_some = !strcmp(a->name, "qwen2");
  if (!r->layer_types)
    return true;
  if (r->layer_types != (size_t)a->layers)
    return error_set(r->err, 0, "layer_types has %zu entries, not %ld",
                     r->layer_types, a->layers);
  if (r->sliding && !a->window)
    return error_set(r->err, 0,
                     "layer_types: sliding_attention, but %s has no window%s",
                     a->name, is_some ? ": use_sliding_window is false" : "");
  return is_some || !a->window || r->sliding == r->layer_types ||
         error_set(r->err, 0,
                   "layer_types: full_attention, but all layers of %s have the "
                   "window, sliding_window=%ld",
                   a->name, a->window);
}

static bool finish(struct reader *r) {
  struct architecture *a = r->a;
  if (a->activation >= 16) {
    a->activation -= 16;
    a->is_gated = 1;
  }
  if (!a->hidden)
    a->hidden = 4 * a->width;
  if (!a->decoder_layers)
    a->decoder_layers = a->layers;
  if (!strcmp(a->name, "llama"))
    a->has_o_bias = a->has_qkv_bias;
  if (!strcmp(a->name, "qwen2") && !a->has_window)
    a->window = 0;
  if (a->kind == ARCHITECTURE_MAMBA)
    return finish_state_space(r);
  if (a->kind == ARCHITECTURE_DENOISER)
    return finish_denoiser(r);
  return check_layer_types(r) && finish_attention(r) && finish_experts(r);
}

/* ---- All of it ---- */

/* What t5 says twice, of which the library takes the latter. */
static bool check_forward(const struct json *text, struct error *err) {
  static const char gated[] = "gated-";
  const char *word = json_text(json_find(text, "feed_forward_proj"));
  const char *act = json_text(json_find(text, "dense_act_fn"));
  const struct json *v = json_find(text, "is_gated_act");
  bool is_gated = word && !strncmp(word, gated, strlen(gated)), b = is_gated;
  const char *of = !word                         ? "relu"
                   : !strcmp(word, "gated-gelu") ? "gelu_new"
                   : is_gated                    ? word + strlen(gated)
                                                 : word;
  if (act && strcmp(act, of))
    return error_set(err, 0,
                     "dense_act_fn: '%.80s' is not that of feed_forward_proj, "
                     "which is %s",
                     act, of);
  return !v || !json_to_bool(v, &b) || b == is_gated ||
         error_set(err, 0,
                   "is_gated_act=%s: feed_forward_proj says that it is%s",
                   b ? "true" : "false", is_gated ? "" : " not");
}

/* DiT was a Transformer2DModel once, which is another model where these are not
   said: of one layer, with geglu and without biases. */
static bool check_given(const struct reader *r, const struct json *text) {
  static const char *const keys[] = {"activation_fn",
                                     "attention_bias",
                                     "attention_head_dim",
                                     "in_channels",
                                     "norm_elementwise_affine",
                                     "norm_type",
                                     "num_embeds_ada_norm",
                                     "num_layers",
                                     "patch_size",
                                     "sample_size"};
  if (strcmp(r->type->name, "Transformer2DModel") != 0)
    return true;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const struct json *v = json_find(text, keys[i]);
    if (!v || json_kind(v) == JSON_KIND_NULL)
      return error_set(r->err, 0,
                       "%s is missing: a Transformer2DModel is read where it "
                       "says that it is DiT",
                       keys[i]);
  }
  return true;
}

static bool find_type(struct reader *r, const struct json *root) {
  const struct json *v = json_find(root, "model_type");
  char list[256] = "";
  if (!v)
    v = json_find(root, "_class_name");
  const char *name = v ? json_text(v) : NULL;
  const struct config_type *t = config_types;
  while (t->name && (!name || strcmp(t->name, name)))
    t++;
  r->type = t;
  if (t->name)
    return true;
  size_t n = 0;
  for (t = config_types; t->name && n < sizeof list; t++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "",
                          t->name);
  return name ? error_set(r->err, 0,
                          "model_type '%.80s' is not known; known are %s", name,
                          list)
              : error_set(r->err, 0,
                          "it has no model_type, nor a _class_name; known are "
                          "%s",
                          list);
}

/* What is text of a model with other parts, which there must not be. */
static const struct json *find_text(struct reader *r, const struct json *root) {
  const struct json *text = json_find(root, "text_config");
  if (!text || !find_type(r, text))
    return text ? NULL : root;
  for (struct json_member m = json_first(root); m.key; m = json_next(root, m)) {
    bool is_known = m.value == text || !strcmp(m.key, "architectures") ||
                    config_lists(config_harmless, m.key) ||
                    json_kind(m.value) == JSON_KIND_NULL;
    if (!is_known && !refuse_key(r, m.key))
      return NULL;
  }
  return text;
}

static bool read_config(struct architecture *a, const struct json *root,
                        struct error *err) {
  struct reader r = {.a = a, .err = err};
  const struct json *text = find_text(&r, root);
  if (!text || !find_type(&r, text))
    return false;
  *a = r.type->fixed;
  a->name = r.type->name;
  a->kind = r.type->kind;
  for (const struct config_key *k = r.type->keys; k->name; k++)
    if (k->field != CONFIG_NOWHERE)
      *field_of(a, k->field) = k->standard;
  for (struct json_member m = json_first(text); m.key; m = json_next(text, m))
    if (!read_member(&r, m.key, m.value))
      return false;
  return check_forward(text, err) && check_given(&r, text) && finish(&r);
}

bool config_read(struct architecture *a, const struct json *root,
                 struct error *err) {
  return read_config(a, root, err) || error_in_one_line(err);
}

bool config_read_file(struct architecture *a, const char *path,
                      struct error *err) {
  struct json *root;
  bool ok = json_read_file(&root, path, CONFIG_MAX_BYTES, err) &&
            config_read(a, root, err);
  json_free(root);
  if (ok)
    err->file = NULL;
  return ok;
}
