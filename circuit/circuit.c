#include "circuit/circuit.h"
#include "circuit/error.h"
#include "circuit/folding.h"

#include <assert.h>
#include <string.h>

void circuit_init(struct circuit *c) {
  *c = (struct circuit){0};
  integer_id constants[] = {integers_add_si(&c->integers, 0),
                            integers_add_si(&c->integers, 1)};
  array_push(&c->ladders, (struct ladder){0, 0});
  array_push(&c->bits, (struct bit){0, constants[1]}); // [0 >= 1] is 0
  array_push(&c->bits, (struct bit){0, constants[0]}); // [0 >= 0] is 1
}

void circuit_free_memo(struct circuit *c) {
  if (c->memo)
    c->free_memo(c->memo);
  c->memo = NULL;
}

void circuit_clear(struct circuit *c) {
  circuit_free_memo(c);
  for (size_t i = 0; i < c->input_buses.n; i++)
    free(c->input_buses.at[i].name);
  for (size_t i = 0; i < c->output_buses.n; i++)
    free(c->output_buses.at[i].name);
  for (size_t i = 0; i < c->operations.n; i++) {
    free(c->operations.at[i].name);
    free(c->operations.at[i].kind);
  }
  for (size_t i = 0; i < c->names.n; i++)
    free(c->names.at[i].name);
  array_clear(&c->ladders);
  array_clear(&c->bits);
  array_clear(&c->wires);
  array_clear(&c->views);
  array_clear(&c->shapes);
  array_clear(&c->steps);
  integers_clear(&c->integers);
  array_clear(&c->inputs);
  array_clear(&c->outputs);
  array_clear(&c->input_buses);
  array_clear(&c->output_buses);
  array_clear(&c->operations);
  array_clear(&c->names);
  hash_clear(&c->find_shape);
  hash_clear(&c->find_view);
}

size_t circuit_bytes(const struct circuit *c) {
  return c->ladders.n * sizeof *c->ladders.at + c->bits.n * sizeof *c->bits.at +
         c->wires.n * sizeof *c->wires.at + c->views.n * sizeof *c->views.at +
         c->shapes.n * sizeof *c->shapes.at + c->steps.n * sizeof *c->steps.at +
         c->integers.limbs.n * sizeof *c->integers.limbs.at +
         c->integers.longs.n * sizeof *c->integers.longs.at +
         (c->find_shape.size + c->find_view.size + c->integers.find.size) *
             sizeof(struct hash_slot);
}

static void check_limits(const struct circuit *c) {
  if (c->bits.n > CIRCUIT_MAX_BITS)
    die("more than 2^31 - 1 gates; 'tc0 inspect' counts them");
  if (c->max_bytes && circuit_bytes(c) > c->max_bytes)
    die("the circuit would need more than --max-memory: %zu gates and %zu "
        "stored wires so far, %zu bytes",
        c->bits.n - c->inputs.n - 2, c->wires.n, circuit_bytes(c));
}

/* The ladder that is added stands for as many as are being made. */
static void fold_ladder(struct circuit *c) {
  struct folding *f = c->folding;
  if (!f)
    return;
  struct folded_ladder l = {.axes = f->axes};
  mpz_init(l.copies);
  mpz_mul_ui(l.copies, f->copies, f->times);
  array_push(&f->ladders, l);
}

bit_id circuit_add_input(struct circuit *c) {
  if (c->taken_wires != c->wires.n)
    BUG("wires without a ladder");
  bit_id b = (bit_id)c->bits.n;
  fold_ladder(c);
  array_push(&c->bits, (struct bit){(ladder_id)c->ladders.n, THRESHOLD_INPUT});
  array_push(&c->ladders, (struct ladder){(uint32_t)c->wires.n, b});
  array_push(&c->inputs, b);
  check_limits(c);
  return b;
}

void circuit_add_wire_id(struct circuit *c, source_id source, integer_id w) {
  if (source & SOURCE_VIEW ? (source & ~SOURCE_VIEW) >= c->views.n
                           : source >= c->bits.n)
    BUG("source %u does not exist", (unsigned)source);
  if (c->wires.n >= CIRCUIT_MAX_WIRES)
    die("more than 2^32 - 1 stored wires; 'tc0 inspect' counts them");
  array_push(&c->wires, (struct wire){source, w});
  if (c->folding)
    array_push(&c->folding->wires, (struct folded_wire){0});
}

