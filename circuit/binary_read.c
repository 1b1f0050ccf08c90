/* A loop over circuit_add_*() that checks first what these would abort for. */
#include "circuit/binary.h"
#include "circuit/binary_records.h"
#include "circuit/put.h"
#include "circuit/scan.h"
#include "circuit/text.h"

#include <errno.h>
#include <string.h>

#include <gmp.h>

struct binary_reader {
  struct circuit *c;
  struct error *err;
  unsigned char *bytes;
  size_t n, at;
  ARRAY(integer_id) longs; // [place in the file]
  ARRAY(integer_id) list;
  ARRAY(char) text;
  bit_id named, output;
};

static bool fail(struct binary_reader *r, const char *message) {
  return error_set(r->err, 0, "byte %zu: %s", r->at, message);
}

static bool get_varint(struct binary_reader *r, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; shift < 64 && r->at < r->n; shift += 7) {
    unsigned char byte = r->bytes[r->at++];
    if (shift == 63 && byte > 1)
      break;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return true;
  }
  return fail(r, "a number that does not end");
}

/* A number of things of which each takes at least `least` bytes. */
static bool get_count(struct binary_reader *r, size_t least, size_t *count) {
  uint64_t n;
  *count = 0;
  if (!get_varint(r, &n))
    return false;
  if (n > (r->n - r->at) / least)
    return fail(r, "a count that is larger than what follows");
  *count = (size_t)n;
  return true;
}

static bool get_id(struct binary_reader *r, integer_id *id, long *base) {
  uint64_t u;
  if (!get_varint(r, &u))
    return false;
  if (!u) {
    if (!get_varint(r, &u))
      return false;
    if (u >= r->longs.n)
      return fail(r, "a long integer that was not defined");
    *id = r->longs.at[u];
    return true;
  }
  int64_t v = unfold(u - 1);
  if (v < -((int64_t)1 << 40) || (int64_t)1 << 40 < v)
    return fail(r, "a short integer of more than 31 bits");
  v += *base;
  if (v < -INTEGER_SMALL_MAX - 1 || INTEGER_SMALL_MAX < v)
    return fail(r, "a short integer of more than 31 bits");
  *base = (long)v;
  *id = integers_add_si(&r->c->integers, (long)v);
  return true;
}

/* A C string after those in r->text; its place there. */
static bool get_string(struct binary_reader *r, size_t *place) {
  size_t n;
  if (!get_count(r, 1, &n))
    return false;
  if (memchr(r->bytes + r->at, 0, n))
    return fail(r, "a name with a NUL in it");
  *place = r->text.n;
  array_reserve(&r->text, r->text.n + n + 1);
  memcpy(r->text.at + r->text.n, r->bytes + r->at, n);
  r->text.n += n;
  r->text.at[r->text.n++] = 0;
  r->at += n;
  return true;
}

static bool read_long(struct binary_reader *r) {
  uint64_t head;
  if (!get_varint(r, &head))
    return false;
  uint64_t n = head / 2;
  if (n > r->n - r->at)
    return fail(r, "a count that is larger than what follows");
  if (n > SCAN_MAX_BITS / 8)
    return fail(r, "a number of more than 2^20 bits");
  mpz_t z;
  mpz_init(z);
  mpz_import(z, (size_t)n, -1, 1, 0, 0, r->bytes + r->at);
  if (head & 1)
    mpz_neg(z, z);
  array_push(&r->longs, integers_add(&r->c->integers, z));
  mpz_clear(z);
  r->at += (size_t)n;
  return true;
}

/* n integers into r->list, each added to the one before if is_delta. */
static bool get_list(struct binary_reader *r, size_t n, bool is_delta) {
  long base = 0;
  r->list.n = 0;
  for (size_t i = 0; i < n; i++) {
    integer_id id;
    if (!get_id(r, &id, &base))
      return false;
    if (!is_delta)
      base = 0;
    array_push(&r->list, id);
  }
  return true;
}

static bool read_table(struct binary_reader *r) {
  size_t n;
  if (!get_count(r, 1, &n) || !get_list(r, n, false))
    return false;
  if (!n)
    return fail(r, "a table without steps");
  circuit_add_shape(r->c, r->list.at, n);
  return true;
}

