#include "analysis/schedule.h"
#include "circuit/measure.h"

/* Gates without wires, whose depth is 0, are among the first. */
static size_t level_of(const struct circuit *c, const uint32_t *depth,
                       bit_id b) {
  return circuit_is_gate(c, b) ? depth[b] + !depth[b] : 0;
}

void schedule_init(struct schedule *s, const struct circuit *c) {
  uint32_t *depth = circuit_depths(c);
  *s = (struct schedule){0};
  for (bit_id b = 0; b < c->bits.n; b++)
    if (level_of(c, depth, b) > s->span)
      s->span = level_of(c, depth, b);
  s->gates = xcalloc(s->span + 1, sizeof *s->gates);
  for (bit_id b = 0; b < c->bits.n; b++)
    if (circuit_is_gate(c, b)) {
      s->gates[level_of(c, depth, b) - 1]++;
      s->work++;
    }
  for (size_t i = 0; i < s->span; i++)
    s->width = s->gates[i] > s->width ? s->gates[i] : s->width;
  free(depth);
}

void schedule_clear(struct schedule *s) {
  free(s->gates);
}

static size_t quotient_up(size_t a, size_t b) {
  return a / b + (a % b != 0);
}

size_t schedule_steps(const struct schedule *s, size_t processors) {
  size_t steps = 0;
  for (size_t i = 0; i < s->span; i++)
    steps += quotient_up(s->gates[i], processors);
  return steps;
}

size_t schedule_least(const struct schedule *s, size_t processors) {
  size_t least = quotient_up(s->work, processors);
  return least > s->span ? least : s->span;
}

size_t schedule_most(const struct schedule *s, size_t processors) {
  return s->span + (s->work - s->span) / processors;
}

double schedule_amdahl(const struct schedule *s, size_t processors) {
  double serial = s->work ? (double)s->span / (double)s->work : 1;
  return 1 / (serial + (1 - serial) / (double)processors);
}
