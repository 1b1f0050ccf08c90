#include "compile/number.h"
#include "circuit/error.h"

#include <assert.h>
#include <string.h>

void number_init(struct number *x) {
  memset(&x->terms, 0, sizeof x->terms);
  mpz_inits(x->constant, x->lo, x->hi, NULL);
}

void number_clear(struct number *x) {
  array_clear(&x->terms);
  mpz_clears(x->constant, x->lo, x->hi, NULL);
}

struct number *numbers_new(size_t n) {
  struct number *x = xcalloc(n, sizeof *x);
  for (size_t i = 0; i < n; i++)
    number_init(&x[i]);
  return x;
}

void numbers_free(struct number *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    number_clear(&x[i]);
  free(x);
}

static void swap(struct number *a, struct number *b) {
  struct number t = *a;
  *a = *b;
  *b = t;
}

void number_set(struct number *r, const struct number *x) {
  if (r == x)
    return;
  r->terms.n = 0;
  array_reserve(&r->terms, x->terms.n);
  if (x->terms.n)
    memcpy(r->terms.at, x->terms.at, x->terms.n * sizeof *x->terms.at);
  r->terms.n = x->terms.n;
  mpz_set(r->constant, x->constant);
  mpz_set(r->lo, x->lo);
  mpz_set(r->hi, x->hi);
}

void number_set_z(struct number *r, const mpz_t value) {
  r->terms.n = 0;
  mpz_set(r->constant, value);
  mpz_set(r->lo, value);
  mpz_set(r->hi, value);
}

void number_set_si(struct number *r, long value) {
  mpz_t z;
  mpz_init_set_si(z, value);
  number_set_z(r, z);
  mpz_clear(z);
}

void number_set_bit(struct circuit *c, struct number *r, bit_id b) {
  number_set_si(r, b == BIT_ONE);
  mpz_t one;
  mpz_init_set_ui(one, 1);
  if (b > BIT_ONE)
    number_push_source(c, r, b, one);
  mpz_clear(one);
}

/* ---- Terms: one for each ladder ---- */

size_t number_rungs(const struct circuit *c, const struct number *x, size_t i) {
  return circuit_rungs(c, circuit_source_ladder(c, x->terms.at[i].source));
}

void number_steps(const struct circuit *c, const struct number *x, size_t i,
                  mpz_t *steps) {
  struct integer_scratch ws, ss;
  source_id source = x->terms.at[i].source;
  ladder_id l = circuit_source_ladder(c, source);
  mpz_srcptr w = integers_get(&c->integers, x->terms.at[i].weight, &ws);
  size_t n = circuit_rungs(c, l);
  if (!(source & SOURCE_VIEW)) {
    for (size_t j = 0; j < n; j++)
      mpz_set_ui(steps[j], 0);
    mpz_set(steps[source - c->ladders.at[l].first_bit], w);
    return;
  }
  const integer_id *at = circuit_view_steps(c, source);
  for (size_t j = 0; j < n; j++)
    mpz_mul(steps[j], w, integers_get(&c->integers, at[j], &ss));
}

/* The canonical source and weight of these steps; false if all are 0. */
static bool canonical(struct circuit *c, ladder_id l, const mpz_t *steps,
                      size_t n, source_id *source, mpz_t weight) {
  size_t used = 0, first = 0;
  for (size_t j = n; j-- > 0;)
    if (mpz_sgn(steps[j])) {
      used++;
      first = j;
    }
  if (!used)
    return false;
  if (used == 1) {
    *source = c->ladders.at[l].first_bit + (bit_id)first;
    mpz_set(weight, steps[first]);
    return true;
  }
  mpz_abs(weight, steps[first]);
  for (size_t j = first + 1; j < n && mpz_cmp_ui(weight, 1); j++)
    mpz_gcd(weight, weight, steps[j]);
  if (mpz_sgn(steps[first]) < 0)
    mpz_neg(weight, weight);
  integer_id *ids = xmalloc(n * sizeof *ids);
  mpz_t q;
  mpz_init(q);
  for (size_t j = 0; j < n; j++) {
    mpz_divexact(q, steps[j], weight);
    ids[j] = integers_add(&c->integers, q);
  }
  *source = circuit_view(c, l, ids);
  mpz_clear(q);
  free(ids);
  return true;
}

