/* A single rung, [count of digits >= t]: the threshold joins as a bias 2^m - t,
   and the gate is the carry to plane m, so nothing is compared. */
#include "circuit/evaluate_builder.h"
#include "circuit/evaluate_steps.h"

/* At most 8 digits of one plane, or of none. */
static bool is_small(const struct digits *d) {
  return d->all.n <= 8 && array_last(&d->all).key < 2;
}

static void make_small(struct builder *b, bit_id bit, unsigned long t) {
  const struct digits *d = &b->digits;
  size_t n = d->all.n, size = n <= 2 ? 2 : n <= 4 ? 4 : 8, at = 1;
  uint32_t kind = size == 2 ? STEP_GATE2 : size == 4 ? STEP_GATE4 : STEP_GATE8;
  uint32_t record[12];
  unsigned long bias = size - t;
  for (size_t i = 1; i < size; i *= 2)
    record[at++] = bias & i ? b->code.one : b->code.zero;
  for (size_t i = n; i < size; i++)
    record[at++] = b->code.zero;
  for (size_t i = 0; i < n; i++) {
    record[at++] = d->all.at[i].slot;
    kind += d->all.at[i].key & 1;
  }
  builder_release(b);
  record[0] = builder_slot(b, bit);
  code_step(&b->code, kind, record);
}

/* 2^m is greater than the most that the count exceeds t by, and at least t.
   Sets t to the bias. */
static size_t find_bias(const struct digits *d, mpz_t t) {
  mpz_t most;
  mpz_init(most);
  mpz_sub(most, d->most, t);
  mpz_sub_ui(t, t, 1);
  mpz_srcptr greater = mpz_cmp(most, t) < 0 ? t : most;
  size_t m = mpz_sgn(greater) ? mpz_sizeinbase(greater, 2) : 0;
  mpz_com(t, t); // -(t - 1) - 1
  mpz_set_ui(most, 0);
  mpz_setbit(most, m);
  mpz_add(t, t, most);
  mpz_clear(most);
  return m;
}

/* The carry is 0 or 1, so at most one of the bits that make it is 1. */
static void make_large(struct builder *b, bit_id bit, mpz_t t) {
  struct counter *c = &b->counter;
  size_t m = find_bias(&b->digits, t);
  struct planes p = {.bias = t, .top = m, .last = m, .digits = &b->digits};
  code_mark(&b->code, STEP_SUM, 0);
  planes_count(c, &p, NULL);
  c->adding.n = 0;
  size_t negated = planes_gather(c, &p);
  for (size_t i = 0; i < c->adding.n; i++)
    code_step(&b->code, i < c->adding.n - negated ? STEP_ANY : STEP_NOT,
              &c->adding.at[i]);
  planes_give_carries(c, &p);
  builder_release(b);
  uint32_t slot = builder_slot(b, bit);
  code_step(&b->code, STEP_STORE, &slot);
  code_mark(&b->code, STEP_END, 0);
}

void builder_make_gate(struct builder *b) {
  struct rung *r = &b->rungs.at[0];
  digits_trim_threshold(&b->digits, r->threshold);
  if (is_small(&b->digits))
    make_small(b, r->bit, mpz_get_ui(r->threshold));
  else
    make_large(b, r->bit, r->threshold);
}
