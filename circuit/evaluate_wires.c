/* What a ladder reads, as digits, and what its rungs compare them with. */
#include "circuit/evaluate_builder.h"

static void read_bit(struct builder *b, ladder_id l, bit_id bit,
                     mpz_srcptr weight) {
  uint32_t slot = b->slot[bit];
  if (slot == b->code.one)
    mpz_add(b->constant, b->constant, weight);
  else if (slot != b->code.zero)
    digits_push_product(&b->digits, weight, slot);
  if (b->order.last[bit] == l) {
    b->order.last[bit] = 0; // it may be read twice
    array_push(&b->read, bit);
  }
}

static void read_view(struct builder *b, ladder_id l, source_id s,
                      mpz_srcptr weight) {
  struct integer_scratch scratch;
  const struct circuit *c = b->c;
  ladder_id from = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  mpz_t product;
  mpz_init(product);
  for (size_t i = 0; i < circuit_rungs(c, from); i++)
    if (steps[i]) {
      mpz_mul(product, weight, integers_get(&c->integers, steps[i], &scratch));
      read_bit(b, l, c->ladders.at[from].first_bit + (bit_id)i, product);
    }
  mpz_clear(product);
}

void builder_read(struct builder *b, ladder_id l) {
  const struct circuit *c = b->c;
  struct integer_scratch scratch;
  mpz_set_ui(b->constant, 0);
  digits_empty(&b->digits);
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    source_id s = c->wires.at[i].source;
    if (!c->wires.at[i].weight || b->bases.is_part[i])
      continue;
    mpz_srcptr w = integers_get(&c->integers, c->wires.at[i].weight, &scratch);
    if (s & SOURCE_VIEW)
      read_view(b, l, s, w);
    else
      read_bit(b, l, s, w);
  }
  base_read(&b->bases, l, &b->code, &b->digits, b->constant);
  digits_settle(&b->digits);
  b->low = digits_trim(&b->digits);
}

/* What the count of digits must reach for the bit to be 1. */
static void find_threshold(const struct builder *b, mpz_t t, bit_id bit) {
  struct integer_scratch scratch;
  const struct circuit *c = b->c;
  mpz_sub(t, integers_get(&c->integers, c->bits.at[bit].threshold, &scratch),
          b->constant);
  mpz_cdiv_q_2exp(t, t, b->low);
  mpz_add(t, t, b->digits.negative);
}

void builder_find_rungs(struct builder *b, ladder_id l) {
  mpz_t t;
  mpz_init(t);
  for (bit_id bit = b->c->ladders.at[l].first_bit;
       bit < circuit_end_bit(b->c, l); bit++) {
    if (!b->needed[bit])
      continue;
    find_threshold(b, t, bit);
    if (mpz_sgn(t) <= 0)
      b->slot[bit] = b->code.one;
    else if (mpz_cmp(t, b->digits.most) > 0)
      b->slot[bit] = b->code.zero;
    else {
      array_push(&b->rungs, (struct rung){.bit = bit});
      mpz_init_set(array_last(&b->rungs).threshold, t);
    }
  }
  mpz_clear(t);
}

void builder_release(struct builder *b) {
  for (size_t i = 0; i < b->read.n; i++)
    code_give(&b->code, b->slot[b->read.at[i]]);
  b->read.n = 0;
}

uint32_t builder_slot(struct builder *b, bit_id bit) {
  uint32_t o = b->output[bit];
  return b->slot[bit] = o == BUILDER_NONE ? code_take(&b->code)
                                          : (uint32_t)b->c->inputs.n + o;
}
