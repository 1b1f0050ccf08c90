/* Ladder by ladder: which integers there are, in how many bits, and when.

   What a sum reads becomes terms: a constant, a bit (0 or 1), a view, or the
   integer that several input bits of a bus spell where a sum weights them as
   one. A value is made by the ladder it comes from, or from input bits just
   before its first reader, and its memory is given on after its last. */
#include "circuit/error.h"
#include "circuit/evaluate_steps.h"
#include "circuit/evaluate_sums.h"

#include <string.h>

#define NONE UINT32_MAX
#define MAX_ENTRY ((int64_t)1 << 62) // so that their differences fit as well

/* An integer that may be a term. */
enum origin {
  FROM_BIT,
  FROM_VIEW,
  FROM_INPUTS
};

struct item {
  enum origin origin;
  uint32_t id;    // bit, view or element
  ladder_id last; // its last reader
  bool is_made;
  int64_t lo, hi;
  struct sum_value value;
};

/* Inputs that are one integer of a bus. */
struct element {
  uint32_t first, width;
  bool is_signed;
  uint32_t item; // or NONE
};

struct wide_term {
  uint32_t item;
  mpz_t weight;
};

struct maker {
  const struct circuit *c;
  struct sums *s;
  bool *needed;
  uint32_t *item_of_bit, *item_of_view; // or NONE
  uint32_t *input_of_bit;               // or NONE
  uint32_t *element_of_input;           // or NONE
  size_t *views_of;                     // views by ladder: at ladder l those
  view_id *views;                       // of views[views_of[l]..views_of[l+1])
  ARRAY(struct item) items;
  ARRAY(struct element) elements;
  ARRAY(uint32_t) unused[4]; // places, by size of value
  size_t total;              // words
  /* The ladder at work: terms, without the constant. */
  bool is_second; // first all last readers are found
  ladder_id ladder;
  ARRAY(struct wide_term) terms;
  mpz_t constant, bound;
  /* Wires that were joined, by number from the ladder's first. */
  ARRAY(bool) joined;
  uint32_t *wire_of_input; // wire that reads it, plus 1; 0: none; NONE: many
  uint32_t *output_of_bit, *next_output; // chains that end in NONE
};

/* Terms */

static uint32_t new_item(struct maker *m, enum origin origin, uint32_t id,
                         int64_t lo, int64_t hi) {
  array_push(&m->items,
             (struct item){.origin = origin, .id = id, .lo = lo, .hi = hi});
  return (uint32_t)m->items.n - 1;
}

static void push_term(struct maker *m, uint32_t item, mpz_srcptr weight) {
  struct wide_term t = {.item = item};
  mpz_init_set(t.weight, weight);
  if (!m->is_second)
    m->items.at[item].last = m->ladder;
  array_push(&m->terms, t);
}