static bool read_view(struct binary_reader *r) {
  uint64_t back, shape;
  size_t n = r->c->views.n;
  if (!get_varint(r, &back) || !get_varint(r, &shape))
    return false;
  if (!back || back > r->c->ladders.n || shape >= r->c->shapes.n)
    return fail(r, "a view of a ladder or table that does not exist");
  ladder_id l = (ladder_id)(r->c->ladders.n - back);
  if (circuit_rungs(r->c, l) != r->c->shapes.at[shape].n)
    return fail(r, "a view with a step too many or too few");
  circuit_view_shape(r->c, l, (uint32_t)shape);
  return r->c->views.n > n || fail(r, "a view that was there before");
}

static bool read_inputs(struct binary_reader *r) {
  uint64_t n;
  if (!get_varint(r, &n))
    return false;
  if (n > FILE_MAX_INPUTS || r->c->inputs.n + n > FILE_MAX_INPUTS)
    return fail(r, "more than 2^21 input bits, the most that a file may have");
  while (n--)
    circuit_add_input(r->c);
  return true;
}

/* The difference to *at is coded in u. */
static bool get_place(struct binary_reader *r, uint64_t u, size_t n,
                      int64_t *at) {
  int64_t step = unfold(u);
  if (step < -(int64_t)UINT32_MAX || (int64_t)UINT32_MAX < step ||
      *at + step < 0 || *at + step >= (int64_t)n)
    return fail(r, "a bit or view that does not exist");
  *at += step;
  return true;
}

static bool read_wires(struct binary_reader *r, size_t n) {
  struct circuit *c = r->c;
  int64_t at[2] = {(int64_t)c->bits.n, (int64_t)c->views.n};
  for (size_t i = 0; i < n; i++) {
    uint64_t u;
    integer_id weight;
    if (!get_varint(r, &u))
      return false;
    unsigned is_view = u & 1;
    if (!get_place(r, u >> 1, is_view ? c->views.n : c->bits.n, &at[is_view]) ||
        !get_id(r, &weight, &(long){0}))
      return false;
    circuit_add_wire_id(c, (source_id)at[is_view] | (is_view ? SOURCE_VIEW : 0),
                        weight);
  }
  return true;
}

static bool read_wires_again(struct binary_reader *r) {
  struct circuit *c = r->c;
  ladder_id before = (ladder_id)(c->ladders.n - 1);
  size_t end = circuit_end_wire(c, before);
  for (size_t i = c->ladders.at[before].first_wire; i < end; i++) {
    integer_id weight;
    if (!get_id(r, &weight, &(long){0}))
      return false;
    circuit_add_wire_id(c, c->wires.at[i].source, weight);
  }
  return true;
}

static bool read_ladder(struct binary_reader *r, bool is_gate, bool again) {
  size_t rungs = 1, wires = 0;
  if (!is_gate && !get_count(r, 1, &rungs))
    return false;
  if (!rungs)
    return fail(r, "a ladder without rungs");
  if (again ? !read_wires_again(r)
            : !get_count(r, 2, &wires) || !read_wires(r, wires))
    return false;
  if (!get_list(r, rungs, true))
    return false;
  for (size_t i = 1; i < rungs; i++)
    if (integers_compare(&r->c->integers, r->list.at[i - 1], r->list.at[i]) >=
        0)
      return fail(r, "thresholds of a ladder that do not ascend");
  circuit_add_ladder(r->c, r->list.at, rungs);
  return true;
}

static bool read_operation(struct binary_reader *r) {
  size_t name, kind;
  if (!get_string(r, &name) || !get_string(r, &kind))
    return false;
  circuit_begin_operation(r->c, r->text.at + name, r->text.at + kind);
  return true;
}

static bool read_name(struct binary_reader *r) {
  uint64_t step;
  size_t name;
  if (!get_varint(r, &step) || !get_string(r, &name))
    return false;
  if (!step && r->c->names.n)
    return fail(r, "a second name for one bit");
  if (step >= r->c->bits.n - r->named)
    return fail(r, "a name for a bit that does not exist");
  r->named += (bit_id)step;
  circuit_name_bit(r->c, r->named, r->text.at + name);
  return true;
}