/* Add weight * [from..to] to the range. */
static void add_range(struct number *r, mpz_srcptr weight, mpz_srcptr from,
                      mpz_srcptr to) {
  bool flip = mpz_sgn(weight) < 0;
  mpz_addmul(r->lo, weight, flip ? to : from);
  mpz_addmul(r->hi, weight, flip ? from : to);
}

static void push_wire(struct circuit *c, struct number *r, struct wire t) {
  struct integer_scratch w, lo, hi;
  integer_id range[] = {0, 1}; // of a bit; small integers are their own ids
  if (t.source & SOURCE_VIEW) {
    uint32_t shape = c->views.at[t.source & ~SOURCE_VIEW].shape;
    range[0] = c->shapes.at[shape].lo;
    range[1] = c->shapes.at[shape].hi;
  }
  add_range(r, integers_get(&c->integers, t.weight, &w),
            integers_get(&c->integers, range[0], &lo),
            integers_get(&c->integers, range[1], &hi));
  array_push(&r->terms, t);
}

void number_push_source(struct circuit *c, struct number *r, source_id source,
                        const mpz_t weight) {
  if (mpz_sgn(weight))
    push_wire(c, r, (struct wire){source, integers_add(&c->integers, weight)});
}

static mpz_t *integers_new(size_t n) {
  mpz_t *z = xmalloc(n * sizeof *z);
  for (size_t i = 0; i < n; i++)
    mpz_init(z[i]);
  return z;
}

static void integers_free(mpz_t *z, size_t n) {
  for (size_t i = 0; i < n; i++)
    mpz_clear(z[i]);
  free(z);
}

/* Terms [from..to) read the same ladder through different views. */
static void merge_views(struct circuit *c, struct number *r, size_t from,
                        size_t to, struct number *merged) {
  ladder_id l = circuit_source_ladder(c, r->terms.at[from].source);
  size_t n = circuit_rungs(c, l);
  mpz_t *sum = integers_new(n), *steps = integers_new(n);
  for (size_t i = from; i < to; i++) {
    number_steps(c, r, i, steps);
    for (size_t j = 0; j < n; j++)
      mpz_add(sum[j], sum[j], steps[j]);
  }
  number_add_steps(c, merged, l, (const mpz_t *)sum, n);
  integers_free(sum, n);
  integers_free(steps, n);
}

/* Terms [from..to) have one source: their weights add up. */
static void merge_weights(struct circuit *c, const struct number *r,
                          size_t from, size_t to, struct number *merged) {
  struct integer_scratch s;
  mpz_t sum;
  mpz_init(sum);
  for (size_t i = from; i < to; i++)
    mpz_add(sum, sum, integers_get(&c->integers, r->terms.at[i].weight, &s));
  number_push_source(c, merged, r->terms.at[from].source, sum);
  mpz_clear(sum);
}

struct keyed {
  ladder_id ladder;
  struct wire term;
};

static int by_ladder(const void *a, const void *b) {
  const struct keyed *x = a, *y = b;
  if (x->ladder != y->ladder)
    return x->ladder < y->ladder ? -1 : 1;
  return (x->term.source > y->term.source) - (x->term.source < y->term.source);
}

static void sort_terms(const struct circuit *c, struct number *r) {
  struct keyed *k = xmalloc(r->terms.n * sizeof *k);
  bool sorted = true;
  for (size_t i = 0; i < r->terms.n; i++) {
    k[i].term = r->terms.at[i];
    k[i].ladder = circuit_source_ladder(c, k[i].term.source);
    if (i && by_ladder(&k[i - 1], &k[i]) > 0)
      sorted = false;
  }
  if (!sorted) {
    qsort(k, r->terms.n, sizeof *k, by_ladder);
    for (size_t i = 0; i < r->terms.n; i++)
      r->terms.at[i] = k[i].term;
  }
  free(k);
}

/* One term for each ladder, ascending: no two to merge. */
static bool is_settled(const struct circuit *c, const struct number *r) {
  for (size_t i = 1; i < r->terms.n; i++)
    if (circuit_source_ladder(c, r->terms.at[i - 1].source) >=
        circuit_source_ladder(c, r->terms.at[i].source))
      return false;
  return true;
}

