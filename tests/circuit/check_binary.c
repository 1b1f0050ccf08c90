/* binary.h: reading what was written, and damaged files */
#include "circuit/binary.h"
#include "circuit/checksum.h"
#include "circuit/text.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

static bool read_bytes(struct circuit *c, const struct bytes *b,
                       struct error *err) {
  FILE *in = bytes_open(b);
  *err = (struct error){0};
  circuit_init(c);
  bool ok = binary_read(c, in, err);
  fclose(in);
  return ok;
}

static uint64_t checksum(const void *bytes, size_t n) {
  struct checksum s;
  checksum_init(&s);
  checksum_add(&s, bytes, n);
  return checksum_value(&s);
}

START_TEST(the_checksum_is_that_of_xz) {
  ck_assert(checksum("123456789", 9) == UINT64_C(0x995dc9bbdf1939fa));
}
END_TEST

static void go_round(int round) {
  struct plan p;
  struct circuit c, d;
  struct error err;
  plan_random(&p, (uint64_t)round, (size_t)(round % 40));
  circuit_init(&c);
  plan_build(&p, &c);
  struct bytes b = bytes_of(&c, binary_write);
  ck_assert_msg(read_bytes(&d, &b, &err), "%s", err.message);
  plan_compare(&p, &d);
  ck_assert_uint_eq(c.views.n, d.views.n);
  ck_assert_uint_eq(c.shapes.n, d.shapes.n);
  ck_assert_uint_eq(c.integers.longs.n, d.integers.longs.n);
  for (size_t i = 0; i < c.wires.n; i++) {
    ck_assert_uint_eq(c.wires.at[i].source, d.wires.at[i].source);
    ck_assert_uint_eq(c.wires.at[i].weight, d.wires.at[i].weight);
  }
  struct bytes again = bytes_of(&d, binary_write);
  ck_assert_uint_eq(b.n, again.n);
  ck_assert_mem_eq(b.at, again.at, b.n);
  free(b.at);
  free(again.at);
  circuit_clear(&c);
  circuit_clear(&d);
  plan_clear(&p);
}

START_TEST(reading_what_was_written_changes_nothing) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    go_round(round);
}
END_TEST

/* x + y >= 2, byte by byte as in circuit/FORMAT. */
static const unsigned char both[] = {
    0x89, 't', 'c', 'b', '\r', '\n', 0x1a, '\n', // magic
    1,                                           // version
    'i',  2,                                     // two inputs: bits 2 and 3
    'b',  1,   'x', 1,   4,                      // a bus of one value of 2 bits
    'g',  2,                                     // a gate with two wires
    6,    3,                                     // 2 bits back, weight 1
    4,    3,                                     // the bit after, weight 1
    5,                                           // threshold 2
    'y',  1,   8,                                // one output, bit 4
    'z',  1,   'z', 1,   2,                      // a bus of one bit
    '.'};

START_TEST(bytes_by_hand_are_the_circuit_by_hand) {
  struct bytes b = {xmalloc(sizeof both + 8), sizeof both + 8};
  struct circuit c;
  struct error err;
  memcpy(b.at, both, sizeof both);
  uint64_t sum = checksum(both, sizeof both);
  for (int i = 0; i < 8; i++)
    b.at[sizeof both + (size_t)i] = (char)(sum >> 8 * i);
  ck_assert_msg(read_bytes(&c, &b, &err), "%s", err.message);
  struct bytes text = bytes_of(&c, text_write);
  ck_assert_str_eq(text.at, "circuit 1\ninput x[2]\n$4 = x[0] + x[1] >= 2\n"
                            "output z = $4\n");
  free(text.at);
  struct bytes again = bytes_of(&c, binary_write);
  ck_assert_uint_eq(again.n, b.n);
  ck_assert_mem_eq(again.at, b.at, b.n);
  free(again.at);
  free(b.at);
  circuit_clear(&c);
}
END_TEST

static void repair(struct bytes *b) {
  if (b->n < 17)
    return;
  memcpy(b->at, BINARY_MAGIC, BINARY_MAGIC_BYTES);
  uint64_t sum = checksum(b->at, b->n - 8);
  for (size_t i = 0; i < 8; i++)
    b->at[b->n - 8 + i] = (char)(sum >> 8 * i);
}

