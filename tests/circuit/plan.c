#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <gmp.h>

size_t plan_draw(uint64_t *seed, size_t n) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return (size_t)((*seed * UINT64_C(0x2545f4914f6cdd1d) >> 33) % n);
}

int rounds(void) {
  return is_full_run() ? 10 * ROUNDS : ROUNDS;
}

static const char *draw_name(struct plan *p) {
  static const char *const names[] = {
      "a",         "b",           "x",    "carry",     "layer.1", "input",
      "signed",    "$5",          "",     "two words", "q\"uote", "back\\",
      "new\nline", "gr\xc3\xb6n", "name", "# no",      "7",       "a b c [3]",
      "\x01\x7f",  "$v1",         "{",    "table",     "y"};
  return names[plan_draw(&p->seed, sizeof names / sizeof *names)];
}

static size_t keep(struct plan *p, const mpz_t z) {
  char *text = xmalloc(mpz_sizeinbase(z, 10) + 2);
  array_push(&p->numbers, mpz_get_str(text, 10, z));
  return p->numbers.n - 1;
}

/* Small ones mostly, those around 31 and 64 bits, and long ones. */
static void draw_number(struct plan *p, mpz_t z) {
  static const unsigned sizes[] = {0,  1,  2,  3,  3,  3,  8,
                                   30, 31, 62, 63, 64, 700};
  unsigned size = sizes[plan_draw(&p->seed, sizeof sizes / sizeof *sizes)];
  mpz_set_ui(z, 0);
  mpz_setbit(z, size);
  mpz_sub_ui(z, z, plan_draw(&p->seed, 3));
  if (plan_draw(&p->seed, 2))
    mpz_neg(z, z);
}

static size_t draw_numbers(struct plan *p, size_t n) {
  size_t first = p->numbers.n;
  mpz_t z;
  mpz_init(z);
  for (size_t i = 0; i < n; i++) {
    draw_number(p, z);
    if (plan_draw(&p->seed, 3) == 0)
      mpz_set_ui(z, 1);
    keep(p, z);
  }
  mpz_clear(z);
  return first;
}

static size_t draw_thresholds(struct plan *p, size_t n) {
  size_t first = p->numbers.n;
  mpz_t at, step;
  mpz_inits(at, step, NULL);
  draw_number(p, at);
  for (size_t i = 0; i < n; i++) {
    keep(p, at);
    draw_number(p, step);
    mpz_abs(step, step);
    mpz_add(at, at, step);
    mpz_add_ui(at, at, 1);
  }
  mpz_clears(at, step, NULL);
  return first;
}

/* Some views are drawn again, with the same steps. */
static void draw_wire(struct plan *p) {
  struct plan_wire w = {.weight = draw_numbers(p, 1)};
  size_t n = p->wires.n;
  if (n && plan_draw(&p->seed, 4) == 0) {
    struct plan_wire old = p->wires.at[plan_draw(&p->seed, n)];
    old.weight = w.weight;
    array_push(&p->wires, old);
    return;
  }
  w.is_view = plan_draw(&p->seed, 3) == 0;
  w.target = plan_draw(&p->seed, w.is_view ? p->ladders.n : p->bits);
  if (w.is_view)
    w.step = draw_numbers(p, p->ladders.at[w.target].rungs);
  array_push(&p->wires, w);
}

static void add_gates(struct plan *p) {
  struct plan_ladder l = {.first_bit = p->bits, .first_wire = p->wires.n};
  l.rungs = plan_draw(&p->seed, 3) ? 1 : 1 + plan_draw(&p->seed, 5);
  l.wires = plan_draw(&p->seed, 6);
  size_t before = p->ladders.n - 1, n = p->ladders.at[before].wires;
  bool again = n && plan_draw(&p->seed, 4) == 0; // the sources of the last one
  if (again)
    l.wires = n;
  for (size_t i = 0; i < l.wires; i++)
    if (again) {
      struct plan_wire w = p->wires.at[p->ladders.at[before].first_wire + i];
      w.weight = draw_numbers(p, 1);
      array_push(&p->wires, w);
    } else
      draw_wire(p);
  l.threshold = draw_thresholds(p, l.rungs);
  array_push(&p->ladders, l);
  p->bits += l.rungs;
}

