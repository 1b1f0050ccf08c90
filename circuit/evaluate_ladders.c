/* Ladder by ladder: which steps there are, and in which groups. */
#include "circuit/error.h"
#include "circuit/evaluate_maker.h"
#include "circuit/evaluate_steps.h"

#include <string.h>

#define NONE MAKER_NONE

/* What groups read */

static void push_expand(struct maker *m, struct item *x) {
  struct sum_expand e = {.width = 1};
  if (x->origin == FROM_INPUTS) {
    const struct element *from = &m->elements.at[x->id];
    e = (struct sum_expand){.first = from->first,
                            .width = from->width,
                            .is_signed = from->is_signed};
  } else
    e.first = m->input_of_bit[x->id];
  maker_make_value(m, x);
  e.to = x->value;
  array_push(&m->s->expands, e);
}

static uint32_t find_row(struct maker *m, uint32_t quad) {
  struct sums *s = m->s;
  struct quad *q = &m->quads.at[quad];
  if (q->row != NONE)
    return q->row;
  q->row = (uint32_t)s->quads.n;
  array_push(&s->quads, q->place);
  array_push(&m->rows, quad);
  for (size_t i = 0; i < SUM_GROUP; i++)
    array_push(&s->weights, 0);
  return q->row;
}

void maker_push_weight(struct maker *m, size_t r, const struct item *x,
                       int weight) {
  size_t row = find_row(m, x->quad);
  m->s->weights.at[SUM_GROUP * row + r] |= (uint32_t)(weight & 255)
                                           << 8u * x->value.byte;
}

void maker_end_rows(struct maker *m) {
  for (size_t i = 0; i < m->rows.n; i++)
    m->quads.at[m->rows.at[i]].row = NONE;
  m->rows.n = 0;
}

static void push_terms(struct maker *m, const struct member *x, size_t r,
                       struct sum_step *step) {
  struct sums *s = m->s;
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct item *from = &m->items.at[x->terms.at[i].item];
    int32_t w = (int32_t)mpz_get_si(x->terms.at[i].weight);
    step->start += w * (int32_t)from->value.lo;
    if (!from->value.size && -128 <= w && w <= 127)
      maker_push_weight(m, r, from, w);
    else
      array_push(&s->terms, (struct sum_term){from->value, w});
  }
}

static void make_expands(struct maker *m, const struct member *x) {
  for (size_t i = 0; i < x->terms.n; i++) {
    struct item *from = &m->items.at[x->terms.at[i].item];
    if (!from->is_made)
      push_expand(m, from);
  }
}

/* A value that is read here for the last time may be written here: a group
   reads its terms before it makes values. */
static void release_terms(struct maker *m, const struct member *x) {
  for (size_t i = 0; i < x->terms.n; i++) {
    struct item *from = &m->items.at[x->terms.at[i].item];
    if (from->last != x->ladder)
      continue;
    from->last = 0; // it may be a term twice
    maker_release_value(m, from);
  }
}

/* Groups */

static void push_step(struct maker *m, size_t r) {
  const struct member *x = &m->group[r];
  struct sum_step step = {.kind = x->kind};
  if (x->kind == SUM_WIDE)
    maker_push_wide(m, x, &step);
  else {
    push_terms(m, x, r, &step);
    maker_push_thresholds(m, &step, x);
  }
  step.terms = m->s->terms.n;
  array_push(&m->s->steps, step);
}

static void push_group(struct maker *m) {
  struct sums *s = m->s;
  size_t first = s->steps.n;
  if (!m->members)
    return;
  for (size_t r = 0; r < m->members; r++)
    make_expands(m, &m->group[r]);
  for (size_t r = 0; r < m->members; r++)
    push_step(m, r);
  for (size_t r = 0; r < m->members; r++)
    release_terms(m, &m->group[r]);
  for (size_t r = 0; r < m->members; r++)
    maker_push_results(m, &m->group[r], &s->steps.at[first + r]);
  array_push(&s->groups,
             (struct sum_group){s->steps.n, s->expands.n, s->quads.n});
  maker_end_rows(m);
  m->members = 0;
}

