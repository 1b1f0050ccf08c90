/* tc0 list: what there is. */
#include "analysis/labs/lab.h"
#include "compile/front/model.h"
#include "compile/models/models.h"
#include "tasks/task.h"
#include "tools/command.h"
#include "tools/document.h"
#include "tools/hanging.h"
#include "tools/list_theorems.h"

#include <stdio.h>
#include <string.h>

struct format {
  const char *name, *about;
};

static const struct format formats[] = {
    {"tc", "circuit as text, read and written (circuit/FORMAT)"},
    {"tcb", "circuit as a compact file with a checksum, read and written"},
    {"onnx", "model, read: about 200 operators, quantised or float"},
    {"safetensors", "model, read: weights beside a config.json, or their "
                    "folder"},
    {"config", "architecture, read: Hugging Face's config.json of gpt2, bert, "
               "t5, llama, mistral, mixtral, qwen2, mamba, deepseek_v2 or DiT"},
    {"dot", "picture for Graphviz, written by 'tc0 dot'"},
    {"json", "reports of every command, written with --json"},
};

static void describe_parameter(struct document *d,
                               const struct family_parameter *q) {
  document_text(d, "name", q->name);
  document_text(d, "about", q->about);
  if (q->choices) {
    struct document *choices = document_list(d, "choices");
    document_text(d, "default", q->choices[q->standard]);
    for (long i = 0; i <= q->most; i++)
      document_add_text(choices, q->choices[i]);
    return;
  }
  document_whole(d, "default", q->standard);
  document_whole(d, "least", q->least);
  document_whole(d, q->is_long ? "most_bits" : "most", q->most);
}

enum {
  INDENT = 11
};

static void print_parameter(const struct family_parameter *q) {
  printf("%*s%s=", INDENT + 2, "", q->name);
  if (q->choices) {
    printf("%s  %s: ", q->choices[q->standard], q->about);
    for (long i = 0; i <= q->most; i++)
      printf("%s%s", i ? "|" : "", q->choices[i]);
    puts("");
    return;
  }
  printf("%ld  %s, ", q->standard, q->about);
  if (q->is_long)
    printf("from %ld on, of at most %ld bits\n", q->least, q->most);
  else
    printf("%ld to %ld\n", q->least, q->most);
}

static void describe_complexity(struct document *d, const struct family *t) {
  const struct complexity *c = &t->complexity;
  if (c->class) {
    struct document *item = document_object(d, "complexity");
    document_text(item, "class", c->class);
    document_text(item, "because", c->says);
    document_text(item, "status", c->status);
    document_text(item, "source", c->source);
  }
  if (t->promise.text)
    document_text(d, "promise", t->promise.text);
}

/* "P-complete: for ... (conditional; Neary and Woods 2006)". */
static void print_complexity(const struct family *t) {
  const struct complexity *c = &t->complexity;
  char text[600];
  if (c->class) {
    snprintf(text, sizeof text, "%s: %s (%s; %s)", c->class, c->says, c->status,
             c->source);
    print_hanging("", INDENT, text);
  }
  if (t->promise.text) {
    snprintf(text, sizeof text, "promise: %s", t->promise.text);
    print_hanging("", INDENT, text);
  }
}

static void list_families(const struct family *const *family,
                          struct document *list) {
  for (size_t i = 0; family[i]; i++) {
    const struct family *t = family[i];
    if (list) {
      struct document *item = document_item(list);
      document_text(item, "name", t->name);
      document_text(item, "about", t->about);
      document_text(item, "formula", t->formula);
      describe_complexity(item, t);
      struct document *parameters = document_list(item, "parameters");
      for (const struct family_parameter *q = t->parameters; q->name; q++)
        describe_parameter(document_item(parameters), q);
      continue;
    }
    printf("%-10s %s\n", t->name, t->about);
    print_hanging("", INDENT, t->formula);
    print_complexity(t);
    for (const struct family_parameter *q = t->parameters; q->name; q++)
      print_parameter(q);
  }
}

static void list_tasks(struct document *d) {
  list_families(tasks, d ? document_list(d, "tasks") : NULL);
}

static void list_models(struct document *d) {
  list_families(models, d ? document_list(d, "models") : NULL);
}

static void list_formats(struct document *d) {
  struct document *list = d ? document_list(d, "formats") : NULL;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    if (!list) {
      printf("%-10s %s\n", formats[i].name, formats[i].about);
      continue;
    }
    struct document *item = document_item(list);
    document_text(item, "name", formats[i].name);
    document_text(item, "about", formats[i].about);
  }
}

/* The longest of names [from..to), with a gap. */
static size_t column_width(const char *const *name, size_t from, size_t to,
                           size_t n) {
  size_t width = 0;
  for (size_t i = from; i < to && i < n; i++)
    width = strlen(name[i]) > width ? strlen(name[i]) : width;
  return width + 2;
}

static bool fits_line(const char *const *name, size_t n, size_t rows) {
  size_t all = 0;
  for (size_t i = 0; i < n; i += rows)
    all += column_width(name, i, i + rows, n);
  return all <= HANGING_LINE + 1;
}

