/* text.h: reading what was written, and what is wrong with a file */
#include "circuit/text.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

static bool read_text(struct circuit *c, const char *text, struct error *err) {
  struct bytes b = {(char *)(uintptr_t)text, strlen(text)};
  FILE *in = bytes_open(&b);
  *err = (struct error){0};
  circuit_init(c);
  bool ok = text_read(c, in, err);
  fclose(in);
  return ok;
}

static void expect_text(const struct circuit *c, const char *text) {
  struct bytes b = bytes_of(c, text_write);
  ck_assert_str_eq(b.at, text);
  free(b.at);
}

static void go_round(int round) {
  struct plan p;
  struct circuit c, d;
  struct error err = {0};
  plan_random(&p, (uint64_t)round, (size_t)(round % 40));
  circuit_init(&c);
  plan_build(&p, &c);
  plan_compare(&p, &c);
  struct bytes b = bytes_of(&c, text_write);
  FILE *in = bytes_open(&b);
  circuit_init(&d);
  ck_assert_msg(text_read(&d, in, &err), "%zu: %s\n%s", err.line, err.message,
                b.at);
  plan_compare(&p, &d);
  expect_text(&d, b.at);
  fclose(in);
  free(b.at);
  circuit_clear(&c);
  circuit_clear(&d);
  plan_clear(&p);
}

START_TEST(reading_what_was_written_changes_nothing) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    go_round(round);
}
END_TEST

/* An adder of two numbers of two bits, as in circuit/FORMAT. */
static const char adder[] = "circuit 1\n"
                            "# x + y, numbers of two bits\r\n"
                            "input x[2], y[2]\n"
                            "operation carries compare\n"
                            "c1 = x[0] + y[0] >= 1 2   # c1[2] is the carry\n"
                            "c2 = x + y >= 0x4\n"
                            "operation \"sum bits\" parity\n"
                            "s0 = c1{1 -1} >= 1\n"
                            "\n"
                            "\ts1 = x[1]+y[1] + c1[2] - 2*c2>=1\n"
                            "output s[3] = s0, s1 c2";

static void build_adder(struct circuit *c) {
  bit_id x[4];
  circuit_init(c);
  for (int i = 0; i < 4; i++) {
    x[i] = circuit_add_input(c);
    if (i % 2)
      circuit_add_input_bus(c, i == 1 ? "x" : "y", 1, 2, false);
  }
  circuit_begin_operation(c, "carries", "compare");
  circuit_add_wire_si(c, x[0], 1);
  circuit_add_wire_si(c, x[2], 1);
  bit_id c1 = circuit_add_ladder(c, (integer_id[]){1, 2}, 2);
  for (int i = 0; i < 4; i++)
    circuit_add_wire_si(c, x[i], i % 2 ? 2 : 1);
  bit_id c2 = circuit_add_gate_si(c, 4);
  circuit_begin_operation(c, "sum bits", "parity");
  integer_id step[] = {1, integers_add_si(&c->integers, -1)};
  circuit_add_wire_si(c, circuit_view(c, c->bits.at[c1].ladder, step), 1);
  bit_id s0 = circuit_add_gate_si(c, 1);
  circuit_add_wire_si(c, x[1], 1);
  circuit_add_wire_si(c, x[3], 1);
  circuit_add_wire_si(c, c1 + 1, 1);
  circuit_add_wire_si(c, c2, -2);
  bit_id s1 = circuit_add_gate_si(c, 1);
  circuit_add_output(c, s0);
  circuit_add_output(c, s1);
  circuit_add_output(c, c2);
  circuit_add_output_bus(c, "s", 1, 3, false);
  circuit_name_bit(c, c1, "c1");
  circuit_name_bit(c, c2, "c2");
  circuit_name_bit(c, s0, "s0");
  circuit_name_bit(c, s1, "s1");
}

