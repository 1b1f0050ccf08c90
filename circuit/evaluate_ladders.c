/* Ladder by ladder: which steps there are. */
#include "circuit/error.h"
#include "circuit/evaluate_maker.h"
#include "circuit/evaluate_steps.h"

#include <string.h>

#define NONE MAKER_NONE

/* What a step reads */

static void push_expand(struct maker *m, struct item *x) {
  struct sum_expand e = {0, 1, false, {0, 0}};
  if (x->origin == FROM_INPUTS) {
    const struct element *from = &m->elements.at[x->id];
    e = (struct sum_expand){from->first, from->width, from->is_signed, {0, 0}};
  } else
    e.first = m->input_of_bit[x->id];
  maker_make_value(m, x);
  e.to = x->value;
  array_push(&m->s->expands, e);
}

size_t maker_push_limbs(struct sums *s, mpz_srcptr z, size_t n) {
  size_t first = s->limbs.n;
  for (size_t i = 0; i < n; i++)
    array_push(&s->limbs, mpz_getlimbn(z, (mp_size_t)i));
  return first;
}

static int64_t weight_of(struct maker *m, enum sum_kind kind, mpz_srcptr w) {
  if (kind != SUM_WIDE)
    return mpz_get_si(w);
  struct sum_wide wide = {maker_push_limbs(m->s, w, mpz_size(w)),
                          (uint32_t)mpz_size(w), mpz_sgn(w) < 0};
  array_push(&m->s->wide, wide);
  return (int64_t)(m->s->wide.n - 1);
}

/* In order of the sizes of their values. */
static void push_terms(struct maker *m, struct sum_step *step) {
  for (size_t i = 0; i < m->terms.n; i++) {
    struct item *x = &m->items.at[m->terms.at[i].item];
    if (!x->is_made)
      push_expand(m, x);
  }
  for (unsigned size = 0; size < 4; size++)
    for (size_t i = 0; i < m->terms.n; i++) {
      const struct wide_term *t = &m->terms.at[i];
      const struct item *x = &m->items.at[t->item];
      if (x->value.size != size)
        continue;
      step->runs[size]++;
      array_push(
          &m->s->terms,
          (struct sum_term){x->value, weight_of(m, step->kind, t->weight)});
    }
  step->expands = m->s->expands.n;
  step->terms = m->s->terms.n;
}

/* A value that is read here for the last time may be written here: a step
   reads its terms before it makes values. */
static void release_terms(struct maker *m) {
  for (size_t i = 0; i < m->terms.n; i++) {
    struct item *x = &m->items.at[m->terms.at[i].item];
    if (x->last != m->ladder)
      continue;
    x->last = 0; // it may be a term twice
    maker_release_value(m, x);
  }
}

/* Steps */

static void clear_rungs(struct rung_list *r) {
  for (size_t i = 0; i < r->may.n; i++)
    mpz_clear(r->may.at[i].threshold);
  array_clear(&r->may);
}

static void push_step(struct maker *m, ladder_id l) {
  struct sum_step step = {0};
  struct rung_list r = {0};
  maker_read(m, l);
  mp_bitcnt_t low = maker_trim(m);
  maker_find_rungs(m, l, low, &r);
  size_t bits = mpz_sizeinbase(m->bound, 2);
  step.kind = bits <= 30 ? SUM_32 : bits <= 62 ? SUM_64 : SUM_WIDE;
  push_terms(m, &step);
  maker_push_thresholds(m, &step, &r);
  release_terms(m);
  maker_push_results(m, l, &step, &r);
  array_push(&m->s->steps, step);
  clear_rungs(&r);
}

/* The most words that any sum takes, now that all steps are known. */
static size_t sum_words(const struct sums *s) {
  size_t most = 1;
  for (size_t i = 0; i < s->steps.n; i++)
    most = s->steps.at[i].limbs > most ? s->steps.at[i].limbs : most;
  return most * SUM_LANES;
}

static uint32_t *new_map(size_t n) {
  uint32_t *map = xmalloc(n * sizeof *map);
  memset(map, 0xff, n * sizeof *map);
  return map;
}

