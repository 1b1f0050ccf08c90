#include "tools/lab_report.h"

static void add_table(struct document *d, const struct exhibit_table *t) {
  document_text(d, "title", t->title);
  struct document *columns = document_list(d, "columns");
  struct document *rows = document_list(d, "rows");
  for (size_t i = 0; i < t->cells.n; i += t->columns) {
    struct document *row = i ? document_row(rows) : columns;
    for (size_t j = 0; j < t->columns; j++)
      document_add_text(row, t->cells.at[i + j]);
  }
}

static void add_curve(struct document *d, const struct exhibit_curve *c) {
  document_text(d, "label", c->label);
  struct document *points = document_list(d, "points");
  for (size_t i = 0; i < c->x.n; i++) {
    struct document *point = document_item(points);
    document_real(point, "x", c->x.at[i]);
    document_real(point, "y", c->y.at[i]);
  }
}

static void add_panel(struct document *d, const struct exhibit_panel *p) {
  document_text(d, "title", p->title);
  document_text(d, "x", p->x);
  document_text(d, "y", p->y);
  struct document *curves = document_list(d, "curves");
  for (size_t i = 0; i < p->curves.n; i++)
    add_curve(document_item(curves), &p->curves.at[i]);
}

void lab_document(struct document *d, const struct lab *lab,
                  const struct exhibit *e) {
  document_text(d, "name", lab->name);
  document_text(d, "title", lab->title);
  document_text(d, "claim", lab->claim);
  document_text(d, "source", lab->source);
  document_text(d, "shows", lab->shows);
  document_bool(d, "ok", findings_hold(e));
  struct document *findings = document_list(d, "findings");
  for (size_t i = 0; i < e->findings.n; i++) {
    struct document *item = document_item(findings);
    document_text(item, "text", e->findings.at[i].text);
    document_bool(item, "holds", e->findings.at[i].holds);
  }
  struct document *tables = document_list(d, "tables");
  for (size_t i = 0; i < e->tables.n; i++)
    add_table(document_item(tables), &e->tables.at[i]);
  struct document *panels = document_list(d, "panels");
  for (size_t i = 0; i < e->panels.n; i++)
    add_panel(document_item(panels), &e->panels.at[i]);
}