void circuit_add_wire_span(struct circuit *c, source_id source, integer_id w,
                           uint32_t span) {
  circuit_add_wire_id(c, source, w);
  if (c->folding)
    array_last(&c->folding->wires).span = span;
}

void circuit_add_wire(struct circuit *c, source_id source, const mpz_t weight) {
  circuit_add_wire_id(c, source, integers_add(&c->integers, weight));
}

void circuit_add_wire_si(struct circuit *c, source_id source, long weight) {
  circuit_add_wire_id(c, source, integers_add_si(&c->integers, weight));
}

bit_id circuit_add_ladder(struct circuit *c, const integer_id *thresholds,
                          size_t n) {
  assert(n >= 1 && (thresholds || c->folding));
  bit_id first = (bit_id)c->bits.n;
  if (n > CIRCUIT_MAX_BITS - c->bits.n)
    die("more than 2^31 - 1 gates; 'tc0 inspect' counts them");
  fold_ladder(c);
  for (size_t i = 0; !thresholds && i < n; i++)
    array_push(&c->bits, (struct bit){(ladder_id)c->ladders.n, 0});
  for (size_t i = 0; thresholds && i < n; i++) {
    if (i &&
        integers_compare(&c->integers, thresholds[i - 1], thresholds[i]) >= 0)
      BUG("threshold %zu of a ladder is not above the one before", i);
    array_push(&c->bits, (struct bit){(ladder_id)c->ladders.n, thresholds[i]});
  }
  array_push(&c->ladders, (struct ladder){(uint32_t)c->taken_wires, first});
  c->taken_wires = c->wires.n;
  check_limits(c);
  if (c->progress)
    c->progress(c);
  return first;
}

bit_id circuit_add_gate(struct circuit *c, const mpz_t threshold) {
  integer_id t = integers_add(&c->integers, threshold);
  return circuit_add_ladder(c, &t, 1);
}

bit_id circuit_add_gate_si(struct circuit *c, long threshold) {
  integer_id t = integers_add_si(&c->integers, threshold);
  return circuit_add_ladder(c, &t, 1);
}

struct shape_key {
  const struct circuit *c;
  const integer_id *steps;
  size_t n;
};

static bool same_shape(const void *context, uint32_t id) {
  const struct shape_key *k = context;
  const struct shape *s = &k->c->shapes.at[id];
  return s->n == k->n && !memcmp(k->c->steps.at + s->first_step, k->steps,
                                 k->n * sizeof *k->steps);
}

static void find_range(struct circuit *c, const integer_id *steps,
                       struct shape *s) {
  struct integer_scratch scratch;
  mpz_t at, lo, hi;
  mpz_inits(at, lo, hi, NULL);
  for (size_t i = 0; i < s->n; i++) {
    mpz_add(at, at, integers_get(&c->integers, steps[i], &scratch));
    if (mpz_cmp(at, lo) < 0)
      mpz_set(lo, at);
    if (mpz_cmp(at, hi) > 0)
      mpz_set(hi, at);
  }
  s->lo = integers_add(&c->integers, lo);
  s->hi = integers_add(&c->integers, hi);
  mpz_clears(at, lo, hi, NULL);
}

uint32_t circuit_add_shape(struct circuit *c, const integer_id *steps,
                           size_t n) {
  struct shape_key k = {c, steps, n};
  uint32_t tag = hash_bytes(steps, n * sizeof *steps);
  uint32_t found = hash_find(&c->find_shape, tag, same_shape, &k);
  if (found != HASH_NONE)
    return found;
  if (n > UINT32_MAX - c->steps.n)
    die("more than 2^32 steps of different tables");
  uint32_t id = (uint32_t)c->shapes.n;
  struct shape s = {(uint32_t)c->steps.n, (uint32_t)n, 0, 0};
  find_range(c, steps, &s);
  array_push(&c->shapes, s);
  array_reserve(&c->steps, c->steps.n + n);
  memcpy(c->steps.at + c->steps.n, steps, n * sizeof *steps);
  c->steps.n += n;
  hash_add(&c->find_shape, tag, id);
  return id;
}

struct view_key {
  const struct circuit *c;
  struct view view;
};

static bool same_view(const void *context, uint32_t id) {
  const struct view_key *k = context;
  return !memcmp(&k->c->views.at[id], &k->view, sizeof k->view);
}

source_id circuit_view(struct circuit *c, ladder_id l,
                       const integer_id *steps) {
  if (l >= c->ladders.n)
    BUG("ladder %u does not exist", (unsigned)l);
  size_t n = circuit_rungs(c, l);
  if (n == 1 && steps[0] == 1) // the integer 1 is its own id
    return c->ladders.at[l].first_bit;
  return circuit_view_shape(c, l, circuit_add_shape(c, steps, n));
}

