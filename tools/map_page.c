#include "tools/map_page.h"
#include "circuit/file.h"
#include "tools/html.h"

#include <stdio.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\"/>\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\"/>\n"
    "<title>Tasks and models, by depth</title>\n"
    "<style>\n"
    "body { font: 16px/1.45 sans-serif; margin: 1em auto; max-width: 90em;\n"
    "  padding: 0 1em; color: #111; background: #fff; }\n"
    "table { border-collapse: collapse; font-size: 14px; }\n"
    ".wide { overflow-x: auto; }\n"
    "th, td { border: 1px solid #999; padding: 0.15em 0.3em; }\n"
    "th { text-align: left; font-weight: normal; background: #f2f2f2;\n"
    "  vertical-align: bottom; }\n"
    "th.model { height: 12em; white-space: nowrap; }\n"
    "th.model a { writing-mode: vertical-rl; transform: rotate(180deg); }\n"
    "th.group { font-weight: bold; background: #ddd; }\n"
    "td { text-align: center; white-space: nowrap; }\n"
    "td.text { text-align: left; }\n"
    "td a { color: inherit; text-decoration: none; display: block; }\n"
    "td.yes { background: #d5ecd4; }\n"
    "td.no { background: #f6d3cc; }\n"
    "td.open { background: #fbf3c4; }\n"
    "code { background: #f2f2f2; padding: 0 0.2em; }\n"
    "dt { font-weight: bold; margin-top: 0.4em; }\n"
    "dd { margin-left: 1.5em; }\n"
    "details { margin: 0.4em 0; }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Tasks and models, by depth</h1>\n"
    "<p>A task stands with the depth of the best circuit known here and what "
    "is known of the problem,\n"
    "a model with its certified depth. There are three classes: constant "
    "depth, polylogarithmic\n"
    "depth, and where only a linear one is known. A cell says whether the "
    "model's depth is enough\n"
    "as both grow; width, precision and training are other questions.</p>\n"
    "<ul>\n"
    "<li><b>+ yes</b>: the depth is enough.</li>\n"
    "<li><b>&#8722; no</b>: it is not, on a condition that is believed and "
    "not proved, like TC0 &#8800; NC1 or TC0 &#8800; P.</li>\n"
    "<li><b>? open</b>: no circuit of so little depth is known here, and none "
    "is excluded.</li>\n"
    "</ul>\n"
    "<p>The reason for each cell shows when it is pointed at, and is in the "
    "text below, where the cell leads.</p>\n";

static const char *const symbols[MAP_FITS] = {"+", "&#8722;", "?"};

static void put_classes(FILE *out, const struct map *m) {
  fputs("<tr><th colspan=\"3\"></th>", out);
  for (size_t j = 0, n; j < m->models.n; j += n) {
    for (n = 1; j + n < m->models.n &&
                m->models.at[j + n].known == m->models.at[j].known;)
      n++;
    fprintf(out, "<th class=\"group\" colspan=\"%zu\" scope=\"colgroup\">", n);
    html_put(out, map_model_names[m->models.at[j].known]);
    fputs("</th>", out);
  }
  fputs("</tr>\n", out);
}

/* Once more for each class of tasks, as the table is longer than a screen. */
static void put_models(FILE *out, const struct map *m, const char *title) {
  fputs("<tr><th class=\"group\" scope=\"rowgroup\">tasks: ", out);
  html_put(out, title);
  fputs("</th><th scope=\"col\">depth here</th><th scope=\"col\">class</th>",
        out);
  for (size_t j = 0; j < m->models.n; j++) {
    fprintf(out, "<th class=\"model\" scope=\"col\"><a href=\"#m%zu\">", j);
    html_put(out, m->models.at[j].line.name);
    fputs("</a></th>", out);
  }
  fputs("</tr>\n", out);
}

static void put_cell(FILE *out, const struct map *m, size_t i, size_t j) {
  const struct map_cell *c = map_at(m, i, j);
  fprintf(out, "<td class=\"%s\" title=\"", map_fits_names[c->fits]);
  html_put(out, m->tasks.at[i].line.name);
  fputs(", ", out);
  html_put(out, m->models.at[j].line.name);
  fputs(": ", out);
  html_put(out, c->because);
  fprintf(out, "\"><a href=\"#c%zu-%zu\">%s %s</a></td>", i, j,
          symbols[c->fits], map_fits_names[c->fits]);
}

static void put_row(FILE *out, const struct map *m, size_t i) {
  const struct map_row *t = &m->tasks.at[i];
  const char *class = t->line.complexity.class;
  fprintf(out, "<tr><th scope=\"row\"><a href=\"#t%zu\">", i);
  html_put(out, t->line.name);
  fputs("</a></th><td class=\"text\">", out);
  html_put(out, t->growth);
  fputs("</td><td class=\"text\">", out);
  html_put(out, class ? class : "");
  fputs("</td>", out);
  for (size_t j = 0; j < m->models.n; j++)
    put_cell(out, m, i, j);
  fputs("</tr>\n", out);
}

static void put_table(FILE *out, const struct map *m) {
  fputs("<h2>The map</h2>\n<div class=\"wide\">\n<table>\n<thead>\n", out);
  put_classes(out, m);
  fputs("</thead>\n<tbody>\n", out);
  for (size_t i = 0; i < m->tasks.n; i++) {
    const struct map_row *t = &m->tasks.at[i];
    if (!i || t->known != t[-1].known)
      put_models(out, m, map_class_names[t->known]);
    put_row(out, m, i);
  }
  fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_list(FILE *out, const struct map *m) {
  fputs("<h2>The models</h2>\n<dl>\n", out);
  for (size_t j = 0; j < m->models.n; j++) {
    fprintf(out, "<dt id=\"m%zu\">", j);
    html_put(out, m->models.at[j].line.name);
    fputs("</dt>", out);
    html_element(out, "dd", m->models.at[j].because);
    fputs("\n", out);
  }
  fputs("</dl>\n", out);
}

static void put_reasons(FILE *out, const struct map *m) {
  fputs("<h2>The tasks, and the reason for each cell</h2>\n", out);
  for (size_t i = 0; i < m->tasks.n; i++) {
    const struct map_row *t = &m->tasks.at[i];
    fprintf(out, "<h3 id=\"t%zu\">", i);
    html_put(out, t->line.name);
    fputs("</h3>\n", out);
    html_element(out, "p", t->because);
    fputs("\n<dl>\n", out);
    for (size_t j = 0; j < m->models.n; j++) {
      const struct map_cell *c = map_at(m, i, j);
      fprintf(out, "<dt id=\"c%zu-%zu\">", i, j);
      html_put(out, m->models.at[j].line.name);
      fprintf(out, ": %s</dt>", map_fits_names[c->fits]);
      html_element(out, "dd", c->because);
      fputs("\n", out);
    }
    fputs("</dl>\n", out);
  }
}

static bool write_page(FILE *out, const void *context) {
  const struct map *m = context;
  fputs(head, out);
  put_table(out, m);
  put_list(out, m);
  put_reasons(out, m);
  fputs("</body>\n</html>\n", out);
  return !ferror(out);
}

bool map_write_page(const struct map *m, const char *path, struct error *err) {
  return file_replace(path, write_page, m, err);
}
