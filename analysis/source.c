#include "analysis/source.h"
#include "circuit/file.h"
#include "compile/program/lower.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void source_init(struct source *s) {
  memset(s, 0, sizeof *s);
  circuit_init(&s->circuit);
  program_init(&s->program);
}

void source_clear(struct source *s) {
  free(s->label);
  circuit_clear(&s->circuit);
  instance_clear(&s->instance);
  program_clear(&s->program);
}

static char *join(const char *const *word, size_t n) {
  size_t length = 0;
  for (size_t i = 0; i < n; i++)
    length += strlen(word[i]) + 1;
  char *text = xmalloc(length), *at = text;
  for (size_t i = 0; i < n; i++) {
    size_t k = strlen(word[i]);
    memcpy(at, word[i], k);
    at += k;
    *at++ = i + 1 < n ? ' ' : '\0';
  }
  return text;
}

/* ---- Parameters of tasks ---- */

static bool list_parameters(const struct task *t, const char *word,
                            struct error *err) {
  char list[256] = "";
  for (size_t i = 0, n = 0; t->parameters[i].name && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s=", i ? ", " : "",
                          t->parameters[i].name);
  return error_set(err, 0, "'%s' has no parameter '%s'; it has %s", t->name,
                   word, list);
}

static bool set_parameter(struct source *s, const char *word,
                          struct error *err) {
  const char *equals = strchr(word, '=');
  size_t i = 0, n = equals ? (size_t)(equals - word) : 0;
  const struct task_parameter *q = s->task->parameters;
  while (q[i].name && (strlen(q[i].name) != n || memcmp(q[i].name, word, n)))
    i++;
  if (!equals || !q[i].name)
    return list_parameters(s->task, word, err);
  char *end;
  errno = 0;
  long v = strtol(equals + 1, &end, 10);
  if (end == equals + 1 || *end || errno || v < q[i].least || v > q[i].most)
    return error_set(err, 0, "'%s': %s must be a whole number from %ld to %ld",
                     word, q[i].name, q[i].least, q[i].most);
  s->value[i] = v;
  return true;
}

static bool open_task(struct source *s, const char *const *word, size_t n,
                      struct error *err) {
  const struct task_parameter *q = s->task->parameters;
  long size[TASK_MAX_PARAMETERS];
  for (size_t i = 0; q[i].name; i++)
    s->value[i] = q[i].standard;
  for (size_t i = 0; i < n; i++)
    if (!set_parameter(s, word[i], err))
      return false;
  s->task->build(&s->program, s->value);
  for (size_t i = 0; i < s->program.sizes.parameters.n; i++)
    for (size_t j = 0; q[j].name; j++)
      if (!strcmp(q[j].name, s->program.sizes.parameters.at[i].name))
        size[i] = s->value[j];
  return instance_init(&s->instance, &s->program, size, err);
}

/* ---- Files ---- */

static bool open_file(struct source *s, const char *const *word, size_t n,
                      struct error *err) {
  bool is_path = strpbrk(word[0], "/.") || !strcmp(word[0], "-");
  if (!is_path && access(word[0], F_OK))
    return error_set(err, 0,
                     "'%s' is neither a task nor a file; 'tc0 list' has the "
                     "tasks",
                     word[0]);
  if (n > 1)
    return error_set(err, 0, "a circuit file has no parameter '%s'", word[1]);
  s->kind = SOURCE_FILE;
  s->is_made = true;
  err->file = word[0];
  bool ok = circuit_read_file(&s->circuit, word[0], err);
  if (ok)
    err->file = NULL;
  return ok;
}

bool source_open(struct source *s, const char *const *word, size_t n,
                 const struct source_options *options, struct error *err) {
  s->label = join(word, n);
  s->circuit.max_bytes = options->max_bytes;
  s->task = task_find(word[0]);
  return s->task ? open_task(s, word + 1, n - 1, err)
                 : open_file(s, word, n, err);
}

const struct circuit *source_circuit(struct source *s) {
  if (!s->is_made)
    program_lower(&s->instance, &s->circuit);
  s->is_made = true;
  return &s->circuit;
}

bool source_has_program(const struct source *s) {
  return s->kind != SOURCE_FILE;
}