void number_settle(struct circuit *c, struct number *r) {
  struct number merged;
  if (is_settled(c, r)) // and ranges add up to no wider than its terms'
    return;
  number_init(&merged);
  number_set_z(&merged, r->constant);
  sort_terms(c, r);
  for (size_t i = 0, j; i < r->terms.n; i = j) {
    ladder_id l = circuit_source_ladder(c, r->terms.at[i].source);
    bool one_source = true;
    for (j = i + 1;
         j < r->terms.n && circuit_source_ladder(c, r->terms.at[j].source) == l;
         j++)
      one_source &= r->terms.at[j].source == r->terms.at[i].source;
    if (j == i + 1)
      push_wire(c, &merged, r->terms.at[i]);
    else if (one_source)
      merge_weights(c, r, i, j, &merged);
    else
      merge_views(c, r, i, j, &merged);
  }
  number_bound(&merged, r->lo, r->hi);
  swap(r, &merged);
  number_clear(&merged);
}

void number_add_steps(struct circuit *c, struct number *r, ladder_id l,
                      const mpz_t *steps, size_t n) {
  source_id source;
  mpz_t weight;
  assert(n == circuit_rungs(c, l));
  mpz_init(weight);
  if (canonical(c, l, steps, n, &source, weight))
    number_push_source(c, r, source, weight);
  mpz_clear(weight);
}

void number_take_term(struct circuit *c, struct number *r,
                      const struct number *x, size_t i) {
  struct wire t = x->terms.at[i]; // x may be r
  number_set_si(r, 0);
  push_wire(c, r, t);
}

/* ---- Linear forms ---- */

void number_push(struct circuit *c, struct number *r, const struct number *a,
                 const mpz_t weight) {
  struct integer_scratch s;
  mpz_t w;
  if (!mpz_sgn(weight))
    return;
  mpz_addmul(r->constant, weight, a->constant);
  add_range(r, weight, a->lo, a->hi);
  array_reserve(&r->terms, r->terms.n + a->terms.n);
  if (!mpz_cmp_ui(weight, 1)) {
    for (size_t i = 0; i < a->terms.n; i++)
      r->terms.at[r->terms.n++] = a->terms.at[i];
    return;
  }
  mpz_init(w);
  for (size_t i = 0; i < a->terms.n; i++) {
    struct wire t = a->terms.at[i];
    mpz_mul(w, weight, integers_get(&c->integers, t.weight, &s));
    r->terms.at[r->terms.n++] =
        (struct wire){t.source, integers_add(&c->integers, w)};
  }
  mpz_clear(w);
}

void number_push_si(struct circuit *c, struct number *r, const struct number *a,
                    long weight) {
  mpz_t w;
  mpz_init_set_si(w, weight);
  number_push(c, r, a, w);
  mpz_clear(w);
}

void number_linear(struct circuit *c, struct number *r,
                   const struct number *const *x, const mpz_t *weight, size_t n,
                   mpz_srcptr constant) {
  struct number sum;
  number_init(&sum);
  if (constant)
    number_set_z(&sum, constant);
  for (size_t i = 0; i < n; i++)
    number_push(c, &sum, x[i], weight[i]);
  number_settle(c, &sum);
  swap(r, &sum);
  number_clear(&sum);
}

/* r = v * a + w * b. */
static void combine(struct circuit *c, struct number *r, long v,
                    const struct number *a, long w, const struct number *b) {
  struct number sum;
  number_init(&sum);
  number_push_si(c, &sum, a, v);
  number_push_si(c, &sum, b, w);
  number_settle(c, &sum);
  swap(r, &sum);
  number_clear(&sum);
}

void number_add(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  combine(c, r, 1, a, 1, b);
}

void number_sub(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  combine(c, r, 1, a, -1, b);
}

void number_addmul_si(struct circuit *c, struct number *r,
                      const struct number *a, long weight) {
  combine(c, r, 1, r, weight, a);
}

void number_mul_si(struct circuit *c, struct number *r, const struct number *a,
                   long weight) {
  combine(c, r, weight, a, 0, a);
}

void number_mul_2exp(struct circuit *c, struct number *r,
                     const struct number *a, unsigned long bits) {
  mpz_t w[1];
  mpz_init_set_ui(w[0], 1);
  mpz_mul_2exp(w[0], w[0], bits);
  number_linear(c, r, &a, (const mpz_t *)w, 1, NULL);
  mpz_clear(w[0]);
}

