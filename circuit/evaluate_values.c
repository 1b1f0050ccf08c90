/* Memory of values. It is not zeroed: each byte of a value is written before it
   is read, and other bytes of its quad have weight 0. */
#include "circuit/error.h"
#include "circuit/evaluate_maker.h"

#define NONE MAKER_NONE

/* Of a byte only the difference to the least value is kept. */
static uint8_t size_of_range(int64_t lo, int64_t hi) {
  if (hi - lo <= 255)
    return 0;
  return INT16_MIN <= lo && hi <= INT16_MAX ? 1 : 2;
}

static uint32_t take_words(struct maker *m, size_t words) {
  size_t at = m->total;
  m->total += words;
  if (m->total > UINT32_MAX)
    die("evaluating would need more than 32 GiB a thread");
  return (uint32_t)at;
}

static uint32_t take_place(struct maker *m, unsigned size) {
  return m->unused[size].n
             ? m->unused[size].at[--m->unused[size].n]
             : take_words(m, (size_t)SUM_LANES / 8 << (size ? size : 2));
}

static void release_quad(struct maker *m, uint32_t quad) {
  const struct quad *q = &m->quads.at[quad];
  if (!q->alive && quad != m->open)
    array_push(&m->unused[0], q->place);
}

static uint8_t take_byte(struct maker *m, uint32_t *quad) {
  if (m->open == NONE) {
    m->open = (uint32_t)m->quads.n;
    array_push(&m->quads, (struct quad){take_place(m, 0), 0, 0, NONE});
  }
  *quad = m->open;
  struct quad *q = &m->quads.at[m->open];
  q->alive++;
  if (++q->used == 4)
    m->open = NONE;
  return (uint8_t)(q->used - 1);
}

void maker_make_value(struct maker *m, struct item *x) {
  x->value.size = size_of_range(x->lo, x->hi);
  x->is_made = true;
  if (x->value.size) {
    x->value.place = take_place(m, x->value.size);
    return;
  }
  x->value.byte = take_byte(m, &x->quad);
  x->value.place = m->quads.at[x->quad].place;
  x->value.lo = x->lo;
}

void maker_release_value(struct maker *m, struct item *x) {
  if (x->value.size) {
    array_push(&m->unused[x->value.size], x->value.place);
    return;
  }
  m->quads.at[x->quad].alive--;
  release_quad(m, x->quad);
}