static void read_bit(struct maker *m, bit_id b, mpz_srcptr w) {
  if (b == BIT_ONE)
    mpz_add(m->constant, m->constant, w);
  if (b <= BIT_ONE)
    return;
  if (m->item_of_bit[b] == NONE)
    m->item_of_bit[b] = new_item(m, FROM_BIT, b, 0, 1);
  push_term(m, m->item_of_bit[b], w);
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

/* Constants, whose ladder has no level, and views of one rung or with large
   entries, are read as bits. */
static void read_view(struct maker *m, source_id s, mpz_srcptr w) {
  const struct circuit *c = m->c;
  view_id v = s & ~SOURCE_VIEW;
  const struct shape *shape = &c->shapes.at[c->views.at[v].shape];
  long lo, hi;
  if (c->views.at[v].ladder == 0 || shape->n == 1 ||
      !integers_get_si(&c->integers, shape->lo, &lo) || lo < -MAX_ENTRY ||
      !integers_get_si(&c->integers, shape->hi, &hi) || hi > MAX_ENTRY) {
    read_rungs(m, s, w);
    return;
  }
  if (!lo && !hi)
    return;
  if (m->item_of_view[v] == NONE)
    m->item_of_view[v] = new_item(m, FROM_VIEW, v, lo, hi);
  push_term(m, m->item_of_view[v], w);
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

static uint32_t element_item(struct maker *m, uint32_t i) {
  struct element *e = &m->elements.at[i];
  int64_t hi = ((int64_t)1 << (e->width - e->is_signed)) - 1;
  if (e->item == NONE)
    e->item = new_item(m, FROM_INPUTS, i, e->is_signed ? -hi - 1 : 0, hi);
  return e->item;
}

static void join(struct maker *m, uint32_t element, size_t first,
                 mpz_srcptr unit) {
  const struct element e = m->elements.at[element];
  for (uint32_t j = 0; j < e.width; j++)
    m->joined.at[m->wire_of_input[e.first + j] - 1 - first] = true;
  push_term(m, element_item(m, element), unit);
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

static void clear_terms(struct maker *m) {
  for (size_t i = 0; i < m->terms.n; i++)
    mpz_clear(m->terms.at[i].weight);
  m->terms.n = 0;
}

/* Fills m->terms and m->constant. */
static void read_wires(struct maker *m, ladder_id l) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  size_t first = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  m->ladder = l;
  clear_terms(m);
  mpz_set_ui(m->constant, 0);
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

/* Divide the weights by their common power of 2, which is returned, and find
   the bound of every partial sum. */
static mp_bitcnt_t trim_terms(struct maker *m) {
  mp_bitcnt_t low = ~(mp_bitcnt_t)0;
  mpz_t most;
  mpz_init(most);
  mpz_set_ui(m->bound, 0);
  for (size_t i = 0; i < m->terms.n; i++) {
    mp_bitcnt_t zeros = mpz_scan1(m->terms.at[i].weight, 0);
    low = zeros < low ? zeros : low;
  }
  for (size_t i = 0; i < m->terms.n; i++) {
    struct wide_term *t = &m->terms.at[i];
    const struct item *x = &m->items.at[t->item];
    mpz_tdiv_q_2exp(t->weight, t->weight, low);
    mpz_set_si(most, -x->lo > x->hi ? x->lo : x->hi);
    mpz_mul(most, most, t->weight);
    mpz_abs(most, most);
    mpz_add(m->bound, m->bound, most);
  }
  mpz_clear(most);
  return m->terms.n ? low : 0;
}

/* Memory of values */

static unsigned size_of_range(int64_t lo, int64_t hi) {
  for (unsigned size = 0; size < 3; size++) {
    int64_t top = ((int64_t)1 << ((8u << size) - 1)) - 1;
    if (-top - 1 <= lo && hi <= top)
      return size;
  }
  return 3;
}

static uint32_t take_words(struct maker *m, size_t words) {
  size_t at = m->total;
  m->total += words;
  if (m->total > UINT32_MAX)
    die("evaluating would need more than 32 GiB a thread");
  return (uint32_t)at;
}

static void make_value(struct maker *m, struct item *x) {
  unsigned size = size_of_range(x->lo, x->hi);
  x->value.size = size;
  x->value.place = m->unused[size].n
                       ? m->unused[size].at[--m->unused[size].n]
                       : take_words(m, (size_t)SUM_LANES / 8 << size);
  x->is_made = true;
}

/* Steps */

static void push_expand(struct maker *m, struct item *x) {
  struct sum_expand e = {0, 1, false, {0, 0}};
  if (x->origin == FROM_INPUTS) {
    const struct element *from = &m->elements.at[x->id];
    e = (struct sum_expand){from->first, from->width, from->is_signed, {0, 0}};
  } else
    e.first = m->input_of_bit[x->id];
  make_value(m, x);
  e.to = x->value;
  array_push(&m->s->expands, e);
}

static size_t push_limbs(struct sums *s, mpz_srcptr z, size_t n) {
  size_t first = s->limbs.n;
  for (size_t i = 0; i < n; i++)
    array_push(&s->limbs, mpz_getlimbn(z, (mp_size_t)i));
  return first;
}

static int64_t weight_of(struct maker *m, enum sum_kind kind, mpz_srcptr w) {
  if (kind != SUM_WIDE)
    return mpz_get_si(w);
  struct sum_wide wide = {push_limbs(m->s, w, mpz_size(w)),
                          (uint32_t)mpz_size(w), mpz_sgn(w) < 0};
  array_push(&m->s->wide, wide);
  return (int64_t)(m->s->wide.n - 1);
}

/* In order of the sizes of their values. */
static void push_terms(struct maker *m, struct sum_step *step) {
  for (size_t i = 0; i < m->terms.n; i++) {
    struct item *x = &m->items.at[m->terms.at[i].item];
    if (!x->is_made)
      push_expand(m, x);
  }
  for (unsigned size = 0; size < 4; size++)
    for (size_t i = 0; i < m->terms.n; i++) {
      const struct wide_term *t = &m->terms.at[i];
      const struct item *x = &m->items.at[t->item];
      if (x->value.size != size)
        continue;
      step->runs[size]++;
      array_push(
          &m->s->terms,
          (struct sum_term){x->value, weight_of(m, step->kind, t->weight)});
    }
  step->expands = m->s->expands.n;
  step->terms = m->s->terms.n;
}

/* A value that is read here for the last time may be written here: a step
   reads its terms before it makes values. */
static void release_terms(struct maker *m) {
  for (size_t i = 0; i < m->terms.n; i++) {
    struct item *x = &m->items.at[m->terms.at[i].item];
    if (x->last != m->ladder)
      continue;
    x->last = 0; // it may be a term twice
    array_push(&m->unused[x->value.size], x->value.place);
  }
}

/* Rungs */

/* A needed rung that can go either way. */
struct rung {
  bit_id bit;
  mpz_t threshold;
};

typedef struct {
  ARRAY(struct rung) may; // ascending
  bit_id first;           // bits before it are 1 or not needed
  bit_id end;             // and from it on 0 or not needed
} rung_list;

static void find_rungs(struct maker *m, ladder_id l, mp_bitcnt_t low,
                       rung_list *r) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  mpz_t t;
  mpz_init(t);
  r->first = c->ladders.at[l].first_bit;
  r->end = circuit_end_bit(c, l);
  for (bit_id b = r->first; b < r->end; b++) {
    mpz_sub(t, integers_get(&c->integers, c->bits.at[b].threshold, &scratch),
            m->constant);
    mpz_cdiv_q_2exp(t, t, low);
    int over = mpz_cmpabs(t, m->bound);
    if (over > 0 && mpz_sgn(t) > 0) {
      r->end = b;
      break;
    }
    if (over >= 0 && mpz_sgn(t) <= 0)
      r->first = b + 1;
    else if (m->needed[b]) {
      array_push(&r->may, (struct rung){.bit = b});
      mpz_init_set(array_last(&r->may).threshold, t);
    }
  }
  mpz_clear(t);
}

static void clear_rungs(rung_list *r) {
  for (size_t i = 0; i < r->may.n; i++)
    mpz_clear(r->may.at[i].threshold);
  array_clear(&r->may);
}

/* Levels that the bit needs to be 1: 0 if it always is, rungs + 1 if never. */
static uint32_t level_of(const rung_list *r, bit_id b) {
  size_t low = 0, high = r->may.n;
  if (b < r->first)
    return 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->may.at[middle].bit < b)
      low = middle + 1;
    else
      high = middle;
  }
  return (uint32_t)(b >= r->end ? r->may.n + 1 : low + 1);
}