/* Down columns, in as few lines as hold them. */
static void print_columns(const char *const *name, size_t n) {
  size_t rows = 1;
  while (rows < n && !fits_line(name, n, rows))
    rows++;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = r; i < n; i += rows) {
      bool is_last = i + rows >= n;
      int width = (int)column_width(name, i - r, i - r + rows, n);
      printf("%-*s%s", is_last ? 0 : width, name[i], is_last ? "\n" : "");
    }
}

/* Those without limits first, in columns; then the others, one a line. */
static void print_operators(const struct model_operator *all, size_t n) {
  const char **plain = xmalloc((n + 1) * sizeof *plain);
  size_t plains = 0, width = 0;
  for (size_t i = 0; i < n; i++)
    if (!*all[i].limits)
      plain[plains++] = all[i].name;
    else if (strlen(all[i].name) > width)
      width = strlen(all[i].name);
  print_columns(plain, plains);
  free(plain);
  puts("\nwith limits\n");
  for (size_t i = 0; i < n; i++)
    if (*all[i].limits)
      print_hanging(all[i].name, (int)width + 2, all[i].limits);
}

static void list_operators(struct document *d) {
  struct document *list = d ? document_list(d, "ops") : NULL;
  const struct model_operator *all;
  size_t n = model_operators(&all);
  if (!list)
    print_operators(all, n);
  for (size_t i = 0; list && i < n; i++) {
    struct document *item = document_item(list);
    document_text(item, "name", all[i].name);
    document_text(item, "limits", all[i].limits);
  }
}

static void list_labs(struct document *d) {
  struct document *list = d ? document_list(d, "labs") : NULL;
  for (size_t i = 0; lab_list[i]; i++)
    if (d) {
      struct document *item = document_item(list);
      document_text(item, "name", lab_list[i]->name);
      document_text(item, "title", lab_list[i]->title);
      document_text(item, "claim", lab_list[i]->claim);
      document_text(item, "source", lab_list[i]->source);
    } else {
      printf("%-22s %s\n", lab_list[i]->name, lab_list[i]->title);
    }
}

/* Theorems have to be built, so they come only when asked for. */
static const struct kind {
  const char *name;
  void (*list)(struct document *d);
} kinds[] = {{"tasks", list_tasks},
             {"models", list_models},
             {"ops", list_operators},
             {"formats", list_formats},
             {"labs", list_labs}};

static const struct kind *find_kind(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(name, kinds[i].name))
      return &kinds[i];
  return NULL;
}

static void list_all(struct document *d) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (!d)
      printf("%s%s\n\n", i ? "\n" : "", kinds[i].name);
    kinds[i].list(d);
  }
  if (!d)
    puts("\ntheorems\n\n'tc0 list theorems' has published depths beside those "
         "built here");
}

static bool refuse(const struct arguments *a, bool is_known,
                   struct error *err) {
  const char *last = a->words.at[a->words.n - 1];
  return error_set(err, 0,
                   "'%s' cannot be listed%s: tasks, models, ops, formats, "
                   "labs or theorems can",
                   is_known ? last : a->words.at[0], is_known ? " too" : "");
}

static bool list_words(const struct arguments *a, struct document *d,
                       struct error *err) {
  const char *const *word = a->words.at;
  const struct kind *kind = a->words.n ? find_kind(word[0]) : NULL;
  if (!a->words.n)
    list_all(d);
  else if (!strcmp(word[0], "theorems"))
    return list_theorems(d, word + 1, a->words.n - 1, err);
  else if (!kind || a->words.n > 1)
    return refuse(a, kind, err);
  else
    kind->list(d);
  return true;
}

static int run(const struct arguments *a) {
  struct error err = {0};
  struct document *d = has_option(a, "json") ? document_new() : NULL;
  bool ok = list_words(a, d, &err);
  if (ok && d)
    document_print(d, stdout);
  else
    document_free(d);
  return ok ? STATUS_YES : report(&err);
}

const struct command command_list = {
    .name = "list",
    .arguments = "[tasks|models|ops|formats|labs|theorems [n=8]]",
    .help = "what there is: tasks, models, operators, formats, labs",
    .about =
        "Tasks and built-in models with their parameters, defaults and allowed "
        "values, depth "
        "and gates;\noperators of ONNX models that can be read; formats "
        "of files; labs, which are experiments.\n\n"
        "theorems: primitives with the depth that was published, depth and "
        "gates of what\ntc0 builds for integers of n bits, n=1 to 16, "
        "measured on that circuit, and a known\nlower bound with its "
        "status: proved, conditional, open or none known. Published\n"
        "depths and bounds are about families of circuits of polynomial "
        "size; what is built\nis one circuit of a family, the best known "
        "here.",
    .examples = (const struct example[]){{"list tasks", NULL},
                                         {"list ops", NULL},
                                         {"list formats --json", NULL},
                                         {"list theorems", NULL},
                                         {"list theorems n=4 --json", NULL},
                                         {0}},
    .run = run,
};
