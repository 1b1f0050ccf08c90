#include "tools/growth_plot.h"
#include "tools/plot.h"

#include <stdlib.h>
#include <string.h>

bool growth_plot_option(const struct arguments *a, const char **path,
                        struct error *err) {
  *path = option_value(a, "plot");
  size_t n = *path ? strlen(*path) : 0;
  return !*path || (n >= 5 && !strcmp(*path + n - 4, ".svg")) ||
         error_set(err, 0, "--plot %s: must end in .svg", *path);
}

/* ---- Lines ---- */

struct picture {
  const struct axes *x;
  const struct growth_point *point;
  size_t of_second, lines; // values of the second parameter; those drawn
  char label[GROWTH_PLOT_LINES][64];
  double *at, *depth, *gates; // [line * length + place]
  size_t length;
};

/* Which of the second parameter's values is line i. */
static size_t chosen(const struct picture *p, size_t i) {
  return p->lines > 1 ? i * (p->of_second - 1) / (p->lines - 1) : 0;
}

static void take_line(struct picture *p, size_t i) {
  size_t second = chosen(p, i);
  if (p->x->n > 1)
    snprintf(p->label[i], sizeof p->label[i], "%.40s = %ld", p->x->of[1].name,
             p->x->of[1].value.at[second]);
  for (size_t k = 0; k < p->length; k++) {
    const struct growth_point *from = &p->point[k * p->of_second + second];
    size_t to = i * p->length + k;
    p->at[to] = (double)from->at[0];
    p->depth[to] = (double)from->depth_inner;
    p->gates[to] = fmpz_get_d(from->gates_inner);
  }
}

static void take_all(struct picture *p, size_t n) {
  p->of_second = p->x->n > 1 ? p->x->of[1].value.n : 1;
  p->length = n / p->of_second;
  p->lines =
      p->of_second < GROWTH_PLOT_LINES ? p->of_second : GROWTH_PLOT_LINES;
  size_t bytes = (p->lines * p->length + 1) * sizeof *p->at;
  p->at = xmalloc(bytes);
  p->depth = xmalloc(bytes);
  p->gates = xmalloc(bytes);
  for (size_t i = 0; i < p->lines; i++)
    take_line(p, i);
}

/* All are above 0, and the greatest is so many times the least. */
static bool is_wide(const double *y, size_t n, double times) {
  double least = y[0], most = y[0];
  for (size_t i = 1; i < n; i++) {
    least = y[i] < least ? y[i] : least;
    most = y[i] > most ? y[i] : most;
  }
  return least > 0 && most >= times * least;
}

static bool draw(const char *path, const char *title, const struct picture *p,
                 struct error *err) {
  struct plot_line depth[GROWTH_PLOT_LINES], gates[GROWTH_PLOT_LINES];
  size_t n = p->lines * p->length;
  const char *name = p->x->of[0].name;
  for (size_t i = 0; i < p->lines; i++) {
    const char *label = p->x->n > 1 ? p->label[i] : NULL;
    const double *x = p->at + i * p->length;
    depth[i] = (struct plot_line){.label = label ? label : "inner depth",
                                  .x = x,
                                  .y = p->depth + i * p->length,
                                  .n = p->length};
    gates[i] = (struct plot_line){.label = label ? label : "inner gates",
                                  .x = x,
                                  .y = p->gates + i * p->length,
                                  .n = p->length};
  }
  bool is_log_x = is_wide(p->at, n, 50);
  const struct plot_panel panel[] = {
      {"depth", name, "inner depth", is_log_x, false, depth, p->lines},
      {"gates", name, "inner gates", is_log_x, is_wide(p->gates, n, 100), gates,
       p->lines}};
  return plot_write(path, title, panel, 2, err);
}

bool growth_plot(const char *path, const struct arguments *a,
                 const struct axes *x, const struct growth_point *point,
                 size_t n, struct error *err) {
  struct picture p = {.x = x, .point = point};
  char title[200] = "";
  for (size_t i = 0, at = 0; i < a->words.n && at < sizeof title; i++)
    at += (size_t)snprintf(title + at, sizeof title - at, "%s%s", i ? " " : "",
                           a->words.at[i]);
  take_all(&p, n);
  bool ok = draw(path, title, &p, err);
  free(p.at);
  free(p.depth);
  free(p.gates);
  return ok;
}
