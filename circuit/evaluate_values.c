/* Memory of values */
#include "circuit/error.h"
#include "circuit/evaluate_maker.h"

static unsigned size_of_range(int64_t lo, int64_t hi) {
  for (unsigned size = 0; size < 3; size++) {
    int64_t top = ((int64_t)1 << ((8u << size) - 1)) - 1;
    if (-top - 1 <= lo && hi <= top)
      return size;
  }
  return 3;
}

uint32_t maker_take_words(struct maker *m, size_t words) {
  size_t at = m->total;
  m->total += words;
  if (m->total > UINT32_MAX)
    die("evaluating would need more than 32 GiB a thread");
  return (uint32_t)at;
}

void maker_make_value(struct maker *m, struct item *x) {
  unsigned size = size_of_range(x->lo, x->hi);
  x->value.size = size;
  x->value.place = m->unused[size].n
                       ? m->unused[size].at[--m->unused[size].n]
                       : maker_take_words(m, (size_t)SUM_LANES / 8 << size);
  x->is_made = true;
}

void maker_release_value(struct maker *m, struct item *x) {
  array_push(&m->unused[x->value.size], x->value.place);
}
