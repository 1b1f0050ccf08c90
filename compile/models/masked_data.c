#include "compile/models/masked.h"

/* ---- Words ---- */

struct search {
  struct masked *m;
  enum masked_data data;
  const fmpz *table;
  uint8_t word[MASKED_MOST_CELLS];
};

/* Cells of a 4x4 grid that must differ. */
static bool sees(size_t a, size_t b) {
  return a / 4 == b / 4 || a % 4 == b % 4 ||
         (a / 8 == b / 8 && a % 4 / 2 == b % 4 / 2);
}

/* The last of n cells suits those before it. */
static bool suits(const struct search *s, size_t n) {
  size_t ones = 0;
  ulong word = 0; // of bits, the first lowest
  for (size_t i = 0; i + 1 < n; i++)
    if (s->word[i] == s->word[n - 1] &&
        (s->data == MASKED_PERMUTATIONS ||
         (s->data == MASKED_SUDOKU && sees(i, n - 1))))
      return false;
  for (size_t i = 0; i < n; i++) {
    ones += s->word[i];
    word |= (ulong)s->word[i] << i;
  }
  if (s->data == MASKED_WORDS && n == s->m->cells)
    return fmpz_tstbit(s->table, word);
  return s->data != MASKED_PARITY || n < s->m->cells || ones % 2 == 0;
}

static void keep_word(struct search *s) {
  struct masked *m = s->m;
  for (size_t i = 0; i < m->cells; i++)
    array_push(&m->letters, s->word[i]);
  m->words++;
}

static void search(struct search *s, size_t n) {
  if (n == s->m->cells) {
    keep_word(s);
    return;
  }
  for (size_t v = 0; v < s->m->values; v++) {
    s->word[n] = (uint8_t)v;
    if (suits(s, n + 1))
      search(s, n + 1);
  }
}

/* ---- All of it ---- */

size_t masked_cells(const fmpz *value) {
  return value[MASKED_DATA] == MASKED_SUDOKU ? 16 : (size_t)value[MASKED_N];
}

void masked_init(struct masked *m, const fmpz *value) {
  enum masked_data data = (enum masked_data)value[MASKED_DATA];
  *m = (struct masked){.cells = masked_cells(value),
                       .values = data == MASKED_SUDOKU ? 4
                                 : data != MASKED_PERMUTATIONS
                                     ? 2
                                     : (size_t)value[MASKED_N],
                       .random = (unsigned)value[MASKED_RANDOM],
                       .steps = (size_t)value[MASKED_STEPS]};
  m->is_confident = value[MASKED_ORDER] == MASKED_CONFIDENT;
  for (size_t i = 0; i < m->cells; i++)
    m->order[i] = value[MASKED_ORDER] == MASKED_ROWS ? i
                  : i % 2                            ? m->cells - 1 - i / 2
                                                     : i / 2;
  struct search s = {.m = m, .data = data, .table = &value[MASKED_TABLE]};
  search(&s, 0);
}

void masked_clear(struct masked *m) {
  array_clear(&m->letters);
}

size_t masked_first(const struct masked *m, size_t round) {
  return round * m->cells / m->steps;
}

size_t masked_draw(const struct masked *m, const size_t *count, size_t u) {
  size_t all = 0, below = 0, value = 0;
  for (size_t v = 0; v < m->values; v++)
    all += count[v];
  for (size_t v = 0; v + 1 < m->values; v++) {
    below += count[v];
    value += (2 * u + 1) * all >= below << (m->random + 1);
  }
  return value;
}
