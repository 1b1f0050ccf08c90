#include "analysis/source.h"
#include "analysis/source_parts.h"
#include "circuit/file.h"
#include "compile/models/models.h"
#include "compile/program/lower.h"
#include "tasks/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void source_init(struct source *s) {
  memset(s, 0, sizeof *s);
  circuit_init(&s->circuit);
  circuit_init(&s->converted);
  circuit_init(&s->file);
  program_init(&s->program);
}

void source_clear(struct source *s) {
  free(s->label);
  circuit_clear(&s->circuit);
  circuit_clear(&s->converted);
  instance_clear(&s->instance);
  strategy_clear(&s->strategy);
  program_clear(&s->program);
  circuit_clear(&s->file);
  for (size_t i = 0; i < FAMILY_MAX_PARAMETERS; i++)
    fmpz_clear(&s->value[i]);
  if (s->has_model)
    model_clear(&s->model);
  for (size_t i = 0; i < s->bound.n; i++)
    onnx_tensor_clear(&s->bound.at[i]);
  array_clear(&s->bound);
}

/* As on the command line: "add n=8 --basis and-or". */
static char *join(const char *const *word, size_t n, enum basis basis) {
  static const char option[] = " --basis ";
  size_t length = 1 + sizeof option + strlen(basis_names[basis]);
  for (size_t i = 0; i < n; i++)
    length += strlen(word[i]) + 1;
  char *text = xmalloc(length), *at = text;
  for (size_t i = 0; i < n; i++)
    at = stpcpy(stpcpy(at, i ? " " : ""), word[i]);
  if (basis != BASIS_THRESHOLD)
    stpcpy(stpcpy(at, option), basis_names[basis]);
  return text;
}

/* ---- Files ---- */

/* Circuits begin with a word, a comment or 0x89, architectures with '{' and
   anything else is a model, as are safetensors and folders of them. What can be
   read only once, such as a pipe, is a circuit. */
static enum source_kind kind_of_file(const char *path) {
  struct stat st;
  if (source_is_checkpoint(path))
    return SOURCE_MODEL;
  bool is_regular = !stat(path, &st) && S_ISREG(st.st_mode);
  FILE *f = is_regular ? fopen(path, "rb") : NULL;
  int ch = f ? getc(f) : EOF;
  if (f)
    fclose(f);
  if (ch == EOF || ch == 0x89 || strchr("c# \t\r\n", ch))
    return SOURCE_FILE;
  return ch == '{' ? SOURCE_CONFIG : SOURCE_MODEL;
}

static bool open_file(struct source *s, const char *const *word, size_t n,
                      struct error *err) {
  bool is_path = strpbrk(word[0], "/.") || !strcmp(word[0], "-");
  if (!is_path && access(word[0], F_OK))
    return error_set(err, 0,
                     "'%s' is no task, built-in model or file; 'tc0 list' has "
                     "the tasks and models",
                     word[0]);
  if (n > 1)
    return error_set(err, 0, "a circuit file has no parameter '%s'", word[1]);
  s->is_made = true;
  err->file = word[0];
  bool ok = circuit_read_file(&s->circuit, word[0], err);
  if (ok)
    err->file = NULL;
  return ok;
}

static bool open_any(struct source *s, const char *const *word, size_t n,
                     const struct source_options *options, struct error *err) {
  s->basis = options->basis;
  s->converted.max_bytes = options->max_bytes;
  s->circuit.max_bytes = options->max_bytes;
  s->family = task_find(word[0]);
  if (!s->family)
    s->family = family_find(models, word[0]);
  enum source_kind kind = s->family ? SOURCE_FAMILY : kind_of_file(word[0]);
  s->program.seed = options->seed;
  if (kind == SOURCE_MODEL)
    return source_open_model(s, word, n, options, err);
  s->kind = kind;
  if (options->calibrate)
    return error_set(err, 0, "--calibrate needs a float model");
  if (options->n_dim || options->n_bind)
    return error_set(err, 0, "--%s needs a model file",
                     options->n_dim ? "dim" : "bind");
  if (kind == SOURCE_CONFIG)
    return source_open_config(s, word, n, err);
  return s->family ? source_open_family(s, word + 1, n - 1, err)
                   : open_file(s, word, n, err);
}

bool source_open(struct source *s, const char *const *word, size_t n,
                 const struct source_options *options, struct error *err) {
  struct wraps w;
  s->label = join(word, n, options->basis);
  bool ok = wraps_split(&w, word, n, err) &&
            open_any(s, w.words.at, w.words.n, options, err) &&
            source_wrap(s, &w, options, err);
  wraps_clear(&w);
  if (!ok)
    return false;
  if (!options->has_strategy)
    return true;
  if (!source_has_program(s))
    return error_set(err, 0, "--strategy: a circuit file is as it is");
  ok = strategy_find(&s->strategy, &s->instance, options->strategy, err);
  s->instance.levels = s->strategy.levels;
  return ok;
}

const struct circuit *source_original(struct source *s) {
  if (!s->is_made)
    program_lower(&s->instance, &s->circuit);
  s->is_made = true;
  return &s->circuit;
}

const struct circuit *source_circuit(struct source *s) {
  struct error err = {0};
  const struct circuit *c = source_original(s);
  if (s->basis == BASIS_THRESHOLD)
    return c;
  if (!s->is_converted && !basis_convert(&s->converted, c, s->basis, &err))
    die("%s", err.message);
  s->is_converted = true;
  return &s->converted;
}

bool source_has_program(const struct source *s) {
  return s->instance.program;
}

struct program *source_program(struct source *s) {
  return s->has_model ? &s->model.program : &s->program;
}
