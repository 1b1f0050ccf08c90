#include "tools/map_text.h"
#include "tools/hanging.h"

#include <stdio.h>
#include <string.h>

const char map_symbols[] = "+-?";

enum {
  NAME = 24,
  MARGIN = 2
};

/* Of a model: a..z, then A..Z. */
static char letter_of(size_t j) {
  return (char)(j < 26 ? 'a' + (char)j : 'A' + (char)(j - 26));
}

/* "2*steps, linear; constant if premises hold". */
static void describe(char *text, size_t n, const struct map_row *r) {
  static const char *const notes[] = {
      [REACH_DEPTH] = "",
      [REACH_THEOREM] = "; whatever its steps constant, if premises hold",
      [REACH_CONJECTURE] = "; whatever its steps constant, as is conjectured",
      [REACH_SCAN] = "; logarithmic by tables of its steps"};
  const struct complexity *c = &r->line.complexity;
  int k = snprintf(text, n, "%s, %s%s%s", r->depth, r->growth,
                   r->is_proved ? "" : " (measured)", notes[r->line.reach]);
  if (c->class)
    snprintf(text + k, n - (size_t)k, "; %s (%s)", c->class, c->source);
}

static void print_class(const struct map_rows *rows, enum map_class class,
                        const char *title, bool has_letters) {
  char label[NAME + MARGIN + 40], text[1000];
  bool is_first = true;
  for (size_t i = 0; i < rows->n; i++) {
    const struct map_row *r = &rows->at[i];
    if (r->known != class)
      continue;
    if (is_first)
      printf("\n%s\n", title);
    is_first = false;
    if (has_letters)
      snprintf(label, sizeof label, "  %c %s", letter_of(i), r->line.name);
    else
      snprintf(label, sizeof label, "  %s", r->line.name);
    describe(text, sizeof text, r);
    print_hanging(label, NAME + 2 * MARGIN, text);
  }
}

/* A gap between classes. */
static const char *gap(const struct map_rows *models, size_t j) {
  return !j ? "" : models->at[j].known != models->at[j - 1].known ? "   " : " ";
}

static void print_matrix(const struct map *m) {
  printf("\n%-*s", NAME + MARGIN, "");
  for (size_t j = 0; j < m->models.n; j++)
    printf("%s%c", gap(&m->models, j), letter_of(j));
  puts("");
  for (size_t i = 0; i < m->tasks.n; i++) {
    if (i && m->tasks.at[i].known != m->tasks.at[i - 1].known)
      puts("");
    printf("  %-*s", NAME, m->tasks.at[i].line.name);
    for (size_t j = 0; j < m->models.n; j++)
      printf("%s%c", gap(&m->models, j), map_symbols[map_at(m, i, j)->fits]);
    puts("");
  }
}

static void print_legend(void) {
  puts("\n"
       "  + yes: depth is enough. - no, on a condition that is believed, like "
       "TC0 != NC1\n"
       "  or TC0 != P. ? open. Of depth alone: width, precision and training "
       "are other\n"
       "  questions. 'tc0 map TASK MODEL' has the reason and its source.\n"
       "  Depths are inner ones, of the best circuit known here, certified for "
       "all sizes\n"
       "  unless they are said to be measured.");
}

void map_print(const struct map *m) {
  char title[100];
  puts("Tasks and models, by depth");
  for (int k = 0; k < MAP_CLASSES; k++) {
    snprintf(title, sizeof title, "tasks: %s", map_class_names[k]);
    print_class(&m->tasks, (enum map_class)k, title, false);
  }
  for (int k = 0; k < MAP_CLASSES; k++) {
    snprintf(title, sizeof title, "models: %s", map_model_names[k]);
    print_class(&m->models, (enum map_class)k, title, true);
  }
  print_matrix(m);
  print_legend();
}

void map_print_cell(const struct map *m, size_t task, size_t model) {
  const struct map_cell *c = map_at(m, task, model);
  const struct map_row *t = &m->tasks.at[task], *o = &m->models.at[model];
  printf("%s, %s: %s\n", t->line.name, o->line.name, map_fits_names[c->fits]);
  print_hanging("  because", 12, c->because);
  print_hanging("  source", 12, c->source ? c->source : "none");
  print_hanging("  task", 12, t->because);
  print_hanging("  model", 12, o->because);
}
