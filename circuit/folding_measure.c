/* Measures of a folded circuit: as measure.c, each ladder times its copies and
   each wire times those that its span has. */
#include "circuit/error.h"
#include "circuit/folding.h"

#include <string.h>

/* Of one sum, in six copies of it: that is a whole number even where copies
   read different numbers of keys, or of pairs of them. */
struct sum {
  mpz_t wires, stored;
  mpz_t weight; // of all sums of a chain
  mpz_t fan_in; // of the copy that reads most
  size_t weight_bits;
  uint32_t depth, inner; // of what it reads
};

struct table {         // of a shape
  mpz_t sum, greatest; // of |step|
  size_t wires;        // steps that are not 0
};

struct folded_meter {
  const struct circuit *c;
  uint32_t *depth, *inner; // [ladder], of a repeat those of its first round
  /* [repeat][ladder of it]: by which it is deeper in each round. */
  uint32_t **step, **step_inner;
  size_t risen;        // repeats whose steps are known
  struct table *table; // [shape], and that of a bit
  struct sum sum;
  mpz_t weight, scratch;
};

static void read_shape(struct folded_meter *m, struct table *t,
                       const struct shape *s) {
  struct integer_scratch scratch;
  for (size_t i = 0; i < s->n; i++) {
    integer_id id = m->c->steps.at[s->first_step + i];
    mpz_abs(m->scratch, integers_get(&m->c->integers, id, &scratch));
    t->wires += mpz_sgn(m->scratch) != 0;
    mpz_add(t->sum, t->sum, m->scratch);
    if (mpz_cmp(m->scratch, t->greatest) > 0)
      mpz_set(t->greatest, m->scratch);
  }
}

static void meter_init(struct folded_meter *m, const struct circuit *c) {
  *m = (struct folded_meter){.c = c};
  m->depth = xcalloc(c->ladders.n, sizeof *m->depth);
  m->inner = xcalloc(c->ladders.n, sizeof *m->inner);
  m->step = xcalloc(c->folding->repeats.n, sizeof(*m->step));
  m->step_inner = xcalloc(c->folding->repeats.n, sizeof(*m->step_inner));
  m->table = xcalloc(c->shapes.n + 1, sizeof *m->table);
  mpz_inits(m->sum.wires, m->sum.stored, m->sum.weight, m->sum.fan_in,
            m->weight, m->scratch, NULL);
  for (size_t i = 0; i <= c->shapes.n; i++) {
    mpz_init_set_ui(m->table[i].sum, i == c->shapes.n);
    mpz_init_set_ui(m->table[i].greatest, i == c->shapes.n);
    m->table[i].wires = i == c->shapes.n;
    if (i < c->shapes.n)
      read_shape(m, &m->table[i], &c->shapes.at[i]);
  }
}

