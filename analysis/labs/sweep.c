#include "analysis/labs/sweep.h"

#include <stdio.h>

void sweep_table(struct lab_run *r, const char *title, const char *key) {
  char columns[200];
  snprintf(columns, sizeof columns,
           "source|%s|inner depth|inner gates|depth for all, proved", key);
  exhibit_table(&r->e, title, columns);
}

static bool add(struct lab_run *r, struct sweep *s, size_t i,
                struct error *err) {
  struct gauge g;
  bool ok =
      gauge_find(&g, &r->options, err, "%s %s=%ld", s->line, s->key, s->at[i]);
  if (ok) {
    s->depth[i] = g.m->depth_inner;
    s->gates[i] = gauge_gates(&g);
    s->is_proved = g.proved;
    exhibit_row(&r->e, "%s|%ld|%zu|%.6g|%s", s->label, s->at[i], s->depth[i],
                s->gates[i], g.proved ? g.proved : "nothing");
    exhibit_point(&r->e, (double)s->at[i], (double)s->depth[i]);
  }
  gauge_clear(&g);
  return ok;
}

bool sweep_run(struct lab_run *r, struct sweep *s, struct error *err) {
  exhibit_curve(&r->e, s->label);
  for (size_t i = 0; i < s->n; i++)
    if (!add(r, s, i, err))
      return false;
  return true;
}

bool sweep_is_flat(const struct sweep *s) {
  for (size_t i = 1; i < s->n; i++)
    if (s->depth[i] != s->depth[0])
      return false;
  return true;
}

bool sweep_is_line(const struct sweep *s, long *slope) {
  long run = s->at[1] - s->at[0], rise = (long)s->depth[1] - (long)s->depth[0];
  if (rise % run)
    return false;
  *slope = rise / run;
  for (size_t i = 2; i < s->n; i++)
    if ((long)s->depth[i] - (long)s->depth[0] != *slope * (s->at[i] - s->at[0]))
      return false;
  return true;
}