/* A bus of the last bits of n; may have none, and may cover others. */
static void add_bus(struct plan *p, size_t n, bool is_output) {
  struct plan_bus b = {.name = draw_name(p), .is_output = is_output};
  b.width = (unsigned)plan_draw(&p->seed, 5);
  b.values = plan_draw(&p->seed, 3) ? 1 : plan_draw(&p->seed, 4);
  b.is_signed = plan_draw(&p->seed, 4) == 0;
  b.before = p->ladders.n;
  if (b.values * b.width > n)
    return;
  b.first_bit = n - b.values * b.width;
  array_push(&p->buses, b);
}

static void add_inputs(struct plan *p) {
  for (size_t n = plan_draw(&p->seed, 7); n; n--) {
    array_push(&p->ladders, (struct plan_ladder){.is_input = true,
                                                 .first_bit = p->bits++,
                                                 .rungs = 1,
                                                 .first_wire = p->wires.n});
    p->inputs++;
  }
  if (plan_draw(&p->seed, 4))
    add_bus(p, p->inputs, false);
}

static void add_names(struct plan *p) {
  for (size_t b = 0; b < p->bits; b++)
    if (plan_draw(&p->seed, 4) == 0)
      array_push(&p->names, (struct plan_word){b, draw_name(p), NULL});
}

static void add_outputs(struct plan *p) {
  for (size_t k = plan_draw(&p->seed, 5); k; k--) {
    for (size_t n = plan_draw(&p->seed, 7); n; n--)
      array_push(&p->outputs, plan_draw(&p->seed, p->bits));
    if (plan_draw(&p->seed, 3))
      add_bus(p, p->outputs.n, true);
  }
}

void plan_random(struct plan *p, uint64_t seed, size_t ladders) {
  *p = (struct plan){.seed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15)};
  array_push(&p->ladders, (struct plan_ladder){.rungs = 2});
  p->bits = 2;
  add_inputs(p);
  while (p->ladders.n < ladders) {
    if (plan_draw(&p->seed, 8) == 0)
      array_push(&p->operations,
                 (struct plan_word){p->ladders.n, draw_name(p), draw_name(p)});
    if (plan_draw(&p->seed, 8) == 0)
      add_inputs(p);
    else
      add_gates(p);
  }
  add_names(p);
  add_outputs(p);
}

void plan_clear(struct plan *p) {
  for (size_t i = 0; i < p->numbers.n; i++)
    free(p->numbers.at[i]);
  array_clear(&p->ladders);
  array_clear(&p->wires);
  array_clear(&p->numbers);
  array_clear(&p->outputs);
  array_clear(&p->buses);
  array_clear(&p->operations);
  array_clear(&p->names);
}

static integer_id number(const struct plan *p, struct circuit *c, size_t i) {
  mpz_t z;
  mpz_init_set_str(z, p->numbers.at[i], 10);
  integer_id id = integers_add(&c->integers, z);
  mpz_clear(z);
  return id;
}

static size_t numbers(const struct plan *p, struct circuit *c, size_t first,
                      size_t n, integer_id *ids) {
  for (size_t i = 0; i < n; i++)
    ids[i] = number(p, c, first + i);
  return n;
}

