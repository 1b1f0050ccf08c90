/* What a ladder reads, as terms. */
#include "circuit/evaluate_maker.h"

#include <string.h>

#define NONE MAKER_NONE
enum {
  MAX_ENTRY = 1 << 30, // of views that need not be bytes
  MAX_BITS = 30,       // of sums that are not wide
  MAX_ELEMENT = 62
};

uint32_t maker_new_item(struct maker *m, enum origin origin, uint32_t id,
                        int64_t lo, int64_t hi) {
  array_push(&m->items,
             (struct item){.origin = origin, .id = id, .lo = lo, .hi = hi});
  return (uint32_t)m->items.n - 1;
}

void maker_push_term(struct maker *m, uint32_t item, mpz_srcptr weight) {
  struct item *x = &m->items.at[item];
  struct wide_term t = {.item = item};
  if (x->reading == m->reading) {
    mpz_ptr sum = m->at->terms.at[x->term].weight;
    mpz_add(sum, sum, weight);
    return;
  }
  x->reading = m->reading;
  x->term = (uint32_t)m->at->terms.n;
  mpz_init_set(t.weight, weight);
  array_push(&m->at->terms, t);
}

static void read_bit(struct maker *m, bit_id b, mpz_srcptr w) {
  if (b == BIT_ONE)
    mpz_add(m->at->constant, m->at->constant, w);
  if (b <= BIT_ONE)
    return;
  if (m->item_of_bit[b] == NONE)
    m->item_of_bit[b] = maker_new_item(m, FROM_BIT, b, 0, 1);
  maker_push_term(m, m->item_of_bit[b], w);
}

static void read_rungs(struct maker *m, source_id s, mpz_srcptr w) {
  const struct circuit *c = m->c;
  ladder_id from = circuit_source_ladder(c, s);
  struct integer_scratch scratch;
  mpz_t product;
  mpz_init(product);
  for (size_t i = 0; i < circuit_rungs(c, from); i++) {
    mpz_mul(product, w,
            integers_get(&c->integers, circuit_view_steps(c, s)[i], &scratch));
    if (mpz_sgn(product))
      read_bit(m, c->ladders.at[from].first_bit + (bit_id)i, product);
  }
  mpz_clear(product);
}

/* Constants, whose ladder has no level, and views of one rung are read as bits;
   so are those of few rungs and many bytes. */
static void read_view(struct maker *m, source_id s, mpz_srcptr w) {
  const struct circuit *c = m->c;
  view_id v = s & ~SOURCE_VIEW;
  const struct shape *shape = &c->shapes.at[c->views.at[v].shape];
  long lo, hi;
  bool is_big = !integers_get_si(&c->integers, shape->lo, &lo) ||
                !integers_get_si(&c->integers, shape->hi, &hi) ||
                lo < -MAX_ENTRY || hi > MAX_ENTRY;
  if (c->views.at[v].ladder == 0 || shape->n == 1 || (is_big && shape->n <= 4))
    read_rungs(m, s, w);
  else if (is_big)
    maker_slice_view(m, v, w, 0);
  else if (lo || hi) {
    if (m->item_of_view[v] == NONE)
      m->item_of_view[v] = maker_new_item(m, FROM_VIEW, v, lo, hi);
    maker_push_term(m, m->item_of_view[v], w);
  }
}

/* Do the ladder's wires read the element as one integer? Then `unit` is the
   weight of its lowest bit. */
static bool is_joined(struct maker *m, const struct element *e, mpz_t unit) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  bool is_same = true;
  mpz_t w;
  mpz_init(w);
  for (uint32_t j = 0; is_same && j < e->width; j++) {
    uint32_t wire = m->wire_of_input[e->first + j];
    if (wire == 0 || wire == NONE) {
      is_same = false;
      break;
    }
    mpz_set(w,
            integers_get(&c->integers, c->wires.at[wire - 1].weight, &scratch));
    if (!j)
      mpz_set(unit, w);
    if (e->is_signed && j + 1 == e->width)
      mpz_neg(w, w);
    mpz_tdiv_q_2exp(w, w, j);
    is_same = mpz_cmp(w, unit) == 0 &&
              mpz_scan1(integers_get(&c->integers, c->wires.at[wire - 1].weight,
                                     &scratch),
                        0) >= j;
  }
  mpz_clear(w);
  return is_same;
}

static uint32_t input_of(const struct maker *m, const struct wire *w) {
  return w->weight && !(w->source & SOURCE_VIEW) ? m->input_of_bit[w->source]
                                                 : NONE;
}

uint32_t maker_element_item(struct maker *m, uint32_t i) {
  struct element *e = &m->elements.at[i];
  int64_t hi = ((int64_t)1 << (e->width - e->is_signed)) - 1;
  if (e->item == NONE)
    e->item = maker_new_item(m, FROM_INPUTS, i, e->is_signed ? -hi - 1 : 0, hi);
  return e->item;
}

static void join(struct maker *m, uint32_t element, size_t first,
                 mpz_srcptr unit) {
  const struct element e = m->elements.at[element];
  for (uint32_t j = 0; j < e.width; j++)
    m->joined.at[m->wire_of_input[e.first + j] - 1 - first] = true;
  maker_push_term(m, maker_element_item(m, element), unit);
}

