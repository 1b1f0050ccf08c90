/* tc0 map: tasks against models, by depth. */
#include "analysis/map.h"
#include "tools/command.h"
#include "tools/document.h"
#include "tools/map_page.h"
#include "tools/map_text.h"
#include "tools/name_text.h"

#include <stdio.h>
#include <string.h>

/* ---- JSON and CSV ---- */

static void add_row(const struct map_row *r, struct document *d) {
  document_text(d, "name", r->line.name);
  document_text(d, "source_line", r->line.source);
  document_text(d, "grows", r->line.grows);
  document_text(d, "depth", r->depth);
  document_text(d, "depth_growth", r->growth);
  document_bool(d, "depth_proved", r->is_proved);
  document_text(
      d, "known",
      (r->family->answer ? map_class_names : map_model_names)[r->known]);
  document_text(d, "because", r->because);
}

static void add_task(const struct map_row *r, struct document *d) {
  const struct complexity *c = &r->line.complexity;
  add_row(r, d);
  document_text(d, "class", c->class ? c->class : "");
  document_text(d, "status", c->status ? c->status : "");
  document_text(d, "source", c->source ? c->source : "");
}

static void add_model(const struct map_row *r, struct document *d) {
  add_row(r, d);
  document_text(d, "source", r->line.from ? r->line.from : "");
}

static void print_json(const struct map *m) {
  struct document *d = document_new();
  struct document *list = document_list(d, "tasks");
  for (size_t i = 0; i < m->tasks.n; i++)
    add_task(&m->tasks.at[i], document_item(list));
  list = document_list(d, "models");
  for (size_t j = 0; j < m->models.n; j++)
    add_model(&m->models.at[j], document_item(list));
  list = document_list(d, "cells");
  for (size_t i = 0; i < m->tasks.n; i++)
    for (size_t j = 0; j < m->models.n; j++) {
      const struct map_cell *c = map_at(m, i, j);
      struct document *item = document_item(list);
      document_text(item, "task", m->tasks.at[i].line.name);
      document_text(item, "model", m->models.at[j].line.name);
      document_text(item, "fits", map_fits_names[c->fits]);
      document_text(item, "because", c->because);
      document_text(item, "source", c->source ? c->source : "");
    }
  document_print(d, stdout);
}

static void print_csv(const struct map *m) {
  puts("task,depth_growth,class,model,model_growth,fits,because");
  for (size_t i = 0; i < m->tasks.n; i++)
    for (size_t j = 0; j < m->models.n; j++) {
      const struct map_row *task = &m->tasks.at[i], *model = &m->models.at[j];
      const struct map_cell *c = map_at(m, i, j);
      const char *const field[] = {
          task->line.name,
          task->growth,
          task->line.complexity.class ? task->line.complexity.class : "",
          model->line.name,
          model->growth,
          map_fits_names[c->fits],
          c->because};
      for (size_t k = 0; k < sizeof field / sizeof *field; k++) {
        if (k)
          putchar(',');
        name_csv(stdout, field[k]);
      }
      putchar('\n');
    }
}

/* ---- Some cells ---- */

/* A row that words name: a family, and what is set in its line. */
struct wanted {
  const char *const *word;
  size_t n;
};

static bool has_word(const char *line, const char *word) {
  size_t n = strlen(word);
  for (const char *at = line; (at = strstr(at, word)); at += n)
    if ((at == line || at[-1] == ' ') && (!at[n] || at[n] == ' '))
      return true;
  return false;
}

static bool is_wanted(const struct map_row *r, const struct wanted *w) {
  if (strcmp(r->family->name, w->word[0]))
    return false;
  for (size_t i = 1; i < w->n; i++)
    if (!has_word(r->line.source, w->word[i]) &&
        !has_word(r->line.name, w->word[i]))
      return false;
  return true;
}

