#include "analysis/labs/exhibit.h"
#include "circuit/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What printf would print; the caller frees it. */
__attribute__((format(printf, 1, 0))) static char *print_new(const char *format,
                                                             va_list list) {
  va_list again;
  va_copy(again, list);
  size_t n = (size_t)vsnprintf(NULL, 0, format, again) + 1;
  va_end(again);
  char *text = xmalloc(n);
  vsnprintf(text, n, format, list);
  return text;
}

/* ---- Tables ---- */

/* The parts of text between '|', at the end of the table. */
static size_t add_cells(struct exhibit_table *t, const char *text) {
  size_t added = 1;
  for (const char *end; (end = strchr(text, '|')); text = end + 1, added++) {
    size_t n = (size_t)(end - text);
    char *cell = xcalloc(n + 1, 1);
    memcpy(cell, text, n);
    array_push(&t->cells, cell);
  }
  array_push(&t->cells, xstrdup(text));
  return added;
}

void exhibit_table(struct exhibit *e, const char *title, const char *columns) {
  array_push(&e->tables, (struct exhibit_table){.title = xstrdup(title)});
  struct exhibit_table *t = &array_last(&e->tables);
  t->columns = add_cells(t, columns);
}

void exhibit_row(struct exhibit *e, const char *cells, ...) {
  struct exhibit_table *t = &array_last(&e->tables);
  va_list list;
  va_start(list, cells);
  char *text = print_new(cells, list);
  va_end(list);
  if (add_cells(t, text) != t->columns)
    BUG("a row of '%s' has not %zu cells: %s", t->title, t->columns, text);
  free(text);
}

/* ---- Pictures ---- */

struct exhibit_panel *exhibit_panel(struct exhibit *e, const char *title,
                                    const char *x, const char *y) {
  array_push(&e->panels, (struct exhibit_panel){.title = xstrdup(title),
                                                .x = xstrdup(x),
                                                .y = xstrdup(y)});
  return &array_last(&e->panels);
}

struct exhibit_curve *exhibit_curve(struct exhibit *e, const char *label) {
  struct exhibit_panel *p = &array_last(&e->panels);
  array_push(&p->curves, (struct exhibit_curve){.label = xstrdup(label)});
  return &array_last(&p->curves);
}

void exhibit_point(struct exhibit *e, double x, double y) {
  struct exhibit_curve *c = &array_last(&array_last(&e->panels).curves);
  array_push(&c->x, x);
  array_push(&c->y, y);
}

unsigned char *exhibit_cells(struct exhibit *e, const char *title,
                             size_t columns, size_t rows) {
  array_push(&e->cells, (struct exhibit_cells){xstrdup(title), columns, rows,
                                               xcalloc(columns * rows + 1, 1)});
  return array_last(&e->cells).at;
}

/* ---- Findings ---- */

void exhibit_finding(struct exhibit *e, bool holds, const char *text, ...) {
  va_list list;
  va_start(list, text);
  array_push(&e->findings,
             (struct exhibit_finding){print_new(text, list), holds});
  va_end(list);
}

static void panel_clear(struct exhibit_panel *p) {
  for (size_t i = 0; i < p->curves.n; i++) {
    free(p->curves.at[i].label);
    array_clear(&p->curves.at[i].x);
    array_clear(&p->curves.at[i].y);
  }
  array_clear(&p->curves);
  free(p->title);
  free(p->x);
  free(p->y);
}

void exhibit_clear(struct exhibit *e) {
  for (size_t i = 0; i < e->tables.n; i++) {
    struct exhibit_table *t = &e->tables.at[i];
    for (size_t j = 0; j < t->cells.n; j++)
      free(t->cells.at[j]);
    array_clear(&t->cells);
    free(t->title);
  }
  for (size_t i = 0; i < e->panels.n; i++)
    panel_clear(&e->panels.at[i]);
  for (size_t i = 0; i < e->cells.n; i++) {
    free(e->cells.at[i].title);
    free(e->cells.at[i].at);
  }
  for (size_t i = 0; i < e->findings.n; i++)
    free(e->findings.at[i].text);
  array_clear(&e->tables);
  array_clear(&e->panels);
  array_clear(&e->cells);
  array_clear(&e->findings);
}