/* Without a repair a change is always found, unless nothing changed. */
static void spoil(int round, bool is_repaired) {
  struct plan p;
  struct circuit c, d;
  struct error err;
  uint64_t seed = (uint64_t)round + 1;
  plan_random(&p, (uint64_t)round, 20);
  circuit_init(&c);
  plan_build(&p, &c);
  struct bytes b = bytes_of(&c, binary_write), old = bytes_of(&c, binary_write);
  bytes_spoil(&b, &seed);
  if (is_repaired)
    repair(&b);
  bool ok = read_bytes(&d, &b, &err);
  if (ok && !is_repaired)
    ck_assert(b.n == old.n && !memcmp(b.at, old.at, b.n));
  if (ok) {
    struct bytes again = bytes_of(&d, binary_write);
    struct circuit e;
    ck_assert_msg(read_bytes(&e, &again, &err), "%s", err.message);
    circuit_clear(&e);
    free(again.at);
    again = bytes_of(&d, text_write);
    free(again.at);
  } else
    ck_assert(err.message[0] && !strchr(err.message, '\n'));
  free(b.at);
  free(old.at);
  circuit_clear(&c);
  circuit_clear(&d);
  plan_clear(&p);
}

START_TEST(a_damaged_file_is_refused) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    spoil(round, false);
}
END_TEST

START_TEST(a_forged_file_is_refused_or_read_as_a_circuit) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    spoil(round, true);
}
END_TEST

/* Records after magic and version, and what is wrong with them. */
static const struct {
  const char *records;
  size_t n;
  const char *message;
} wrong[] = {
#define ROW(text, message) \
  { text, sizeof text - 1, message }
    ROW("", "byte 9: the last record is missing"),
    ROW("..", "byte 10: something after the last record"),
    ROW("?", "byte 10: an unknown kind of record"),
    ROW("i", "byte 10: a number that does not end"),
    ROW("i\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        "byte 20: a number that does not end"),
    ROW("i\x81\x80\x80\x01", "byte 14: more than 2^21 input bits, the most "
                             "that a file may have"),
    ROW("g\x05\x01\x01\x01\x01\x01\x01\x01\x01",
        "byte 11: a count that is larger than what follows"),
    ROW("g\x01\x04\x01\x01.", "byte 12: a bit or view that does not exist"),
    ROW("g\x01\x05\x01\x01.", "byte 12: a bit or view that does not exist"),
    ROW("g\x01\x02\x00\x00.", "byte 14: a long integer that was not defined"),
    ROW("g\0\x80\x80\x80\x80\x10.",
        "byte 16: a short integer of more than 31 bits"),
    ROW("l\0\0.", "byte 11: a ladder without rungs"),
    ROW("l\2\0\1\1.", "byte 14: thresholds of a ladder that do not ascend"),
    ROW("t\0", "byte 11: a table without steps"),
    ROW("t\x05", "byte 11: a count that is larger than what follows"),
    ROW("v\1\0", "byte 12: a view of a ladder or table that does not exist"),
    ROW("t\1\1v\2\0", "byte 15: a view of a ladder or table that does not "
                      "exist"),
    ROW("t\1\1v\1\0", "byte 15: a view with a step too many or too few"),
    ROW("t\1\5i\1v\1\0v\1\0", "byte 20: a view that was there before"),
    ROW("n\0\0n\0\0", "byte 15: a second name for one bit"),
    ROW("n\2\0", "byte 12: a name for a bit that does not exist"),
    ROW("n\0\3a\0b", "byte 12: a name with a NUL in it"),
    ROW("b\1x\1\4", "byte 14: a bus of more bits than there are"),
    ROW("y\1\4", "byte 12: a bit or view that does not exist"),
    ROW("#\x05\1", "byte 11: a count that is larger than what follows"),
#undef ROW
};

START_TEST(what_is_wrong_is_said_with_its_byte) {
  struct bytes b;
  struct circuit c;
  struct error err;
  FILE *out = open_memstream(&b.at, &b.n);
  fwrite(BINARY_MAGIC "\1", 1, 9, out);
  fwrite(wrong[_i].records, 1, wrong[_i].n, out);
  fwrite("12345678", 1, 8, out);
  fclose(out);
  repair(&b);
  ck_assert(!read_bytes(&c, &b, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  free(b.at);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("binary");
  TCase *corners = tcase_create("corners"), *naive = tcase_create("naive"),
        *errors = tcase_create("errors");
  tcase_set_timeout(naive, 60);
  tcase_set_timeout(errors, 60);
  tcase_add_test(corners, the_checksum_is_that_of_xz);
  tcase_add_test(corners, bytes_by_hand_are_the_circuit_by_hand);
  tcase_add_loop_test(naive, reading_what_was_written_changes_nothing, 0,
                      ROUNDS);
  tcase_add_loop_test(errors, a_damaged_file_is_refused, 0, ROUNDS);
  tcase_add_loop_test(errors, a_forged_file_is_refused_or_read_as_a_circuit, 0,
                      ROUNDS);
  tcase_add_loop_test(errors, what_is_wrong_is_said_with_its_byte, 0,
                      sizeof wrong / sizeof *wrong);
  suite_add_tcase(s, corners);
  suite_add_tcase(s, naive);
  suite_add_tcase(s, errors);
  return suite_run(s);
}
