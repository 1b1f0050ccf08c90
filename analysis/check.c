#include "analysis/check.h"
#include "circuit/random.h"
#include "circuit/vectors.h"

#include <assert.h>
#include <string.h>

#include <omp.h>

#include <flint/fmpz_vec.h>

/* ---- References ---- */

/* It has an answer from outside of its program. */
static bool has_answer(const struct source *s) {
  return s->kind == SOURCE_FAMILY && s->family->answer;
}

static bool has_promise(const struct source *s) {
  return s->kind == SOURCE_FAMILY && s->family->promise.text;
}

static bool has_draw(const struct source *s) {
  return s->kind == SOURCE_FAMILY && s->family->draw;
}

static bool keeps_promise(const struct source *s, const fmpz *in) {
  return !has_promise(s) || s->family->promise.keeps(s->value, in);
}

void reference_init(struct reference *r, const struct source *s) {
  *r = (struct reference){.source = s, .threads = omp_get_max_threads()};
  if (has_answer(s))
    return;
  r->runs = xcalloc((size_t)r->threads, sizeof *r->runs);
  for (int i = 0; i < r->threads; i++)
    run_init(&r->runs[i], &s->instance);
}

void reference_clear(struct reference *r) {
  for (int i = 0; r->runs && i < r->threads; i++)
    run_clear(&r->runs[i]);
  free(r->runs);
}

void reference_answer(const struct reference *r, int thread, const fmpz *in,
                      fmpz *out) {
  assert(thread < r->threads);
  if (has_answer(r->source))
    r->source->family->answer(r->source->value, in, out);
  else
    run_values(&r->runs[thread], in, out);
}

/* ---- Integers from lanes ---- */

static fmpz *join_one(fmpz *z, const struct bus *bus, const uint64_t *lanes,
                      size_t words, size_t vector) {
  const uint64_t *at = lanes + bus->first_bit * words + vector / 64;
  for (size_t j = 0; j < bus->values; j++, z++) {
    size_t width = bus->width;
    uint64_t low = 0;
    if (width > 62) {
      fmpz_zero(z);
      for (size_t k = 0; k < width; k++, at += words)
        if (*at >> vector % 64 & 1)
          fmpz_setbit(z, k);
    } else {
      for (size_t k = 0; k < width; k++, at += words)
        low |= (*at >> vector % 64 & 1) << k;
      fmpz_set_ui(z, low);
    }
    if (bus->is_signed && fmpz_tstbit(z, width - 1)) {
      fmpz_t all;
      fmpz_init_set_ui(all, 1);
      fmpz_mul_2exp(all, all, width);
      fmpz_sub(z, z, all);
      fmpz_clear(all);
    }
  }
  return z;
}

void lanes_join(fmpz *z, const struct bus *bus, size_t buses,
                const uint64_t *lanes, size_t words, size_t vector) {
  for (size_t i = 0; i < buses; i++)
    z = join_one(z, &bus[i], lanes, words, vector);
}

void lanes_split(const fmpz *z, const struct bus *bus, size_t buses,
                 uint64_t *lanes, size_t words, size_t vector) {
  for (size_t i = 0; i < buses; i++) {
    uint64_t *at = lanes + bus[i].first_bit * words + vector / 64;
    for (size_t j = 0; j < bus[i].values; j++, z++)
      for (size_t k = 0; k < bus[i].width; k++, at += words)
        *at |= (uint64_t)fmpz_tstbit(z, k) << vector % 64;
  }
}

/* ---- Checking ---- */

static size_t bus_bits(const struct bus *bus, size_t n) {
  size_t bits = 0;
  for (size_t i = 0; i < n; i++)
    bits += bus[i].values * bus[i].width;
  return bits;
}

size_t bus_values(const struct bus *bus, size_t n) {
  size_t values = 0;
  for (size_t i = 0; i < n; i++)
    values += bus[i].values;
  return values;
}

static bool same_buses(const char *what, const struct bus *a, size_t n,
                       const struct bus *b, size_t m, struct error *err) {
  for (size_t i = 0; i < n && i < m; i++)
    if (a[i].values != b[i].values || a[i].width != b[i].width ||
        a[i].is_signed != b[i].is_signed)
      return error_set(err, 0,
                       "%s '%s' has %zu values of %u bits%s, the source's '%s' "
                       "has %zu of %u%s",
                       what, a[i].name, a[i].values, a[i].width,
                       a[i].is_signed ? ", signed" : "", b[i].name, b[i].values,
                       b[i].width, b[i].is_signed ? ", signed" : "");
  if (n != m)
    return error_set(err, 0, "the circuit has %zu %s buses, the source has %zu",
                     n, what, m);
  return true;
}