/* Does it read what a ladder in the group makes? */
static bool reads_group(const struct maker *m, const struct member *x) {
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct item *from = &m->items.at[x->terms.at[i].item];
    if (!from->is_made &&
        (from->origin == FROM_VIEW || from->origin == FROM_SLICE ||
         (from->origin == FROM_BIT && m->input_of_bit[from->id] == NONE)))
      return true;
  }
  return false;
}

static void push_ladder(struct maker *m, ladder_id l) {
  m->at = &m->group[m->members];
  maker_read(m, l);
  maker_find_rungs(m, m->at);
  if (m->members && (m->members == SUM_GROUP || m->at->kind != SUM_32 ||
                     m->group[0].kind != SUM_32 || reads_group(m, m->at))) {
    struct member x = *m->at;
    size_t n = m->members;
    push_group(m);
    m->group[n] = m->group[0];
    m->group[0] = x;
  }
  m->members++;
}

/* The most words that any sum takes, now that all steps are known. */
static size_t sum_words(const struct sums *s) {
  size_t most = 0;
  for (size_t i = 0; i < s->wide.n; i++)
    most = s->wide.at[i].words > most ? s->wide.at[i].words : most;
  return (SUM_GROUP + most) * SUM_LANES / 2; // of 32 bits
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
  *m = (struct maker){.c = c, .s = s, .open = NONE};
  if (c->inputs.n + c->outputs.n > UINT32_MAX / SUM_WORDS)
    die("more than 2^29 inputs and outputs");
  m->total = (c->inputs.n + c->outputs.n) * SUM_WORDS;
  m->needed = evaluate_needed(c);
  m->item_of_bit = new_map(c->bits.n);
  m->item_of_view = new_map(c->views.n);
  m->sliced_of_view = new_map(c->views.n);
  m->input_of_bit = new_map(c->bits.n);
  m->element_of_input = new_map(c->inputs.n);
  m->output_of_bit = new_map(c->bits.n);
  m->next_output = new_map(c->outputs.n);
  m->wire_of_input = xcalloc(c->inputs.n, sizeof *m->wire_of_input);
  m->at = &m->group[0];
  for (size_t i = 0; i <= SUM_GROUP; i++)
    mpz_inits(m->group[i].constant, m->group[i].bound, NULL);
  for (size_t i = 0; i < c->inputs.n; i++)
    m->input_of_bit[c->inputs.at[i]] = (uint32_t)i;
  maker_find_elements(m);
  sort_views(m);
  find_outputs(m);
}

static void maker_clear(struct maker *m) {
  for (size_t i = 0; i <= SUM_GROUP; i++) {
    member_empty(&m->group[i]);
    array_clear(&m->group[i].terms);
    array_clear(&m->group[i].rungs.may);
    mpz_clears(m->group[i].constant, m->group[i].bound, NULL);
  }
  free(m->needed);
  free(m->item_of_bit);
  free(m->item_of_view);
  free(m->sliced_of_view);
  for (size_t i = 0; i < m->sliced.n; i++)
    mpz_clear(m->sliced.at[i].lo);
  array_clear(&m->sliced);
  array_clear(&m->entries);
  array_clear(&m->digits);
  free(m->input_of_bit);
  free(m->element_of_input);
  free(m->output_of_bit);
  free(m->next_output);
  free(m->wire_of_input);
  free(m->views_of);
  free(m->views);
  array_clear(&m->items);
  array_clear(&m->elements);
  array_clear(&m->quads);
  array_clear(&m->rows);
  array_clear(&m->joined);
  for (size_t i = 0; i < 3; i++)
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
  array_clear(&s->groups);
  array_clear(&s->steps);
  array_clear(&s->quads);
  array_clear(&s->weights);
  array_clear(&s->bytes);
  array_clear(&s->expands);
  array_clear(&s->terms);
  array_clear(&s->tables);
  array_clear(&s->outputs);
  array_clear(&s->entries);
  array_clear(&s->thresholds);
  array_clear(&s->bases);
  array_clear(&s->wide);
  array_clear(&s->parts);
  array_clear(&s->words);
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
  for_live_ladders(&m, push_ladder);
  push_group(&m);
  s->sum_place = m.total;
  s->e.total = m.total + sum_words(s);
  maker_clear(&m);
  return &s->e;
}
