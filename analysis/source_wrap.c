/* Prefixes of a source, as "vote:chain:NAME", with times= and replicas= among
   its words; and its random inputs. */
#include "analysis/source_parts.h"
#include "compile/program/lower.h"
#include "compile/program/operations.h"
#include "compile/program/wrap.h"

#include <stdio.h>
#include <string.h>

static const struct wrapper {
  const char *prefix;
  struct family_parameter parameter;
  bool is_odd;
  bool (*wrap)(struct program *p, const struct circuit *once, size_id rounds,
               struct error *err);
} wrappers[] = {
    {"chain:",
     {"times", "steps of the chain", 8, 0, 1000000, .is_size = true},
     false,
     program_chain},
    {"vote:",
     {"replicas", "that vote, an odd number", 5, 1, 999999, .is_size = true},
     true,
     program_vote},
    {"depth2:", {.name = NULL}, false, NULL}, // source_table.c
};

enum {
  WRAPPERS = sizeof wrappers / sizeof *wrappers
};

static size_t find_wrapper(const char *name) {
  size_t i = 0;
  while (i < WRAPPERS &&
         strncmp(name, wrappers[i].prefix, strlen(wrappers[i].prefix)))
    i++;
  return i;
}

/* The value of a wrapper's word, which is taken out of the list. */
static bool take_value(struct wraps *w, const struct wrapper *of, long *value,
                       struct error *err) {
  size_t length = strlen(of->parameter.name);
  *value = of->parameter.standard;
  for (size_t i = 1; i < w->words.n; i++) {
    const char *word = w->words.at[i];
    if (strncmp(word, of->parameter.name, length) || word[length] != '=')
      continue;
    fmpz z = 0; // small
    if (!source_parse_value(&z, &of->parameter, word, err))
      return false;
    *value = z;
    memmove(&w->words.at[i], &w->words.at[i + 1],
            (--w->words.n - i) * sizeof *w->words.at);
    break;
  }
  return !of->is_odd || *value % 2 ||
         error_set(err, 0, "%s=%ld: must be odd, or half could be for each",
                   of->parameter.name, *value);
}

bool wraps_split(struct wraps *w, const char *const *word, size_t n,
                 struct error *err) {
  const char *name = word[0];
  bool is_used[WRAPPERS] = {false};
  memset(w, 0, sizeof *w);
  for (size_t i = 0; i < n; i++)
    array_push(&w->words, word[i]);
  for (size_t i; (i = find_wrapper(name)) < WRAPPERS;) {
    struct wrapping wrap = {&wrappers[i], 0};
    name += strlen(wrappers[i].prefix);
    if (is_used[i])
      return error_set(err, 0, "'%s': %s stands there twice", word[0],
                       wrappers[i].prefix);
    is_used[i] = true;
    if (wrap.wrapper->wrap && !take_value(w, wrap.wrapper, &wrap.value, err))
      return false;
    array_push(&w->all, wrap);
  }
  w->words.at[0] = name;
  return *name ||
         error_set(err, 0, "'%s' must be followed by a source", word[0]);
}

void wraps_clear(struct wraps *w) {
  array_clear(&w->all);
  array_clear(&w->words);
}

/* ---- Circuit files as programs ---- */

/* An input or output for each bus, if they have all bits, else one of all. */
static size_t ports(const struct circuit *c, bool is_input,
                    const struct bus **bus, struct bus *all) {
  static char names[][8] = {"outputs", "inputs"};
  *bus = is_input ? c->input_buses.at : c->output_buses.at;
  size_t n = is_input ? c->input_buses.n : c->output_buses.n, bits = 0;
  for (size_t i = 0; i < n; i++)
    bits += (*bus)[i].values * (*bus)[i].width;
  *all = (struct bus){.name = names[is_input],
                      .values = is_input ? c->inputs.n : c->outputs.n,
                      .width = 1};
  if (bits == all->values)
    return n;
  *bus = all;
  return all->values != 0;
}