static void build_ladder(const struct plan *p, struct circuit *c,
                         const struct plan_ladder *l) {
  integer_id ids[8];
  if (l->is_input) {
    circuit_add_input(c);
    return;
  }
  for (size_t i = l->first_wire; i < l->first_wire + l->wires; i++) {
    const struct plan_wire *w = &p->wires.at[i];
    source_id s = (source_id)w->target;
    if (w->is_view) {
      numbers(p, c, w->step, p->ladders.at[w->target].rungs, ids);
      s = circuit_view(c, (ladder_id)w->target, ids);
    }
    circuit_add_wire_id(c, s, number(p, c, w->weight));
  }
  circuit_add_ladder(c, ids, numbers(p, c, l->threshold, l->rungs, ids));
}

static void build_bus(struct circuit *c, const struct plan_bus *b) {
  (b->is_output ? circuit_add_output_bus : circuit_add_input_bus)(
      c, b->name, b->values, b->width, b->is_signed);
}

static void build_outputs(const struct plan *p, struct circuit *c) {
  size_t made = 0;
  for (size_t i = 0; i < p->buses.n; i++) {
    const struct plan_bus *b = &p->buses.at[i];
    if (!b->is_output)
      continue;
    for (; made < b->first_bit + b->values * b->width; made++)
      circuit_add_output(c, (bit_id)p->outputs.at[made]);
    build_bus(c, b);
  }
  for (; made < p->outputs.n; made++)
    circuit_add_output(c, (bit_id)p->outputs.at[made]);
}

void plan_build(const struct plan *p, struct circuit *c) {
  size_t bus = 0, operation = 0;
  for (size_t l = 1; l <= p->ladders.n; l++) {
    for (; bus < p->buses.n && !p->buses.at[bus].is_output &&
           p->buses.at[bus].before <= l;
         bus++)
      build_bus(c, &p->buses.at[bus]);
    for (; operation < p->operations.n && p->operations.at[operation].at <= l;
         operation++)
      circuit_begin_operation(c, p->operations.at[operation].name,
                              p->operations.at[operation].kind);
    if (l < p->ladders.n)
      build_ladder(p, c, &p->ladders.at[l]);
  }
  build_outputs(p, c);
  for (size_t i = 0; i < p->names.n; i++)
    circuit_name_bit(c, (bit_id)p->names.at[i].at, p->names.at[i].name);
}

static void same_number(const struct plan *p, const struct circuit *c, size_t i,
                        integer_id id) {
  struct integer_scratch scratch;
  mpz_t z;
  mpz_init_set_str(z, p->numbers.at[i], 10);
  ck_assert_int_eq(mpz_cmp(z, integers_get(&c->integers, id, &scratch)), 0);
  mpz_clear(z);
}

static void same_wire(const struct plan *p, const struct circuit *c,
                      const struct plan_wire *w, struct wire got) {
  same_number(p, c, w->weight, got.weight);
  if (!w->is_view) {
    ck_assert_uint_eq(got.source, w->target);
    return;
  }
  const struct plan_ladder *l = &p->ladders.at[w->target];
  if (l->rungs == 1 && !strcmp(p->numbers.at[w->step], "1")) {
    ck_assert_uint_eq(got.source, l->first_bit);
    return;
  }
  ck_assert(got.source & SOURCE_VIEW);
  ck_assert_uint_eq(circuit_source_ladder(c, got.source), w->target);
  for (size_t i = 0; i < l->rungs; i++)
    same_number(p, c, w->step + i, circuit_view_steps(c, got.source)[i]);
}

static void same_ladder(const struct plan *p, const struct circuit *c,
                        size_t i) {
  const struct plan_ladder *l = &p->ladders.at[i];
  const struct ladder *got = &c->ladders.at[i];
  ck_assert_uint_eq(got->first_bit, l->first_bit);
  ck_assert_uint_eq(got->first_wire, l->first_wire);
  for (size_t k = 0; k < l->rungs; k++) {
    bit_id b = (bit_id)(l->first_bit + k);
    ck_assert_uint_eq(c->bits.at[b].ladder, i);
    ck_assert_int_eq(circuit_is_input(c, b), l->is_input);
    if (!l->is_input && i)
      same_number(p, c, l->threshold + k, c->bits.at[b].threshold);
  }
  for (size_t k = l->first_wire; k < l->first_wire + l->wires; k++)
    same_wire(p, c, &p->wires.at[k], c->wires.at[k]);
}