bool check_fits(const struct circuit *c, const struct source *s,
                struct error *err) {
  const struct circuit *own = &s->circuit;
  return same_buses("input", c->input_buses.at, c->input_buses.n,
                    own->input_buses.at, own->input_buses.n, err) &&
         same_buses("output", c->output_buses.at, c->output_buses.n,
                    own->output_buses.at, own->output_buses.n, err);
}

struct check {
  struct vectors vectors; // first: vectors_fill() takes this as its context
  const struct circuit *c;
  const struct reference *r;
  const struct checking *how;
  struct verdict *v;
  const struct evaluator *expected; // of the other circuit, if it is with one
  uint64_t first, done, all, kept;
  int threads;
  struct workspace {
    fmpz *input, *expected, *got;
    struct evaluator_block *block; // of the other circuit
    uint64_t *lanes;               // of its outputs
  } * of_thread;
};

/* Keep the first vector that differs. Called by one thread at a time. */
static void note_mismatch(struct check *k, const struct workspace *w,
                          uint64_t vector) {
  struct verdict *v = k->v;
  v->mismatches++;
  if (v->input && vector > k->first)
    return;
  if (!v->input) {
    v->input = _fmpz_vec_init((slong)v->inputs);
    v->expected = _fmpz_vec_init((slong)v->outputs);
    v->got = _fmpz_vec_init((slong)v->outputs);
  }
  k->first = vector;
  _fmpz_vec_set(v->input, w->input, (slong)v->inputs);
  _fmpz_vec_set(v->expected, w->expected, (slong)v->outputs);
  _fmpz_vec_set(v->got, w->got, (slong)v->outputs);
}

static void note_progress(struct check *k, size_t count, size_t kept) {
#pragma omp critical(check)
  {
    k->done += count;
    k->kept += kept;
    if (k->how->progress)
      k->how->progress(k->done, k->all);
  }
}

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct check *k = context;
  const struct circuit *c = k->c;
  int thread = omp_get_thread_num();
  struct workspace *w = &k->of_thread[thread];
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    lanes_join(w->input, c->input_buses.at, c->input_buses.n, in, words, i);
    if (!keeps_promise(k->r->source, w->input))
      continue;
    kept++;
    lanes_join(w->got, c->output_buses.at, c->output_buses.n, out, words, i);
    reference_answer(k->r, thread, w->input, w->expected);
    if (_fmpz_vec_equal(w->expected, w->got, (slong)k->v->outputs))
      continue;
#pragma omp critical(check)
    note_mismatch(k, w, first + i);
  }
  note_progress(k, count, kept);
  return true;
}

/* Outputs of the other circuit, whose blocks may be of another size. */
static void find_expected(struct check *k, const struct workspace *w,
                          size_t words, const uint64_t *in) {
  size_t own = evaluator_words(k->expected);
  for (size_t at = 0; at < words; at += own) {
    size_t n = words - at < own ? words - at : own;
    for (size_t i = 0; i < k->c->inputs.n; i++)
      memcpy(w->block->in + i * own, in + i * words + at, n * sizeof *in);
    evaluator_block_run(k->expected, w->block);
    for (size_t i = 0; i < k->c->outputs.n; i++)
      memcpy(w->lanes + i * words + at, w->block->out + i * own,
             n * sizeof *in);
  }
}

static bool take_same(void *context, uint64_t first, size_t count, size_t words,
                      const uint64_t *in, const uint64_t *out) {
  struct check *k = context;
  const struct circuit *c = k->c;
  struct workspace *w = &k->of_thread[omp_get_thread_num()];
  find_expected(k, w, words, in);
  for (size_t i = 0; i < count; i++) {
    uint64_t differs = 0;
    for (size_t o = 0; o < c->outputs.n; o++)
      differs |= w->lanes[o * words + i / 64] ^ out[o * words + i / 64];
    if (!(differs >> i % 64 & 1))
      continue;
    lanes_join(w->input, c->input_buses.at, c->input_buses.n, in, words, i);
    lanes_join(w->got, c->output_buses.at, c->output_buses.n, out, words, i);
    lanes_join(w->expected, c->output_buses.at, c->output_buses.n, w->lanes,
               words, i);
#pragma omp critical(check)
    note_mismatch(k, w, first + i);
  }
  note_progress(k, count, count);
  return true;
}

static void workspaces_init(struct check *k, size_t words) {
  k->threads = omp_get_max_threads();
  k->of_thread = xcalloc((size_t)k->threads, sizeof *k->of_thread);
  for (int i = 0; i < k->threads; i++) {
    struct workspace *w = &k->of_thread[i];
    w->input = _fmpz_vec_init((slong)k->v->inputs);
    w->expected = _fmpz_vec_init((slong)k->v->outputs);
    w->got = _fmpz_vec_init((slong)k->v->outputs);
    if (!k->expected)
      continue;
    w->block = evaluator_block_new(k->expected);
    w->lanes = xcalloc(k->c->outputs.n * words, sizeof *w->lanes);
  }
}

