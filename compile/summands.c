/* Terms put in order, and those of one ladder added up. */
#include "compile/summands.h"
#include "circuit/folding.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <string.h>

struct summand {
  ladder_id ladder;
  uint32_t copies;
  struct term term;
  uint32_t of; // *x[of] has the term
};

/* ---- In order ---- */

/* Spans of one copy read the same, whatever their axes are. */
static uint32_t copies_of(const struct circuit *c, uint32_t span) {
  return number_is_one_copy(c, span) ? 0 : span;
}

static bool is_before(const struct summand *x, const struct summand *y) {
  if (x->ladder != y->ladder)
    return x->ladder < y->ladder;
  if (x->copies != y->copies)
    return x->copies < y->copies;
  return x->term.source < y->term.source;
}

static size_t end_of_run(const struct summand *k, size_t from, size_t n) {
  size_t to = from + 1;
  while (to < n && !is_before(&k[to], &k[to - 1]))
    to++;
  return to;
}

/* to = the runs [0..a) and [a..n) of k as one; equals keep their order. */
static void merge_runs(struct summand *to, const struct summand *k, size_t a,
                       size_t n) {
  size_t i = 0, j = a;
  while (i < a && j < n)
    *to++ = is_before(&k[j], &k[i]) ? k[j++] : k[i++];
  memcpy(to, &k[i], (a - i) * sizeof *k);
  memcpy(to + (a - i), &k[j], (n - j) * sizeof *k);
}

/* The terms of each number are a run that is sorted, or a few, so two by two
   they are merged until one is left: O(n log runs). */
static void sort(struct summands *s) {
  size_t n = s->at.n;
  struct summand *k = s->at.at, *room = xmalloc(n * sizeof *room);
  while (n && end_of_run(k, 0, n) < n) {
    for (size_t from = 0, to; from < n; from = to) {
      size_t middle = end_of_run(k, from, n);
      to = middle < n ? end_of_run(k, middle, n) : n;
      merge_runs(room + from, k + from, middle - from, to - from);
    }
    struct summand *swap = k;
    k = room;
    room = swap;
  }
  s->at.at = k;
  s->at.cap = n;
  free(room);
}

void summands_init(struct summands *s, const struct circuit *c,
                   const struct number *const *x, size_t n) {
  size_t terms = 0;
  *s = (struct summands){.x = x, .n = n};
  for (size_t i = 0; i < n; i++)
    terms += x[i]->terms.n;
  array_reserve(&s->at, terms);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < x[i]->terms.n; j++) {
      struct term t = x[i]->terms.at[j];
      s->at.at[s->at.n++] =
          (struct summand){circuit_source_ladder(c, t.source),
                           copies_of(c, t.span), t, (uint32_t)i};
    }
  sort(s);
}

void summands_clear(struct summands *s) {
  array_clear(&s->at);
}

/* ---- Added up ---- */

struct adding {
  struct circuit *c;
  const struct summands *s;
  const mpz_t *weight; // of each x; NULL: 1
  long *small;         // the same where it fits; else 0
  mpz_t sum;
};

static void adding_init(struct adding *a, struct circuit *c,
                        const struct summands *s, const mpz_t *weight) {
  *a = (struct adding){.c = c, .s = s, .weight = weight};
  mpz_init(a->sum);
  if (!weight)
    return;
  a->small = xcalloc(s->n, sizeof *a->small);
  for (size_t i = 0; i < s->n; i++)
    if (mpz_fits_slong_p(weight[i]))
      a->small[i] = mpz_get_si(weight[i]);
}

static void adding_clear(struct adding *a) {
  free(a->small);
  mpz_clear(a->sum);
}

static bool is_left_out(const struct adding *a, const struct summand *k) {
  return a->weight && !mpz_sgn(a->weight[k->of]);
}

/* *sum += what k adds, if all of that is small. */
static bool add_small(const struct adding *a, const struct summand *k,
                      long *sum) {
  long factor = a->weight ? a->small[k->of] : 1, product;
  return factor && integer_is_small(k->term.weight) &&
         !__builtin_mul_overflow(integer_small(k->term.weight), factor,
                                 &product) &&
         !__builtin_add_overflow(*sum, product, sum);
}

/* Of summands [from..to) all read one source: their weights add up. */
static void add_weights(struct adding *a, struct number *r, size_t from,
                        size_t to, struct term t) {
  struct integer_scratch s;
  long sum = 0, next;
  mpz_set_ui(a->sum, 0);
  for (size_t i = from; i < to; i++) {
    const struct summand *k = &a->s->at.at[i];
    if (is_left_out(a, k))
      continue;
    next = sum;
    if (add_small(a, k, &next))
      sum = next;
    else if (a->weight)
      mpz_addmul(a->sum, a->weight[k->of],
                 integers_get(&a->c->integers, k->term.weight, &s));
    else
      mpz_add(a->sum, a->sum,
              integers_get(&a->c->integers, k->term.weight, &s));
  }
  if (sum < 0)
    mpz_sub_ui(a->sum, a->sum, -(unsigned long)sum);
  else
    mpz_add_ui(a->sum, a->sum, (unsigned long)sum);
  number_push_term(a->c, r, t.source, a->sum, t.span);
}

