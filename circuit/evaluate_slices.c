/* What sums of more than 30 bits read, in bytes: an integer of more than eight
   bits is several terms, each 256 times the one before. */
#include "circuit/evaluate_maker.h"

#define NONE MAKER_NONE

/* Bytes of (view - lo) >> zeros, where the steps have so many zeros below. */
static struct sliced new_sliced(struct maker *m, view_id v) {
  const struct circuit *c = m->c;
  const struct shape *shape = &c->shapes.at[c->views.at[v].shape];
  const integer_id *steps = circuit_view_steps(c, SOURCE_VIEW | v);
  struct integer_scratch scratch;
  struct sliced x = {.first = (uint32_t)m->items.n, .zeros = ~(mp_bitcnt_t)0};
  mpz_t range;
  mpz_init_set(range, integers_get(&c->integers, shape->hi, &scratch));
  mpz_init_set(x.lo, integers_get(&c->integers, shape->lo, &scratch));
  mpz_sub(range, range, x.lo);
  for (size_t i = 0; i < shape->n; i++) {
    mp_bitcnt_t z =
        mpz_scan1(integers_get(&c->integers, steps[i], &scratch), 0);
    x.zeros = z < x.zeros ? z : x.zeros;
  }
  mpz_tdiv_q_2exp(range, range, x.zeros);
  for (; mpz_sgn(range); x.n++) {
    int64_t top = mpz_cmp_ui(range, 255) < 0 ? (int64_t)mpz_get_ui(range) : 255;
    maker_new_item(m, FROM_SLICE, v, 0, top);
    mpz_tdiv_q_2exp(range, range, 8);
  }
  mpz_clear(range);
  return x;
}

void maker_slice_view(struct maker *m, view_id v, mpz_srcptr weight,
                      mp_bitcnt_t low) {
  if (m->sliced_of_view[v] == NONE) {
    struct sliced x = new_sliced(m, v);
    m->sliced_of_view[v] = (uint32_t)m->sliced.n;
    array_push(&m->sliced, x);
  }
  const struct sliced *x = &m->sliced.at[m->sliced_of_view[v]];
  mpz_t w;
  mpz_init(w);
  mpz_mul(w, weight, x->lo);
  mpz_mul_2exp(w, w, low);
  mpz_add(m->at->constant, m->at->constant, w);
  mpz_mul_2exp(w, weight, x->zeros);
  for (uint32_t b = 0; b < x->n; b++) {
    maker_push_term(m, x->first + b, w);
    mpz_mul_2exp(w, w, 8);
  }
  mpz_clear(w);
}

/* The element's bytes are elements as well. */
static void slice_inputs(struct maker *m, uint32_t element, mpz_srcptr weight) {
  const struct element e = m->elements.at[element];
  uint32_t first = e.bytes;
  if (first == NONE) {
    m->elements.at[element].bytes = first = (uint32_t)m->elements.n;
    for (uint32_t at = 0; at < e.width; at += 8) {
      bool is_top = at + 8 >= e.width;
      array_push(&m->elements,
                 (struct element){.first = e.first + at,
                                  .width = is_top ? e.width - at : 8,
                                  .is_signed = e.is_signed && is_top,
                                  .item = NONE,
                                  .bytes = NONE});
    }
  }
  mpz_t w;
  mpz_init_set(w, weight);
  for (uint32_t at = 0; at < e.width; at += 8) {
    maker_push_term(m, maker_element_item(m, first + at / 8), w);
    mpz_mul_2exp(w, w, 8);
  }
  mpz_clear(w);
}

void maker_slice_terms(struct maker *m) {
  struct member *at = m->at;
  mpz_t w;
  mpz_init(w);
  for (size_t i = 0, n = at->terms.n; i < n; i++) {
    const struct item x = m->items.at[at->terms.at[i].item];
    if (x.hi - x.lo <= 255)
      continue;
    mpz_set(w, at->terms.at[i].weight);
    mpz_set_ui(at->terms.at[i].weight, 0);
    if (x.origin == FROM_INPUTS)
      slice_inputs(m, x.id, w);
    else
      maker_slice_view(m, x.id, w, at->low);
  }
  mpz_clear(w);
}