static const char adder_again[] = "circuit 1\n"
                                  "input x[2]\n"
                                  "input y[2]\n"
                                  "operation carries compare\n"
                                  "c1 = x[0] + y[0] >= 1 2\n"
                                  "c2 = x[0] + 2*x[1] + y[0] + 2*y[1] >= 4\n"
                                  "operation \"sum bits\" parity\n"
                                  "s0 = c1{1 -1} >= 1\n"
                                  "s1 = x[1] + y[1] + c1[2] - 2*c2 >= 1\n"
                                  "output s[3] = s0, s1, c2\n";

START_TEST(a_text_by_hand_is_the_circuit_by_hand) {
  struct circuit c, d;
  struct error err;
  build_adder(&c);
  ck_assert_msg(read_text(&d, adder, &err), "%zu: %s", err.line, err.message);
  ck_assert_uint_eq(c.wires.n, d.wires.n);
  ck_assert_mem_eq(c.wires.at, d.wires.at, c.wires.n * sizeof *c.wires.at);
  ck_assert_uint_eq(c.bits.n, d.bits.n);
  ck_assert_mem_eq(c.bits.at, d.bits.at, c.bits.n * sizeof *c.bits.at);
  expect_text(&c, adder_again);
  expect_text(&d, adder_again);
  circuit_clear(&c);
  circuit_clear(&d);
}
END_TEST

/* What is read on the left is written as on the right. */
static const struct {
  const char *text, *written;
} sugar[] = {
    {"circuit 1", "circuit 1\n"},
    {"circuit 1 # x", "circuit 1\n"},
    {"circuit 1\ng = 0 >= 0", "circuit 1\ng = 0 >= 0\n"},
    {"circuit 1\r\ninput a\r\n\r\ng = a >= 1\r\noutput z = g\r\n",
     "circuit 1\ninput a\ng = a >= 1\noutput z = g\n"},
    {"circuit 1\ng = 0*1 - 5 + 3*0 >= -1 +1",
     "circuit 1\ng = 0*1 - 5*1 + 3*0 >= -1 1\n"},
    {"circuit 1\ninput a\ng = -a + -3*a - -a>=-0x10",
     "circuit 1\ninput a\ng = -a - 3*a + a >= -16\n"},
    {"circuit 1\ninput y[3] signed\ng = 3*y >= 2",
     "circuit 1\ninput y[3] signed\n"
     "g = 3*y[0] + 6*y[1] - 12*y[2] >= 2\n"},
    {"circuit 1\ninput v[2][2]\ng = v[1] - v[0][1] >= 2",
     "circuit 1\ninput v[2][2]\ng = v[1][0] + 2*v[1][1] - v[0][1] >= 2\n"},
    {"circuit 1\ninput v[1][2]\ng = v[0][1] + v[0] >= 2",
     "circuit 1\ninput v[2]\ng = v[1] + v[0] >= 2\n"},
    {"circuit 1\ninput a signed b\ng = a + b >= 2",
     "circuit 1\ninput a signed\ninput b\ng = -a[0] + b >= 2\n"},
    {"circuit 1\ninput $i[2] z[0]\ng = $i[1] >= 1\noutput g = g\n"
     "output = 1, $i[0]\noutput e[0][3] = ",
     "circuit 1\ninput $2\ninput $3\nbus input z[0]\ng = $3 >= 1\n"
     "output g = g\noutput = 1, $2\noutput e[0][3] =\n"},
    {"circuit 1\ninput a\ns = a >= 0 1\ntable t = 2 -1\nv = s{t}\n"
     "w = a{3}\n$x = s + v + v + w + s{2 -1} + s[1] >= 1\nu = a + v{} >= 1",
     NULL},
    {"circuit 1\ninput a\ns = a >= 0 1\ntable t = 2 -1\nv = s{t}\n"
     "w = a{3}\n$x = s + v + v + w + s{2 -1} + s[1] >= 1",
     "circuit 1\ninput a\ns = a >= 0 1\n$v1 = s{2 -1}\n"
     "$5 = s + $v1 + $v1 + a{3} + $v1 + s[1] >= 1\n"},
    {"circuit 1\ns = 0 >= 0 1\nt = 0 >= 0 1\n"
     "$x = s{3 0} - 2*t{3 0} - 0{1 1} - t[2] >= 1",
     "circuit 1\ns = 0 >= 0 1\nt = 0 >= 0 1\ntable $t1 = 3 0\n"
     "$6 = s{$t1} - 2*t{$t1} - 0{1 1} - t[2] >= 1\n"},
    {"circuit 1\n\"a b\" = 0 >= 0\n\"input\" = \"a b\" >= 1\n"
     "s = 0 >= 0 1\nname s[2] \"a b\"\noutput \"a b\" = \"a b\"",
     "circuit 1\n\"a b\" = 0 >= 0\n\"input\" = \"a b\" >= 1\n"
     "s = 0 >= 0 1\nname s[2] \"a b\"\noutput \"a b\" = \"a b\"\n"},
    {"circuit 1\n\"$5\" = 0 >= 0\n$5 = \"$5\" >= 1\n",
     "circuit 1\n\"$5\" = 0 >= 0\n$3 = \"$5\" >= 1\n"},
    {"circuit 1\n$4000000 = 0 >= 0\n$07 = $4000000 >= 1\n$7 = $07 >= 1",
     "circuit 1\n$2 = 0 >= 0\n$3 = $2 >= 1\n$4 = $3 >= 1\n"},
};

