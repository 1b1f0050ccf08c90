#include "analysis/labs/sweep.h"
#include "circuit/random.h"
#include "compile/program/run.h"

#include <flint/fmpz_vec.h>

enum {
  DISCS = 4, // of two positions and two velocities each
  VALUES = 4 * DISCS,
  STARTS = 100
};

/* What becomes of gases with the steps of time. */
struct fates {
  size_t as_warm; // of the energy and pressure that they had
  size_t turned;  // of other velocities than they had
};

/* Places and velocities before and after the steps; gas reads velocities. */
static void follow(struct fates *f, struct run *discs, struct run *gas,
                   const struct source *s, uint64_t *random) {
  fmpz *in = _fmpz_vec_init(VALUES), *out = _fmpz_vec_init(VALUES);
  fmpz *before = _fmpz_vec_init(4), *after = _fmpz_vec_init(4);
  s->family->draw(s->value, random, in);
  run_values(discs, in, out);
  run_values(gas, in + 2 * DISCS, before);
  run_values(gas, out + 2 * DISCS, after);
  f->as_warm += fmpz_equal(before, after) && fmpz_equal(before + 3, after + 3);
  f->turned += !_fmpz_vec_equal(in + 2 * DISCS, out + 2 * DISCS, 2 * DISCS);
  _fmpz_vec_clear(in, VALUES);
  _fmpz_vec_clear(out, VALUES);
  _fmpz_vec_clear(before, 4);
  _fmpz_vec_clear(after, 4);
}

static void follow_all(struct fates *f, struct gauge *discs, struct gauge *gas,
                       uint64_t random) {
  struct run micro, macro;
  run_init(&micro, &discs->s.instance);
  run_init(&macro, &gas->s.instance);
  for (int i = 0; i < STARTS; i++)
    follow(f, &micro, &macro, &discs->s, &random);
  run_clear(&micro);
  run_clear(&macro);
}

/* The macrostate needs no steps: it stays, of positions and velocities that do
   not. */
static bool compare(struct lab_run *r, long steps, struct error *err) {
  struct gauge discs, gas;
  struct fates f = {0};
  bool ok = gauge_open(&discs, &r->options, err, "balls2d k=%d steps=%ld",
                       DISCS, steps);
  if (ok) {
    ok = gauge_open(&gas, &r->options, err, "gas k=%d", DISCS);
    if (ok)
      follow_all(&f, &discs, &gas, r->options.seed);
    gauge_clear(&gas);
  }
  gauge_clear(&discs);
  if (ok)
    exhibit_finding(&r->e, f.as_warm == STARTS && f.turned,
                    "of %d random starts %zu have the same energy and pressure "
                    "after %ld steps, and %zu other velocities",
                    STARTS, f.as_warm, steps, f.turned);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  static const long many[] = {2, 4, 8, 16, 32, 64};
  size_t n = r->is_quick ? 3 : 6;
  struct sweep macro = {.label = "energy, flow, pressure",
                        .line = "gas",
                        .key = "k",
                        .at = many,
                        .n = n};
  struct sweep micro = {.label = "positions of 4 discs",
                        .line = "balls2d k=4",
                        .key = "steps",
                        .at = many,
                        .n = n};
  sweep_table(r, "macrostate of k particles, microstate after k steps", "k");
  exhibit_panel(&r->e, "depth of what is asked", "particles, or steps",
                "inner depth");
  if (!sweep_run(r, &macro, err) || !sweep_run(r, &micro, err))
    return false;
  sweep_find_flat(r, &macro, "");
  sweep_find_line(r, &micro, "step");
  return compare(r, many[n - 1], err);
}

const struct lab lab_macro_micro = {
    .name = "macro-micro",
    .title = "temperature and pressure are shallow, positions are not",
    .claim = "A serial question may have a parallel one in its place: not "
             "where each particle is, but how warm the gas.",
    .source = "Liu et al. 2025",
    .shows = "Energy, flow and pressure are sums over particles as they are "
             "now; elastic collisions and walls keep energy, and with it the "
             "pressure, so what is to come needs no steps. The microstate is "
             "followed step by step, as no shallow circuit for it is known; "
             "this does not prove that there is none.",
    .run = run,
};
