/* The rungs of a sum, as levels, and what is made of a level. */
#include "circuit/evaluate_maker.h"

#define NONE MAKER_NONE

void maker_find_rungs(struct maker *m, ladder_id l, mp_bitcnt_t low,
                      struct rung_list *r) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  mpz_t t;
  mpz_init(t);
  r->first = c->ladders.at[l].first_bit;
  r->end = circuit_end_bit(c, l);
  for (bit_id b = r->first; b < r->end; b++) {
    mpz_sub(t, integers_get(&c->integers, c->bits.at[b].threshold, &scratch),
            m->constant);
    mpz_cdiv_q_2exp(t, t, low);
    int over = mpz_cmpabs(t, m->bound);
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

/* Buckets as wide as the least gap of thresholds, or wider so that there are
   not too many. */
static void make_search(struct maker *m, struct sum_step *step,
                        const int64_t *t, size_t n) {
  struct sum_search *s = &step->search;
  uint64_t span = n ? (uint64_t)t[n - 1] - (uint64_t)t[0] : 0, gap = span + 1;
  s->lo = n ? t[0] - 1 : 0;
  s->hi = n ? t[n - 1] : 0;
  for (size_t i = 1; i < n; i++)
    if ((uint64_t)(t[i] - t[i - 1]) < gap)
      gap = (uint64_t)(t[i] - t[i - 1]);
  while ((gap >> s->shift) > 1 || span >> s->shift >= 8 * n + 64)
    s->shift++;
  s->base = m->s->bases.n;
  uint64_t buckets = ((uint64_t)(s->hi - s->lo) >> s->shift) + 1;
  for (uint64_t i = 0, j = 0; i < buckets; i++) {
    size_t before = j; // bucket i holds [at..at + 2^shift)
    uint64_t end = (i + 1) << s->shift, at = i << s->shift;
    while (j < n && (uint64_t)(t[j] - s->lo) <= at)
      before = ++j;
    array_push(&m->s->bases, (uint32_t)before);
    while (j < n && (uint64_t)(t[j] - s->lo) < end)
      j++;
    s->most = j - before > s->most ? (unsigned)(j - before) : s->most;
  }
}

void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct rung_list *r) {
  struct sums *s = m->s;
  step->rungs = (uint32_t)r->may.n;
  if (step->kind == SUM_WIDE) {
    mpz_t t;
    mpz_init(t);
    step->limbs = (uint32_t)mpz_size(m->bound) + 1;
    step->start = maker_push_limbs(s, m->bound, step->limbs);
    step->search.base = s->limbs.n;
    for (size_t i = 0; i < r->may.n; i++) {
      mpz_add(t, r->may.at[i].threshold, m->bound);
      maker_push_limbs(s, t, step->limbs);
    }
    mpz_clear(t);
  } else {
    size_t first = s->thresholds.n;
    for (size_t i = 0; i < r->may.n; i++)
      array_push(&s->thresholds, mpz_get_si(r->may.at[i].threshold));
    array_push(&s->thresholds, INT64_MAX);
    make_search(m, step, s->thresholds.at + first, r->may.n);
  }
  step->thresholds = s->thresholds.n;
}

static void push_table(struct maker *m, uint32_t item,
                       const struct rung_list *r, const integer_id *steps,
                       bit_id first_bit, bit_id end) {
  struct sums *s = m->s;
  struct item *x = &m->items.at[item];
  maker_make_value(m, x);
  array_push(&s->tables, (struct sum_table){s->entries.n, x->value});
  size_t levels = r->may.n + 1, first = s->entries.n;
  for (size_t i = 0; i < levels; i++)
    array_push(&s->entries, 0);
  for (bit_id b = first_bit; b < end; b++) { // first the differences
    uint32_t level = level_of(r, b);
    long step = 1;
    if (steps)
      integers_get_si(&m->c->integers, steps[b - first_bit], &step);
    if (step && level < levels)
      s->entries.at[first + level] += step;
  }
  for (size_t i = 1; i < levels; i++)
    s->entries.at[first + i] += s->entries.at[first + i - 1];
}

void maker_push_results(struct maker *m, ladder_id l, struct sum_step *step,
                        const struct rung_list *r) {
  const struct circuit *c = m->c;
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
