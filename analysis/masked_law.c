#include "analysis/masked_law.h"

#include <string.h>

#include <flint/fmpz_vec.h>

/* ---- Partial words ---- */

enum {
  CELL_BITS = 4, // of each cell, the first lowest
  CELL = (1 << CELL_BITS) - 1
};

/* Values of the cells of `mask`, and 0 elsewhere. */
struct partial {
  uint64_t mask, values;
  fmpz count;  // how likely it is
  size_t from; // the last partial word of the round before that became it
};

/* Those of a round, by open addressing: as many slots as a power of two. */
struct partials {
  struct partial *slot; // mask and from are 0 where there is none
  size_t n, slots;
};

static uint64_t at(size_t cell, uint64_t value) {
  return value << (CELL_BITS * cell);
}

static uint64_t word_values(const struct masked *m, size_t w) {
  uint64_t values = 0;
  for (size_t i = 0; i < m->cells; i++)
    values |= at(i, m->letters.at[w * m->cells + i]);
  return values;
}

static void partials_init(struct partials *t, size_t slots) {
  *t = (struct partials){xcalloc(slots, sizeof *t->slot), 0, slots};
}

static void partials_clear(struct partials *t) {
  for (size_t i = 0; i < t->slots; i++)
    fmpz_clear(&t->slot[i].count);
  free(t->slot);
}

static struct partial *find(const struct partials *t, uint64_t mask,
                            uint64_t values) {
  uint64_t hash = (mask * 31 + values) * UINT64_C(0x9e3779b97f4a7c15);
  size_t i = (size_t)(hash >> 32) & (t->slots - 1);
  while (t->slot[i].from &&
         (t->slot[i].mask != mask || t->slot[i].values != values))
    i = (i + 1) & (t->slots - 1);
  return &t->slot[i];
}

static void grow(struct partials *t) {
  struct partials more;
  partials_init(&more, 2 * t->slots);
  for (size_t i = 0; i < t->slots; i++)
    if (t->slot[i].from) {
      struct partial *p = find(&more, t->slot[i].mask, t->slot[i].values);
      *p = t->slot[i]; // its count moves
      t->slot[i].count = 0;
      more.n++;
    }
  partials_clear(t);
  *t = more;
}

static struct partial *get(struct partials *t, uint64_t mask, uint64_t values) {
  if (2 * t->n >= t->slots)
    grow(t);
  struct partial *p = find(t, mask, values);
  if (!p->from) {
    p->mask = mask;
    p->values = values;
    t->n++;
  }
  return p;
}

/* ---- Rounds ---- */

/* What a partial word may become in a round. */
struct unmasking {
  const struct masked *m;
  const uint64_t *word;                                // [words]
  size_t count[MASKED_MOST_CELLS][MASKED_MOST_VALUES]; // of words left
  unsigned long way[MASKED_MOST_CELLS][MASKED_MOST_VALUES];
  uint64_t chosen; // mask of the cells that are unmasked
};

static void count_words(struct unmasking *k, const struct partial *p) {
  memset(k->count, 0, sizeof k->count);
  for (size_t w = 0; w < k->m->words; w++)
    if ((k->word[w] & p->mask) == p->values)
      for (size_t i = 0; i < k->m->cells; i++)
        k->count[i][k->m->letters.at[w * k->m->cells + i]]++;
}

/* The masked cell whose likeliest value is likeliest, the first of equals. */
static size_t surest(const struct unmasking *k, uint64_t mask) {
  size_t cell = 0, most = 0;
  for (size_t i = 0; i < k->m->cells; i++)
    for (size_t v = 0; v < k->m->values; v++)
      if (!(mask & at(i, CELL)) && k->count[i][v] > most) {
        most = k->count[i][v];
        cell = i;
      }
  return cell;
}

static void choose(struct unmasking *k, const struct partial *p, size_t round) {
  size_t to = masked_first(k->m, round + 1);
  k->chosen = 0;
  for (size_t i = masked_first(k->m, round); i < to; i++) {
    size_t cell =
        k->m->is_confident ? surest(k, p->mask | k->chosen) : k->m->order[i];
    k->chosen |= at(cell, CELL);
  }
}

/* Of all random bits, how many give each value of each cell. */
static void count_ways(struct unmasking *k) {
  memset(k->way, 0, sizeof k->way);
  for (size_t i = 0; i < k->m->cells; i++)
    for (size_t u = 0; k->chosen & at(i, CELL) && u < (size_t)1 << k->m->random;
         u++)
      k->way[i][masked_draw(k->m, k->count[i], u)]++;
}

/* `from` numbers the partial word, so that each of those that it may become is
   met once. */
static void unmask(struct unmasking *k, struct partials *after,
                   const struct partial *p, size_t round, size_t from) {
  fmpz_t n;
  fmpz_init(n);
  count_words(k, p);
  choose(k, p, round);
  count_ways(k);
  uint64_t mask = p->mask | k->chosen;
  for (size_t w = 0; w < k->m->words; w++) {
    if ((k->word[w] & p->mask) != p->values)
      continue;
    struct partial *q = get(after, mask, k->word[w] & mask);
    if (q->from == from)
      continue;
    q->from = from;
    fmpz_set(n, &p->count);
    for (size_t i = 0; i < k->m->cells; i++)
      if (k->chosen & at(i, CELL))
        fmpz_mul_ui(n, n, k->way[i][k->m->letters.at[w * k->m->cells + i]]);
    fmpz_add(&q->count, &q->count, n);
  }
  fmpz_clear(n);
}

static void take_round(struct unmasking *k, struct partials *now,
                       size_t round) {
  struct partials after;
  partials_init(&after, 64);
  for (size_t i = 0; i < now->slots; i++)
    if (!fmpz_is_zero(&now->slot[i].count))
      unmask(k, &after, &now->slot[i], round, i + 1);
  partials_clear(now);
  *now = after;
}

void masked_law_init(struct masked_law *l, const struct masked *m) {
  uint64_t *word = xmalloc(m->words * sizeof *word);
  struct unmasking k = {.m = m, .word = word};
  struct partials now;
  for (size_t w = 0; w < m->words; w++)
    word[w] = word_values(m, w);
  partials_init(&now, 64);
  struct partial *all = get(&now, 0, 0);
  all->from = 1;
  fmpz_one(&all->count);
  for (size_t r = 0; r < m->steps; r++)
    take_round(&k, &now, r);
  *l = (struct masked_law){m->words, _fmpz_vec_init((slong)m->words),
                           m->cells * m->random};
  for (size_t w = 0; w < m->words; w++) {
    uint64_t mask = m->cells == 16 ? UINT64_MAX : at(m->cells, 1) - 1;
    fmpz_set(l->count + w, &find(&now, mask, word[w])->count);
  }
  partials_clear(&now);
  free(word);
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
