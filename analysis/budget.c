#include "analysis/budget.h"
#include "analysis/plurality.h"

#include <string.h>

static void split_init(struct budget_split *p, long steps, long chains) {
  *p = (struct budget_split){.steps = steps, .chains = chains};
  mpq_inits(p->cut, p->guess, p->vote, p->limit, NULL);
}

/* ---- Nothing is read: the share of starts, by following each ---- */

static void follow(uint32_t *state, const struct solver *v, long steps) {
  for (long t = 0; t < steps; t++)
    for (size_t i = 0; i < v->states; i++)
      state[i] = v->next[state[i]];
}

static void share(struct budget_split *p, const struct solver *v) {
  uint32_t *cut = xmalloc(2 * v->states * sizeof *cut), *end = cut + v->states;
  unsigned long same = 0;
  for (size_t i = 0; i < v->states; i++)
    cut[i] = (uint32_t)i;
  follow(cut, v, p->steps < v->steps ? p->steps : v->steps);
  memcpy(end, cut, v->states * sizeof *end);
  follow(end, v, p->steps < v->steps ? v->steps - p->steps : 0);
  for (size_t i = 0; i < v->states; i++)
    same += v->answer[cut[i]] == v->answer[end[i]];
  mpq_set_ui(p->cut, same, v->states);
  mpq_canonicalize(p->cut);
  free(cut);
}

/* ---- Something is: how many words lead from each state to each other ---- */

static mpz_t *counts_new(size_t n) {
  mpz_t *at = xmalloc(n * sizeof *at);
  for (size_t i = 0; i < n; i++)
    mpz_init(at[i]);
  return at;
}

static void counts_free(mpz_t *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    mpz_clear(at[i]);
  free(at);
}

/* By one letter more, the first. */
static void lengthen(mpz_t **words, const struct solver *v) {
  size_t n = v->states;
  mpz_t *more = counts_new(n * n);
  for (size_t x = 0; x < n; x++)
    for (size_t l = 0; l < v->letters; l++)
      for (size_t y = 0; y < n; y++) {
        mpz_t *from = *words + v->next[x * v->letters + l] * n;
        mpz_add(more[x * n + y], more[x * n + y], from[y]);
      }
  counts_free(*words, n * n);
  *words = more;
}

/* words[x * states + y] of this length. */
static mpz_t *count_words(const struct solver *v, long length) {
  mpz_t *words = counts_new(v->states * v->states);
  for (size_t x = 0; x < v->states; x++)
    mpz_set_ui(words[x * v->states + x], 1);
  for (long t = 0; t < length; t++)
    lengthen(&words, v);
  return words;
}

/* How likely it is that what was read leads to x. */
static void find_reached(mpq_t r, const struct solver *v, mpz_t *words,
                         const mpz_t all, size_t x) {
  mpz_set_ui(mpq_numref(r), 0);
  for (size_t i = 0; i < v->starts; i++)
    mpz_add(mpq_numref(r), mpq_numref(r), words[i * v->states + x]);
  mpz_mul_ui(mpq_denref(r), all, v->starts);
  mpq_canonicalize(r);
}

/* What of one state adds to accuracies. */
struct rest {
  mpz_t *weight; // [state]: of the true answer and of a guess, without a common
                 // divisor
  mpz_t all;     // their sum
  mpq_t guess, vote, limit;
};

static void rest_init(struct rest *t, size_t states) {
  t->weight = counts_new(states);
  mpz_init(t->all);
  mpq_inits(t->guess, t->vote, t->limit, NULL);
}

static void rest_clear(struct rest *t, size_t states) {
  counts_free(t->weight, states);
  mpz_clear(t->all);
  mpq_clears(t->guess, t->vote, t->limit, NULL);
}

/* False if it is what it was. */
static bool set_weights(struct rest *t, mpz_t *words, size_t n) {
  mpz_t divisor, w;
  bool is_new = false;
  mpz_inits(divisor, w, NULL);
  for (size_t y = 0; y < n; y++)
    mpz_gcd(divisor, divisor, words[y]);
  mpz_set_ui(t->all, 0);
  for (size_t y = 0; y < n; y++) {
    mpz_divexact(w, words[y], divisor);
    is_new = is_new || mpz_cmp(w, t->weight[y]);
    mpz_set(t->weight[y], w);
    mpz_add(t->all, t->all, w);
  }
  mpz_clears(divisor, w, NULL);
  return is_new;
}

