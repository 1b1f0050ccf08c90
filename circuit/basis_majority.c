#include "circuit/basis_parts.h"

/* What majority gates would need, and which gates are constants. */
struct needs {
  mpz_t wires;
  size_t gates, weight_bits;
};

/* k, the literals of a gate with threshold t. */
static void count_literals(mpz_t k, const mpz_t total, const mpz_t t) {
  mpz_t other;
  mpz_init(other);
  mpz_sub(other, total, t);
  mpz_mul_2exp(other, other, 1);
  mpz_add_ui(other, other, 1);
  mpz_mul_2exp(k, t, 1);
  mpz_sub_ui(k, k, 2);
  if (mpz_cmp(other, k) > 0)
    mpz_swap(k, other);
  mpz_clear(other);
}

/* Before the first gate is made any literal will do for what is no constant. */
static void count_ladder(struct conversion *v, ladder_id l,
                         struct needs *needs) {
  mpz_t t, k;
  mpz_inits(t, k, NULL);
  conversion_add_up(v, l);
  conversion_settle(v);
  for (size_t i = 0; i < v->sum.terms.n; i++) {
    size_t bits = mpz_sizeinbase(v->sum.terms.at[i].weight, 2);
    needs->weight_bits = bits > needs->weight_bits ? bits : needs->weight_bits;
  }
  for (bit_id b = v->from->ladders.at[l].first_bit;
       b < circuit_end_bit(v->from, l); b++) {
    if (conversion_threshold(v, b, t, &v->of[b]))
      continue;
    v->of[b] = literal_of(b);
    count_literals(k, v->sum.total, t);
    mpz_add(needs->wires, needs->wires, k);
    needs->gates++;
  }
  mpz_clears(t, k, NULL);
}

static void count_needs(struct conversion *v, struct needs *needs) {
  *needs = (struct needs){0};
  mpz_init(needs->wires);
  for (ladder_id l = 1; l < v->from->ladders.n; l++) {
    bit_id b = v->from->ladders.at[l].first_bit;
    if (circuit_is_input(v->from, b))
      v->of[b] = literal_of(b);
    else
      count_ladder(v, l, needs);
  }
}

/* A number of wires that no one reads digit by digit is told by its length. */
static bool refuse(const struct needs *needs, struct error *err) {
  char text[64];
  size_t digits = mpz_sizeinbase(needs->wires, 10);
  if (digits <= 40)
    gmp_snprintf(text, sizeof text, "%Zd", needs->wires);
  else
    snprintf(text, sizeof text, "a number of %zu digits of", digits);
  return error_set(err, 0,
                   "majority gates would need %s wires, more than the memory "
                   "allows: weights have up to %zu bits",
                   text, needs->weight_bits);
}

static bool fits(const struct conversion *v, const struct needs *needs) {
  mpz_t bytes;
  bool ok = mpz_cmp_ui(needs->wires, CIRCUIT_MAX_WIRES) <= 0;
  size_t each = sizeof(struct ladder) + sizeof(struct bit);
  mpz_init(bytes);
  mpz_mul_ui(bytes, needs->wires, sizeof(struct wire));
  mpz_add_ui(bytes, bytes, (needs->gates + v->from->inputs.n + 2) * each);
  if (v->to->max_bytes)
    ok &= mpz_cmp_ui(bytes, v->to->max_bytes) <= 0;
  mpz_clear(bytes);
  return ok;
}

static void repeat(struct conversion *v, bit_id b, long weight,
                   unsigned long times) {
  for (; times; times--)
    circuit_add_wire_si(v->to, b, weight);
}

/* [sum >= t], neither constant: constants fill it up until t is in the middle,
   floor(k/2) + 1 literals of k. */
static literal add_majority(struct conversion *v, const mpz_t t) {
  const struct literal_sum *s = &v->sum;
  unsigned long total = mpz_get_ui(s->total), at = mpz_get_ui(t);
  unsigned long zeros = 2 * (at - 1) > total ? 2 * (at - 1) - total : 0;
  unsigned long ones = total + 1 > 2 * at ? total + 1 - 2 * at : 0;
  long threshold = (long)((total + zeros + ones) / 2 + 1);
  for (size_t i = 0; i < s->terms.n; i++) {
    const struct term *term = &s->terms.at[i];
    unsigned long times = mpz_get_ui(term->weight);
    bool is_negated = literal_is_negated(term->literal);
    repeat(v, literal_bit(term->literal), is_negated ? -1 : 1, times);
    threshold -= is_negated ? (long)times : 0;
  }
  repeat(v, BIT_ZERO, 1, zeros);
  repeat(v, BIT_ONE, 1, ones);
  return literal_of(circuit_add_gate_si(v->to, threshold));
}

static void add_gates(struct conversion *v) {
  const struct circuit *c = v->from;
  mpz_t t;
  mpz_init(t);
  for (ladder_id l = 1; l < c->ladders.n; l++) {
    if (conversion_begin(v, l))
      continue;
    conversion_add_up(v, l);
    conversion_settle(v);
    for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
      if (!conversion_threshold(v, b, t, &v->of[b]))
        v->of[b] = add_majority(v, t);
  }
  mpz_clear(t);
}

bool basis_majority(struct circuit *to, const struct circuit *from,
                    struct error *err) {
  struct conversion v;
  struct needs needs;
  conversion_init(&v, to, from);
  count_needs(&v, &needs);
  bool ok = fits(&v, &needs) || refuse(&needs, err);
  if (ok) {
    add_gates(&v);
    conversion_finish(&v);
  }
  mpz_clear(needs.wires);
  conversion_clear(&v);
  return ok;
}

void basis_majority_wires(mpz_t wires, const struct circuit *from) {
  struct conversion v;
  struct needs needs;
  conversion_init(&v, NULL, from);
  count_needs(&v, &needs);
  mpz_swap(wires, needs.wires);
  mpz_clear(needs.wires);
  conversion_clear(&v);
}
