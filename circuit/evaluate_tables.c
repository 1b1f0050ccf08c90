/* Several rungs of one sum: its bits are kept in parts, for each of which there
   is a table of the slots of [part >= v] that all rungs share. */
#include "circuit/evaluate_builder.h"
#include "circuit/evaluate_steps.h"

struct part {
  size_t first;    // plane
  unsigned n;      // planes; the table has 2^n + 1 entries
  bool *needed;    // which of them
  uint32_t *table; // slot of [part >= v]
};

enum {
  MAX_PLANES = 10 // of a part
};

/* How many parts make `planes` planes and T thresholds cheapest: tables of
   2^n, and an operation for each rung and part. */
static size_t find_parts(size_t planes, size_t rungs) {
  size_t best = planes, cost = SIZE_MAX;
  for (size_t n = 1; n <= MAX_PLANES && n <= planes; n++) {
    size_t parts = (planes + n - 1) / n;
    size_t here = (parts << n) + rungs * (parts - 1);
    if (here < cost) {
      cost = here;
      best = parts;
    }
  }
  return best;
}

static uint32_t held_slot(struct builder *b) {
  array_push(&b->held, code_take(&b->code));
  return array_last(&b->held);
}

/* A slot of x & y or of x | y; none is made where it is one of them. */
static uint32_t combine(struct builder *b, uint32_t kind, uint32_t x,
                        uint32_t y) {
  uint32_t zero = b->code.zero, one = b->code.one;
  uint32_t neutral = kind == STEP_AND ? one : zero;
  uint32_t fixed = kind == STEP_AND ? zero : one;
  if (x == neutral || y == neutral)
    return x == neutral ? y : x;
  if (x == fixed || y == fixed)
    return fixed;
  uint32_t record[] = {held_slot(b), x, y};
  code_step(&b->code, kind, record);
  return record[0];
}

/* The needed entries of the table of n planes from those of n - 1: with x the
   highest bit, [part >= v] is [low >= v] | x up to 2^(n-1), and beyond it
   [low >= v - 2^(n-1)] & x. The caller frees it. */
static uint32_t *make_table(struct builder *b, const uint32_t *bits, unsigned n,
                            const bool *needed) {
  uint32_t *table = xmalloc((((size_t)1 << n) + 1) * sizeof *table);
  table[0] = b->code.one;
  table[(size_t)1 << n] = b->code.zero;
  if (!n)
    return table;
  size_t half = (size_t)1 << (n - 1);
  bool *below = xmalloc((half + 1) * sizeof *below);
  for (size_t v = 0; v <= half; v++)
    below[v] = needed[v] || needed[v + half];
  uint32_t *low = make_table(b, bits, n - 1, below), x = bits[n - 1];
  for (size_t v = 1; v <= half; v++)
    if (needed[v])
      table[v] = combine(b, STEP_OR, low[v], x);
  for (size_t v = 1; v < half; v++)
    if (needed[v + half])
      table[v + half] = combine(b, STEP_AND, low[v], x);
  free(below);
  free(low);
  return table;
}

/* The bits of t that are the part's. */
static size_t part_of(const struct part *p, const mpz_t t) {
  size_t v = 0;
  for (unsigned i = 0; i < p->n; i++)
    v |= (size_t)mpz_tstbit(t, p->first + i) << i;
  return v;
}

static void make_part(struct builder *b, struct part *p, size_t first,
                      size_t end) {
  p->first = first;
  p->n = (unsigned)(end - first);
  p->needed = xcalloc(((size_t)1 << p->n) + 1, sizeof *p->needed);
  for (size_t i = 0; i < b->rungs.n; i++) {
    size_t v = part_of(p, b->rungs.at[i].threshold);
    p->needed[v] = p->needed[v + 1] = true;
  }
  p->table = make_table(b, b->bits.at + first, p->n, p->needed);
}

/* [count >= t]: each part is greater than that of t, or the same and those
   below say yes. */
static void make_rung(struct builder *b, const struct part *part, size_t parts,
                      const mpz_t t, uint32_t into) {
  uint32_t at = part->table[part_of(part, t)];
  for (size_t i = 1; i < parts; i++) {
    size_t v = part_of(&part[i], t);
    uint32_t record[] = {i + 1 < parts ? held_slot(b) : into,
                         part[i].table[v + 1], part[i].table[v], at};
    code_step(&b->code, STEP_PICK, record);
    at = record[0];
  }
  if (at != into)
    code_step(&b->code, STEP_OR, (uint32_t[]){into, at, b->code.zero});
}

/* The first plane that a rung looks at. */
static size_t first_plane(const struct builder *b) {
  size_t first = SIZE_MAX;
  for (size_t i = 0; i < b->rungs.n; i++) {
    size_t zeros = mpz_scan1(b->rungs.at[i].threshold, 0);
    first = zeros < first ? zeros : first;
  }
  return first;
}

static void make_rungs(struct builder *b) {
  size_t first = first_plane(b), planes = b->bits.n - first;
  size_t parts = find_parts(planes, b->rungs.n);
  struct part *part = xcalloc(parts, sizeof *part);
  for (size_t i = 0; i < parts; i++)
    make_part(b, &part[i], first + planes * i / parts,
              first + planes * (i + 1) / parts);
  for (size_t i = 0; i < b->rungs.n; i++)
    make_rung(b, part, parts, b->rungs.at[i].threshold,
              builder_slot(b, b->rungs.at[i].bit));
  for (size_t i = 0; i < parts; i++) {
    free(part[i].needed);
    free(part[i].table);
  }
  free(part);
}

static void keep_bits(struct builder *b, ladder_id l) {
  mpz_t lack;
  mpz_init(lack);
  mpz_mul_2exp(lack, b->digits.negative, b->low);
  mpz_sub(lack, b->constant, lack);
  base_keep(&b->bases, l, &b->code, b->low, &b->bits, lack);
  mpz_clear(lack);
}

void builder_make_ladder(struct builder *b, ladder_id l) {
  const struct digits *d = &b->digits;
  size_t top = mpz_sgn(d->most) ? mpz_sizeinbase(d->most, 2) : 0;
  struct planes p = {.top = top, .last = top - (top > 0), .digits = d};
  b->bits.n = 0;
  code_mark(&b->code, STEP_SUM, 0);
  planes_count(&b->counter, &p, &b->bits);
  keep_bits(b, l);
  builder_release(b);
  if (b->rungs.n)
    make_rungs(b);
  code_mark(&b->code, STEP_END, 0);
  code_give_all(&b->code, &b->held);
  for (size_t i = 0; i < b->bits.n; i++)
    if (!code_is_held(&b->code, b->bits.at[i]))
      code_give(&b->code, b->bits.at[i]);
}