/* They read the same copies of a ladder through different views. */
static void add_views(struct adding *a, struct number *r, size_t from,
                      size_t to, uint32_t span) {
  ladder_id l = a->s->at.at[from].ladder;
  size_t n = circuit_rungs(a->c, l);
  mpz_t *sum = steps_new(n), *steps = steps_new(n);
  for (size_t i = from; i < to; i++) {
    const struct summand *k = &a->s->at.at[i];
    struct term t = k->term;
    if (is_left_out(a, k))
      continue;
    number_steps(a->c, &(struct number){.terms = {.at = &t, .n = 1}}, 0, steps);
    for (size_t j = 0; j < n; j++)
      if (a->weight)
        mpz_addmul(sum[j], steps[j], a->weight[k->of]);
      else
        mpz_add(sum[j], sum[j], steps[j]);
  }
  number_push_span(a->c, r, l, (const mpz_t *)sum, n, span);
  steps_free(sum, n);
  steps_free(steps, n);
}

static bool is_wider(const struct circuit *c, uint32_t span, uint32_t than) {
  const struct span *s = c->folding->spans.at;
  return __builtin_popcount(s[span].axes) > __builtin_popcount(s[than].axes);
}

/* Summands [from..to) are those of one ladder: a term, over all axes that any
   of them is summed over. */
static void add_ladder(struct adding *a, struct number *r, size_t from,
                       size_t to) {
  const struct summand *first = NULL;
  struct term t;
  bool one_source = true;
  if (to == from + 1 && !a->weight) {
    number_add_term(a->c, r, a->s->at.at[from].term);
    return;
  }
  for (size_t i = from; i < to; i++) {
    const struct summand *k = &a->s->at.at[i];
    if (is_left_out(a, k))
      continue;
    if (!first) {
      first = k;
      t = k->term;
    }
    one_source = one_source && k->term.source == t.source;
    if (a->c->folding && is_wider(a->c, k->term.span, t.span))
      t.span = k->term.span;
  }
  if (first && one_source)
    add_weights(a, r, from, to, t);
  else if (first)
    add_views(a, r, from, to, t.span);
}

/* r += the sum of all, and its range is no wider than [lo..hi]. */
static void add_all(struct adding *a, struct number *r, mpz_srcptr lo,
                    mpz_srcptr hi) {
  const struct summand *k = a->s->at.at;
  for (size_t i = 0, j; i < a->s->at.n; i = j) {
    for (j = i + 1; j < a->s->at.n && k[j].ladder == k[i].ladder &&
                    k[j].copies == k[i].copies;)
      j++;
    add_ladder(a, r, i, j);
  }
  if (a->c->folding)
    number_find_range(a->c, r);
  number_bound(r, lo, hi);
}

/* One term for each ladder, ascending: no two to add up. */
static bool is_settled(const struct circuit *c, const struct number *r) {
  for (size_t i = 1; i < r->terms.n; i++)
    if (circuit_source_ladder(c, r->terms.at[i - 1].source) >=
        circuit_source_ladder(c, r->terms.at[i].source))
      return false;
  return true;
}

void number_settle(struct circuit *c, struct number *r) {
  struct summands s;
  struct adding a;
  struct number sum;
  if (is_settled(c, r)) // and ranges add up to no wider than its terms'
    return;
  number_init(&sum);
  number_set_z(&sum, r->constant);
  summands_init(&s, c, (const struct number *[]){r}, 1);
  adding_init(&a, c, &s, NULL);
  add_all(&a, &sum, r->lo, r->hi);
  number_swap(r, &sum);
  adding_clear(&a);
  summands_clear(&s);
  number_clear(&sum);
}

/* Of numbers that read ladders, how many the sum has. */
static size_t count_reading(const struct summands *s, const mpz_t *weight) {
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++)
    n += s->x[i]->terms.n && mpz_sgn(weight[i]);
  return n;
}

void summands_linear(struct circuit *c, struct number *r,
                     const struct summands *s, const mpz_t *weight,
                     mpz_srcptr constant) {
  bool is_one = count_reading(s, weight) <= 1; // which may be a chain
  struct number outside;                       // what is not terms
  number_init(&outside);
  if (constant)
    number_set_z(&outside, constant);
  for (size_t i = 0; i < s->n; i++)
    if (is_one)
      number_push(c, &outside, s->x[i], weight[i]);
    else
      number_push_outside(&outside, s->x[i], weight[i]);
  if (is_one) {
    number_swap(r, &outside);
  } else {
    struct adding a;
    number_set_z(r, outside.constant);
    adding_init(&a, c, s, weight);
    add_all(&a, r, outside.lo, outside.hi);
    adding_clear(&a);
  }
  number_clear(&outside);
}