static void workspaces_clear(struct check *k) {
  for (int i = 0; i < k->threads; i++) {
    struct workspace *w = &k->of_thread[i];
    _fmpz_vec_clear(w->input, (slong)k->v->inputs);
    _fmpz_vec_clear(w->expected, (slong)k->v->outputs);
    _fmpz_vec_clear(w->got, (slong)k->v->outputs);
    if (w->block)
      evaluator_block_free(w->block);
    free(w->lanes);
  }
  free(k->of_thread);
}

static void clear_lane(uint64_t *lanes, size_t bits, size_t words, size_t i) {
  for (size_t b = 0; b < bits; b++)
    lanes[b * words + i / 64] &= ~((uint64_t)1 << i % 64);
}

/* As vectors_fill(), but every other vector, and those that break the promise,
   are the task's own. */
static void fill_drawn(const void *context, uint64_t first, size_t count,
                       size_t words, uint64_t *in) {
  const struct check *k = context;
  const struct circuit *c = k->c;
  const struct source *s = k->r->source;
  fmpz *input = k->of_thread[omp_get_thread_num()].input;
  vectors_fill(&k->vectors, first, count, words, in);
  for (size_t i = 0; i < 64 * words; i++) {
    lanes_join(input, c->input_buses.at, c->input_buses.n, in, words, i);
    if (i % 2 && keeps_promise(s, input))
      continue;
    uint64_t random = random_mix(k->how->seed) ^ (first + i);
    s->family->draw(s->value, &random, input);
    clear_lane(in, c->inputs.n, words, i);
    lanes_split(input, c->input_buses.at, c->input_buses.n, in, words, i);
  }
}

/* What share of all inputs keeps the promise, where that can be said. */
static void find_share(const struct check *k) {
  struct verdict *v = k->v;
  const struct source *s = k->r ? k->r->source : NULL;
  v->has_promise = s && has_promise(s);
  v->has_share = v->has_promise;
  fmpq_init(v->share);
  if (!v->has_promise)
    return;
  if (v->is_exhaustive)
    fmpz_set_ui(fmpq_numref(v->share), v->vectors);
  else if (s->family->promise.count)
    s->family->promise.count(s->value, fmpq_numref(v->share));
  else
    v->has_share = false;
  fmpq_div_2exp(v->share, v->share, k->c->inputs.n);
}

static void run_check(struct check *k) {
  const struct circuit *c = k->c;
  size_t bits = c->inputs.n;
  unsigned most = k->how->exhaustive ? k->how->exhaustive : CHECK_EXHAUSTIVE;
  struct verdict *v = k->v;
  *v = (struct verdict){
      .is_exhaustive = bits <= most,
      .inputs = bus_values(c->input_buses.at, c->input_buses.n),
      .outputs = bus_values(c->output_buses.at, c->output_buses.n)};
  v->vectors = k->all =
      v->is_exhaustive ? (uint64_t)1 << bits : k->how->vectors;
  vectors_init(&k->vectors, c,
               v->is_exhaustive ? VECTORS_EXHAUSTIVE : VECTORS_MIXED,
               k->how->seed);
  struct evaluator *e = evaluator_new(c, k->how->evaluation);
  workspaces_init(k, evaluator_words(e));
  bool is_drawn = k->r && has_draw(k->r->source) && !v->is_exhaustive;
  struct evaluator_job job = {is_drawn ? fill_drawn : vectors_fill,
                              k->expected ? take_same : take, k, false};
  evaluator_run(e, v->vectors, k->how->threads, &job);
  v->vectors = k->kept;
  find_share(k);
  workspaces_clear(k);
  evaluator_free(e);
  vectors_clear(&k->vectors);
}

void check_circuit(struct verdict *v, const struct circuit *c,
                   const struct reference *r, const struct checking *how) {
  struct check k = {.c = c, .r = r, .how = how, .v = v};
  assert(c->inputs.n == bus_bits(c->input_buses.at, c->input_buses.n));
  run_check(&k);
}

void check_same(struct verdict *v, const struct circuit *c,
                const struct circuit *expected, const struct checking *how) {
  enum evaluation other =
      how->evaluation == EVALUATE_RUNGS ? EVALUATE_LADDERS : EVALUATE_RUNGS;
  struct evaluator *e = evaluator_new(expected, other);
  struct check k = {.c = c, .expected = e, .how = how, .v = v};
  assert(c->inputs.n == expected->inputs.n &&
         c->outputs.n == expected->outputs.n);
  run_check(&k);
  evaluator_free(e);
}

void verdict_clear(struct verdict *v) {
  fmpq_clear(v->share);
  if (!v->input)
    return;
  _fmpz_vec_clear(v->input, (slong)v->inputs);
  _fmpz_vec_clear(v->expected, (slong)v->outputs);
  _fmpz_vec_clear(v->got, (slong)v->outputs);
  v->input = NULL;
}
