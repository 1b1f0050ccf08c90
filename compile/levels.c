/* Functions of one ladder, or of a chain: of its table, level by level. What
   was found for one ladder is kept for others with the same table. */
#include "circuit/error.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <string.h>

/* x reads one ladder: f of its table, level by level. A level whose value is
   outside x's known range does not occur: no step is spent on it. */
static void compose(struct circuit *c, struct number *r, const struct number *x,
                    const struct function *f) {
  size_t n = number_rungs(c, x, 0);
  ladder_id l = circuit_source_ladder(c, x->terms.at[0].source);
  mpz_t *steps = steps_new(n);
  mpz_t at, value, last, least, most;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, least, most, NULL);
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
    if (!started || mpz_cmp(value, least) < 0)
      mpz_set(least, value);
    if (!started || mpz_cmp(value, most) > 0)
      mpz_set(most, value);
    mpz_set(last, value);
    started = true;
  }
  assert(started);
  number_push_span(c, &y, l, (const mpz_t *)steps, n, x->terms.at[0].span);
  mpz_set(y.lo, least);
  mpz_set(y.hi, most);
  number_swap(r, &y);
  number_clear(&y);
  steps_free(steps, n);
  mpz_clears(at, value, last, least, most, NULL);
}

/* The same for a bit, or a chain: its gates are like the rungs of a ladder. */
static void compose_chain(struct circuit *c, struct number *r,
                          const struct number *x, const struct function *f) {
  struct integer_scratch s;
  mpz_t at, value, last, step;
  mpz_init_set(at, x->constant);
  mpz_inits(value, last, step, NULL);
  struct number y;
  number_init(&y);
  bool started = false;
  for (size_t level = 0; level <= x->terms.n; level++) {
    if (level)
      mpz_add(at, at,
              integers_get(&c->integers, x->terms.at[level - 1].weight, &s));
    if (mpz_cmp(at, x->lo) < 0 || mpz_cmp(at, x->hi) > 0)
      continue;
    f->call(value, at, f->context);
    mpz_sub(step, value, last);
    if (!started)
      number_set_z(&y, value);
    else
      number_push_again(c, &y, &x->terms.at[level - 1], step, value);
    mpz_set(last, value);
    started = true;
  }
  assert(started);
  number_swap(r, &y);
  number_clear(&y);
  mpz_clears(at, value, last, step, NULL);
}

/* ---- Functions found before ---- */

/* Of constant + weight * the view of a shape, known to be in lo..hi. */
struct memo_key {
  void (*call)(mpz_t y, const mpz_t x, const void *context);
  uint32_t place; // what the context holds
  uint32_t shape;
  integer_id weight, constant, lo, hi; // and no padding: bytes are compared
};

struct memo {
  struct memo_key key;
  bool is_rung;
  uint32_t source;   // a shape, or the place of a rung
  integer_id weight; // 0: it is a constant
  integer_id constant, lo, hi;
};

struct memos {
  ARRAY(struct memo) at;
  struct hash find;
};

static void memos_free(void *memos) {
  struct memos *m = memos;
  array_clear(&m->at);
  hash_clear(&m->find);
  free(m);
}

static struct memos *memos_of(struct circuit *c) {
  if (!c->memo) {
    c->memo = xcalloc(1, sizeof(struct memos));
    c->free_memo = memos_free;
  }
  return c->memo;
}

/* False if more than the key decides f. */
static bool set_key(struct circuit *c, struct memo_key *k,
                    const struct number *x, const struct function *f) {
  bool has_place = f->call == number_one_bit || f->call == number_high_part;
  if (f->context && !has_place)
    return false;
  k->call = f->call;
  k->place = has_place ? (uint32_t) * (const unsigned long *)f->context : 0;
  k->shape = c->views.at[x->terms.at[0].source & ~SOURCE_VIEW].shape;
  k->weight = x->terms.at[0].weight;
  k->constant = integers_add(&c->integers, x->constant);
  k->lo = integers_add(&c->integers, x->lo);
  k->hi = integers_add(&c->integers, x->hi);
  return true;
}

struct search {
  const struct memos *memos;
  const struct memo_key *key;
};

static bool has_key(const void *context, uint32_t id) {
  const struct search *s = context;
  return !memcmp(&s->memos->at.at[id].key, s->key, sizeof *s->key);
}

/* r = what m says, of the ladder that term t reads. */
static void recall(struct circuit *c, struct number *r, const struct memo *m,
                   struct term t) {
  struct integer_scratch s;
  ladder_id l = circuit_source_ladder(c, t.source);
  number_set_z(r, integers_get(&c->integers, m->constant, &s));
  if (m->weight) {
    source_id source = m->is_rung ? c->ladders.at[l].first_bit + m->source
                                  : circuit_view_shape(c, l, m->source);
    array_push(&r->terms, (struct term){source, m->weight, t.span});
  }
  mpz_set(r->lo, integers_get(&c->integers, m->lo, &s));
  mpz_set(r->hi, integers_get(&c->integers, m->hi, &s));
}

static void remember(struct circuit *c, const struct memo_key *k,
                     const struct number *y) {
  struct memos *all = memos_of(c);
  struct memo m = {.key = *k};
  if (y->terms.n) {
    source_id s = y->terms.at[0].source;
    ladder_id l = circuit_source_ladder(c, s);
    m.is_rung = !(s & SOURCE_VIEW);
    m.source = m.is_rung ? s - c->ladders.at[l].first_bit
                         : c->views.at[s & ~SOURCE_VIEW].shape;
    m.weight = y->terms.at[0].weight;
  }
  m.constant = integers_add(&c->integers, y->constant);
  m.lo = integers_add(&c->integers, y->lo);
  m.hi = integers_add(&c->integers, y->hi);
  hash_add(&all->find, hash_bytes(k, sizeof *k), (uint32_t)all->at.n);
  array_push(&all->at, m);
}

static void compose_view(struct circuit *c, struct number *r,
                         const struct number *x, const struct function *f) {
  struct memo_key k;
  struct term t = x->terms.at[0]; // x may be r
  if (!set_key(c, &k, x, f)) {
    compose(c, r, x, f);
    return;
  }
  struct search s = {memos_of(c), &k};
  uint32_t found =
      hash_find(&s.memos->find, hash_bytes(&k, sizeof k), has_key, &s);
  if (found != HASH_NONE) {
    recall(c, r, &s.memos->at.at[found], t);
  } else {
    compose(c, r, x, f);
    remember(c, &k, r);
  }
}

void number_compose(struct circuit *c, struct number *r, const struct number *x,
                    const struct function *f) {
  bool is_chain = x->is_chain;
  if (x->terms.n == 1 && x->terms.at[0].source & SOURCE_VIEW)
    compose_view(c, r, x, f);
  else
    compose_chain(c, r, x, f);
  r->is_chain = is_chain && r->terms.n;
}
