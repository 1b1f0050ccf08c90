/* All that is counted of a gate but its threshold belongs to its ladder's sum,
   so a meter reads the sums one by one and what it read is multiplied by the
   rungs. What a view adds depends on its weight and shape only, and shapes are
   added up once, before. */
#include "circuit/measure.h"

#include <string.h>

struct shape_total {
  size_t wires;             // steps that are not 0
  integer_id sum, greatest; // of |step|; of the meter's integers
};

struct meter {
  const struct circuit *c;
  struct shape_total *shapes;
  struct integers integers;
  size_t next_operation; // the first that begins after the sum just read
  bool is_marked;
  /* Of the sum just read. */
  size_t rungs, wires, weight_bits;
  mpz_t weight, scratch;
};

static struct shape_total total_of(struct meter *m, const struct shape *s) {
  struct integer_scratch scratch;
  struct shape_total t = {0};
  mpz_t sum, greatest;
  mpz_inits(sum, greatest, NULL);
  for (size_t i = 0; i < s->n; i++) {
    integer_id id = m->c->steps.at[s->first_step + i];
    mpz_abs(m->scratch, integers_get(&m->c->integers, id, &scratch));
    t.wires += mpz_sgn(m->scratch) != 0;
    mpz_add(sum, sum, m->scratch);
    if (mpz_cmp(m->scratch, greatest) > 0)
      mpz_set(greatest, m->scratch);
  }
  t.sum = integers_add(&m->integers, sum);
  t.greatest = integers_add(&m->integers, greatest);
  mpz_clears(sum, greatest, NULL);
  return t;
}

static void meter_init(struct meter *m, const struct circuit *c) {
  *m = (struct meter){.c = c};
  mpz_inits(m->weight, m->scratch, NULL);
  m->shapes = xcalloc(c->shapes.n, sizeof *m->shapes);
  for (size_t i = 0; i < c->shapes.n; i++)
    m->shapes[i] = total_of(m, &c->shapes.at[i]);
}

static void meter_clear(struct meter *m) {
  free(m->shapes);
  integers_clear(&m->integers);
  mpz_clears(m->weight, m->scratch, NULL);
}

static size_t bit_length(size_t n) {
  size_t bits = 0;
  for (; n; n >>= 1)
    bits++;
  return bits;
}

static struct shape_total source_total(const struct meter *m, source_id s) {
  if (!(s & SOURCE_VIEW))
    return (struct shape_total){1, 1, 1}; // the integer 1 is its own id
  return m->shapes[m->c->views.at[s & ~SOURCE_VIEW].shape];
}

static void take_long_wire(struct meter *m, integer_id weight,
                           const struct shape_total *t) {
  struct integer_scratch ws, ts;
  mpz_srcptr w = integers_get(&m->c->integers, weight, &ws);
  mpz_mul(m->scratch, w, integers_get(&m->integers, t->greatest, &ts));
  if (mpz_sizeinbase(m->scratch, 2) > m->weight_bits)
    m->weight_bits = mpz_sizeinbase(m->scratch, 2);
  mpz_mul(m->scratch, w, integers_get(&m->integers, t->sum, &ts));
  mpz_abs(m->scratch, m->scratch);
  mpz_add(m->weight, m->weight, m->scratch);
}

/* Add |weight| * t to *sum and *greatest, or return false and leave them. */
static bool take_short_wire(integer_id weight, const struct shape_total *t,
                            unsigned long *sum, unsigned long *greatest) {
  if (!integer_is_small(weight) || !integer_is_small(t->sum))
    return false;
  unsigned long w = (unsigned long)labs(integer_small(weight));
  unsigned long all = w * (unsigned long)integer_small(t->sum); // < 2^61
  unsigned long one = w * (unsigned long)integer_small(t->greatest);
  if (__builtin_add_overflow(*sum, all, sum)) {
    *sum -= all; // it wrapped
    return false;
  }
  if (one > *greatest)
    *greatest = one;
  return true;
}

static bool is_wire(struct wire w, const struct shape_total *t) {
  return w.weight && t->wires; // the integer 0 is its own id
}

static void find_operation(struct meter *m, ladder_id l) {
  const struct circuit *c = m->c;
  size_t n = m->next_operation;
  while (n < c->operations.n && c->operations.at[n].first <= l)
    n++;
  if (n != m->next_operation)
    m->is_marked = !strcmp(c->operations.at[n - 1].name, OPERATION_OUTPUTS);
  m->next_operation = n;
}

