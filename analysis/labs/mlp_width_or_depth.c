#include "analysis/labs/lab.h"

static const struct {
  const char *label, *method;
} form[] = {
    {"one gate a level", "deep"},
    {"two levels", "flat"},
    {"with visible bits", "bits"},
};

static bool add(struct lab_run *r, size_t i, long T, size_t *depth,
                double *gates, struct error *err) {
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "tent method=%s T=%ld",
                       form[i].method, T);
  if (ok) {
    *depth = g.m->depth_inner;
    *gates = gauge_gates(&g);
    exhibit_row(&r->e, "%s|%ld|%zu|%.0f", form[i].label, T, *depth, *gates);
    exhibit_point(&r->e, (double)T, *gates);
  }
  gauge_clear(&g);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  long most = r->is_quick ? 8 : 18;
  size_t depth[3] = {0};
  double gates[3] = {0}, before = 0;
  bool is_one_each = true, doubles = true, is_flat = true;
  exhibit_table(&r->e, "the tent map, T times", "how|T|inner depth|gates");
  exhibit_panel(&r->e, "gates against folds", "folds T", "gates")->is_log_y =
      true;
  for (size_t i = 0; i < 3; i++) {
    exhibit_curve(&r->e, form[i].label);
    for (long T = 2; T <= most; T++) {
      if (!add(r, i, T, &depth[i], &gates[i], err))
        return false;
      is_one_each = is_one_each && depth[0] == (size_t)gates[0] &&
                    (i || gates[0] == (double)T + 1);
      if (i == 1)
        doubles =
            doubles && depth[1] == 2 && (T == 2 || gates[1] == 2 * before - 1);
      if (i == 2)
        is_flat = is_flat && depth[2] == 2 && (T == 2 || gates[2] == before);
      before = gates[i];
    }
  }
  exhibit_finding(&r->e, is_one_each,
                  "deep: T + 1 gates in T + 1 levels for T = 2 to %ld", most);
  exhibit_finding(&r->e, doubles,
                  "flat: each fold more takes twice the gates but one: %.0f "
                  "in two levels for T = %ld",
                  gates[1], most);
  exhibit_finding(&r->e, is_flat,
                  "if bits are seen: %.0f gates for T = 2 to %ld", gates[2],
                  most);
  return true;
}

const struct lab lab_mlp_width_or_depth = {
    .name = "mlp-width-or-depth",
    .title = "depth is worth exponential width, for who sees a real number",
    .claim = "A sawtooth of 2^T pieces takes a deep network about T levels, "
             "and a shallow one exponentially many units.",
    .source = "Telgarsky 2016",
    .shows = "Both counts are reached, and for gates that see x as one number "
             "they are the least (each level of w gates cuts a piece of the "
             "line into w + 1 at most). Where the bits of x are inputs three "
             "gates do: real numbers make the function hard, not its many "
             "pieces.",
    .run = run,
};
