/* Measures of a folded circuit: as measure.c, each ladder times its copies and
   each wire times those that its span has. */
#include "circuit/error.h"
#include "circuit/folding.h"

#include <string.h>

/* Of one sum: over all its copies, and in the copy that reads most. */
struct sum {
  mpz_t wires, stored, weight; // of all copies
  mpz_t fan_in;
  size_t weight_bits;
  uint32_t depth, inner; // of what it reads
};

struct table { // a source's steps
  mpz_t sum, greatest;
  size_t wires;
};

struct folded_meter {
  const struct circuit *c;
  uint32_t *depth, *inner; // [ladder], of a repeat those of its first round
  /* [repeat][ladder of it]: by which it is deeper in each round. */
  uint32_t **step, **step_inner;
  size_t risen; // repeats whose steps are known
  struct sum sum;
  struct table table;
  mpz_t scratch;
};

static void meter_init(struct folded_meter *m, const struct circuit *c) {
  *m = (struct folded_meter){.c = c};
  m->depth = xcalloc(c->ladders.n, sizeof *m->depth);
  m->inner = xcalloc(c->ladders.n, sizeof *m->inner);
  m->step = xcalloc(c->folding->repeats.n, sizeof(*m->step));
  m->step_inner = xcalloc(c->folding->repeats.n, sizeof(*m->step_inner));
  mpz_inits(m->sum.wires, m->sum.stored, m->sum.weight, m->sum.fan_in,
            m->table.sum, m->table.greatest, m->scratch, NULL);
}

static void meter_clear(struct folded_meter *m) {
  free(m->depth);
  free(m->inner);
  for (size_t i = 0; i < m->risen; i++) {
    free(m->step[i]);
    free(m->step_inner[i]);
  }
  free(m->step);
  free(m->step_inner);
  mpz_clears(m->sum.wires, m->sum.stored, m->sum.weight, m->sum.fan_in,
             m->table.sum, m->table.greatest, m->scratch, NULL);
}

static size_t fits_size(const mpz_t z) {
  if (!mpz_fits_ulong_p(z))
    die("a count beyond 2^64");
  return mpz_get_ui(z);
}

/* ---- Repeats ---- */

/* What is added to the depth of `from` where a ladder reads it from outside of
   repeats; `reader` may be beyond all ladders. */
static size_t rise_of(const struct folded_meter *m, uint32_t *const *step,
                      ladder_id from, ladder_id reader) {
  const struct folding *f = m->c->folding;
  size_t sum = 0;
  for (size_t i = 0; i < m->risen; i++) {
    const struct repeat *r = &f->repeats.at[i];
    if (r->from <= from && from < r->to && reader >= r->to)
      sum += step[i][from - r->from] * (r->times - 1);
  }
  return sum;
}

/* By how much the source of a wire is deeper in each round of r. */
static uint32_t source_step(const struct repeat *r, const uint32_t *step,
                            ladder_id from) {
  return from < r->before ? 0
         : from < r->from ? step[from - r->before]
                          : step[from - r->from];
}

/* Ladder l is deeper by its step in every round, because so is what it reads:
   the source that decides its depth by as much, and none by more. */
static bool is_steady(const struct folded_meter *m, const struct repeat *r,
                      ladder_id l, const uint32_t *depth,
                      uint32_t *const *known, const uint32_t *step) {
  const struct circuit *c = m->c;
  uint32_t most = 0, own = step[l - r->from], of_most = 0;
  size_t i = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  for (; i < end; i++) {
    ladder_id from = circuit_source_ladder(c, c->wires.at[i].source);
    uint32_t d = depth[from] + (uint32_t)rise_of(m, known, from, l);
    uint32_t s = source_step(r, step, from);
    if (s > own)
      return false;
    if (d > most || (d == most && s > of_most)) {
      most = d;
      of_most = s;
    }
  }
  return of_most == own;
}

static uint32_t *find_steps(const struct folded_meter *m,
                            const struct repeat *r, const uint32_t *depth,
                            uint32_t *const *known) {
  size_t n = r->to - r->from;
  bool ok = n == r->from - r->before;
  uint32_t *step = xcalloc(n, sizeof *step);
  for (size_t i = 0; ok && i < n; i++) {
    step[i] = depth[r->from + i] - depth[r->before + i];
    ok = depth[r->from + i] >= depth[r->before + i];
  }
  for (size_t i = 0; ok && i < n; i++)
    ok = is_steady(m, r, r->from + (ladder_id)i, depth, known, step);
  if (!ok)
    die("rounds that do not deepen alike: try --method made");
  return step;
}

