#include "tests/naive.h"

#include <string.h>

static void push_wire(struct naive_sum *sum, bit_id bit, mpz_srcptr weight,
                      mpz_srcptr step) {
  struct naive_wire w = {.bit = bit};
  mpz_init(w.weight);
  mpz_mul(w.weight, weight, step);
  if (mpz_sgn(w.weight))
    array_push(&sum->wires, w);
  else
    mpz_clear(w.weight);
}

static struct naive_sum expand_sum(const struct circuit *c, ladder_id l) {
  struct naive_sum sum = {0};
  struct integer_scratch ws, ss;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    source_id s = c->wires.at[i].source;
    mpz_srcptr w = integers_get(&c->integers, c->wires.at[i].weight, &ws);
    if (!(s & SOURCE_VIEW)) {
      push_wire(&sum, s, w, integers_get(&c->integers, 1, &ss));
      continue;
    }
    ladder_id from = circuit_source_ladder(c, s);
    for (size_t j = 0; j < circuit_rungs(c, from); j++)
      push_wire(&sum, c->ladders.at[from].first_bit + (bit_id)j, w,
                integers_get(&c->integers, circuit_view_steps(c, s)[j], &ss));
  }
  return sum;
}

void naive_init(struct naive *n, const struct circuit *c) {
  *n = (struct naive){0};
  for (ladder_id l = 0; l < c->ladders.n; l++)
    array_push(&n->sums, expand_sum(c, l));
  for (bit_id b = 0; b < c->bits.n; b++) {
    struct integer_scratch s;
    struct naive_gate g = {.sum = c->bits.at[b].ladder,
                           .is_input = circuit_is_input(c, b)};
    mpz_init(g.threshold);
    if (!g.is_input)
      mpz_set(g.threshold,
              integers_get(&c->integers, c->bits.at[b].threshold, &s));
    array_push(&n->gates, g);
  }
}

void naive_clear(struct naive *n) {
  for (size_t i = 0; i < n->sums.n; i++) {
    for (size_t j = 0; j < n->sums.at[i].wires.n; j++)
      mpz_clear(n->sums.at[i].wires.at[j].weight);
    array_clear(&n->sums.at[i].wires);
  }
  for (size_t i = 0; i < n->gates.n; i++)
    mpz_clear(n->gates.at[i].threshold);
  array_clear(&n->sums);
  array_clear(&n->gates);
}

bool *naive_values(const struct naive *n, const bool *input) {
  bool *value = xcalloc(n->gates.n, sizeof *value);
  mpz_t sum;
  mpz_init(sum);
  for (size_t b = 0; b < n->gates.n; b++) {
    const struct naive_gate *g = &n->gates.at[b];
    const struct naive_sum *s = &n->sums.at[g->sum];
    if (g->is_input) {
      value[b] = *input++;
      continue;
    }
    if (!b || n->gates.at[b - 1].sum != g->sum) { // else it is the last one's
      mpz_set_ui(sum, 0);
      for (size_t i = 0; i < s->wires.n; i++)
        if (value[s->wires.at[i].bit])
          mpz_add(sum, sum, s->wires.at[i].weight);
    }
    value[b] = mpz_cmp(sum, g->threshold) >= 0;
  }
  mpz_clear(sum);
  return value;
}

bool naive_is_gate(const struct naive *n, size_t bit) {
  return bit > BIT_ONE && !n->gates.at[bit].is_input;
}

size_t *naive_depths_of(const struct naive *n, const bool *counted) {
  size_t *depth = xcalloc(n->gates.n, sizeof *depth);
  for (size_t b = 0; b < n->gates.n; b++) {
    const struct naive_sum *s = &n->sums.at[n->gates.at[b].sum];
    for (size_t i = 0; i < s->wires.n; i++) {
      size_t d = depth[s->wires.at[i].bit] + (!counted || counted[b]);
      if (depth[b] < d)
        depth[b] = d;
    }
  }
  return depth;
}

size_t *naive_depths(const struct naive *n) {
  return naive_depths_of(n, NULL);
}