/* Ladders in ascending order. False if l has no gates. */
static bool meter_read(struct meter *m, ladder_id l) {
  const struct circuit *c = m->c;
  unsigned long sum = 0, greatest = 0;
  if (!circuit_is_gate(c, c->ladders.at[l].first_bit))
    return false;
  find_operation(m, l);
  m->rungs = circuit_rungs(c, l);
  m->wires = m->weight_bits = 0;
  mpz_set_ui(m->weight, 0);
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    struct wire w = c->wires.at[i];
    struct shape_total t = source_total(m, w.source);
    if (!is_wire(w, &t))
      continue;
    m->wires += t.wires;
    if (!take_short_wire(w.weight, &t, &sum, &greatest))
      take_long_wire(m, w.weight, &t);
  }
  mpz_add_ui(m->weight, m->weight, sum);
  if (bit_length(greatest) > m->weight_bits)
    m->weight_bits = bit_length(greatest);
  return true;
}

/* Gates on the longest path to ladder l, itself left out if it is marked. */
static uint32_t depth_of(const struct meter *m, ladder_id l,
                         const uint32_t *depth, bool is_marked) {
  const struct circuit *c = m->c;
  uint32_t most = 0, own = !is_marked;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    struct wire w = c->wires.at[i];
    struct shape_total t = source_total(m, w.source);
    uint32_t d = depth[circuit_source_ladder(c, w.source)] + own;
    if (is_wire(w, &t) && d > most)
      most = d;
  }
  return most;
}

static size_t greatest_output(const struct circuit *c, const uint32_t *depth) {
  size_t most = 0;
  for (size_t i = 0; i < c->outputs.n; i++) {
    size_t d = depth[c->bits.at[c->outputs.at[i]].ladder];
    if (d > most)
      most = d;
  }
  return most;
}

void measure_init(struct measure *m) {
  *m = (struct measure){0};
  mpz_inits(m->gates, m->gates_inner, m->wires, m->wires_shared,
            m->wires_stored, m->weight, NULL);
}

void measure_clear(struct measure *m) {
  mpz_clears(m->gates, m->gates_inner, m->wires, m->wires_shared,
             m->wires_stored, m->weight, NULL);
}

static void reset(struct measure *m, const struct circuit *c) {
  m->inputs = c->inputs.n;
  m->outputs = c->outputs.n;
  m->ladders = m->weight_bits = m->fan_in = 0;
  mpz_set_ui(m->gates, 0);
  mpz_set_ui(m->gates_inner, 0);
  mpz_set_ui(m->wires, 0);
  mpz_set_ui(m->wires_shared, 0);
  mpz_set_ui(m->wires_stored, c->taken_wires);
  mpz_set_ui(m->weight, 0);
}

static void add_ladder(struct measure *m, const struct meter *from) {
  m->ladders++;
  mpz_add_ui(m->gates, m->gates, from->rungs);
  mpz_add_ui(m->gates_inner, m->gates_inner, from->is_marked ? 0 : from->rungs);
  mpz_add_ui(m->wires_shared, m->wires_shared, from->wires);
  mpz_addmul_ui(m->weight, from->weight, from->rungs);
  if (from->weight_bits > m->weight_bits)
    m->weight_bits = from->weight_bits;
  if (from->wires > m->fan_in)
    m->fan_in = from->wires;
}

static void add_wires(mpz_t wires, struct meter *m) {
  mpz_set_ui(m->scratch, m->wires);
  mpz_addmul_ui(wires, m->scratch, m->rungs);
}

void circuit_measure(const struct circuit *c, struct measure *m) {
  struct meter meter;
  uint32_t *depth = xcalloc(c->ladders.n, sizeof *depth);
  uint32_t *inner = xcalloc(c->ladders.n, sizeof *inner);
  meter_init(&meter, c);
  reset(m, c);
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    if (!meter_read(&meter, l))
      continue;
    add_ladder(m, &meter);
    add_wires(m->wires, &meter);
    depth[l] = depth_of(&meter, l, depth, false);
    inner[l] = depth_of(&meter, l, inner, meter.is_marked);
  }
  m->depth = greatest_output(c, depth);
  m->depth_inner = greatest_output(c, inner);
  meter_clear(&meter);
  free(depth);
  free(inner);
}

uint32_t *circuit_ladder_depths(const struct circuit *c) {
  struct meter meter;
  uint32_t *depth = xcalloc(c->ladders.n, sizeof *depth);
  meter_init(&meter, c);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    depth[l] = depth_of(&meter, l, depth, false);
  meter_clear(&meter);
  return depth;
}

