#include "tools/html.h"
#include "tools/lab_plot.h"
#include "tools/lab_report.h"

#include <stdlib.h>
#include <string.h>

enum {
  CELL = 4 // pixels
};

void lab_page_begin(FILE *out) {
  fputs(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<title>The Serial Scaling Hypothesis, in circuits</title>\n<style>\n"
      "body { max-width: 60em; margin: 2em auto; padding: 0 1em;"
      " font: 16px/1.5 sans-serif; color: #222; background: #fff; }\n"
      "h2 { margin-top: 3em; border-top: 1px solid #ccc; padding-top: 1em; }\n"
      "blockquote { margin: 0; padding: .3em 1em;"
      " border-left: 4px solid #888; }\n"
      "table { border-collapse: collapse; margin: 1em 0; }\n"
      "caption { text-align: left; font-weight: bold; }\n"
      "th, td { padding: .15em .8em; text-align: right;"
      " border-bottom: 1px solid #ddd; }\n"
      "th:first-child, td:first-child { text-align: left; padding-left: 0; }\n"
      "div.wide { overflow-x: auto; }\n"
      "img, svg { max-width: 100%; }\n"
      "li.no { font-weight: bold; color: #a00; }\n"
      "</style></head><body>\n"
      "<h1>The Serial Scaling Hypothesis, in circuits</h1>\n"
      "<p>Each claim below is an experiment: its numbers were computed when "
      "this page was made, from explicit threshold circuits that <code>tc0"
      "</code> makes or counts exactly. What is said of depth is said of the "
      "best circuit known here, never that a problem needs it.</p>\n",
      out);
}

void lab_page_end(FILE *out) {
  fputs("</body></html>\n", out);
}

static void put_table(FILE *out, const struct exhibit_table *t) {
  fputs("<div class=\"wide\"><table>", out);
  html_element(out, "caption", t->title);
  putc('\n', out);
  for (size_t i = 0; i < t->cells.n; i++) {
    if (i % t->columns == 0)
      fputs("<tr>", out);
    html_element(out, i < t->columns ? "th" : "td", t->cells.at[i]);
    putc('\n', out);
    if (i % t->columns == t->columns - 1)
      fputs("</tr>\n", out);
  }
  fputs("</table></div>\n", out);
}

static void put_cells(FILE *out, const struct exhibit_cells *c) {
  fputs("<p><b>", out);
  html_put(out, c->title);
  fprintf(out,
          "</b></p>\n<svg width=\"%zu\" height=\"%zu\" viewBox=\"0 0 %zu "
          "%zu\" role=\"img\" style=\"background:#eee\"><path d=\"",
          CELL * c->columns, CELL * c->rows, c->columns, c->rows);
  for (size_t i = 0; i < c->rows; i++)
    for (size_t j = 0; j < c->columns; j++)
      if (c->at[i * c->columns + j])
        fprintf(out, "M%zu %zuh1v1h-1z", j, i);
  fputs("\"/></svg>\n", out);
}

/* The picture is part of the page, with '%' before what may not stand there. */
static void put_image(FILE *out, const char *svg, size_t n, const char *title) {
  fputs("<p><img alt=\"", out);
  html_put(out, title);
  fputs("\" src=\"data:image/svg+xml,", out);
  for (size_t i = 0; i < n; i++)
    if (strchr("\"%#<>&'\n", svg[i]) || svg[i] & 0x80)
      fprintf(out, "%%%02X", (unsigned char)svg[i]);
    else
      putc(svg[i], out);
  fputs("\"></p>\n", out);
}

static bool put_panel(FILE *out, const struct exhibit_panel *p,
                      struct error *err) {
  char *svg = NULL;
  size_t n = 0;
  FILE *memory = open_memstream(&svg, &n);
  if (!memory)
    return error_set(err, 0, "no room for a picture");
  bool ok = lab_plot(memory, true, p, err);
  ok = !fclose(memory) && ok;
  if (ok)
    put_image(out, svg, n, p->title);
  free(svg);
  return ok;
}

static void put_findings(FILE *out, const struct exhibit *e) {
  fputs("<ul>\n", out);
  for (size_t i = 0; i < e->findings.n; i++) {
    const struct exhibit_finding *f = &e->findings.at[i];
    fputs(f->holds ? "<li>yes: " : "<li class=\"no\">no: ", out);
    html_put(out, f->text);
    fputs("</li>\n", out);
  }
  fputs("</ul>\n", out);
}

bool lab_page_section(FILE *out, const struct lab *lab, const struct exhibit *e,
                      struct error *err) {
  fprintf(out, "<h2 id=\"%s\">", lab->name);
  html_put(out, lab->title);
  fputs("</h2>\n<blockquote>", out);
  html_put(out, lab->claim);
  fputs("<br><i>", out);
  html_put(out, lab->source);
  fputs("</i></blockquote>\n", out);
  put_findings(out, e);
  html_element(out, "p", lab->shows);
  putc('\n', out);
  for (size_t i = 0; i < e->panels.n; i++)
    if (!put_panel(out, &e->panels.at[i], err))
      return false;
  for (size_t i = 0; i < e->cells.n; i++)
    put_cells(out, &e->cells.at[i]);
  for (size_t i = 0; i < e->tables.n; i++)
    put_table(out, &e->tables.at[i]);
  fprintf(out, "<p><code>tc0 lab %s</code></p>\n", lab->name);
  return true;
}