void number_add_z(struct number *r, const struct number *a, mpz_srcptr z) {
  number_set(r, a);
  mpz_add(r->constant, r->constant, z);
  mpz_add(r->lo, r->lo, z);
  mpz_add(r->hi, r->hi, z);
}

void number_add_si(struct number *r, const struct number *a, long constant) {
  mpz_t z;
  mpz_init_set_si(z, constant);
  number_add_z(r, a, z);
  mpz_clear(z);
}

/* ---- Ranges ---- */

void number_bound(struct number *r, const mpz_t lo, const mpz_t hi) {
  if (number_is_constant(r))
    return;
  if (mpz_cmp(r->lo, lo) < 0)
    mpz_set(r->lo, lo);
  if (mpz_cmp(r->hi, hi) > 0)
    mpz_set(r->hi, hi);
  int order = mpz_cmp(r->lo, r->hi);
  assert(order <= 0);
  if (order == 0)
    number_set_z(r, r->lo);
}

void number_bound_si(struct number *r, long lo, long hi) {
  mpz_t l, h;
  mpz_init_set_si(l, lo);
  mpz_init_set_si(h, hi);
  number_bound(r, l, h);
  mpz_clears(l, h, NULL);
}

bool number_is_constant(const struct number *x) {
  return !x->terms.n;
}

bool number_is_bit(const struct circuit *c, const struct number *x, bit_id *b) {
  long w;
  if (number_is_constant(x)) {
    *b = mpz_sgn(x->constant) ? BIT_ONE : BIT_ZERO;
    return !mpz_cmp_ui(x->constant, 0) || !mpz_cmp_ui(x->constant, 1);
  }
  if (x->terms.n != 1 || mpz_sgn(x->constant) ||
      x->terms.at[0].source & SOURCE_VIEW)
    return false;
  *b = x->terms.at[0].source;
  return integers_get_si(&c->integers, x->terms.at[0].weight, &w) && w == 1;
}

unsigned width_of_range(const mpz_t lo, const mpz_t hi, bool *is_signed) {
  *is_signed = mpz_sgn(lo) < 0;
  unsigned high = mpz_sgn(hi) > 0 ? (unsigned)mpz_sizeinbase(hi, 2) : 0;
  if (!*is_signed)
    return high ? high : 1;
  mpz_t below; // -lo - 1 has the bits of lo
  mpz_init(below);
  mpz_com(below, lo);
  unsigned low = mpz_sgn(below) ? (unsigned)mpz_sizeinbase(below, 2) : 0;
  mpz_clear(below);
  return 1 + (low > high ? low : high);
}

unsigned number_width(const struct number *x) {
  bool is_signed;
  return width_of_range(x->lo, x->hi, &is_signed);
}

/* ---- Functions of a number ---- */

void staircase_init(struct staircase *s) {
  memset(&s->stairs, 0, sizeof s->stairs);
  mpz_init(s->start);
}

void staircase_clear(struct staircase *s) {
  for (size_t i = 0; i < s->stairs.n; i++)
    mpz_clears(s->stairs.at[i].threshold, s->stairs.at[i].step, NULL);
  array_clear(&s->stairs);
  mpz_clear(s->start);
}

void staircase_push(struct staircase *s, const mpz_t threshold,
                    const mpz_t step) {
  struct stair t;
  assert(!s->stairs.n ||
         mpz_cmp(array_last(&s->stairs).threshold, threshold) < 0);
  if (!mpz_sgn(step))
    return;
  mpz_init_set(t.threshold, threshold);
  mpz_init_set(t.step, step);
  array_push(&s->stairs, t);
}

void staircase_push_si(struct staircase *s, const mpz_t threshold, long step) {
  mpz_t z;
  mpz_init_set_si(z, step);
  staircase_push(s, threshold, z);
  mpz_clear(z);
}

/* x reads one ladder: f of its table, level by level. A level whose value is
   outside x's known range does not occur: no step is spent on it. */
