#include "circuit/basis_levels.h"
#include "circuit/prune.h"

#include <assert.h>
#include <stdlib.h>

/* The columns of a sum: its value is that of all literals in column i times
   2^i, less `extra`. n is enough for the largest sum. With at most one constant
   in each more, column i carries out at most half of the other literals that
   are in it, those carried in included: ceil(k / 2) - 1 of k. So, as with
   integers, nothing is carried out of the last one. */
struct columns {
  struct literals *at;
  size_t n;
  mpz_t extra, total;
  bool is_there;
};

/* Of a run of columns: does it carry out, and does it if it is carried into? */
struct block {
  literal makes, passes;
  uint32_t time;
};

struct and_or {
  struct conversion v; // first
  struct logic g;
  uint64_t *is_output; // a set of old bits
  struct columns rows;
  ARRAY(struct block) blocks;
  mpz_t t, digits[2]; // scratch
};

/* ---- Columns ---- */

/* Binary digits in [0]; or digits 1 there and -1 in [1], no two of them
   neighbours, if those are fewer: 3w and w differ a place above each. */
static void find_digits(struct and_or *a, const mpz_t w) {
  mpz_ptr plus = a->digits[0], minus = a->digits[1];
  mp_bitcnt_t binary = mpz_popcount(w);
  mpz_set(plus, w);
  mpz_set_ui(minus, 0);
  if (binary <= 2) // no others are fewer
    return;
  mpz_mul_ui(minus, w, 3);
  mpz_com(plus, w);
  mpz_and(plus, plus, minus);
  mpz_com(minus, minus);
  mpz_and(minus, minus, w);
  mpz_fdiv_q_2exp(plus, plus, 1);
  mpz_fdiv_q_2exp(minus, minus, 1);
  if (mpz_popcount(plus) + mpz_popcount(minus) < binary)
    return;
  mpz_set(plus, w);
  mpz_set_ui(minus, 0);
}

/* The width of the columns, and how many digits there are in them. */
static size_t measure_columns(struct and_or *a) {
  struct columns *r = &a->rows;
  const struct literal_sum *s = &a->v.sum;
  size_t count = 0;
  mpz_set(r->total, s->total);
  mpz_set_ui(r->extra, 0);
  for (size_t i = 0; i < s->terms.n; i++) {
    find_digits(a, s->terms.at[i].weight);
    mpz_add(r->extra, r->extra, a->digits[1]);
    count += mpz_popcount(a->digits[0]) + mpz_popcount(a->digits[1]);
  }
  mpz_addmul_ui(r->total, r->extra, 2);
  r->n = mpz_sizeinbase(r->total, 2);
  return count;
}

static void push_digits(struct and_or *a, const mpz_t digits, literal l) {
  for (mp_bitcnt_t i = mpz_scan1(digits, 0); i < a->rows.n;
       i = mpz_scan1(digits, i + 1))
    array_push(&a->rows.at[i].all, l);
}

static void make_heap(struct literals *h, const struct logic *g) {
  size_t n = h->all.n;
  h->all.n = 0;
  for (size_t i = 0; i < n; i++)
    literals_push(h, g, h->all.at[i]);
}

static void fill_columns(struct and_or *a) {
  const struct literal_sum *s = &a->v.sum;
  for (size_t i = 0; i < s->terms.n; i++) {
    find_digits(a, s->terms.at[i].weight);
    push_digits(a, a->digits[0], s->terms.at[i].literal);
    push_digits(a, a->digits[1], literal_not(s->terms.at[i].literal));
  }
}

/* At most two literals are left in each. A half adder does if they are three,
   and leaves the last one, which may be late, alone: so nothing ripples. */
static void reduce_columns(struct and_or *a) {
  struct columns *r = &a->rows;
  struct logic *g = &a->g;
  for (size_t i = 0; i < r->n && !g->is_full; i++) {
    struct literals *h = &r->at[i];
    make_heap(h, g);
    while (h->all.n > 2) {
      bool is_half = h->all.n == 3;
      literal x = literals_pop(h, g), y = literals_pop(h, g);
      struct added s =
          logic_add(g, x, y, is_half ? LITERAL_FALSE : literals_pop(h, g));
      if (s.sum != LITERAL_FALSE)
        literals_push(h, g, s.sum);
      if (s.carry != LITERAL_FALSE)
        array_push(&r->at[i + 1].all, s.carry); // not its heap yet
    }
  }
  assert(!r->at[r->n].all.n);
}