/* Buckets as wide as the least gap of thresholds, or wider so that there are
   not too many. */
static void make_search(struct maker *m, struct sum_step *step,
                        const int64_t *t, size_t n) {
  struct sum_search *s = &step->search;
  uint64_t span = n ? (uint64_t)t[n - 1] - (uint64_t)t[0] : 0, gap = span + 1;
  s->lo = n ? t[0] - 1 : 0;
  s->hi = n ? t[n - 1] : 0;
  for (size_t i = 1; i < n; i++)
    if ((uint64_t)(t[i] - t[i - 1]) < gap)
      gap = (uint64_t)(t[i] - t[i - 1]);
  while ((gap >> s->shift) > 1 || span >> s->shift >= 8 * n + 64)
    s->shift++;
  s->base = m->s->bases.n;
  uint64_t buckets = ((uint64_t)(s->hi - s->lo) >> s->shift) + 1;
  for (uint64_t i = 0, j = 0; i < buckets; i++) {
    size_t before = j; // bucket i holds [at..at + 2^shift)
    uint64_t end = (i + 1) << s->shift, at = i << s->shift;
    while (j < n && (uint64_t)(t[j] - s->lo) <= at)
      before = ++j;
    array_push(&m->s->bases, (uint32_t)before);
    while (j < n && (uint64_t)(t[j] - s->lo) < end)
      j++;
    s->most = j - before > s->most ? (unsigned)(j - before) : s->most;
  }
}