static void meter_clear(struct folded_meter *m) {
  free(m->depth);
  free(m->inner);
  for (size_t i = 0; i < m->risen; i++) {
    free(m->step[i]);
    free(m->step_inner[i]);
  }
  for (size_t i = 0; i <= m->c->shapes.n; i++)
    mpz_clears(m->table[i].sum, m->table[i].greatest, NULL);
  free(m->step);
  free(m->step_inner);
  free(m->table);
  mpz_clears(m->sum.wires, m->sum.stored, m->sum.weight, m->sum.fan_in,
             m->weight, m->scratch, NULL);
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
  if (!ok) {
    m->c->folding->is_unsteady = true;
    memset(step, 0, n * sizeof *step);
  }
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

static const struct table *table_of(const struct folded_meter *m,
                                    source_id source) {
  const struct circuit *c = m->c;
  return &m->table[source & SOURCE_VIEW
                       ? c->views.at[source & ~SOURCE_VIEW].shape
                       : c->shapes.n];
}

static void deepen(uint32_t *most, size_t depth) {
  if (depth > *most)
    *most = (uint32_t)depth;
}

static void add_wire(struct folded_meter *m, size_t i, ladder_id reader) {
  const struct circuit *c = m->c;
  const struct folding *f = c->folding;
  const struct folded_wire *folded = &f->wires.at[i];
  const struct span *span = &f->spans.at[folded->span];
  const struct factors_of_chain *factors = &f->factors.at[folded->factors];
  struct sum *s = &m->sum;
  struct wire w = c->wires.at[i];
  struct integer_scratch scratch;
  const struct table *t = table_of(m, w.source);
  if (!w.weight || !t->wires || !mpz_sgn(span->most))
    return;
  ladder_id from = circuit_source_ladder(c, w.source);
  deepen(&s->depth, m->depth[from] + rise_of(m, m->step, from, reader));
  deepen(&s->inner, m->inner[from] + rise_of(m, m->step_inner, from, reader));
  mpz_abs(m->weight, integers_get(&c->integers, w.weight, &scratch));
  mpz_mul(m->scratch, m->weight, t->greatest);
  mpz_mul(m->scratch, m->scratch, factors->greatest);
  if (mpz_sizeinbase(m->scratch, 2) > s->weight_bits)
    s->weight_bits = mpz_sizeinbase(m->scratch, 2);
  mpz_mul(m->scratch, m->weight, t->sum);
  mpz_mul(m->scratch, m->scratch, factors->sum);
  mpz_addmul(s->weight, m->scratch, span->six);
  mpz_addmul_ui(s->stored, span->six,
                folding_is_chain(c, w.source) ? t->wires : 1);
  mpz_addmul_ui(s->wires, span->six, t->wires);
  mpz_addmul_ui(s->fan_in, span->most, t->wires);
}

static bool is_marked(const struct operation *o) {
  return o && !strcmp(o->name, OPERATION_OUTPUTS);
}

/* Ladders in ascending order. False if l has no gates. */
static bool meter_read(struct folded_meter *m, ladder_id l,
                       const struct operation *o) {
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
  bool has_wires = mpz_sgn(s->fan_in);
  m->depth[l] = s->depth + has_wires;
  m->inner[l] = s->inner + (has_wires && !is_marked(o));
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

/* total += n of all copies of a ladder, where `six` is n of six of them. */
static void add_copies(struct folded_meter *m, mpz_t total, const mpz_t six,
                       ladder_id l, size_t n) {
  mpz_mul(m->scratch, six, m->c->folding->ladders.at[l].copies);
  mpz_divexact_ui(m->scratch, m->scratch, 6);
  mpz_addmul_ui(total, m->scratch, n);
}

/* m += what was read of ladder l. */
static void add_ladder(struct measure *m, struct folded_meter *from,
                       ladder_id l, const struct operation *o) {
  const struct circuit *c = from->c;
  size_t rungs = circuit_rungs(c, l);
  size_t sums = c->folding->ladders.at[l].is_chain ? rungs : 1;
  mpz_srcptr copies = c->folding->ladders.at[l].copies;
  mpz_mul_ui(from->scratch, copies, sums);
  m->ladders += fits_size(from->scratch);
  mpz_addmul_ui(m->gates, copies, rungs);
  if (!is_marked(o))
    mpz_addmul_ui(m->gates_inner, copies, rungs);
  add_copies(from, m->wires, from->sum.wires, l, rungs);
  add_copies(from, m->wires_shared, from->sum.wires, l, sums);
  add_copies(from, m->wires_stored, from->sum.stored, l, sums);
  add_copies(from, m->weight, from->sum.weight, l, sums > 1 ? 1 : rungs);
  greatest(&m->weight_bits, from->sum.weight_bits);
  greatest(&m->fan_in, fits_size(from->sum.fan_in));
}

/* ---- By operation ---- */

static size_t find_operation(struct operation_measures *m,
                             const struct operation *o) {
  const char *name = o ? o->name : "", *kind = o ? o->kind : "";
  for (size_t i = m->all.n; i-- > 0;)
    if (!strcmp(m->all.at[i].name, name) && !strcmp(m->all.at[i].kind, kind))
      return i;
  struct operation_measure new = {.name = name, .kind = kind};
  mpz_inits(new.gates, new.wires, NULL);
  array_push(&m->all, new);
  return m->all.n - 1;
}

static void add_to_operation(struct operation_measure *o,
                             struct folded_meter *from, ladder_id l) {
  size_t rungs = circuit_rungs(from->c, l), depth = from->depth[l];
  bool is_first = !mpz_sgn(o->gates);
  mpz_addmul_ui(o->gates, from->c->folding->ladders.at[l].copies, rungs);
  add_copies(from, o->wires, from->sum.wires, l, rungs);
  if (is_first || depth < o->depth_from)
    o->depth_from = depth;
  greatest(&o->fan_in, fits_size(from->sum.fan_in));
  greatest(&o->weight_bits, from->sum.weight_bits);
}

/* The operation that ladder l, not below the last one asked for, came from. */
static const struct operation *next_operation(const struct circuit *c,
                                              ladder_id l, size_t *next) {
  while (*next < c->operations.n && c->operations.at[*next].first <= l)
    ++*next;
  return *next ? &c->operations.at[*next - 1] : NULL;
}

void folding_measure(const struct circuit *c, struct measure *m,
                     struct operation_measures *operations) {
  struct folded_meter meter;
  size_t next = 0, *place = xcalloc(c->ladders.n, sizeof *place);
  measure_clear(m);
  measure_init(m);
  operation_measures_clear(operations);
  meter_init(&meter, c);
  const struct operation *last = NULL;
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    const struct operation *o = next_operation(c, l, &next);
    if (!meter_read(&meter, l, o))
      continue;
    add_ladder(m, &meter, l, o);
    bool is_same = l && o && o == last;
    place[l] = is_same ? place[l - 1] : find_operation(operations, o);
    add_to_operation(&operations->all.at[place[l]], &meter, l);
    last = o;
  }
  find_rises(&meter, UINT32_MAX);
  for (ladder_id l = 0; l < c->ladders.n; l++) // of the last that l stands for
    if (circuit_is_gate(c, c->ladders.at[l].first_bit))
      greatest(&operations->all.at[place[l]].depth_to,
               meter.depth[l] + rise_of(&meter, meter.step, l, UINT32_MAX));
  m->depth = greatest_output(&meter, meter.depth, meter.step);
  m->depth_inner = greatest_output(&meter, meter.inner, meter.step_inner);
  meter_clear(&meter);
  free(place);
}