static void clear_columns(struct columns *r) {
  for (size_t i = 0; r->is_there && i <= r->n; i++)
    array_clear(&r->at[i].all);
  free(r->at);
  r->at = NULL;
  r->is_there = false;
}

/* Of the sum; with a constant, if it is not NULL, already added. */
static void make_columns(struct and_or *a, mpz_srcptr constant) {
  struct columns *r = &a->rows;
  r->at = xcalloc(r->n + 1, sizeof *r->at);
  r->is_there = true;
  fill_columns(a);
  if (constant)
    push_digits(a, constant, LITERAL_TRUE);
  reduce_columns(a);
}

static literal row(const struct and_or *a, size_t column, size_t i) {
  const struct literals *h = &a->rows.at[column];
  return i < h->all.n ? h->all.at[i] : LITERAL_FALSE;
}

/* ---- The carry out of two rows ---- */

static void push_block(struct and_or *a, literal x, literal y) {
  struct block b = {logic_and(&a->g, x, y), logic_or(&a->g, x, y), 0};
  uint32_t s = logic_time(&a->g, b.makes), t = logic_time(&a->g, b.passes);
  b.time = s > t ? s : t;
  array_push(&a->blocks, b);
}

static bool is_constant(const struct block *b) {
  return literal_is_constant(b->makes) && literal_is_constant(b->passes);
}

/* Times are those that joining takes in general: so all rungs of a ladder are
   joined alike, and share what they have in common. */
static struct block join(struct and_or *a, const struct block *low,
                         const struct block *high) {
  struct logic *g = &a->g;
  literal through = logic_and(g, high->passes, low->makes);
  uint32_t later = low->time > high->time ? low->time : high->time;
  bool is_free = is_constant(low) || is_constant(high);
  return (struct block){logic_or(g, high->makes, through),
                        logic_and(g, high->passes, low->passes),
                        is_free ? later : later + 2};
}

static uint32_t earliest_pair(const struct and_or *a) {
  uint32_t first = UINT32_MAX;
  for (size_t i = 0; i + 1 < a->blocks.n; i++) {
    uint32_t p = a->blocks.at[i].time, q = a->blocks.at[i + 1].time;
    uint32_t later = p > q ? p : q;
    first = later < first ? later : first;
  }
  return first;
}

/* Neighbours that are there by then become one, from the low end. */
static void join_pairs(struct and_or *a, uint32_t time) {
  struct block *b = a->blocks.at;
  size_t n = 0;
  for (size_t i = 0; i < a->blocks.n; n++) {
    bool is_pair =
        i + 1 < a->blocks.n && b[i].time <= time && b[i + 1].time <= time;
    b[n] = is_pair ? join(a, &b[i], &b[i + 1]) : b[i];
    i += is_pair ? 2 : 1;
  }
  a->blocks.n = n;
}

static literal join_all(struct and_or *a) {
  while (a->blocks.n > 1)
    join_pairs(a, earliest_pair(a));
  return a->blocks.at[0].makes;
}

/* ---- Rungs ---- */

/* The threshold becomes what is added to the sum so that it reaches 2^columns
   iff it reached that. */
static void find_constant(struct and_or *a) {
  mpz_add(a->t, a->t, a->rows.extra);
  mpz_set_ui(a->v.z, 0);
  mpz_setbit(a->v.z, a->rows.n);
  mpz_sub(a->t, a->v.z, a->t);
}

/* The only rung: the constant is one more row of the sum. */
static literal compare_alone(struct and_or *a) {
  find_constant(a);
  make_columns(a, a->t);
  a->blocks.n = 0;
  for (size_t i = 0; i < a->rows.n; i++)
    push_block(a, row(a, i, 0), row(a, i, 1));
  return join_all(a);
}

/* A rung of several: the two rows and the constant become two rows again. */
static literal compare_rows(struct and_or *a) {
  if (!a->rows.is_there)
    make_columns(a, NULL);
  find_constant(a);
  literal carry = LITERAL_FALSE;
  a->blocks.n = 0;
  for (size_t i = 0; i < a->rows.n; i++) {
    literal x = row(a, i, 0), y = row(a, i, 1);
    bool one = mpz_tstbit(a->t, i);
    push_block(a, logic_xor(&a->g, x, y) ^ (literal)one, carry);
    carry = one ? logic_or(&a->g, x, y) : logic_and(&a->g, x, y);
  }
  array_push(&a->blocks,
             (struct block){carry, LITERAL_TRUE, logic_time(&a->g, carry)});
  return join_all(a);
}