static void sort_views(struct maker *m) {
  const struct circuit *c = m->c;
  m->views_of = xcalloc(c->ladders.n + 2, sizeof *m->views_of);
  m->views = xmalloc(c->views.n * sizeof *m->views);
  for (size_t v = 0; v < c->views.n; v++)
    m->views_of[c->views.at[v].ladder + 2]++;
  for (size_t l = 2; l < c->ladders.n + 2; l++)
    m->views_of[l] += m->views_of[l - 1];
  for (size_t v = 0; v < c->views.n; v++)
    m->views[m->views_of[c->views.at[v].ladder + 1]++] = (view_id)v;
}

static void find_outputs(struct maker *m) {
  const struct circuit *c = m->c;
  for (size_t o = c->outputs.n; o-- > 0;) {
    bit_id b = c->outputs.at[o];
    m->next_output[o] = m->output_of_bit[b];
    m->output_of_bit[b] = (uint32_t)o;
    if (circuit_is_gate(c, b))
      continue;
    uint32_t from = b == BIT_ZERO  ? SUM_ZERO
                    : b == BIT_ONE ? SUM_ONE
                                   : m->input_of_bit[b];
    array_push(&m->s->copies, (struct sum_copy){(uint32_t)o, from});
  }
}

static void maker_init(struct maker *m, const struct circuit *c,
                       struct sums *s) {
  *m = (struct maker){.c = c, .s = s};
  if (c->inputs.n + c->outputs.n > UINT32_MAX / SUM_WORDS)
    die("more than 2^29 inputs and outputs");
  m->total = (c->inputs.n + c->outputs.n) * SUM_WORDS;
  m->needed = evaluate_needed(c);
  m->item_of_bit = new_map(c->bits.n);
  m->item_of_view = new_map(c->views.n);
  m->input_of_bit = new_map(c->bits.n);
  m->element_of_input = new_map(c->inputs.n);
  m->output_of_bit = new_map(c->bits.n);
  m->next_output = new_map(c->outputs.n);
  m->wire_of_input = xcalloc(c->inputs.n, sizeof *m->wire_of_input);
  mpz_inits(m->constant, m->bound, NULL);
  for (size_t i = 0; i < c->inputs.n; i++)
    m->input_of_bit[c->inputs.at[i]] = (uint32_t)i;
  maker_find_elements(m);
  sort_views(m);
  find_outputs(m);
}

static void maker_clear(struct maker *m) {
  maker_clear_terms(m);
  free(m->needed);
  free(m->item_of_bit);
  free(m->item_of_view);
  free(m->input_of_bit);
  free(m->element_of_input);
  free(m->output_of_bit);
  free(m->next_output);
  free(m->wire_of_input);
  free(m->views_of);
  free(m->views);
  mpz_clears(m->constant, m->bound, NULL);
  array_clear(&m->items);
  array_clear(&m->elements);
  array_clear(&m->terms);
  array_clear(&m->joined);
  for (size_t i = 0; i < 4; i++)
    array_clear(&m->unused[i]);
}

static void for_live_ladders(struct maker *m,
                             void (*call)(struct maker *m, ladder_id l)) {
  for (ladder_id l = 1; l < m->c->ladders.n; l++)
    if (!circuit_is_input(m->c, m->c->ladders.at[l].first_bit) &&
        evaluate_is_live(m->c, m->needed, l))
      call(m, l);
}

static void free_sums(struct evaluator *e) {
  struct sums *s = (struct sums *)e;
  array_clear(&s->steps);
  array_clear(&s->expands);
  array_clear(&s->terms);
  array_clear(&s->tables);
  array_clear(&s->outputs);
  array_clear(&s->entries);
  array_clear(&s->thresholds);
  array_clear(&s->bases);
  array_clear(&s->wide);
  array_clear(&s->limbs);
  array_clear(&s->copies);
  free(s);
}

struct evaluator *evaluate_ladders(const struct circuit *c) {
  struct sums *s = xcalloc(1, sizeof *s);
  struct maker m;
  s->e = (struct evaluator){.words = SUM_WORDS,
                            .inputs = c->inputs.n,
                            .outputs = c->outputs.n,
                            .vector_bytes = steps_widest(),
                            .run = sums_run,
                            .free = free_sums};
  maker_init(&m, c, s);
  for_live_ladders(&m, maker_read);
  m.is_second = true;
  for_live_ladders(&m, push_step);
  s->level_place = maker_take_words(&m, SUM_LANES / 2);
  s->sum_place = m.total;
  s->e.total = m.total + sum_words(s);
  maker_clear(&m);
  return &s->e;
}
