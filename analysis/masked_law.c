#include "analysis/masked_law.h"

#include <string.h>

#include <flint/fmpz_vec.h>

/* Cells that are not masked agree with word w. The states of a round are the
   first words of classes that agree with each other. */
static bool agree(const struct masked *m, size_t a, size_t b, size_t cells) {
  const uint8_t *x = m->letters.at + a * m->cells;
  const uint8_t *y = m->letters.at + b * m->cells;
  for (size_t i = 0; i < cells; i++)
    if (x[m->order[i]] != y[m->order[i]])
      return false;
  return true;
}

/* [w] = the first word that agrees with w. */
static void find_classes(const struct masked *m, size_t cells, size_t *class) {
  for (size_t w = 0; w < m->words; w++)
    for (class[w] = 0; !agree(m, class[w], w, cells);)
      class[w]++;
}

/* way[v] = of all random bits, how many give this value of the cell when word w
   is a legal one that it may become, and so many cells are not masked. */
static void count_ways(const struct masked *m, size_t w, size_t cells,
                       size_t cell, unsigned long way[MASKED_MOST_VALUES]) {
  size_t count[MASKED_MOST_VALUES] = {0};
  for (size_t x = 0; x < m->words; x++)
    if (agree(m, x, w, cells))
      count[m->letters.at[x * m->cells + cell]]++;
  memset(way, 0, MASKED_MOST_VALUES * sizeof *way);
  for (size_t u = 0; u < (size_t)1 << m->random; u++)
    way[masked_draw(m, count, u)]++;
}

/* From the class of word `from` to all that it may become. */
static void unmask(const struct masked *m, fmpz *after, const fmpz_t before,
                   size_t from, size_t cells, size_t to, const size_t *class) {
  unsigned long way[MASKED_MOST_CELLS][MASKED_MOST_VALUES];
  fmpz_t n;
  fmpz_init(n);
  for (size_t i = cells; i < to; i++)
    count_ways(m, from, cells, m->order[i], way[i]);
  for (size_t w = 0; w < m->words; w++) {
    if (class[w] != w || !agree(m, w, from, cells))
      continue;
    fmpz_set(n, before);
    for (size_t i = cells; i < to; i++)
      fmpz_mul_ui(n, n, way[i][m->letters.at[w * m->cells + m->order[i]]]);
    fmpz_add(after + w, after + w, n);
  }
  fmpz_clear(n);
}

void masked_law_init(struct masked_law *l, const struct masked *m) {
  size_t *class = xmalloc(m->words * sizeof *class);
  fmpz *after = _fmpz_vec_init((slong)m->words);
  *l = (struct masked_law){m->words, _fmpz_vec_init((slong)m->words),
                           m->cells * m->random};
  fmpz_one(l->count); // the class of all words
  for (size_t r = 0; r < m->steps; r++) {
    size_t cells = masked_first(m, r), to = masked_first(m, r + 1);
    find_classes(m, to, class);
    _fmpz_vec_zero(after, (slong)m->words);
    for (size_t w = 0; w < m->words; w++)
      if (!fmpz_is_zero(l->count + w))
        unmask(m, after, l->count + w, w, cells, to, class);
    _fmpz_vec_swap(l->count, after, (slong)m->words);
  }
  _fmpz_vec_clear(after, (slong)m->words);
  free(class);
}

void masked_law_clear(struct masked_law *l) {
  _fmpz_vec_clear(l->count, (slong)l->n);
}

static void set_share(mpq_t x, const fmpz_t above, unsigned long bits) {
  fmpz_get_mpz(mpq_numref(x), above);
  mpz_set_ui(mpq_denref(x), 1);
  mpz_mul_2exp(mpq_denref(x), mpq_denref(x), bits);
  mpq_canonicalize(x);
}

void masked_law_legal(mpq_t share, const struct masked_law *l) {
  fmpz_t all;
  fmpz_init(all);
  _fmpz_vec_sum(all, l->count, (slong)l->n);
  set_share(share, all, l->bits);
  fmpz_clear(all);
}

/* The sum of what words have too little of. */
void masked_law_distance(mpq_t tv, const struct masked_law *l) {
  mpq_t part, each;
  mpq_inits(part, each, NULL);
  mpq_set_ui(each, 1, l->n);
  mpq_set_ui(tv, 0, 1);
  for (size_t w = 0; w < l->n; w++) {
    set_share(part, l->count + w, l->bits);
    mpq_sub(part, each, part);
    if (mpq_sgn(part) > 0)
      mpq_add(tv, tv, part);
  }
  mpq_clears(part, each, NULL);
}