START_TEST(short_forms_stand_for_plain_ones) {
  struct circuit c;
  struct error err;
  bool ok = read_text(&c, sugar[_i].text, &err);
  if (sugar[_i].written) {
    ck_assert_msg(ok, "%zu: %s", err.line, err.message);
    expect_text(&c, sugar[_i].written);
  } else
    ck_assert(!ok);
  circuit_clear(&c);
}
END_TEST

static const struct {
  const char *text;
  size_t line;
  const char *message;
} wrong[] = {
#include "tests/circuit/wrong_text.h"
};

START_TEST(what_is_wrong_is_said_with_its_line) {
  struct circuit c;
  struct error err;
  ck_assert(!read_text(&c, wrong[_i].text, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  ck_assert_uint_eq(err.line, wrong[_i].line);
  circuit_clear(&c);
}
END_TEST

/* "circuit 1\n" and `head`, then n times `ch`, then `tail`. */
static void expect_long(const char *head, char ch, size_t n, const char *tail,
                        size_t line, const char *message) {
  struct circuit c;
  struct error err = {0};
  struct bytes b;
  FILE *out = open_memstream(&b.at, &b.n);
  fprintf(out, "circuit 1\n%s", head);
  for (size_t i = 0; i < n; i++)
    putc(ch, out);
  fputs(tail, out);
  fclose(out);
  FILE *in = bytes_open(&b);
  circuit_init(&c);
  bool ok = text_read(&c, in, &err);
  ck_assert_str_eq(ok ? "" : err.message, message);
  ck_assert_uint_eq(err.line, line);
  fclose(in);
  free(b.at);
  circuit_clear(&c);
}

START_TEST(long_lines_and_numbers_are_read_or_refused) {
  const char *many = "a number of more than 2^20 bits";
  expect_long("g = ", '(', 10000000, "", 2, "expected a signal, found '('");
  expect_long("g = ", '-', 10000000, "", 2, "expected a signal, found '-'");
  expect_long("", '\n', 1000000, "x\n", 1000002,
              "expected '=', but the line ends");
  expect_long("g = 0 >= ", '9', 315652, "\n", 0, "");
  expect_long("g = 0 >= ", '9', 315654, "\n", 2, many);
  expect_long("g = 0 >= -", '1', 1000000, "\n", 2, many);
  expect_long("g = 0 >= 0", '0', 1000000, "7\n", 0, "");
  expect_long("g = 0 >= 0x", 'f', 262144, "\n", 0, "");
  expect_long("g = 0 >= 0x", 'f', 262145, "\n", 2, many);
  expect_long("", 'a', 1000000, " = 0 >= 1\n", 0, "");
  expect_long("input x[4", '9', 1000000, "]\n", 2,
              "a bus has at most 2^31 - 1 bits");
}
END_TEST

/* A child sends the line, lest the test hold it as well. */
START_TEST(a_line_of_a_gigabyte_is_refused) {
  struct circuit c;
  struct error err = {0};
  int ends[2];
  if (rounds() == ROUNDS)
    return; // takes seconds
  ck_assert(!pipe(ends));
  if (!fork()) {
    static char block[1 << 16];
    close(ends[0]);
    ck_assert(write(ends[1], "circuit 1\n", 10) == 10);
    memset(block, 'a', sizeof block);
    signal(SIGPIPE, SIG_IGN);
    while (write(ends[1], block, sizeof block) > 0)
      ;
    _exit(0);
  }
  close(ends[1]);
  FILE *in = fdopen(ends[0], "rb");
  circuit_init(&c);
  ck_assert(!text_read(&c, in, &err));
  ck_assert_str_eq(err.message, "the line has more than 2^30 bytes");
  ck_assert_uint_eq(err.line, 2);
  fclose(in);
  circuit_clear(&c);
  wait(NULL);
}
END_TEST

START_TEST(a_nul_byte_is_refused) {
  struct circuit c;
  struct error err = {0};
  struct bytes b = {(char[]){"circuit 1\n\0\n"}, 12};
  FILE *in = bytes_open(&b);
  circuit_init(&c);
  ck_assert(!text_read(&c, in, &err));
  ck_assert_str_eq(err.message, "a NUL byte; this is not a text file");
  ck_assert_uint_eq(err.line, 2);
  fclose(in);
  circuit_clear(&c);
}
END_TEST

static void spoil(int round) {
  struct plan p;
  struct circuit c, d;
  struct error err = {0};
  uint64_t seed = (uint64_t)round + 1;
  plan_random(&p, (uint64_t)round, 20);
  circuit_init(&c);
  plan_build(&p, &c);
  struct bytes b = bytes_of(&c, text_write), whole = b;
  bytes_spoil(&b, &seed);
  FILE *in = bytes_open(&b);
  circuit_init(&d);
  if (text_read(&d, in, &err)) {
    struct bytes again = bytes_of(&d, text_write);
    struct circuit e;
    ck_assert_msg(read_text(&e, again.at, &err), "%zu: %s\n%s", err.line,
                  err.message, again.at);
    expect_text(&e, again.at);
    circuit_clear(&e);
    free(again.at);
  } else
    ck_assert(err.message[0] && !strchr(err.message, '\n') && err.line);
  fclose(in);
  free(whole.at);
  circuit_clear(&c);
  circuit_clear(&d);
  plan_clear(&p);
}

START_TEST(a_spoilt_text_is_refused_or_read_as_a_circuit) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    spoil(round);
}
END_TEST

START_TEST(a_full_disk_is_noticed) {
  struct circuit c;
  struct error err;
  FILE *full = fopen("/dev/full", "w");
  if (!full)
    return;
  ck_assert(read_text(&c, adder, &err));
  bool ok = text_write(&c, full);
  ck_assert(!(fflush(full) == 0 && ok));
  fclose(full);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("text");
  TCase *corners = tcase_create("corners"), *naive = tcase_create("naive"),
        *errors = tcase_create("errors");
  tcase_set_timeout(naive, 60);
  tcase_set_timeout(errors, 60);
  tcase_add_test(corners, a_text_by_hand_is_the_circuit_by_hand);
  tcase_add_loop_test(corners, short_forms_stand_for_plain_ones, 0,
                      sizeof sugar / sizeof *sugar);
  tcase_add_loop_test(naive, reading_what_was_written_changes_nothing, 0,
                      ROUNDS);
  tcase_add_loop_test(errors, what_is_wrong_is_said_with_its_line, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(errors, long_lines_and_numbers_are_read_or_refused);
  tcase_add_test(errors, a_line_of_a_gigabyte_is_refused);
  tcase_add_test(errors, a_nul_byte_is_refused);
  tcase_add_test(errors, a_full_disk_is_noticed);
  tcase_add_loop_test(errors, a_spoilt_text_is_refused_or_read_as_a_circuit, 0,
                      ROUNDS);
  suite_add_tcase(s, corners);
  suite_add_tcase(s, naive);
  suite_add_tcase(s, errors);
  return suite_run(s);
}
