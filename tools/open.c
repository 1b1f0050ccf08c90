#include "tools/open.h"
#include "compile/program/count.h"
#include "tools/limits.h"
#include "tools/progress.h"

#include <stdio.h>
#include <string.h>

bool has_all_bases(const struct arguments *a) {
  const char *name = option_value(a, "basis");
  return a->command->compares_bases && name && !strcmp(name, "all");
}

/* All bases are for a command that compares them, from the threshold basis. */
static bool option_basis(const struct arguments *a, enum basis *basis,
                         struct error *err) {
  const char *name = option_value(a, "basis");
  *basis = BASIS_THRESHOLD;
  if (!name || has_all_bases(a))
    return true;
  while (*basis < BASES && strcmp(name, basis_names[*basis]))
    ++*basis;
  if (*basis < BASES)
    return true;
  return error_set(err, 0, "--basis %s: must be threshold, majority%s", name,
                   a->command->compares_bases ? ", and-or or all"
                                              : " or and-or");
}

/* Without the option every step is one level. */
static bool option_strategy(const char *name, struct source_options *o,
                            struct error *err) {
  o->has_strategy = name;
  while (name && o->strategy < STRATEGIES &&
         strcmp(name, strategy_names[o->strategy]))
    o->strategy++;
  return o->strategy < STRATEGIES ||
         error_set(err, 0,
                   "--strategy %s: must be depth, balanced, size or split",
                   name);
}

/* All values of an option that may be given more than once; to be freed. */
static const char **option_list(const struct arguments *a, const char *name,
                                size_t *n) {
  const char **list = xmalloc((a->settings.n + 1) * sizeof *list);
  *n = 0;
  for (size_t i = 0; i < a->settings.n; i++)
    if (!strcmp(a->settings.at[i].name, name))
      list[(*n)++] = a->settings.at[i].value;
  return list;
}

bool open_source(struct source *s, const struct arguments *a) {
  return open_words(s, a, a->words.at, a->words.n);
}

bool open_words(struct source *s, const struct arguments *a,
                const char *const *word, size_t n) {
  struct error err = {0};
  enum basis basis;
  source_init(s);
  if (!option_basis(a, &basis, &err)) {
    report(&err);
    return false;
  }
  struct source_options options = {
      .max_bytes = limits_memory(),
      .calibrate = option_value(a, "calibrate"),
      .basis = basis,
      .seed = limits_seed(),
  };
  if (!option_strategy(option_value(a, "strategy"), &options, &err)) {
    report(&err);
    return false;
  }
  const char **dim = option_list(a, "dim", &options.n_dim);
  const char **bind = option_list(a, "bind", &options.n_bind);
  const char **random = option_list(a, "random", &options.n_random);
  options.dim = dim;
  options.random = random;
  options.bind = bind;
  bool ok = source_open(s, word, n, &options, &err);
  free(dim);
  free(bind);
  free(random);
  if (ok)
    return true;
  if (err.is_limit)
    die("%s", err.message);
  report(&err);
  return false;
}

bool open_wrapped(struct source *s, const struct arguments *a,
                  const char *prefix, const char *key, uint64_t n) {
  ARRAY(const char *) words = {0};
  char *name = xmalloc(strlen(prefix) + strlen(a->words.at[0]) + 1), word[60];
  strcpy(stpcpy(name, prefix), a->words.at[0]);
  snprintf(word, sizeof word, "%s=%llu", key, (unsigned long long)n);
  array_push(&words, name);
  for (size_t i = 1; i < a->words.n; i++)
    array_push(&words, a->words.at[i]);
  array_push(&words, word);
  bool ok = open_words(s, a, words.at, words.n);
  array_clear(&words);
  free(name);
  return ok;
}

bool can_wrap(const struct arguments *a, const char *prefix, const char *key) {
  struct source s;
  bool ok = open_wrapped(&s, a, prefix, key, 1);
  source_clear(&s);
  return ok;
}

/* What can be counted is not begun if it cannot be finished. */
static void check_size(const struct source *s) {
  const struct instance *in = &s->instance;
  struct count count;
  struct error err = {0};
  if (!source_has_program(s) || !in->program->exchanges.n)
    return;
  if (program_count(&count, in->program, in->parameter, in->levels, &err)) {
    double gates = mpz_get_d(count.m.gates);
    double bytes =
        8 * (mpz_get_d(count.m.wires_stored) + gates + (double)count.m.ladders);
    if (bytes > (double)limits_memory())
      die("%.3g gates need %.0f GB of memory; 'tc0 inspect' counts them", gates,
          bytes / 1e9);
  }
  count_clear(&count);
}

const struct circuit *make_circuit(struct source *s,
                                   const struct arguments *a) {
  check_size(s);
  progress_begin(a, "making");
  s->circuit.progress = s->converted.progress = progress_gates;
  const struct circuit *c = source_circuit(s);
  progress_end();
  return c;
}

bool option_method(const struct arguments *a, enum evaluation *how,
                   struct error *err) {
  const char *method = option_value(a, "method");
  *how = EVALUATE_RUNGS;
  if (method && !strcmp(method, "ladders"))
    *how = EVALUATE_LADDERS;
  else if (method && strcmp(method, "rungs"))
    return error_set(err, 0, "--method %s: must be rungs or ladders", method);
  return true;
}
