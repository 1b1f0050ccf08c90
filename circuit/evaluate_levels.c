/* The rungs of a sum, as levels, and what is made of a level. */
#include "circuit/evaluate_maker.h"
#include "circuit/evaluate_search.h"

#include <string.h>

#define NONE MAKER_NONE

void maker_find_rungs(struct maker *m, struct member *x, mp_bitcnt_t low) {
  const struct circuit *c = m->c;
  struct rung_list *r = &x->rungs;
  struct integer_scratch scratch;
  mpz_t t;
  mpz_init(t);
  r->first = c->ladders.at[x->ladder].first_bit;
  r->end = circuit_end_bit(c, x->ladder);
  for (bit_id b = r->first; b < r->end; b++) {
    mpz_sub(t, integers_get(&c->integers, c->bits.at[b].threshold, &scratch),
            x->constant);
    mpz_cdiv_q_2exp(t, t, low);
    int over = mpz_cmpabs(t, x->bound);
    if (over > 0 && mpz_sgn(t) > 0) {
      r->end = b;
      break;
    }
    if (over >= 0 && mpz_sgn(t) <= 0)
      r->first = b + 1;
    else if (m->needed[b]) {
      array_push(&r->may, (struct rung){.bit = b});
      mpz_init_set(array_last(&r->may).threshold, t);
    }
  }
  mpz_clear(t);
}

/* Levels that the bit needs to be 1: 0 if it always is, rungs + 1 if never. */
static uint32_t level_of(const struct rung_list *r, bit_id b) {
  size_t low = 0, high = r->may.n;
  if (b < r->first)
    return 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->may.at[middle].bit < b)
      low = middle + 1;
    else
      high = middle;
  }
  return (uint32_t)(b >= r->end ? r->may.n + 1 : low + 1);
}

/* Sums of a wide step start at the bound, and so do thresholds. */
static void push_wide_thresholds(struct sums *s, struct sum_step *step,
                                 const struct member *x) {
  mpz_t t;
  mpz_init(t);
  step->limbs = (uint32_t)mpz_size(x->bound) + 1;
  step->wide_start = maker_push_limbs(s, x->bound, step->limbs);
  step->search.base = s->limbs.n;
  for (size_t i = 0; i < x->rungs.may.n; i++) {
    mpz_add(t, x->rungs.may.at[i].threshold, x->bound);
    maker_push_limbs(s, t, step->limbs);
  }
  mpz_clear(t);
}

void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct member *x) {
  struct sums *s = m->s;
  size_t first = s->thresholds.n, n = x->rungs.may.n;
  step->rungs = (uint32_t)n;
  if (step->kind == SUM_WIDE)
    push_wide_thresholds(s, step, x);
  else {
    for (size_t i = 0; i < n; i++)
      array_push(&s->thresholds, mpz_get_si(x->rungs.may.at[i].threshold));
    array_push(&s->thresholds, INT64_MAX);
    step->search = search_make(s, step->kind, s->thresholds.at + first, n);
  }
  step->thresholds = s->thresholds.n;
}

/* The value at each level. */
static void find_entries(const struct maker *m, const struct rung_list *r,
                         const integer_id *steps, bit_id first_bit, bit_id end,
                         int64_t *entry) {
  size_t levels = r->may.n + 1;
  memset(entry, 0, levels * sizeof *entry);
  for (bit_id b = first_bit; b < end; b++) { // first the differences
    uint32_t level = level_of(r, b);
    long step = 1;
    if (steps)
      integers_get_si(&m->c->integers, steps[b - first_bit], &step);
    if (step && level < levels)
      entry[level] += step;
  }
  for (size_t i = 1; i < levels; i++)
    entry[i] += entry[i - 1];
}

static bool is_line(const int64_t *entry, size_t levels) {
  for (size_t i = 2; i < levels; i++)
    if (entry[i] - entry[i - 1] != entry[1] - entry[0])
      return false;
  return true;
}

/* Keeps the entries, unless they are a line: then they go. */
static void keep_entries(struct sums *s, struct sum_table *t, size_t levels) {
  const int64_t *entry = s->entries.at + t->first;
  size_t first = s->bytes.n;
  if (t->is_line)
    return;
  if (!t->is_small) {
    s->entries.n += levels;
    return;
  }
  for (size_t i = 0; i < 256; i++)
    array_push(&s->bytes, i < levels ? (uint8_t)entry[i] : 0);
  t->first = first;
}

static void push_table(struct maker *m, uint32_t item,
                       const struct rung_list *r, const integer_id *steps,
                       bit_id first_bit, bit_id end) {
  struct sums *s = m->s;
  struct item *x = &m->items.at[item];
  size_t levels = r->may.n + 1, first = s->entries.n;
  maker_make_value(m, x);
  array_reserve(&s->entries, first + levels);
  int64_t *entry = s->entries.at + first;
  find_entries(m, r, steps, first_bit, end, entry);
  for (size_t i = 0; i < levels; i++)
    entry[i] -= x->value.lo;
  struct sum_table t = {.is_line = is_line(entry, levels),
                        .offset = entry[0],
                        .slope = levels > 1 ? entry[1] - entry[0] : 0,
                        .first = first,
                        .is_small = !x->value.size && levels <= 256,
                        .to = x->value};
  keep_entries(s, &t, levels);
  array_push(&s->tables, t);
}

void maker_push_results(struct maker *m, const struct member *x,
                        struct sum_step *step) {
  const struct circuit *c = m->c;
  const struct rung_list *r = &x->rungs;
  ladder_id l = x->ladder;
  bit_id first = c->ladders.at[l].first_bit, end = circuit_end_bit(c, l);
  for (size_t i = m->views_of[l]; i < m->views_of[l + 1]; i++) {
    view_id v = m->views[i];
    if (m->item_of_view[v] != NONE)
      push_table(m, m->item_of_view[v], r,
                 circuit_view_steps(c, SOURCE_VIEW | v), first, end);
  }
  for (bit_id b = first; b < end; b++)
    if (m->item_of_bit[b] != NONE)
      push_table(m, m->item_of_bit[b], r, NULL, b, b + 1);
  for (bit_id b = first; b < end; b++)
    for (uint32_t o = m->output_of_bit[b]; o != NONE; o = m->next_output[o])
      array_push(&m->s->outputs, (struct sum_output){level_of(r, b), o});
  step->tables = m->s->tables.n;
  step->outputs = m->s->outputs.n;
}
