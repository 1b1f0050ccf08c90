#include "tools/command.h"
#include "tools/name_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option common_options[] = {
    {"json", 0, NULL, "print one JSON object"},
    {"threads", 0, "N", "threads to work with; default: one a core"},
    {"seed", 0, "N", "of all random numbers; default 1"},
    {"max-memory", 0, "BYTES", "most that a circuit may take: 4G, 500M"},
    {"quiet", 0, NULL, "print no progress and no remarks"},
    {"version", 0, NULL, "print the version of tc0"},
    {"help", 'h', NULL, "print this"},
    {0},
};

/* Of commands that take a source. */
static const struct option source_options[] = {
    {"calibrate", 0, "PATH",
     "rows that give a float model's ranges, or random"},
    {"dim", 0, "NAME=N", "a length that a model leaves open"},
    {"bind", 0, "INPUT=FILE",
     "a model's input that is a constant: a .pb tensor"},
    {"random", 0, "INPUT", "an input that is drawn evenly, not given"},
    {"basis", 0, "BASIS", "gates: threshold (default), majority or and-or"},
    {"strategy", 0, "HOW", "depth, balanced, size or split: levels for gates"},
    {0},
};

static const struct option *find(const struct option *o, const char *name,
                                 size_t n) {
  for (; o && o->name; o++)
    if (strlen(o->name) == n && !memcmp(o->name, name, n))
      return o;
  return NULL;
}

static const struct option *find_letter(const struct option *o, char letter) {
  for (; o && o->name; o++)
    if (o->letter && o->letter == letter)
      return o;
  return NULL;
}

enum {
  TABLES = 3
};

/* Of all options that a command has. */
static void list_tables(const struct command *c,
                        const struct option *table[TABLES]) {
  table[0] = c->options;
  table[1] = c->takes_source ? source_options : NULL;
  table[2] = common_options;
}

/* --name, --name=value, --name value, -l value. Moves *word past it. */
static bool parse_option(struct arguments *a, char ***word, char **end,
                         struct error *err) {
  const char *text = *(*word)++;
  const char *value = NULL;
  const struct option *table[TABLES], *o = NULL;
  bool is_long = text[1] == '-';
  const char *equals = is_long ? strchr(text, '=') : NULL;
  size_t n = equals ? (size_t)(equals - text) : strlen(text);
  list_tables(a->command, table);
  for (int i = 0; !o && i < TABLES; i++)
    o = is_long  ? find(table[i], text + 2, n - 2)
        : n == 2 ? find_letter(table[i], text[1])
                 : NULL;
  value = equals ? equals + 1 : NULL;
  if (!o)
    return error_set(err, 0,
                     "'%s' has no option '%s'; 'tc0 %s --help' lists them",
                     a->command->name, text, a->command->name);
  if (!o->argument && value)
    return error_set(err, 0, "'--%s' takes no value", o->name);
  if (o->argument && !value) {
    if (*word == end)
      return error_set(err, 0, "'%s' needs a value: %s %s", text, text,
                       o->argument);
    value = *(*word)++;
  }
  array_push(&a->settings, (struct setting){o->name, value});
  return true;
}

bool arguments_parse(struct arguments *a, const struct command *c, int n,
                     char **word, struct error *err) {
  char **end = word + n;
  bool only_words = false;
  *a = (struct arguments){.command = c};
  while (word < end) {
    if (!only_words && !strcmp(*word, "--")) {
      only_words = true;
      word++;
    } else if (!only_words && (*word)[0] == '-' && (*word)[1]) {
      if (!parse_option(a, &word, end, err))
        return false;
    } else {
      array_push(&a->words, *word++);
    }
  }
  if (c->takes_source && !a->words.n && !has_option(a, "help") &&
      !has_option(a, "version"))
    return error_set(err, 0, "'%s' needs a source: tc0 %s %s ...", c->name,
                     c->name, c->arguments);
  return true;
}

void arguments_clear(struct arguments *a) {
  array_clear(&a->words);
  array_clear(&a->settings);
}

static const struct setting *setting(const struct arguments *a,
                                     const char *name) {
  for (size_t i = a->settings.n; i-- > 0;)
    if (!strcmp(a->settings.at[i].name, name))
      return &a->settings.at[i];
  return NULL;
}

bool has_option(const struct arguments *a, const char *name) {
  return setting(a, name);
}

const char *option_value(const struct arguments *a, const char *name) {
  const struct setting *s = setting(a, name);
  return s ? s->value : NULL;
}

static unsigned unit_bits(const char *unit) {
  static const char units[] = "KMG";
  const char *found = *unit ? strchr(units, *unit) : NULL;
  return found && !unit[1] ? 10 * (unsigned)(found - units + 1) : 0;
}

bool option_count(const struct arguments *a, const char *name, uint64_t least,
                  uint64_t most, bool binary_units, uint64_t *value,
                  struct error *err) {
  const char *text = option_value(a, name);
  char *end;
  if (!text)
    return true;
  errno = 0;
  unsigned long long v = strtoull(text, &end, 10);
  unsigned shift = binary_units ? unit_bits(end) : 0;
  bool ok = text[0] >= '0' && text[0] <= '9' && !errno &&
            (shift ? v << shift >> shift == v : !*end);
  v <<= shift;
  if (!ok || v < least || v > most)
    return error_set(err, 0,
                     "--%s %s: must be a whole number from %llu to %llu", name,
                     text, (unsigned long long)least, (unsigned long long)most);
  *value = v;
  return true;
}

static void print_options(const struct option *o) {
  for (; o && o->name; o++) {
    char text[64];
    snprintf(text, sizeof text, "%s%c%s--%s%s%s", o->letter ? "-" : "",
             o->letter ? o->letter : ' ', o->letter ? ", " : "   ", o->name,
             o->argument ? " " : "", o->argument ? o->argument : "");
    printf("  %-26s %s\n", text, o->help);
  }
}

void command_print_help(const struct command *c) {
  printf("tc0 %s %s\n\n%s\n\nOptions\n", c->name, c->arguments, c->about);
  const struct option *table[TABLES];
  list_tables(c, table);
  for (int i = 0; i < TABLES; i++)
    print_options(table[i]);
  printf("\nExamples\n");
  for (const struct example *e = c->examples; e && e->line; e++)
    printf("  tc0 %s\n", e->line);
}

int report(const struct error *err) {
  char *file = name_visible(err->file ? err->file : "");
  char *message = name_visible(err->message);
  fputs("tc0: ", stderr);
  if (*file)
    fprintf(stderr, "%s:", file);
  if (*file && err->line)
    fprintf(stderr, "%zu:", err->line);
  fprintf(stderr, "%s%s\n", *file ? " " : "", message);
  free(message);
  free(file);
  return err->is_limit ? STATUS_LIMITS : STATUS_BAD;
}