value_id source_file_inputs(struct program *p, const struct circuit *c) {
  const struct bus *bus;
  struct bus all;
  struct sizes *t = &p->sizes;
  size_t n = ports(c, true, &bus, &all);
  value_id *bits = xmalloc((n + 1) * sizeof *bits), x;
  for (size_t i = 0; i < n; i++) {
    size_t length = bus[i].values * bus[i].width;
    x = program_input_bits(p, bus[i].name,
                           vector(size_si(t, (long)bus[i].values)),
                           size_si(t, bus[i].width));
    array_last(&p->inputs).is_signed = bus[i].is_signed;
    bits[i] = program_reshape(p, "bits", x, vector(size_si(t, (long)length)));
  }
  x = n ? program_concat(p, "inputs", bits, n, 0)
        : program_constant(p, "inputs", vector(size_si(t, 0)), NULL, 0);
  free(bits);
  return x;
}

void source_file_outputs(struct program *p, const struct circuit *c,
                         value_id y) {
  const struct bus *bus;
  struct bus all;
  struct sizes *t = &p->sizes;
  size_t n = ports(c, false, &bus, &all);
  for (size_t i = 0, from = 0; i < n; i++) {
    size_t length = bus[i].values * bus[i].width;
    value_id part = program_slice(p, "bits", y, 0, size_si(t, (long)from),
                                  size_si(t, (long)length));
    part = program_reshape(
        p, "bits", part,
        matrix(size_si(t, (long)bus[i].values), size_si(t, bus[i].width)));
    program_output_bits(p, bus[i].name, part);
    array_last(&p->outputs).is_signed = bus[i].is_signed;
    from += length;
  }
}

/* What was read becomes a step of a program. */
static bool embed(struct source *s, struct error *err) {
  struct program *p = &s->program;
  circuit_clear(&s->file);
  s->file = s->circuit;
  circuit_init(&s->circuit);
  s->circuit.max_bytes = s->file.max_bytes;
  s->is_made = false;
  value_id x = source_file_inputs(p, &s->file);
  source_file_outputs(p, &s->file, program_embed(p, "circuit", x, &s->file));
  return instance_init(&s->instance, p, NULL, err);
}

/* ---- Random inputs ---- */

static bool mark_random(struct program *p, const char *name,
                        struct error *err) {
  char list[300] = "";
  for (size_t i = 0, n = 0; i < p->inputs.n; i++) {
    if (!strcmp(p->inputs.at[i].name, name))
      return p->inputs.at[i].is_random = true;
    if (n < sizeof list)
      n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "",
                            p->inputs.at[i].name);
  }
  return error_set(err, 0, "--random %s: no input has that name; they are %s",
                   name, list);
}

/* ---- Wrapping ---- */

static bool wrap_once(struct source *s, const struct wrapping *w,
                      struct error *err) {
  struct program *p = source_program(s);
  const struct family_parameter *q = &w->wrapper->parameter;
  if (!w->wrapper->wrap)
    return source_wrap_table(s, err);
  struct circuit once;
  size_t n = p->sizes.parameters.n;
  long *value = xmalloc((n + 1) * sizeof *value);
  memcpy(value, s->instance.parameter, n * sizeof *value);
  value[n] = w->value;
  circuit_init(&once);
  once.max_bytes = s->circuit.max_bytes;
  program_lower(&s->instance, &once);
  size_id rounds =
      size_parameter(&p->sizes, q->name, q->standard, q->least, q->most);
  bool ok = w->wrapper->wrap(p, &once, rounds, err);
  circuit_clear(&once);
  if (ok) {
    instance_clear(&s->instance);
    ok = instance_init(&s->instance, p, value, err);
  }
  free(value);
  return ok;
}

bool source_wrap(struct source *s, const struct wraps *w,
                 const struct source_options *options, struct error *err) {
  if (!w->all.n && !options->n_random)
    return true;
  if (s->kind == SOURCE_FILE && !embed(s, err))
    return false;
  for (size_t i = 0; i < options->n_random; i++)
    if (!mark_random(source_program(s), options->random[i], err))
      return false;
  for (size_t i = w->all.n; i-- > 0;)
    if (!wrap_once(s, &w->all.at[i], err))
      return false;
  if (w->all.n)
    s->kind = SOURCE_WRAPPED;
  return true;
}