source_id circuit_view_shape(struct circuit *c, ladder_id l, uint32_t shape) {
  const struct shape *s = &c->shapes.at[shape];
  if (l >= c->ladders.n || shape >= c->shapes.n || circuit_rungs(c, l) != s->n)
    BUG("shape %u is none for ladder %u", (unsigned)shape, (unsigned)l);
  if (s->n == 1 && c->steps.at[s->first_step] == 1)
    return c->ladders.at[l].first_bit;
  struct view_key k = {c, {l, shape}};
  uint32_t tag = hash_bytes(&k.view, sizeof k.view);
  uint32_t found = hash_find(&c->find_view, tag, same_view, &k);
  if (found != HASH_NONE)
    return SOURCE_VIEW | found;
  if (c->views.n >= SOURCE_VIEW)
    die("more than 2^31 views");
  uint32_t id = (uint32_t)c->views.n;
  array_push(&c->views, k.view);
  hash_add(&c->find_view, tag, id);
  return SOURCE_VIEW | id;
}

void circuit_add_output(struct circuit *c, bit_id b) {
  if (b >= c->bits.n)
    BUG("bit %u does not exist", (unsigned)b);
  array_push(&c->outputs, b);
}

void circuit_add_input_bus(struct circuit *c, const char *name, size_t values,
                           unsigned width, bool is_signed) {
  assert(values * width <= c->inputs.n);
  array_push(&c->input_buses,
             (struct bus){xstrdup(name), values, width, is_signed,
                          c->inputs.n - values * width});
}

void circuit_add_output_bus(struct circuit *c, const char *name, size_t values,
                            unsigned width, bool is_signed) {
  assert(values * width <= c->outputs.n);
  array_push(&c->output_buses,
             (struct bus){xstrdup(name), values, width, is_signed,
                          c->outputs.n - values * width});
}

void circuit_begin_operation(struct circuit *c, const char *name,
                             const char *kind) {
  array_push(&c->operations, (struct operation){(ladder_id)c->ladders.n,
                                                xstrdup(name), xstrdup(kind)});
}

void circuit_name_bit(struct circuit *c, bit_id b, const char *name) {
  assert(b < c->bits.n && (!c->names.n || array_last(&c->names).bit < b));
  array_push(&c->names, (struct bit_name){b, xstrdup(name)});
}

size_t circuit_end_wire(const struct circuit *c, ladder_id l) {
  return l + 1 < c->ladders.n ? c->ladders.at[l + 1].first_wire
                              : c->taken_wires;
}

bit_id circuit_end_bit(const struct circuit *c, ladder_id l) {
  return l + 1 < c->ladders.n ? c->ladders.at[l + 1].first_bit
                              : (bit_id)c->bits.n;
}

size_t circuit_rungs(const struct circuit *c, ladder_id l) {
  return circuit_end_bit(c, l) - c->ladders.at[l].first_bit;
}

bool circuit_is_input(const struct circuit *c, bit_id b) {
  return c->bits.at[b].threshold == THRESHOLD_INPUT;
}

bool circuit_is_gate(const struct circuit *c, bit_id b) {
  return b > BIT_ONE && !circuit_is_input(c, b);
}

ladder_id circuit_source_ladder(const struct circuit *c, source_id s) {
  return s & SOURCE_VIEW ? c->views.at[s & ~SOURCE_VIEW].ladder
                         : c->bits.at[s].ladder;
}

const integer_id *circuit_view_steps(const struct circuit *c, source_id s) {
  assert(s & SOURCE_VIEW);
  uint32_t shape = c->views.at[s & ~SOURCE_VIEW].shape;
  return c->steps.at + c->shapes.at[shape].first_step;
}

const struct operation *circuit_operation(const struct circuit *c,
                                          ladder_id l) {
  size_t low = 0, high = c->operations.n; // the last with first <= l
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (c->operations.at[middle].first <= l)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? &c->operations.at[low - 1] : NULL;
}

const char *circuit_bit_name(const struct circuit *c, bit_id b) {
  size_t low = 0, high = c->names.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (c->names.at[middle].bit < b)
      low = middle + 1;
    else
      high = middle;
  }
  return low < c->names.n && c->names.at[low].bit == b ? c->names.at[low].name
                                                       : NULL;
}