static void compose(struct circuit *c, struct number *r, const struct number *x,
                    const struct function *f) {
  size_t n = number_rungs(c, x, 0);
  ladder_id l = circuit_source_ladder(c, x->terms.at[0].source);
  mpz_t *steps = integers_new(n);
  mpz_t at, value, last;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, NULL);
  number_steps(c, x, 0, steps);
  struct number y;
  number_init(&y);
  bool started = false;
  for (size_t level = 0; level <= n; level++) {
    if (level) {
      mpz_add(at, at, steps[level - 1]);
      mpz_set_ui(steps[level - 1], 0);
    }
    if (mpz_cmp(at, x->lo) < 0 || mpz_cmp(at, x->hi) > 0)
      continue;
    f->call(value, at, f->context);
    if (!started)
      number_set_z(&y, value);
    else
      mpz_sub(steps[level - 1], value, last);
    mpz_set(last, value);
    started = true;
  }
  assert(started);
  number_add_steps(c, &y, l, (const mpz_t *)steps, n);
  swap(r, &y);
  number_clear(&y);
  integers_free(steps, n);
  mpz_clears(at, value, last, NULL);
}

/* The greatest common divisor of the weights; 1 for a constant. Views have
   primitive steps, so they share nothing more. */
static void common_weight(const struct circuit *c, const struct number *x,
                          mpz_t g) {
  struct integer_scratch s;
  mpz_set_ui(g, 0);
  for (size_t i = 0; i < x->terms.n && mpz_cmp_ui(g, 1); i++)
    mpz_gcd(g, g, integers_get(&c->integers, x->terms.at[i].weight, &s));
  if (!mpz_sgn(g))
    mpz_set_ui(g, 1);
}

/* The wires of x / g. */
static void add_wires(struct circuit *c, const struct number *x,
                      const mpz_t g) {
  struct integer_scratch s;
  mpz_t w;
  mpz_init(w);
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct wire *t = &x->terms.at[i];
    if (!mpz_cmp_ui(g, 1)) {
      circuit_add_wire_id(c, t->source, t->weight);
      continue;
    }
    mpz_divexact(w, integers_get(&c->integers, t->weight, &s), g);
    circuit_add_wire(c, t->source, w);
  }
  mpz_clear(w);
}

/* The stairs that can go either way, as rungs of y = (x - constant) / g, and
   how many; those always passed add to `start`. x >= t iff
   y >= ceil((t - constant) / g), so two stairs may be one rung, or cancel. */
static size_t keep_rungs(struct circuit *c, const struct number *x,
                         const mpz_t g, const struct staircase *s, mpz_t start,
                         integer_id *thresholds, mpz_t *steps) {
  size_t n = 0;
  mpz_t lo, hi, t;
  mpz_inits(lo, hi, t, NULL);
  mpz_sub(lo, x->lo, x->constant);
  mpz_cdiv_q(lo, lo, g);
  mpz_sub(hi, x->hi, x->constant);
  mpz_fdiv_q(hi, hi, g);
  for (size_t i = 0; i < s->stairs.n; i++) {
    const struct stair *stair = &s->stairs.at[i];
    mpz_sub(t, stair->threshold, x->constant);
    mpz_cdiv_q(t, t, g);
    if (mpz_cmp(t, hi) > 0)
      break; // never
    if (mpz_cmp(t, lo) <= 0) {
      mpz_add(start, start, stair->step); // always
      continue;
    }
    integer_id id = integers_add(&c->integers, t);
    if (n && thresholds[n - 1] == id) {
      mpz_add(steps[n - 1], steps[n - 1], stair->step);
    } else {
      thresholds[n] = id;
      mpz_set(steps[n++], stair->step);
    }
    if (!mpz_sgn(steps[n - 1]))
      n--;
  }
  mpz_clears(lo, hi, t, NULL);
  return n;
}

/* One ladder on x, whatever x reads. */
static void make_ladder(struct circuit *c, struct number *r,
                        const struct number *x, const struct staircase *s) {
  integer_id *thresholds = xmalloc(s->stairs.n * sizeof *thresholds);
  mpz_t g, *steps = integers_new(s->stairs.n);
  struct number y;
  number_init(&y);
  mpz_init(g);
  common_weight(c, x, g);
  mpz_t start;
  mpz_init_set(start, s->start);
  size_t n = keep_rungs(c, x, g, s, start, thresholds, steps);
  number_set_z(&y, start);
  if (n) {
    add_wires(c, x, g);
    bit_id b = circuit_add_ladder(c, thresholds, n);
    number_add_steps(c, &y, c->bits.at[b].ladder, (const mpz_t *)steps, n);
  }
  swap(r, &y);
  number_clear(&y);
  mpz_clears(g, start, NULL);
  integers_free(steps, s->stairs.n);
  free(thresholds);
}