static void same_buses(const struct plan *p, const struct circuit *c) {
  size_t in = 0, out = 0;
  for (size_t i = 0; i < p->buses.n; i++) {
    const struct plan_bus *b = &p->buses.at[i];
    ck_assert_uint_lt(b->is_output ? out : in,
                      b->is_output ? c->output_buses.n : c->input_buses.n);
    const struct bus *got =
        b->is_output ? &c->output_buses.at[out++] : &c->input_buses.at[in++];
    ck_assert_str_eq(got->name, b->name);
    ck_assert_uint_eq(got->values, b->values);
    ck_assert_uint_eq(got->width, b->width);
    ck_assert_uint_eq(got->first_bit, b->first_bit);
    ck_assert_int_eq(got->is_signed, b->is_signed);
  }
  ck_assert_uint_eq(in, c->input_buses.n);
  ck_assert_uint_eq(out, c->output_buses.n);
}

static void same_words(const struct plan *p, const struct circuit *c) {
  ck_assert_uint_eq(p->operations.n, c->operations.n);
  for (size_t i = 0; i < p->operations.n; i++) {
    ck_assert_uint_eq(p->operations.at[i].at, c->operations.at[i].first);
    ck_assert_str_eq(p->operations.at[i].name, c->operations.at[i].name);
    ck_assert_str_eq(p->operations.at[i].kind, c->operations.at[i].kind);
  }
  ck_assert_uint_eq(p->names.n, c->names.n);
  for (size_t i = 0; i < p->names.n; i++) {
    ck_assert_uint_eq(p->names.at[i].at, c->names.at[i].bit);
    ck_assert_str_eq(p->names.at[i].name, c->names.at[i].name);
  }
}

void plan_compare(const struct plan *p, const struct circuit *c) {
  ck_assert_uint_eq(p->ladders.n, c->ladders.n);
  ck_assert_uint_eq(p->bits, c->bits.n);
  ck_assert_uint_eq(p->wires.n, c->wires.n);
  ck_assert_uint_eq(p->inputs, c->inputs.n);
  ck_assert_uint_eq(p->outputs.n, c->outputs.n);
  for (size_t i = 0, input = 0; i < p->ladders.n; i++) {
    same_ladder(p, c, i);
    if (p->ladders.at[i].is_input)
      ck_assert_uint_eq(c->inputs.at[input++], p->ladders.at[i].first_bit);
  }
  for (size_t i = 0; i < p->outputs.n; i++)
    ck_assert_uint_eq(p->outputs.at[i], c->outputs.at[i]);
  same_buses(p, c);
  same_words(p, c);
}

struct bytes bytes_of(const struct circuit *c,
                      bool (*write)(const struct circuit *c, FILE *out)) {
  struct bytes b;
  FILE *out = open_memstream(&b.at, &b.n);
  ck_assert(write(c, out));
  fclose(out);
  return b;
}

FILE *bytes_open(const struct bytes *b) {
  FILE *in = fmemopen(b->at, b->n ? b->n : 1, "rb");
  if (!b->n)
    getc(in);
  return in;
}

void bytes_spoil(struct bytes *b, uint64_t *seed) {
  size_t kind = plan_draw(seed, 4);
  if (kind == 0)
    b->n = plan_draw(seed, b->n);
  else if (kind == 1) // a part moves
    memmove(b->at + plan_draw(seed, b->n / 2),
            b->at + plan_draw(seed, b->n / 2), plan_draw(seed, b->n / 2));
  else
    for (size_t k = 1 + plan_draw(seed, 4); k; k--)
      b->at[plan_draw(seed, b->n)] ^= (char)(1 << plan_draw(seed, 8));
}
