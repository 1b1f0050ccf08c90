#include "circuit/binary.h"
#include "circuit/binary_records.h"
#include "circuit/put.h"

#include <assert.h>
#include <string.h>

#include <gmp.h>

struct binary_writer {
  const struct circuit *c;
  struct put o;
  size_t input_bus, output_bus, operation, name, view, inputs, outputs;
  bit_id named; // the last bit that got a name
};

static void put_string(struct put *o, const char *text) {
  size_t n = strlen(text);
  put_varint(o, n);
  put_bytes(o, text, n);
}

/* The value, folded, plus one; or 0 and a place among the long integers. */
static void put_id(struct put *o, integer_id id, long base) {
  if (integer_is_small(id)) {
    put_varint(o, fold(integer_small(id) - base) + 1);
    return;
  }
  put_char(o, 0);
  put_varint(o, id & ~INTEGER_LONG);
}

static void write_long_integers(struct binary_writer *w) {
  const struct integers *t = &w->c->integers;
  for (size_t i = 0; i < t->longs.n; i++) {
    struct integer_scratch scratch;
    mpz_srcptr z = integers_get(t, INTEGER_LONG | (uint32_t)i, &scratch);
    size_t n = (mpz_sizeinbase(z, 2) + 7) / 8, written;
    unsigned char *bytes = xmalloc(n);
    mpz_export(bytes, &written, -1, 1, 0, 0, z);
    assert(written == n);
    put_char(&w->o, RECORD_INTEGER);
    put_varint(&w->o, 2 * n + (mpz_sgn(z) < 0));
    put_bytes(&w->o, bytes, n);
    free(bytes);
  }
}

static void write_tables(struct binary_writer *w) {
  const struct circuit *c = w->c;
  for (size_t i = 0; i < c->shapes.n; i++) {
    const struct shape *s = &c->shapes.at[i];
    put_char(&w->o, RECORD_TABLE);
    put_varint(&w->o, s->n);
    for (size_t k = 0; k < s->n; k++)
      put_id(&w->o, c->steps.at[s->first_step + k], 0);
  }
}

static void write_bus(struct put *o, enum record kind, const struct bus *b) {
  put_char(o, (char)kind);
  put_string(o, b->name);
  put_varint(o, b->values);
  put_varint(o, 2 * (uint64_t)b->width + b->is_signed);
}

