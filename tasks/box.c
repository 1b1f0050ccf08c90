#include "tasks/box.h"

#include "circuit/array.h"

long box_weight(const fmpz_t w, long length) {
  fmpz_t m, r;
  fmpz_init_set_si(m, 2 * length);
  fmpz_init(r);
  fmpz_smod(r, w, m);
  long small = fmpz_get_si(r);
  fmpz_clear(m);
  fmpz_clear(r);
  return small;
}

value_id box_place(struct program *p, const char *name, value_id x, long length,
                   long least, long most) {
  size_t n = (size_t)(most - least + 1);
  long *table = xmalloc(n * sizeof *table);
  for (size_t i = 0; i < n; i++) {
    long place = (least + (long)i) % (2 * length);
    place = place < 0 ? place + 2 * length : place;
    table[i] = place <= length ? place : 2 * length - place;
  }
  value_id y = program_table(p, name, x, table, n, least);
  free(table);
  return y;
}
