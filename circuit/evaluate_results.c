/* What is made of a level: tables of values, and outputs. */
#include "circuit/evaluate_maker.h"

#include <string.h>

#define NONE MAKER_NONE

/* The value at each level, in m->entries. */
static void find_entries(struct maker *m, const struct rung_list *r,
                         const integer_id *steps, bit_id first_bit,
                         bit_id end) {
  size_t levels = r->may.n + 1;
  array_reserve(&m->entries, levels);
  int64_t *entry = m->entries.at;
  memset(entry, 0, levels * sizeof *entry);
  for (bit_id b = first_bit; b < end; b++) { // first the differences
    uint32_t level = maker_level(r, b);
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

/* Room for a table of bytes. */
static size_t push_bytes(struct sums *s, size_t levels) {
  size_t first = s->bytes.n, n = levels < 256 ? 256 : levels;
  array_reserve(&s->bytes, first + n);
  memset(s->bytes.at + first, 0, n);
  s->bytes.n += n;
  return first;
}

static size_t keep_entries(struct sums *s, const int64_t *entry, size_t levels,
                           bool is_byte) {
  size_t first = is_byte ? push_bytes(s, levels) : s->entries.n;
  for (size_t i = 0; i < levels; i++)
    if (is_byte)
      s->bytes.at[first + i] = (uint8_t)entry[i];
    else
      array_push(&s->entries, (int32_t)entry[i]);
  return first;
}

static void push_table(struct maker *m, uint32_t item,
                       const struct rung_list *r, const integer_id *steps,
                       bit_id first_bit, bit_id end) {
  struct item *x = &m->items.at[item];
  size_t levels = r->may.n + 1;
  if (!x->last)
    return;
  maker_make_value(m, x);
  find_entries(m, r, steps, first_bit, end);
  int64_t *entry = m->entries.at;
  for (size_t i = 0; i < levels; i++)
    entry[i] -= x->value.lo;
  struct sum_table t = {.is_line = is_line(entry, levels),
                        .offset = entry[0],
                        .slope = levels > 1 ? entry[1] - entry[0] : 0,
                        .is_small = levels <= 256,
                        .to = x->value};
  if (!t.is_line)
    t.first = keep_entries(m->s, entry, levels, !x->value.size);
  array_push(&m->s->tables, t);
}

/* Write the view at each level, which is found once for all of its bytes. */
static void find_bytes(struct maker *m, const struct sliced *x,
                       const struct rung_list *r, const integer_id *steps,
                       bit_id first_bit, bit_id end, size_t first,
                       size_t stride) {
  struct integer_scratch scratch;
  mpz_t value, shifted;
  mpz_init(shifted);
  mpz_init(value);
  mpz_neg(value, x->lo);
  for (size_t level = 0; level <= r->may.n; level++) {
    for (; first_bit < end && maker_level(r, first_bit) <= level; first_bit++)
      mpz_add(value, value, integers_get(&m->c->integers, *steps++, &scratch));
    mpz_tdiv_q_2exp(shifted, value, x->zeros);
    for (size_t b = 0; b < x->n; b++) {
      mp_limb_t limb =
          mpz_getlimbn(shifted, (mp_size_t)(8 * b / GMP_NUMB_BITS));
      m->s->bytes.at[first + b * stride + level] =
          (uint8_t)(limb >> 8 * b % GMP_NUMB_BITS);
    }
  }
  mpz_clear(value);
  mpz_clear(shifted);
}

static void push_slices(struct maker *m, const struct sliced *x,
                        const struct rung_list *r, const integer_id *steps,
                        bit_id first_bit, bit_id end) {
  size_t levels = r->may.n + 1, stride = levels < 256 ? 256 : levels;
  size_t first = m->s->bytes.n;
  if (!m->items.at[x->first].last)
    return; // all are read, or none
  for (uint32_t b = 0; b < x->n; b++) {
    struct item *byte = &m->items.at[x->first + b];
    maker_make_value(m, byte);
    array_push(&m->s->tables,
               (struct sum_table){.first = push_bytes(m->s, levels),
                                  .is_small = levels <= 256,
                                  .to = byte->value});
  }
  find_bytes(m, x, r, steps, first_bit, end, first, stride);
}

static void push_view(struct maker *m, view_id v, const struct rung_list *r,
                      bit_id first, bit_id end) {
  const integer_id *steps = circuit_view_steps(m->c, SOURCE_VIEW | v);
  if (m->item_of_view[v] != NONE)
    push_table(m, m->item_of_view[v], r, steps, first, end);
  if (m->sliced_of_view[v] != NONE)
    push_slices(m, &m->sliced.at[m->sliced_of_view[v]], r, steps, first, end);
}

void maker_push_results(struct maker *m, const struct member *x,
                        struct sum_step *step) {
  const struct circuit *c = m->c;
  const struct rung_list *r = &x->rungs;
  ladder_id l = x->ladder;
  bit_id first = c->ladders.at[l].first_bit, end = circuit_end_bit(c, l);
  for (size_t i = m->views_of[l]; i < m->views_of[l + 1]; i++)
    push_view(m, m->views[i], r, first, end);
  for (bit_id b = first; b < end; b++)
    if (m->item_of_bit[b] != NONE)
      push_table(m, m->item_of_bit[b], r, NULL, b, b + 1);
  for (bit_id b = first; b < end; b++)
    for (uint32_t o = m->output_of_bit[b]; o != NONE; o = m->next_output[o])
      array_push(&m->s->outputs, (struct sum_output){maker_level(r, b), o});
  step->tables = m->s->tables.n;
  step->outputs = m->s->outputs.n;
}