static bool read_bus(struct binary_reader *r, bool is_input) {
  uint64_t values, width;
  size_t name, n = is_input ? r->c->inputs.n : r->c->outputs.n;
  if (!get_string(r, &name) || !get_varint(r, &values) ||
      !get_varint(r, &width))
    return false;
  bool is_signed = width & 1;
  width /= 2;
  if (values > CIRCUIT_MAX_BITS || width > CIRCUIT_MAX_BITS ||
      values * width > n)
    return fail(r, "a bus of more bits than there are");
  (is_input ? circuit_add_input_bus : circuit_add_output_bus)(
      r->c, r->text.at + name, (size_t)values, (unsigned)width, is_signed);
  return true;
}

static bool read_outputs(struct binary_reader *r) {
  size_t n;
  if (!get_count(r, 1, &n))
    return false;
  for (size_t i = 0; i < n; i++) {
    uint64_t u;
    int64_t at = r->output;
    if (!get_varint(r, &u) || !get_place(r, u, r->c->bits.n, &at))
      return false;
    r->output = (bit_id)at;
    circuit_add_output(r->c, r->output);
  }
  return true;
}

static bool read_record(struct binary_reader *r, unsigned char kind) {
  r->text.n = 0;
  switch (kind) {
  case RECORD_INTEGER:
    return read_long(r);
  case RECORD_TABLE:
    return read_table(r);
  case RECORD_VIEW:
    return read_view(r);
  case RECORD_INPUTS:
    return read_inputs(r);
  case RECORD_GATE:
  case RECORD_GATE_AGAIN:
    return read_ladder(r, true, kind == RECORD_GATE_AGAIN);
  case RECORD_LADDER:
  case RECORD_LADDER_AGAIN:
    return read_ladder(r, false, kind == RECORD_LADDER_AGAIN);
  case RECORD_OPERATION:
    return read_operation(r);
  case RECORD_NAME:
    return read_name(r);
  case RECORD_INPUT_BUS:
    return read_bus(r, true);
  case RECORD_OUTPUTS:
    return read_outputs(r);
  case RECORD_OUTPUT_BUS:
    return read_bus(r, false);
  }
  return fail(r, "an unknown kind of record");
}

static bool read_records(struct binary_reader *r) {
  while (r->at < r->n) {
    unsigned char kind = r->bytes[r->at++];
    if (kind == RECORD_END)
      return r->at == r->n || fail(r, "something after the last record");
    if (!read_record(r, kind))
      return false;
  }
  return fail(r, "the last record is missing");
}

static bool read_bytes(struct binary_reader *r, FILE *in) {
  size_t cap = 0, got;
  do {
    if (cap - r->n < 1 << 16)
      r->bytes = array_grow(r->bytes, &cap, cap + (1 << 16), 1);
    got = fread(r->bytes + r->n, 1, cap - r->n, in);
    r->n += got;
  } while (got);
  return !ferror(in) ||
         error_set(r->err, 0, "cannot read: %s", strerror(errno));
}

static bool check_frame(struct binary_reader *r) {
  struct checksum sum;
  uint64_t given = 0, version;
  if (r->n < BINARY_MAGIC_BYTES ||
      memcmp(r->bytes, BINARY_MAGIC, BINARY_MAGIC_BYTES))
    return error_set(r->err, 0, "this is not a binary circuit");
  if (r->n < BINARY_MAGIC_BYTES + 1 + BINARY_SUM_BYTES)
    return error_set(r->err, 0, "the file is cut short at %zu bytes", r->n);
  r->n -= BINARY_SUM_BYTES;
  for (unsigned i = 0; i < BINARY_SUM_BYTES; i++)
    given |= (uint64_t)r->bytes[r->n + i] << 8 * i;
  checksum_init(&sum);
  checksum_add(&sum, r->bytes, r->n);
  if (checksum_value(&sum) != given)
    return error_set(r->err, 0,
                     "the checksum does not match: the file is damaged or cut "
                     "short at %zu bytes",
                     r->n + BINARY_SUM_BYTES);
  r->at = BINARY_MAGIC_BYTES;
  if (!get_varint(r, &version))
    return false;
  return version == BINARY_VERSION ||
         error_set(
             r->err, 0,
             "this is version %llu of the format; only version 1 is known",
             (unsigned long long)version);
}

bool binary_read(struct circuit *c, FILE *in, struct error *err) {
  struct binary_reader r = {.c = c, .err = err};
  bool ok = read_bytes(&r, in) && check_frame(&r) && read_records(&r);
  free(r.bytes);
  array_clear(&r.longs);
  array_clear(&r.list);
  array_clear(&r.text);
  return ok;
}