static void push_thresholds(struct maker *m, struct sum_step *step,
                            const rung_list *r) {
  struct sums *s = m->s;
  step->rungs = (uint32_t)r->may.n;
  if (step->kind == SUM_WIDE) {
    mpz_t t;
    mpz_init(t);
    step->limbs = (uint32_t)mpz_size(m->bound) + 1;
    step->start = push_limbs(s, m->bound, step->limbs);
    step->search.base = s->limbs.n;
    for (size_t i = 0; i < r->may.n; i++) {
      mpz_add(t, r->may.at[i].threshold, m->bound);
      push_limbs(s, t, step->limbs);
    }
    mpz_clear(t);
  } else {
    size_t first = s->thresholds.n;
    for (size_t i = 0; i < r->may.n; i++)
      array_push(&s->thresholds, mpz_get_si(r->may.at[i].threshold));
    array_push(&s->thresholds, INT64_MAX);
    make_search(m, step, s->thresholds.at + first, r->may.n);
  }
  step->thresholds = s->thresholds.n;
}

static void push_table(struct maker *m, uint32_t item, const rung_list *r,
                       const integer_id *steps, bit_id first_bit, bit_id end) {
  struct sums *s = m->s;
  struct item *x = &m->items.at[item];
  make_value(m, x);
  array_push(&s->tables, (struct sum_table){s->entries.n, x->value});
  size_t levels = r->may.n + 1, first = s->entries.n;
  for (size_t i = 0; i < levels; i++)
    array_push(&s->entries, 0);
  for (bit_id b = first_bit; b < end; b++) { // first the differences
    uint32_t level = level_of(r, b);
    long step = 1;
    if (steps)
      integers_get_si(&m->c->integers, steps[b - first_bit], &step);
    if (step && level < levels)
      s->entries.at[first + level] += step;
  }
  for (size_t i = 1; i < levels; i++)
    s->entries.at[first + i] += s->entries.at[first + i - 1];
}

static void push_results(struct maker *m, ladder_id l, struct sum_step *step,
                         const rung_list *r) {
  const struct circuit *c = m->c;
  bit_id first = c->ladders.at[l].first_bit, end = circuit_end_bit(c, l);
  for (size_t i = m->views_of[l]; i < m->views_of[l + 1]; i++) {
    view_id v = m->views[i];
    if (m->item_of_view[v] != NONE)
      push_table(m, m->item_of_view[v], r,
                 circuit_view_steps(c, SOURCE_VIEW | v), first, end);
  }
  for (bit_id b = first; b < end; b++)
    if (m->item_of_bit[b] != NONE)
      push_table(m, m->item_of_bit[b], r, NULL, b, b + 1);
  for (bit_id b = first; b < end; b++)
    for (uint32_t o = m->output_of_bit[b]; o != NONE; o = m->next_output[o])
      array_push(&m->s->outputs, (struct sum_output){level_of(r, b), o});
  step->tables = m->s->tables.n;
  step->outputs = m->s->outputs.n;
}

static void push_step(struct maker *m, ladder_id l) {
  struct sum_step step = {0};
  rung_list r = {0};
  read_wires(m, l);
  mp_bitcnt_t low = trim_terms(m);
  find_rungs(m, l, low, &r);
  size_t bits = mpz_sizeinbase(m->bound, 2);
  step.kind = bits <= 30 ? SUM_32 : bits <= 62 ? SUM_64 : SUM_WIDE;
  push_terms(m, &step);
  push_thresholds(m, &step, &r);
  release_terms(m);
  push_results(m, l, &step, &r);
  array_push(&m->s->steps, step);
  clear_rungs(&r);
}

/* The most words that any sum takes, now that all steps are known. */
static size_t sum_words(const struct sums *s) {
  size_t most = 1;
  for (size_t i = 0; i < s->steps.n; i++)
    most = s->steps.at[i].limbs > most ? s->steps.at[i].limbs : most;
  return most * SUM_LANES;
}

static uint32_t *new_map(size_t n) {
  uint32_t *map = xmalloc(n * sizeof *map);
  memset(map, 0xff, n * sizeof *map);
  return map;
}

/* Inputs of several buses belong to the first that spells integers. */
static void find_elements(struct maker *m) {
  const struct circuit *c = m->c;
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    for (size_t v = 0; b->width > 1 && b->width <= 62 && v < b->values; v++) {
      size_t first = b->first_bit + v * b->width, n = 0;
      while (n < b->width && m->element_of_input[first + n] == NONE)
        n++;
      if (n < b->width)
        continue;
      for (size_t j = 0; j < n; j++)
        m->element_of_input[first + j] = (uint32_t)m->elements.n;
      array_push(&m->elements, (struct element){(uint32_t)first, b->width,
                                                b->is_signed, NONE});
    }
  }
}