/* Elements are tried at the wire of their lowest bit. */
static void join_inputs(struct maker *m, size_t first, size_t end) {
  const struct wire *wires = m->c->wires.at;
  mpz_t unit;
  mpz_init(unit);
  array_reserve(&m->joined, end - first + 1);
  memset(m->joined.at, 0, (end - first) * sizeof *m->joined.at);
  for (size_t i = first; i < end; i++) {
    uint32_t in = input_of(m, &wires[i]);
    if (in != NONE)
      m->wire_of_input[in] = m->wire_of_input[in] ? NONE : (uint32_t)(i + 1);
  }
  for (size_t i = first; i < end; i++) {
    uint32_t in = input_of(m, &wires[i]);
    uint32_t e = in == NONE ? NONE : m->element_of_input[in];
    if (e != NONE && m->elements.at[e].first == in &&
        is_joined(m, &m->elements.at[e], unit))
      join(m, e, first, unit);
  }
  for (size_t i = first; i < end; i++)
    if (input_of(m, &wires[i]) != NONE)
      m->wire_of_input[input_of(m, &wires[i])] = 0;
  mpz_clear(unit);
}

void member_empty(struct member *x) {
  for (size_t i = 0; i < x->terms.n; i++)
    mpz_clear(x->terms.at[i].weight);
  for (size_t i = 0; i < x->rungs.may.n; i++)
    mpz_clear(x->rungs.may.at[i].threshold);
  x->terms.n = x->rungs.may.n = 0;
}

static void read_wires(struct maker *m, ladder_id l) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  size_t first = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  join_inputs(m, first, end);
  for (size_t i = first; i < end; i++) {
    const struct wire *w = &c->wires.at[i];
    if (!w->weight || m->joined.at[i - first])
      continue;
    mpz_srcptr weight = integers_get(&c->integers, w->weight, &scratch);
    if (w->source & SOURCE_VIEW)
      read_view(m, w->source, weight);
    else
      read_bit(m, w->source, weight);
  }
}

/* Divide the weights by their common power of 2. */
static void trim_terms(struct member *x) {
  mp_bitcnt_t low = ~(mp_bitcnt_t)0;
  for (size_t i = 0; i < x->terms.n; i++) {
    mp_bitcnt_t zeros = mpz_scan1(x->terms.at[i].weight, 0); // or the most
    low = zeros < low ? zeros : low;
  }
  x->low = low == ~(mp_bitcnt_t)0 ? 0 : low;
  for (size_t i = 0; i < x->terms.n; i++) {
    mpz_ptr w = x->terms.at[i].weight;
    mpz_tdiv_q_2exp(w, w, x->low);
  }
}

static void find_bound(const struct maker *m, struct member *x) {
  mpz_t most;
  mpz_init(most);
  mpz_set_ui(x->bound, 0);
  for (size_t i = 0; i < x->terms.n; i++) {
    const struct item *from = &m->items.at[x->terms.at[i].item];
    mpz_set_si(most, -from->lo > from->hi ? from->lo : from->hi);
    mpz_mul(most, most, x->terms.at[i].weight);
    mpz_abs(most, most);
    mpz_add(x->bound, x->bound, most);
  }
  mpz_clear(most);
}

/* Those of weight 0. */
static void drop_terms(struct member *x) {
  size_t n = 0;
  for (size_t i = 0; i < x->terms.n; i++)
    if (mpz_sgn(x->terms.at[i].weight))
      x->terms.at[n++] = x->terms.at[i];
    else
      mpz_clear(x->terms.at[i].weight);
  x->terms.n = n;
}

void maker_read(struct maker *m, ladder_id l) {
  struct member *x = m->at;
  x->ladder = l;
  m->reading++;
  member_empty(x);
  mpz_set_ui(x->constant, 0);
  read_wires(m, l);
  trim_terms(x);
  find_bound(m, x);
  x->kind = mpz_sizeinbase(x->bound, 2) <= MAX_BITS ? SUM_32 : SUM_WIDE;
  if (x->kind == SUM_WIDE) {
    maker_slice_terms(m);
    find_bound(m, x);
  }
  drop_terms(x);
  for (size_t i = 0; !m->is_second && i < x->terms.n; i++)
    m->items.at[x->terms.at[i].item].last = l;
}

static bool is_taken(const struct maker *m, size_t first, uint32_t width) {
  for (uint32_t j = 0; j < width; j++)
    if (m->element_of_input[first + j] != NONE)
      return true;
  return false;
}

static void find_element(struct maker *m, size_t first, uint32_t width,
                         bool is_signed) {
  if (is_taken(m, first, width))
    return;
  for (uint32_t j = 0; j < width; j++)
    m->element_of_input[first + j] = (uint32_t)m->elements.n;
  array_push(&m->elements,
             (struct element){(uint32_t)first, width, is_signed, NONE, NONE});
}

/* Integers of many bits are bytes from the beginning. */
void maker_find_elements(struct maker *m) {
  const struct circuit *c = m->c;
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    uint32_t part = b->width > MAX_ELEMENT ? 8 : b->width;
    for (size_t v = 0; b->width > 1 && v < b->values; v++)
      for (uint32_t at = 0; at < b->width; at += part) {
        bool is_top = at + part >= b->width;
        find_element(m, b->first_bit + v * b->width + at,
                     is_top ? b->width - at : part, b->is_signed && is_top);
      }
  }
}
