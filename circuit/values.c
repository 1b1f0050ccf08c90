#include "circuit/values.h"

/* Views are read many times and added up once. */
struct views {
  long *value;
  enum view_state {
    VIEW_NEW,
    VIEW_SHORT,
    VIEW_LONG, // does not fit: add it up again
  } * state;
};

void circuit_source_value(mpz_t r, const struct circuit *c, source_id s,
                          const bool *value) {
  struct integer_scratch scratch;
  mpz_set_ui(r, s & SOURCE_VIEW ? 0 : value[s]);
  if (!(s & SOURCE_VIEW))
    return;
  ladder_id l = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  for (size_t i = 0; i < circuit_rungs(c, l); i++)
    if (value[c->ladders.at[l].first_bit + i])
      mpz_add(r, r, integers_get(&c->integers, steps[i], &scratch));
}

void circuit_sum(mpz_t sum, const struct circuit *c, ladder_id l,
                 const bool *value) {
  struct integer_scratch scratch;
  mpz_t v;
  mpz_init(v);
  mpz_set_ui(sum, 0);
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    struct wire w = c->wires.at[i];
    circuit_source_value(v, c, w.source, value);
    mpz_addmul(sum, v, integers_get(&c->integers, w.weight, &scratch));
  }
  mpz_clear(v);
}

static bool short_view(const struct circuit *c, source_id s, const bool *value,
                       long *v) {
  ladder_id l = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  long step;
  *v = 0;
  for (size_t i = 0; i < circuit_rungs(c, l); i++)
    if (value[c->ladders.at[l].first_bit + i] &&
        (!integers_get_si(&c->integers, steps[i], &step) ||
         __builtin_add_overflow(*v, step, v)))
      return false;
  return true;
}

static bool short_source(const struct circuit *c, source_id s,
                         const bool *value, const struct views *views,
                         long *v) {
  if (!(s & SOURCE_VIEW)) {
    *v = value[s];
    return true;
  }
  view_id id = s & ~SOURCE_VIEW;
  if (views->state[id] == VIEW_NEW)
    views->state[id] =
        short_view(c, s, value, &views->value[id]) ? VIEW_SHORT : VIEW_LONG;
  *v = views->value[id];
  return views->state[id] == VIEW_SHORT;
}

/* False if the sum, or a part of it on the way, does not fit. */
static bool short_sum(const struct circuit *c, ladder_id l, const bool *value,
                      const struct views *views, long *sum) {
  long v, w;
  *sum = 0;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    struct wire wire = c->wires.at[i];
    if (!short_source(c, wire.source, value, views, &v))
      return false;
    if (v && (!integers_get_si(&c->integers, wire.weight, &w) ||
              __builtin_mul_overflow(v, w, &v) ||
              __builtin_add_overflow(*sum, v, sum)))
      return false;
  }
  return true;
}

static void compare(const struct circuit *c, ladder_id l, mpz_srcptr sum,
                    bool *value) {
  struct integer_scratch t;
  for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
    value[b] = mpz_cmp(sum, integers_get(&c->integers, c->bits.at[b].threshold,
                                         &t)) >= 0;
}

void circuit_values(const struct circuit *c, const bool *input, bool *value) {
  struct views views = {xcalloc(c->views.n, sizeof *views.value),
                        xcalloc(c->views.n, sizeof *views.state)};
  mpz_t sum;
  mpz_init(sum);
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    long fits;
    bit_id first = c->ladders.at[l].first_bit;
    if (circuit_is_input(c, first)) {
      value[first] = *input++;
      continue;
    }
    if (short_sum(c, l, value, &views, &fits))
      mpz_set_si(sum, fits);
    else
      circuit_sum(sum, c, l, value);
    compare(c, l, sum, value);
  }
  mpz_clear(sum);
  free(views.value);
  free(views.state);
}