/* Of repeats that end at ladder l, or before. */
static void find_rises(struct folded_meter *m, ladder_id l) {
  const struct folding *f = m->c->folding;
  while (m->risen < f->repeats.n && f->repeats.at[m->risen].to <= l) {
    const struct repeat *r = &f->repeats.at[m->risen];
    uint32_t *step = find_steps(m, r, m->depth, m->step);
    m->step_inner[m->risen] = find_steps(m, r, m->inner, m->step_inner);
    m->step[m->risen++] = step;
  }
}

/* ---- Sums ---- */

/* |steps| of the source of a wire, its weight included. */
static void read_table(struct folded_meter *m, struct wire w) {
  const struct circuit *c = m->c;
  struct integer_scratch s;
  struct table *t = &m->table;
  mpz_set_ui(t->sum, 1);
  mpz_set_ui(t->greatest, 1);
  t->wires = 1;
  if (w.source & SOURCE_VIEW) {
    const struct shape *shape =
        &c->shapes.at[c->views.at[w.source & ~SOURCE_VIEW].shape];
    mpz_set_ui(t->sum, 0);
    mpz_set_ui(t->greatest, 0);
    t->wires = 0;
    for (size_t i = 0; i < shape->n; i++) {
      integer_id id = c->steps.at[shape->first_step + i];
      mpz_abs(m->scratch, integers_get(&c->integers, id, &s));
      t->wires += mpz_sgn(m->scratch) != 0;
      mpz_add(t->sum, t->sum, m->scratch);
      if (mpz_cmp(m->scratch, t->greatest) > 0)
        mpz_set(t->greatest, m->scratch);
    }
  }
  mpz_abs(m->scratch, integers_get(&c->integers, w.weight, &s));
  mpz_mul(t->sum, t->sum, m->scratch);
  mpz_mul(t->greatest, t->greatest, m->scratch);
}

/* total += n * mean copies of the span * copies of the ladder. */
static void add_mean(struct folded_meter *m, mpz_t total, const mpz_t n,
                     const struct span *span, const mpz_t copies) {
  mpz_mul(m->scratch, n, span->twice);
  mpz_mul(m->scratch, m->scratch, copies);
  mpz_divexact_ui(m->scratch, m->scratch, 2);
  mpz_add(total, total, m->scratch);
}

static void deepen(uint32_t *most, size_t depth) {
  if (depth > *most)
    *most = (uint32_t)depth;
}

static void add_wire(struct folded_meter *m, size_t i, ladder_id reader) {
  const struct circuit *c = m->c;
  const struct folding *f = c->folding;
  const struct span *span = &f->spans.at[f->wires.at[i]];
  mpz_srcptr copies = f->ladders.at[reader].copies;
  struct sum *s = &m->sum;
  struct wire w = c->wires.at[i];
  read_table(m, w);
  if (!w.weight || !m->table.wires || !mpz_sgn(span->most))
    return;
  ladder_id from = circuit_source_ladder(c, w.source);
  deepen(&s->depth, m->depth[from] + rise_of(m, m->step, from, reader));
  deepen(&s->inner, m->inner[from] + rise_of(m, m->step_inner, from, reader));
  if (mpz_sizeinbase(m->table.greatest, 2) > s->weight_bits)
    s->weight_bits = mpz_sizeinbase(m->table.greatest, 2);
  add_mean(m, s->weight, m->table.sum, span, copies);
  mpz_set_ui(m->table.sum, 1);
  add_mean(m, s->stored, m->table.sum, span, copies);
  mpz_set_ui(m->table.sum, m->table.wires);
  add_mean(m, s->wires, m->table.sum, span, copies);
  mpz_addmul(s->fan_in, m->table.sum, span->most);
}

/* Ladders in ascending order. False if l has no gates. */
static bool meter_read(struct folded_meter *m, ladder_id l) {
  const struct circuit *c = m->c;
  struct sum *s = &m->sum;
  if (!circuit_is_gate(c, c->ladders.at[l].first_bit))
    return false;
  mpz_set_ui(s->wires, 0);
  mpz_set_ui(s->stored, 0);
  mpz_set_ui(s->weight, 0);
  mpz_set_ui(s->fan_in, 0);
  s->weight_bits = s->depth = s->inner = 0;
  find_rises(m, l);
  size_t end = circuit_end_wire(c, l);
  for (size_t i = c->ladders.at[l].first_wire; i < end; i++)
    add_wire(m, i, l);
  const struct operation *o = circuit_operation(c, l);
  bool has_wires = mpz_sgn(s->fan_in);
  m->depth[l] = s->depth + has_wires;
  m->inner[l] =
      s->inner + (has_wires && !(o && !strcmp(o->name, OPERATION_OUTPUTS)));
  return true;
}