uint32_t *circuit_depths(const struct circuit *c) {
  uint32_t *by_ladder = circuit_ladder_depths(c);
  uint32_t *depth = xmalloc(c->bits.n * sizeof *depth);
  for (size_t b = 0; b < c->bits.n; b++)
    depth[b] = by_ladder[c->bits.at[b].ladder];
  free(by_ladder);
  return depth;
}

struct operation_key {
  const struct operation_measures *m;
  const char *name, *kind;
};

static bool same_operation(const void *context, uint32_t id) {
  const struct operation_key *k = context;
  const struct operation_measure *o = &k->m->all.at[id];
  return !strcmp(o->name, k->name) && !strcmp(o->kind, k->kind);
}

/* Its place, where it is added if it is new. */
static uint32_t find_place(struct operation_measures *m, struct hash *find,
                           const char *name, const char *kind) {
  struct operation_key k = {m, name, kind};
  uint32_t tag = hash_bytes(name, strlen(name)) +
                 UINT32_C(0x9e3779b9) * hash_bytes(kind, strlen(kind));
  uint32_t place = hash_find(find, tag, same_operation, &k);
  if (place != HASH_NONE)
    return place;
  struct operation_measure o = {.name = name, .kind = kind};
  mpz_inits(o.gates, o.wires, NULL);
  array_push(&m->all, o);
  hash_add(find, tag, (uint32_t)m->all.n - 1);
  return (uint32_t)m->all.n - 1;
}

/* The place of the last of the first n operations of c. */
static uint32_t place_of(struct operation_measures *m, struct hash *find,
                         const struct circuit *c, size_t n) {
  if (!n)
    return find_place(m, find, "", "");
  while (m->place.n < n) {
    const struct operation *o = &c->operations.at[m->place.n];
    array_push(&m->place, find_place(m, find, o->name, o->kind));
  }
  return m->place.at[n - 1];
}

static void add_to_operation(struct operation_measure *o, struct meter *from,
                             size_t depth) {
  bool is_first = !mpz_sgn(o->gates);
  mpz_add_ui(o->gates, o->gates, from->rungs);
  add_wires(o->wires, from);
  if (is_first || depth < o->depth_from)
    o->depth_from = depth;
  if (is_first || depth > o->depth_to)
    o->depth_to = depth;
  if (from->wires > o->fan_in)
    o->fan_in = from->wires;
  if (from->weight_bits > o->weight_bits)
    o->weight_bits = from->weight_bits;
}

void circuit_measure_operations(const struct circuit *c,
                                struct operation_measures *m) {
  struct meter meter;
  struct hash find = {0};
  uint32_t *depth = circuit_ladder_depths(c);
  operation_measures_clear(m);
  meter_init(&meter, c);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    if (meter_read(&meter, l)) {
      uint32_t place = place_of(m, &find, c, meter.next_operation);
      add_to_operation(&m->all.at[place], &meter, depth[l]);
    }
  if (c->operations.n)
    place_of(m, &find, c, c->operations.n);
  meter_clear(&meter);
  hash_clear(&find);
  free(depth);
}

void operation_measures_clear(struct operation_measures *m) {
  for (size_t i = 0; i < m->all.n; i++)
    mpz_clears(m->all.at[i].gates, m->all.at[i].wires, NULL);
  array_clear(&m->all);
  array_clear(&m->place);
}

static void histogram_add(struct histogram *h, size_t place, size_t n) {
  while (h->count.n <= place)
    array_push(&h->count, 0);
  h->count.at[place] += n;
}

void circuit_histograms(const struct circuit *c, struct histograms *h) {
  struct meter meter;
  uint32_t *depth = circuit_ladder_depths(c);
  histograms_clear(h);
  meter_init(&meter, c);
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    if (!meter_read(&meter, l))
      continue;
    histogram_add(&h->depth, depth[l], meter.rungs);
    histogram_add(&h->fan_in, bit_length(meter.wires), meter.rungs);
    histogram_add(&h->weight_bits, meter.weight_bits, meter.rungs);
    histogram_add(&h->rungs, bit_length(meter.rungs), 1);
  }
  meter_clear(&meter);
  free(depth);
}

void histograms_clear(struct histograms *h) {
  array_clear(&h->depth.count);
  array_clear(&h->fan_in.count);
  array_clear(&h->weight_bits.count);
  array_clear(&h->rungs.count);
}