static bool any_wanted(const struct map_rows *rows, const struct wanted *w,
                       const char *what, struct error *err) {
  char list[360] = "";
  size_t n = 0;
  bool is_family = false;
  for (size_t i = 0; i < rows->n; i++) {
    if (is_wanted(&rows->at[i], w))
      return true;
    if (strcmp(rows->at[i].family->name, w->word[0]))
      continue;
    is_family = true;
    if (n < sizeof list)
      n += (size_t)snprintf(list + n, sizeof list - n, "%s'%s'", n ? ", " : "",
                            rows->at[i].line.name);
  }
  if (!is_family)
    return error_set(err, 0, "'%s' is no %s; 'tc0 list %ss' has them",
                     w->word[0], what, what);
  return error_set(err, 0,
                   "'%s' has no line of its own in the map; of %s it "
                   "has %s",
                   w->word[w->n - 1], w->word[0], list);
}

/* TASK [key=value ...] [MODEL [key=value ...]]. */
static bool split_words(const struct arguments *a, struct wanted *task,
                        struct wanted *model, struct error *err) {
  const char *const *word = a->words.at;
  size_t n = a->words.n, k = 1;
  while (k < n && strchr(word[k], '='))
    k++;
  *task = (struct wanted){word, k};
  *model = (struct wanted){word + k, n - k};
  for (size_t i = k + 1; i < n; i++)
    if (!strchr(word[i], '='))
      return error_set(err, 0, "'%s': a task and a model are enough", word[i]);
  return true;
}

static bool print_some(const struct map *m, const struct arguments *a,
                       struct error *err) {
  struct wanted task, model;
  if (!split_words(a, &task, &model, err) ||
      !any_wanted(&m->tasks, &task, "task", err) ||
      (model.n && !any_wanted(&m->models, &model, "model", err)))
    return false;
  bool is_first = true;
  for (size_t i = 0; i < m->tasks.n; i++)
    for (size_t j = 0; is_wanted(&m->tasks.at[i], &task) && j < m->models.n;
         j++)
      if (!model.n || is_wanted(&m->models.at[j], &model)) {
        if (!is_first)
          putchar('\n');
        is_first = false;
        map_print_cell(m, i, j);
      }
  return true;
}

static bool check_options(const struct arguments *a, struct error *err) {
  static const char *const whole[] = {"html", "json", "csv"};
  for (size_t i = 0; i < 3; i++)
    if (a->words.n && has_option(a, whole[i]))
      return error_set(err, 0, "--%s: is of the whole map, not of '%s'",
                       whole[i], a->words.at[0]);
  return true;
}

static bool print_map(const struct map *m, const struct arguments *a,
                      struct error *err) {
  const char *page = option_value(a, "html");
  if (a->words.n)
    return print_some(m, a, err);
  if (page && !map_write_page(m, page, err))
    return false;
  if (has_option(a, "json"))
    print_json(m);
  else if (has_option(a, "csv"))
    print_csv(m);
  else if (!page)
    map_print(m);
  return true;
}

static int run(const struct arguments *a) {
  struct error err = {0};
  struct map m;
  if (!check_options(a, &err) || !map_init(&m, &err))
    return report(&err);
  bool ok = print_map(&m, a, &err);
  map_clear(&m);
  return ok ? STATUS_YES : report(&err);
}

const struct command command_map = {
    .name = "map",
    .arguments = "[TASK [key=value ...] [MODEL [key=value ...]]]",
    .help = "tasks against models: whose depth is enough, and why",
    .about =
        "Tasks by the depth of the best circuit known here and by what is "
        "known of the problem,\nmodels by their certified depth, in three "
        "classes: constant depth, polylogarithmic\ndepth, and where only a "
        "linear one is known. Each pair: yes, the depth is enough; no,\non a "
        "condition like TC0 != NC1 that is quoted with its source; or open. "
        "Width, precision\nand training are other questions. With a task, or "
        "a task and a model: the reasons at\nlength.",
    .options =
        (const struct option[]){
            {"csv", 0, NULL, "print a header and a row for each pair"},
            {"html", 0, "FILE", "write a page with the table and all reasons"},
            {0},
        },
    .examples =
        (const struct example[]){{"map", NULL},
                                 {"map word group=s5 transformer", NULL},
                                 {"map --json", NULL},
                                 {0}},
    .run = run,
};