static size_t greatest_output(const struct folded_meter *m,
                              const uint32_t *depth, uint32_t *const *step) {
  const struct circuit *c = m->c;
  size_t most = 0;
  for (size_t i = 0; i < c->outputs.n; i++) {
    ladder_id l = c->bits.at[c->outputs.at[i]].ladder;
    size_t d = depth[l] + rise_of(m, step, l, UINT32_MAX);
    if (d > most)
      most = d;
  }
  return most;
}

static void greatest(size_t *most, size_t n) {
  if (n > *most)
    *most = n;
}

/* m += what was read of ladder l. */
static void add_ladder(struct measure *m, struct folded_meter *from,
                       ladder_id l) {
  const struct circuit *c = from->c;
  const struct operation *o = circuit_operation(c, l);
  size_t rungs = circuit_rungs(c, l);
  mpz_srcptr copies = c->folding->ladders.at[l].copies;
  m->ladders += fits_size(copies);
  mpz_addmul_ui(m->gates, copies, rungs);
  if (!o || strcmp(o->name, OPERATION_OUTPUTS))
    mpz_addmul_ui(m->gates_inner, copies, rungs);
  mpz_addmul_ui(m->wires, from->sum.wires, rungs);
  mpz_add(m->wires_shared, m->wires_shared, from->sum.wires);
  mpz_add(m->wires_stored, m->wires_stored, from->sum.stored);
  mpz_addmul_ui(m->weight, from->sum.weight, rungs);
  greatest(&m->weight_bits, from->sum.weight_bits);
  greatest(&m->fan_in, fits_size(from->sum.fan_in));
}

void folding_measure(const struct circuit *c, struct measure *m) {
  struct folded_meter meter;
  measure_clear(m);
  measure_init(m);
  meter_init(&meter, c);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    if (meter_read(&meter, l))
      add_ladder(m, &meter, l);
  find_rises(&meter, UINT32_MAX);
  m->depth = greatest_output(&meter, meter.depth, meter.step);
  m->depth_inner = greatest_output(&meter, meter.inner, meter.step_inner);
  meter_clear(&meter);
}

/* All ladders were read: the depth of the last of those that l stands for. */
static size_t last_depth(const struct folded_meter *m, ladder_id l) {
  return m->depth[l] + rise_of(m, m->step, l, UINT32_MAX);
}

static struct operation_measure *find_operation(struct operation_measures *m,
                                                const struct operation *o) {
  const char *name = o ? o->name : "", *kind = o ? o->kind : "";
  for (size_t i = m->all.n; i-- > 0;)
    if (!strcmp(m->all.at[i].name, name) && !strcmp(m->all.at[i].kind, kind))
      return &m->all.at[i];
  struct operation_measure new = {.name = name, .kind = kind};
  mpz_inits(new.gates, new.wires, NULL);
  array_push(&m->all, new);
  return &array_last(&m->all);
}

void folding_measure_operations(const struct circuit *c,
                                struct operation_measures *m) {
  struct folded_meter meter;
  operation_measures_clear(m);
  meter_init(&meter, c);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    meter_read(&meter, l);
  find_rises(&meter, UINT32_MAX);
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    if (!meter_read(&meter, l))
      continue;
    struct operation_measure *o = find_operation(m, circuit_operation(c, l));
    size_t rungs = circuit_rungs(c, l), depth = meter.depth[l];
    bool is_first = !mpz_sgn(o->gates);
    mpz_addmul_ui(o->gates, c->folding->ladders.at[l].copies, rungs);
    mpz_addmul_ui(o->wires, meter.sum.wires, rungs);
    if (is_first || depth < o->depth_from)
      o->depth_from = depth;
    greatest(&o->depth_to, last_depth(&meter, l));
    greatest(&o->fan_in, fits_size(meter.sum.fan_in));
    greatest(&o->weight_bits, meter.sum.weight_bits);
  }
  meter_clear(&meter);
}
