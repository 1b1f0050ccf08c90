#include "tools/lab_plot.h"
#include "tools/plot.h"

bool lab_plot(FILE *out, bool is_svg, const struct exhibit_panel *p,
              struct error *err) {
  ARRAY(struct plot_line) lines = {0};
  for (size_t i = 0; i < p->curves.n; i++) {
    const struct exhibit_curve *c = &p->curves.at[i];
    array_push(&lines, (struct plot_line){.label = c->label,
                                          .x = c->x.at,
                                          .y = c->y.at,
                                          .n = c->x.n,
                                          .is_dashed = c->is_dashed});
  }
  struct plot_panel panel = {.title = is_svg ? "" : p->title,
                             .x = p->x,
                             .y = p->y,
                             .is_log_x = p->is_log_x,
                             .is_log_y = p->is_log_y,
                             .line = lines.at,
                             .lines = lines.n};
  bool ok = plot_put(out, is_svg, p->title, &panel, 1, err);
  array_clear(&lines);
  return ok;
}
