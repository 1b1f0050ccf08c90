#include "analysis/labs/sweep.h"

#include <stdio.h>

void sweep_table(struct lab_run *r, const char *title, const char *key) {
  char columns[200];
  snprintf(columns, sizeof columns, "source|%s|inner depth|inner gates", key);
  exhibit_table(&r->e, title, columns);
}

static void prove(struct sweep *s, const struct source *source) {
  struct family_class k;
  class_find(&k, source, s->key);
  s->how = k.how;
  *s->proved = 0;
  if (k.how != CLASS_UNKNOWN)
    snprintf(s->proved, sizeof s->proved, "; for every %s at most %s (proved)",
             s->key, k.depth);
  class_clear(&k);
}

static bool add(struct lab_run *r, struct sweep *s, size_t i,
                struct error *err) {
  struct gauge g;
  bool ok =
      gauge_find(&g, &r->options, err, "%s %s=%ld", s->line, s->key, s->at[i]);
  if (ok) {
    s->depth[i] = g.m->depth_inner;
    s->gates[i] = gauge_gates(&g);
    exhibit_row(&r->e, "%s|%ld|%zu|%.6g", s->label, s->at[i], s->depth[i],
                s->gates[i]);
    exhibit_point(&r->e, (double)s->at[i], (double)s->depth[i]);
  }
  if (ok && i == s->n - 1)
    prove(s, &g.s);
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

void sweep_find_line(struct lab_run *r, const struct sweep *s, const char *of) {
  long slope = 0;
  bool is_line = sweep_is_line(s, &slope);
  exhibit_finding(&r->e, is_line && slope > 0 && s->how >= CLASS_LINEAR,
                  "%s: each %s adds %ld level%s exactly%s", s->label, of, slope,
                  slope == 1 ? "" : "s", s->proved);
}

void sweep_find_flat(struct lab_run *r, const struct sweep *s,
                     const char *besides) {
  exhibit_finding(
      &r->e,
      sweep_is_flat(s) && (s->how == CLASS_CONSTANT || s->how == CLASS_UNKNOWN),
      "%s: inner depth %zu for %s = %ld to %ld%s%s", s->label, s->depth[0],
      s->key, s->at[0], s->at[s->n - 1], s->proved, besides);
}

bool sweep_one(const struct lab_run *r, const char *line, const char *key,
               long value, size_t *depth, bool *is_constant,
               struct error *err) {
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "%s %s=%ld", line, key, value);
  if (ok) {
    struct family_class k;
    class_find(&k, &g.s, key);
    *depth = g.m->depth_inner;
    *is_constant = k.how == CLASS_CONSTANT;
    class_clear(&k);
  }
  gauge_clear(&g);
  return ok;
}