static void measure_gate(const struct naive *n, size_t b,
                         struct naive_measure *m) {
  const struct naive_sum *s = &n->sums.at[n->gates.at[b].sum];
  mpz_t w;
  mpz_init(w);
  m->gates++;
  m->wires += s->wires.n;
  if (m->fan_in < s->wires.n)
    m->fan_in = s->wires.n;
  for (size_t i = 0; i < s->wires.n; i++) {
    mpz_abs(w, s->wires.at[i].weight);
    mpz_add(m->weight, m->weight, w);
    if (m->weight_bits < mpz_sizeinbase(w, 2))
      m->weight_bits = mpz_sizeinbase(w, 2);
  }
  mpz_clear(w);
}

void naive_measure(const struct naive *n, const bool *which,
                   struct naive_measure *m) {
  size_t *depth = naive_depths(n);
  *m = (struct naive_measure){.depth_from = SIZE_MAX};
  mpz_init(m->weight);
  for (size_t b = 0; b < n->gates.n; b++)
    if (which[b] && naive_is_gate(n, b)) {
      measure_gate(n, b, m);
      if (depth[b] < m->depth_from)
        m->depth_from = depth[b];
      if (depth[b] > m->depth_to)
        m->depth_to = depth[b];
    }
  if (!m->gates)
    m->depth_from = 0;
  free(depth);
}

bool *naive_live(const struct naive *n, const bit_id *roots, size_t count) {
  bool *live = xcalloc(n->gates.n, sizeof *live);
  for (size_t i = 0; i < count; i++)
    live[roots[i]] = true;
  for (size_t b = n->gates.n; b-- > 0;) {
    const struct naive_sum *s = &n->sums.at[n->gates.at[b].sum];
    for (size_t i = 0; live[b] && i < s->wires.n; i++)
      live[s->wires.at[i].bit] = true;
  }
  return live;
}

size_t naive_live_gates(const struct naive *n, const bit_id *roots,
                        size_t count) {
  bool *live = naive_live(n, roots, count);
  size_t gates = 0;
  for (size_t b = BIT_ONE + 1; b < n->gates.n; b++)
    gates += live[b] && !n->gates.at[b].is_input;
  free(live);
  return gates;
}

/* Wires [i..) of one ladder, whose rungs fire as a prefix: add the least and
   the greatest sum of a prefix, and return where they end. */
static size_t add_ladder_range(const struct naive *n, const struct naive_sum *s,
                               size_t i, mpz_t lo, mpz_t hi) {
  size_t ladder = n->gates.at[s->wires.at[i].bit].sum;
  mpz_t at, low, high;
  mpz_inits(at, low, high, NULL);
  for (; i < s->wires.n && n->gates.at[s->wires.at[i].bit].sum == ladder; i++) {
    mpz_add(at, at, s->wires.at[i].weight);
    if (mpz_cmp(at, low) < 0)
      mpz_set(low, at);
    if (mpz_cmp(at, high) > 0)
      mpz_set(high, at);
  }
  mpz_add(lo, lo, low);
  mpz_add(hi, hi, high);
  mpz_clears(at, low, high, NULL);
  return i;
}

static bool is_idle(const struct naive *n, const struct naive_gate *g) {
  const struct naive_sum *s = &n->sums.at[g->sum];
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t i = 0; i < s->wires.n;)
    i = add_ladder_range(n, s, i, lo, hi);
  bool idle = mpz_cmp(g->threshold, lo) <= 0 || mpz_cmp(g->threshold, hi) > 0;
  mpz_clears(lo, hi, NULL);
  return idle;
}

size_t naive_idle_gates(const struct naive *n, const bit_id *roots,
                        size_t count) {
  bool *live = naive_live(n, roots, count);
  size_t idle = 0;
  for (size_t b = BIT_ONE + 1; b < n->gates.n; b++)
    idle += live[b] && !n->gates.at[b].is_input && is_idle(n, &n->gates.at[b]);
  free(live);
  return idle;
}

void naive_source(mpz_t y, const struct circuit *c, source_id s,
                  const bool *value) {
  struct integer_scratch scratch;
  mpz_set_ui(y, s & SOURCE_VIEW ? 0 : value[s]);
  if (!(s & SOURCE_VIEW))
    return;
  ladder_id l = circuit_source_ladder(c, s);
  for (size_t i = 0; i < circuit_rungs(c, l); i++)
    if (value[c->ladders.at[l].first_bit + i])
      mpz_add(
          y, y,
          integers_get(&c->integers, circuit_view_steps(c, s)[i], &scratch));
}