static void find_rest(struct rest *t, size_t n, unsigned long chains) {
  mpz_t *wins = counts_new(n), most;
  mpz_init(most);
  mpq_set_ui(t->guess, 0, 1);
  mpq_set_ui(t->vote, 0, 1);
  plurality(wins, t->weight, n, chains);
  for (size_t y = 0; y < n; y++) {
    mpz_addmul(mpq_numref(t->guess), t->weight[y], t->weight[y]);
    mpz_addmul(mpq_numref(t->vote), t->weight[y], wins[y]);
    if (mpz_cmp(t->weight[y], most) > 0)
      mpz_set(most, t->weight[y]);
  }
  mpz_pow_ui(mpq_denref(t->guess), t->all, 2);
  mpz_pow_ui(mpq_denref(t->vote), t->all, chains + 1);
  mpz_set(mpq_numref(t->limit), most);
  mpz_set(mpq_denref(t->limit), t->all);
  mpq_canonicalize(t->guess);
  mpq_canonicalize(t->vote);
  mpq_canonicalize(t->limit);
  mpz_clear(most);
  counts_free(wins, n);
}

/* sum += chance * part */
static void add_part(mpq_t sum, const mpq_t chance, const mpq_t part) {
  mpq_t product;
  mpq_init(product);
  mpq_mul(product, chance, part);
  mpq_add(sum, sum, product);
  mpq_clear(product);
}

static void sum_states(struct budget_split *p, const struct solver *v) {
  long steps = p->steps < v->steps ? p->steps : v->steps;
  size_t n = v->states;
  mpz_t *read = count_words(v, steps), *left = count_words(v, v->steps - steps);
  struct rest t;
  mpz_t all;
  mpq_t chance, stays;
  rest_init(&t, n);
  mpz_init(all);
  mpq_inits(chance, stays, NULL);
  mpz_ui_pow_ui(all, v->letters, (unsigned long)steps);
  for (size_t x = 0; x < n; x++) {
    find_reached(chance, v, read, all, x);
    if (set_weights(&t, (left + x * n), n))
      find_rest(&t, n, (unsigned long)p->chains);
    mpz_set(mpq_numref(stays), t.weight[x]);
    mpz_set(mpq_denref(stays), t.all);
    mpq_canonicalize(stays);
    add_part(p->cut, chance, stays);
    add_part(p->guess, chance, t.guess);
    add_part(p->vote, chance, t.vote);
    add_part(p->limit, chance, t.limit);
  }
  mpz_clear(all);
  mpq_clears(chance, stays, NULL);
  rest_clear(&t, n);
  counts_free(read, n * n);
  counts_free(left, n * n);
}

/* ---- All splits ---- */

static bool check(const struct budget *b, struct error *err) {
  long most = b->has_guess ? SOLVER_MOST_TOKENS : SOLVER_MOST_STEPS;
  if (b->tokens < 1)
    return error_set(err, 0, "no steps are needed: there is nothing to split");
  return b->tokens <= most ||
         error_limit(err, "%ld tokens; at most %ld", b->tokens, most);
}

bool budget_init(struct budget *b, const struct source *s, long tokens,
                 struct error *err) {
  struct solver v;
  *b = (struct budget){0};
  bool ok = solver_init(&v, s, err);
  if (ok) {
    b->needed = v.steps;
    b->tokens = tokens ? tokens : v.steps;
    b->has_guess = v.letters > 1;
    ok = check(b, err);
  }
  for (long k = 1; ok && k <= b->tokens; k++) {
    struct budget_split p;
    if (b->tokens % k)
      continue;
    split_init(&p, b->tokens / k, k);
    (b->has_guess ? sum_states : share)(&p, &v);
    array_push(&b->splits, p);
  }
  solver_clear(&v);
  return ok;
}

void budget_clear(struct budget *b) {
  for (size_t i = 0; i < b->splits.n; i++) {
    struct budget_split *p = &b->splits.at[i];
    mpq_clears(p->cut, p->guess, p->vote, p->limit, NULL);
  }
  array_clear(&b->splits);
}