struct climb {
  const struct staircase *s;
  const mpz_t *height; // above each stair
};

static void climb(mpz_t y, const mpz_t x, const void *context) {
  const struct climb *k = context;
  size_t passed = 0, end = k->s->stairs.n;
  while (passed < end) {
    size_t middle = passed + (end - passed) / 2;
    if (mpz_cmp(k->s->stairs.at[middle].threshold, x) <= 0)
      passed = middle + 1;
    else
      end = middle;
  }
  mpz_set(y, passed ? k->height[passed - 1] : k->s->start);
}

void number_staircase(struct circuit *c, struct number *r,
                      const struct number *x, const struct staircase *s) {
  if (x->terms.n != 1) {
    make_ladder(c, r, x, s);
    return;
  }
  size_t n = s->stairs.n;
  mpz_t *height = integers_new(n);
  for (size_t i = 0; i < n; i++)
    mpz_add(height[i], i ? height[i - 1] : s->start, s->stairs.at[i].step);
  struct climb k = {s, (const mpz_t *)height};
  compose(c, r, x, &(struct function){climb, &k, false});
  integers_free(height, n);
}

/* Push the stairs of a monotone f between lo and hi, f(lo) and f(hi) given. */
static void bisect(struct staircase *s, const struct function *f,
                   const mpz_t lo, const mpz_t f_lo, const mpz_t hi,
                   const mpz_t f_hi) {
  if (!mpz_cmp(f_lo, f_hi))
    return;
  mpz_t middle, value;
  mpz_inits(middle, value, NULL);
  mpz_sub(middle, hi, lo);
  if (!mpz_cmp_ui(middle, 1)) {
    mpz_sub(value, f_hi, f_lo);
    staircase_push(s, hi, value);
  } else {
    mpz_add(middle, lo, hi);
    mpz_fdiv_q_2exp(middle, middle, 1);
    f->call(value, middle, f->context);
    bisect(s, f, lo, f_lo, middle, value);
    bisect(s, f, middle, value, hi, f_hi);
  }
  mpz_clears(middle, value, NULL);
}

static void tabulate(struct staircase *s, const struct function *f,
                     const mpz_t lo, const mpz_t hi) {
  mpz_t x, y, before;
  mpz_inits(x, y, before, NULL);
  mpz_sub(x, hi, lo);
  if (mpz_cmp_si(x, NUMBER_MAX_TABLE) > 0) {
    char text[64];
    gmp_snprintf(text, sizeof text, "%Zd", x);
    die("a function would be tabulated over %s values; at most %ld are", text,
        NUMBER_MAX_TABLE);
  }
  mpz_set(before, s->start);
  for (mpz_add_ui(x, lo, 1); mpz_cmp(x, hi) <= 0; mpz_add_ui(x, x, 1)) {
    f->call(y, x, f->context);
    mpz_sub(before, y, before);
    staircase_push(s, x, before);
    mpz_set(before, y);
  }
  mpz_clears(x, y, before, NULL);
}

void staircase_of(struct staircase *s, const struct function *f, const mpz_t lo,
                  const mpz_t hi) {
  f->call(s->start, lo, f->context);
  if (!f->is_monotone) {
    tabulate(s, f, lo, hi);
    return;
  }
  mpz_t last;
  mpz_init(last);
  f->call(last, hi, f->context);
  bisect(s, f, lo, s->start, hi, last);
  mpz_clear(last);
}

void number_apply(struct circuit *c, struct number *r, const struct number *x,
                  const struct function *f) {
  if (x->terms.n == 1) {
    compose(c, r, x, f);
    return;
  }
  struct staircase s;
  staircase_init(&s);
  staircase_of(&s, f, x->lo, x->hi);
  make_ladder(c, r, x, &s);
  staircase_clear(&s);
}

void number_at_least(struct circuit *c, struct number *r,
                     const struct number *x, const mpz_t t) {
  struct staircase s;
  staircase_init(&s);
  staircase_push_si(&s, t, 1);
  number_staircase(c, r, x, &s);
  staircase_clear(&s);
}

void number_at_least_si(struct circuit *c, struct number *r,
                        const struct number *x, long t) {
  mpz_t z;
  mpz_init_set_si(z, t);
  number_at_least(c, r, x, z);
  mpz_clear(z);
}