static bool reads_the_same(const struct circuit *c, ladder_id l) {
  size_t first = c->ladders.at[l].first_wire,
         n = circuit_end_wire(c, l) - first;
  size_t before = c->ladders.at[l - 1].first_wire;
  if (n < 2 || first - before != n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (c->wires.at[before + i].source != c->wires.at[first + i].source)
      return false;
  return true;
}

/* Bits count from the ladder's own first bit and views from the number of
   views; after the first, each from the one before it in the sum. */
static void write_wires(struct binary_writer *w, ladder_id l, bool again) {
  const struct circuit *c = w->c;
  size_t end = circuit_end_wire(c, l);
  int64_t at[2] = {c->ladders.at[l].first_bit, (int64_t)w->view};
  for (size_t i = c->ladders.at[l].first_wire; i < end; i++) {
    source_id s = c->wires.at[i].source;
    int is_view = (s & SOURCE_VIEW) != 0;
    int64_t id = s & ~SOURCE_VIEW;
    if (!again)
      put_varint(&w->o, 2 * fold(id - at[is_view]) + (unsigned)is_view);
    at[is_view] = id;
    put_id(&w->o, c->wires.at[i].weight, 0);
  }
}

static void write_thresholds(struct binary_writer *w, ladder_id l) {
  bit_id end = circuit_end_bit(w->c, l);
  long base = 0;
  for (bit_id b = w->c->ladders.at[l].first_bit; b < end; b++) {
    integer_id t = w->c->bits.at[b].threshold;
    put_id(&w->o, t, base);
    if (integer_is_small(t))
      base = integer_small(t);
  }
}

static void write_ladder(struct binary_writer *w, ladder_id l) {
  const struct circuit *c = w->c;
  size_t rungs = circuit_rungs(c, l);
  size_t n = circuit_end_wire(c, l) - c->ladders.at[l].first_wire;
  bool again = reads_the_same(c, l);
  if (rungs == 1)
    put_char(&w->o, again ? RECORD_GATE_AGAIN : RECORD_GATE);
  else
    put_char(&w->o, again ? RECORD_LADDER_AGAIN : RECORD_LADDER);
  if (rungs != 1)
    put_varint(&w->o, rungs);
  if (!again)
    put_varint(&w->o, n);
  write_wires(w, l, again);
  write_thresholds(w, l);
}

static void write_input_buses(struct binary_writer *w) {
  for (; w->input_bus < w->c->input_buses.n; w->input_bus++) {
    const struct bus *b = &w->c->input_buses.at[w->input_bus];
    if (b->first_bit + b->values * b->width != w->inputs)
      return;
    write_bus(&w->o, RECORD_INPUT_BUS, b);
  }
}

/* Inputs from ladder l on, up to the end of a bus or another kind of record;
   returns how many. */
static size_t write_inputs(struct binary_writer *w, size_t l) {
  const struct circuit *c = w->c;
  size_t n = 0, most = c->inputs.n - w->inputs;
  if (w->input_bus < c->input_buses.n) {
    const struct bus *b = &c->input_buses.at[w->input_bus];
    most = b->first_bit + b->values * b->width - w->inputs;
  }
  if (w->operation < c->operations.n &&
      c->operations.at[w->operation].first - l < most)
    most = c->operations.at[w->operation].first - l;
  while (n < most && l + n < c->ladders.n &&
         circuit_is_input(c, c->ladders.at[l + n].first_bit))
    n++;
  put_char(&w->o, RECORD_INPUTS);
  put_varint(&w->o, n);
  w->inputs += n;
  write_input_buses(w);
  return n;
}

static void write_operations(struct binary_writer *w, size_t l) {
  const struct circuit *c = w->c;
  for (; w->operation < c->operations.n &&
         c->operations.at[w->operation].first <= l;
       w->operation++) {
    put_char(&w->o, RECORD_OPERATION);
    put_string(&w->o, c->operations.at[w->operation].name);
    put_string(&w->o, c->operations.at[w->operation].kind);
  }
}

/* What was made between ladder l - 1 and ladder l. */
static void write_between(struct binary_writer *w, size_t l) {
  const struct circuit *c = w->c;
  bit_id end =
      l < c->ladders.n ? c->ladders.at[l].first_bit : (bit_id)c->bits.n;
  for (; w->name < c->names.n && c->names.at[w->name].bit < end; w->name++) {
    put_char(&w->o, RECORD_NAME);
    put_varint(&w->o, c->names.at[w->name].bit - w->named);
    put_string(&w->o, c->names.at[w->name].name);
    w->named = c->names.at[w->name].bit;
  }
  for (; w->view < c->views.n && c->views.at[w->view].ladder < l; w->view++) {
    put_char(&w->o, RECORD_VIEW);
    put_varint(&w->o, l - c->views.at[w->view].ladder);
    put_varint(&w->o, c->views.at[w->view].shape);
  }
  write_operations(w, l);
}

static void write_output_bits(struct binary_writer *w, size_t end) {
  const struct circuit *c = w->c;
  if (w->outputs >= end)
    return;
  put_char(&w->o, RECORD_OUTPUTS);
  put_varint(&w->o, end - w->outputs);
  for (; w->outputs < end; w->outputs++) {
    int64_t before = w->outputs ? c->outputs.at[w->outputs - 1] : 0;
    put_folded(&w->o, c->outputs.at[w->outputs] - before);
  }
}

static void write_outputs(struct binary_writer *w) {
  const struct circuit *c = w->c;
  for (; w->output_bus < c->output_buses.n; w->output_bus++) {
    const struct bus *b = &c->output_buses.at[w->output_bus];
    write_output_bits(w, b->first_bit + b->values * b->width);
    write_bus(&w->o, RECORD_OUTPUT_BUS, b);
  }
  write_output_bits(w, c->outputs.n);
}

static void write_records(struct binary_writer *w) {
  const struct circuit *c = w->c;
  write_long_integers(w);
  write_tables(w);
  write_input_buses(w); // those without bits
  write_operations(w, 0);
  for (size_t l = 1, n; l < c->ladders.n; l += n) {
    n = 1;
    write_between(w, l);
    if (circuit_is_input(c, c->ladders.at[l].first_bit))
      n = write_inputs(w, l);
    else
      write_ladder(w, (ladder_id)l);
  }
  write_between(w, c->ladders.n);
  write_outputs(w);
  put_char(&w->o, RECORD_END);
}

bool binary_write(const struct circuit *c, FILE *out) {
  assert(c->taken_wires == c->wires.n);
  struct binary_writer w = {.c = c};
  struct checksum sum;
  checksum_init(&sum);
  put_init(&w.o, out);
  w.o.sum = &sum;
  put_bytes(&w.o, BINARY_MAGIC, BINARY_MAGIC_BYTES);
  put_varint(&w.o, BINARY_VERSION);
  write_records(&w);
  put_flush(&w.o);
  w.o.sum = NULL;
  for (unsigned i = 0; i < BINARY_SUM_BYTES; i++)
    put_char(&w.o, (char)(checksum_value(&sum) >> 8 * i & 0xff));
  return put_end(&w.o);
}
