#include "tools/map_text.h"

#include <stdio.h>
#include <string.h>

const char map_symbols[] = "+-?";

enum {
  LINE = 80,
  NAME = 24,
  MARGIN = 2
};

/* In lines that begin with so many spaces, the first with a label. */
static void print_hanging(const char *label, int indent, const char *text) {
  do {
    size_t n = strlen(text), most = (size_t)(LINE - indent);
    if (n > most)
      for (n = most; n > 1 && text[n] != ' ';)
        n--;
    printf("%-*s%.*s\n", indent, label, (int)n, text);
    label = "";
    text += n;
    text += *text == ' ';
  } while (*text);
}

static void print_class(const struct map_rows *rows, enum map_class class,
                        const char *what, bool has_letters) {
  size_t n = 0;
  for (size_t i = 0; i < rows->n; i++)
    n += rows->at[i].known == class;
  if (n)
    printf("\n%s: %s\n", what, map_class_names[class]);
  for (size_t i = 0; i < rows->n; i++) {
    const struct map_row *r = &rows->at[i];
    const struct complexity *c = &r->line.complexity;
    char label[NAME + MARGIN + 40], text[1000];
    if (r->known != class)
      continue;
    snprintf(label, sizeof label, "  %s%s", has_letters ? "  " : "",
             r->line.name);
    if (has_letters)
      label[2] = (char)('a' + i);
    snprintf(text, sizeof text, " %s%s%s%s", r->depth,
             !strcmp(r->growth, r->depth) ? "" : ", ", r->growth,
             r->is_proved ? "" : " (measured)");
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s%s%s",
             c->class ? "; " : "", c->class ? c->class : "",
             c->class ? " (" : "", c->class ? c->source : "",
             c->class ? ")" : "");
    print_hanging(label, NAME + 2 * MARGIN, text + 1);
  }
}

static void print_matrix(const struct map *m) {
  printf("\n%-*s", NAME + MARGIN, "");
  for (size_t j = 0; j < m->models.n; j++)
    printf("%s%c ",
           j && m->models.at[j].known != m->models.at[j - 1].known ? "  " : "",
           (char)('a' + j));
  puts("");
  for (size_t i = 0; i < m->tasks.n; i++) {
    if (i && m->tasks.at[i].known != m->tasks.at[i - 1].known)
      puts("");
    printf("  %-*s", NAME, m->tasks.at[i].line.name);
    for (size_t j = 0; j < m->models.n; j++)
      printf("%s%c ",
             j && m->models.at[j].known != m->models.at[j - 1].known ? "  "
                                                                     : "",
             map_symbols[map_at(m, i, j)->fits]);
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
  puts("Tasks and models, by depth");
  for (int class = 0; class < MAP_CLASSES; class ++)
    print_class(&m->tasks, (enum map_class) class, "tasks", false);
  for (int class = 0; class < MAP_CLASSES; class ++)
    print_class(&m->models, (enum map_class) class, "models", true);
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