static void sort_views(struct maker *m) {
  const struct circuit *c = m->c;
  m->views_of = xcalloc(c->ladders.n + 2, sizeof *m->views_of);
  m->views = xmalloc(c->views.n * sizeof *m->views);
  for (size_t v = 0; v < c->views.n; v++)
    m->views_of[c->views.at[v].ladder + 2]++;
  for (size_t l = 2; l < c->ladders.n + 2; l++)
    m->views_of[l] += m->views_of[l - 1];
  for (size_t v = 0; v < c->views.n; v++)
    m->views[m->views_of[c->views.at[v].ladder + 1]++] = (view_id)v;
}

static void find_outputs(struct maker *m) {
  const struct circuit *c = m->c;
  for (size_t o = c->outputs.n; o-- > 0;) {
    bit_id b = c->outputs.at[o];
    m->next_output[o] = m->output_of_bit[b];
    m->output_of_bit[b] = (uint32_t)o;
    if (circuit_is_gate(c, b))
      continue;
    uint32_t from = b == BIT_ZERO  ? SUM_ZERO
                    : b == BIT_ONE ? SUM_ONE
                                   : m->input_of_bit[b];
    array_push(&m->s->copies, (struct sum_copy){(uint32_t)o, from});
  }
}

static void maker_init(struct maker *m, const struct circuit *c,
                       struct sums *s) {
  *m = (struct maker){.c = c, .s = s};
  if (c->inputs.n + c->outputs.n > UINT32_MAX / SUM_WORDS)
    die("more than 2^29 inputs and outputs");
  m->total = (c->inputs.n + c->outputs.n) * SUM_WORDS;
  m->needed = evaluate_needed(c);
  m->item_of_bit = new_map(c->bits.n);
  m->item_of_view = new_map(c->views.n);
  m->input_of_bit = new_map(c->bits.n);
  m->element_of_input = new_map(c->inputs.n);
  m->output_of_bit = new_map(c->bits.n);
  m->next_output = new_map(c->outputs.n);
  m->wire_of_input = xcalloc(c->inputs.n, sizeof *m->wire_of_input);
  mpz_inits(m->constant, m->bound, NULL);
  for (size_t i = 0; i < c->inputs.n; i++)
    m->input_of_bit[c->inputs.at[i]] = (uint32_t)i;
  find_elements(m);
  sort_views(m);
  find_outputs(m);
}

static void maker_clear(struct maker *m) {
  clear_terms(m);
  free(m->needed);
  free(m->item_of_bit);
  free(m->item_of_view);
  free(m->input_of_bit);
  free(m->element_of_input);
  free(m->output_of_bit);
  free(m->next_output);
  free(m->wire_of_input);
  free(m->views_of);
  free(m->views);
  mpz_clears(m->constant, m->bound, NULL);
  array_clear(&m->items);
  array_clear(&m->elements);
  array_clear(&m->terms);
  array_clear(&m->joined);
  for (size_t i = 0; i < 4; i++)
    array_clear(&m->unused[i]);
}

static void for_live_ladders(struct maker *m,
                             void (*call)(struct maker *m, ladder_id l)) {
  for (ladder_id l = 1; l < m->c->ladders.n; l++)
    if (!circuit_is_input(m->c, m->c->ladders.at[l].first_bit) &&
        evaluate_is_live(m->c, m->needed, l))
      call(m, l);
}

static void free_sums(struct evaluator *e) {
  struct sums *s = (struct sums *)e;
  array_clear(&s->steps);
  array_clear(&s->expands);
  array_clear(&s->terms);
  array_clear(&s->tables);
  array_clear(&s->outputs);
  array_clear(&s->entries);
  array_clear(&s->thresholds);
  array_clear(&s->bases);
  array_clear(&s->wide);
  array_clear(&s->limbs);
  array_clear(&s->copies);
  free(s);
}

struct evaluator *evaluate_ladders(const struct circuit *c) {
  struct sums *s = xcalloc(1, sizeof *s);
  struct maker m;
  s->e = (struct evaluator){.words = SUM_WORDS,
                            .inputs = c->inputs.n,
                            .outputs = c->outputs.n,
                            .vector_bytes = steps_widest(),
                            .run = sums_run,
                            .free = free_sums};
  maker_init(&m, c, s);
  for_live_ladders(&m, read_wires);
  m.is_second = true;
  for_live_ladders(&m, push_step);
  s->level_place = take_words(&m, SUM_LANES / 2);
  s->sum_place = m.total;
  s->e.total = m.total + sum_words(s);
  maker_clear(&m);
  return &s->e;
}