static literal fold_terms(struct and_or *a, bool is_or) {
  const struct literal_sum *s = &a->v.sum;
  struct literals h = {0};
  for (size_t i = 0; i < s->terms.n; i++)
    literals_push(&h, &a->g, s->terms.at[i].literal);
  literal l = logic_fold(&a->g, &h, is_or);
  array_clear(&h.all);
  return l;
}

/* [sum >= a->t], neither constant. */
static literal compare(struct and_or *a, bool is_alone) {
  const struct literal_sum *s = &a->v.sum;
  bool one_does = mpz_cmp(a->t, s->least) <= 0;
  mpz_sub(a->v.z, s->total, s->least);
  if (one_does || mpz_cmp(a->v.z, a->t) < 0)
    return fold_terms(a, one_does);
  if (!a->rows.is_there) {
    size_t digits = measure_columns(a);
    if (!logic_has_room(&a->g, digits * sizeof(literal) +
                                   a->rows.n * sizeof *a->rows.at))
      return LITERAL_FALSE;
  }
  return is_alone ? compare_alone(a) : compare_rows(a);
}

static bool is_output(const struct and_or *a, bit_id b) {
  return a->is_output[b / 64] >> b % 64 & 1;
}

/* Or a constant. */
static bool is_input(const struct and_or *a, literal l) {
  return !circuit_is_gate(a->v.to, l >> 1);
}

static void convert_ladder(struct and_or *a, ladder_id l) {
  struct conversion *v = &a->v;
  bool is_alone = circuit_rungs(v->from, l) == 1;
  conversion_add_up(v, l);
  levels_join(v, &a->g);
  conversion_settle(v);
  for (bit_id b = v->from->ladders.at[l].first_bit;
       b < circuit_end_bit(v->from, l) && !a->g.is_full; b++) {
    if (!conversion_threshold(v, b, a->t, &v->of[b]))
      v->of[b] = compare(a, is_alone);
    if (is_output(a, b) && !is_input(a, v->of[b]))
      v->of[b] = logic_positive(&a->g, v->of[b]);
  }
  clear_columns(&a->rows);
}

/* ---- The whole ---- */

static void and_or_init(struct and_or *a, struct circuit *to,
                        const struct circuit *from) {
  *a = (struct and_or){0};
  conversion_init(&a->v, to, from);
  logic_init(&a->g, to);
  mpz_inits(a->t, a->digits[0], a->digits[1], a->rows.extra, a->rows.total,
            NULL);
  a->is_output = xcalloc(from->bits.n / 64 + 1, sizeof *a->is_output);
  for (size_t i = 0; i < from->outputs.n; i++) {
    bit_id b = from->outputs.at[i];
    a->is_output[b / 64] |= UINT64_C(1) << b % 64;
  }
}

static void and_or_clear(struct and_or *a) {
  conversion_clear(&a->v);
  logic_clear(&a->g);
  array_clear(&a->blocks);
  free(a->is_output);
  mpz_clears(a->t, a->digits[0], a->digits[1], a->rows.extra, a->rows.total,
             NULL);
}

/* Outputs that are complements of inputs: nothing reads these gates, so they
   add no depth to others. */
static void invert_inputs(struct and_or *a) {
  const struct circuit *c = a->v.from;
  bool is_begun = false;
  for (size_t i = 0; i < c->outputs.n; i++) {
    literal *l = &a->v.of[c->outputs.at[i]];
    if (!literal_is_negated(*l) || literal_is_constant(*l))
      continue;
    if (!is_begun)
      circuit_begin_operation(a->v.to, OPERATION_OUTPUTS, OPERATION_OUTPUTS);
    is_begun = true;
    *l = logic_positive(&a->g, *l);
  }
}

bool basis_and_or(struct circuit *to, const struct circuit *from,
                  struct error *err) {
  struct and_or a;
  and_or_init(&a, to, from);
  for (ladder_id l = 1; l < from->ladders.n && !a.g.is_full; l++)
    if (!conversion_begin(&a.v, l))
      convert_ladder(&a, l);
  if (!a.g.is_full)
    invert_inputs(&a);
  bool ok = !a.g.is_full;
  if (ok)
    conversion_finish(&a.v);
  and_or_clear(&a);
  if (!ok)
    return error_set(err, 0,
                     "AND and OR gates would need more than the memory allows: "
                     "%zu gates so far",
                     to->bits.n - to->inputs.n - 2);
  circuit_prune(to);
  return true;
}
