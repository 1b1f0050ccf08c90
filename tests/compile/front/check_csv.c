/* csv.h and literal.h: rows of numbers, and what is wrong with others */
#include "compile/front/csv.h"
#include "compile/front/literal.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

/* ---- Literals ---- */

static const struct {
  const char *text, *value, *wrong;
} integers[] = {
    {"0", "0", NULL},
    {"-17", "-17", NULL},
    {"+5", "5", NULL},
    {"007", "7", NULL},
    {"0x1F", "31", NULL},
    {"-0Xff", "-255", NULL},
    {"0b101", "5", NULL},
    {"-0B1", "-1", NULL},
    {"340282366920938463463374607431768211456",
     "340282366920938463463374607431768211456", NULL},
    {"0x100000000000000000000000000000000",
     "340282366920938463463374607431768211456", NULL},
    {"", NULL, "is no integer"},
    {"-", NULL, "is no integer"},
    {"--1", NULL, "is no integer"},
    {"+-1", NULL, "is no integer"},
    {" 1", NULL, "is no integer"},
    {"1 ", NULL, "is no integer"},
    {"1 2", NULL, "is no integer"},
    {"1.0", NULL, "is no integer"},
    {"1e3", NULL, "is no integer"},
    {"0x", NULL, "is no integer"},
    {"0xg", NULL, "is no integer"},
    {"0b2", NULL, "is no integer"},
    {"0b", NULL, "is no integer"},
    {"ff", NULL, "is no integer"},
    {"1_000", NULL, "is no integer"},
};

START_TEST(integers_are_read_or_refused) {
  mpz_t z;
  mpz_init(z);
  const char *wrong = literal_integer(z, integers[_i].text);
  if (integers[_i].wrong)
    ck_assert_str_eq(wrong, integers[_i].wrong);
  else {
    ck_assert_ptr_null(wrong);
    char *text = mpz_get_str(NULL, 10, z);
    ck_assert_str_eq(text, integers[_i].value);
    free(text);
  }
  mpz_clear(z);
}
END_TEST

/* A prefix, n times a digit: accepted, and of that many bits, or not. */
static void expect_long(const char *prefix, char digit, size_t n, size_t bits) {
  char *text = malloc(n + 8);
  mpz_t z;
  mpz_init(z);
  strcpy(text, prefix);
  memset(text + strlen(prefix), digit, n);
  text[strlen(prefix) + n] = 0;
  const char *wrong = literal_integer(z, text);
  if (bits) {
    ck_assert_ptr_null(wrong);
    ck_assert_uint_eq(mpz_sizeinbase(z, 2), bits);
  } else
    ck_assert_str_eq(wrong, "has more than 2^20 bits");
  mpz_clear(z);
  free(text);
}

START_TEST(integers_have_at_most_2_to_the_20_bits) {
  expect_long("0x", 'f', 262144, 1 << 20);
  expect_long("0x", 'f', 262145, 0);
  expect_long("-0b", '1', 1 << 20, 1 << 20);
  expect_long("0b", '1', (1 << 20) + 1, 0);
  expect_long("", '1', 315653, 1048574);
  expect_long("", '9', 315653, 0);
  expect_long("", '9', 10000000, 0);
  expect_long("", '0', 10000000, 1);
}
END_TEST

static const struct {
  const char *text;
  double value;
  const char *wrong;
} reals[] = {
    {"0", 0, NULL},
    {"-1.5", -1.5, NULL},
    {"+.25", 0.25, NULL},
    {"3.", 3, NULL},
    {"1e3", 1000, NULL},
    {"-2.5E-1", -0.25, NULL},
    {"0.20000000298023224", 0.20000000298023224, NULL},
    {"1e-400", 0, NULL},
    {"1e400", 0, "is beyond the range of a double"},
    {"-1e999999999999", 0, "is beyond the range of a double"},
    {"", 0, "is no decimal number"},
    {".", 0, "is no decimal number"},
    {"-", 0, "is no decimal number"},
    {"e5", 0, "is no decimal number"},
    {"1e", 0, "is no decimal number"},
    {"1e+", 0, "is no decimal number"},
    {"1.2.3", 0, "is no decimal number"},
    {" 1", 0, "is no decimal number"},
    {"1 ", 0, "is no decimal number"},
    {"1,5", 0, "is no decimal number"},
    {"0x10", 0, "is no decimal number"},
    {"nan", 0, "is no decimal number"},
    {"inf", 0, "is no decimal number"},
    {"-Infinity", 0, "is no decimal number"},
};

START_TEST(reals_are_read_or_refused) {
  double d;
  const char *wrong = literal_double(&d, reals[_i].text);
  if (reals[_i].wrong)
    ck_assert_str_eq(wrong, reals[_i].wrong);
  else
    ck_assert(!wrong && d == reals[_i].value);
}
END_TEST

/* ---- Rows ---- */

/* x has two values, y one, and the optional z two. */
static const struct csv_bus buses[] = {
    {"x", 2, false, NULL}, {"y", 1, false, NULL}, {"z", 2, true, NULL}};

/* Writes what was read: the values, '|', the label, the prediction. */
static void show_row(struct csv *c, FILE *out) {
  for (size_t i = 0; i < 5; i++)
    fprintf(out, "%s ", csv_text(c, i) ? csv_text(c, i) : "-");
  fprintf(out, "| %s %s\n", csv_label(c) ? csv_label(c) : "-",
          csv_predicted(c) ? csv_predicted(c) : "-");
}

static char path[] = "/tmp/tc0-csv-XXXXXX";

static void write_file(const char *text) {
  strcpy(path + sizeof path - 7, "XXXXXX");
  FILE *f = fdopen(mkstemp(path), "wb");
  ck_assert(fputs(text, f) >= 0 && !fclose(f));
}

/* "2: message" or what show_row() makes of all rows. The caller frees it. */
static char *read_rows(const char *text, const struct csv_bus *bus, size_t n) {
  char *rows;
  size_t size;
  struct csv c;
  struct error err = {0};
  bool end = false;
  write_file(text);
  FILE *out = open_memstream(&rows, &size);
  bool ok = csv_open(&c, path, bus, n, &err);
  while (ok && (ok = csv_next(&c, &end)) && !end)
    show_row(&c, out);
  if (!ok)
    fprintf(out, "%zu: %s", err.line, err.message);
  ck_assert_str_eq(err.file, path);
  csv_close(&c);
  fclose(out);
  unlink(path);
  return rows;
}

static const struct {
  const char *text, *rows;
} files[] = {
    // by name
    {"x0,x1,y\n1,2,3\n4,5,6\n", "1 2 3 - - | - -\n4 5 6 - - | - -\n"},
    {"y,x1,x0\n1,2,3", "3 2 1 - - | - -\n"},
    {"y0,x0,x1\r\n1,2,3\r\n", "2 3 1 - - | - -\n"},
    {"x0,x1,label,y,torch_pred\n1,2,cat,3,7\n", "1 2 3 - - | cat 7\n"},
    {"z1,x0,x1,y,z0\n1,2,3,4,5\n", "2 3 4 5 1 | - -\n"},
    {"\xef\xbb\xbfx0,x1,y\n1,2,3\n", "1 2 3 - - | - -\n"},
    {" x0 ,\tx1, y \n 1 ,2\t, -3 \n", "1 2 -3 - - | - -\n"},
    {"\"x0\",\"x1\" , \"y\"\n\"1\", \"2,5\" ,3\n", "1 2,5 3 - - | - -\n"},
    {"\n\nx0,x1,y\n\n1,2,3\n  \n4,5,6\n\n",
     "1 2 3 - - | - -\n4 5 6 - - | - -\n"},
    {"x0,x1,y\n", ""},
    {"x0,x1,y\n1,,3\n", "1  3 - - | - -\n"},
    // by position
    {"1,2,3\n4,5,6\n", "1 2 3 - - | - -\n4 5 6 - - | - -\n"},
    {"1,2,3,4,5\n", "1 2 3 4 5 | - -\n"},
    {"-1,.5,0x7f", "-1 .5 0x7f - - | - -\n"},
    {"nan,inf,1\n", "nan inf 1 - - | - -\n"},
    {"1,2,3\n\n\n", "1 2 3 - - | - -\n"},
    // wrong
    {"", "1: the file has no rows"},
    {"\n\n", "1: the file has no rows"},
    {"1,2\n", "1: the line has 2 numbers, but there are 3 values"},
    {"1,2,3,4\n", "1: the line has 4 numbers, but there are 3 values"},
    {"\n1\n", "2: the line has 1 number, but there are 3 values"},
    {"x0,x1,y\n1,2,3\n1,2\n",
     "1 2 3 - - | - -\n3: the line has 2 cells, but the first one has 3"},
    {"x0,x1,y\n1\n", "2: the line has 1 cell, but the first one has 3"},
    {"1,2,3\n1,2,3,\n",
     "1 2 3 - - | - -\n2: the line has 4 cells, but the first one has 3"},
    {"x0,x1,w\n", "1: column 'w' belongs to no input or output"},
    {"x0,x1,x2,y\n", "1: column 'x2' belongs to no input or output"},
    {"x0,x01,y\n", "1: column 'x01' belongs to no input or output"},
    {"x0,x1,y,y1\n", "1: column 'y1' belongs to no input or output"},
    {"x,x0,x1,y\n", "1: column 'x0' comes twice"},
    {"x0,x1,y,x\n", "1: column 'x' comes twice"},
    {"x,x,y\n", "1: column 'x' comes twice"},
    {"x0,x1a,y\n", "1: column 'x1a' belongs to no input or output"},
    {"x0,x99999999999999999999999,y\n",
     "1: column 'x99999999999999999999999' belongs to no input or output"},
    {"x0,x1,y,\n", "1: column '' belongs to no input or output"},
    {"x0,x1,x0,y\n", "1: column 'x0' comes twice"},
    {"x0,x1,y,y0\n", "1: column 'y0' comes twice"},
    {"x0,x1,y,label,label\n", "1: column 'label' comes twice"},
    {"x1,y\n", "1: no column 'x0'; 1 of the 2 values of 'x' is missing"},
    {"\nx0,x1\n", "2: no column 'y0'; 1 of the 1 value of 'y' is missing"},
    {"y,label\n", "1: no column 'x0'; 2 of the 2 values of 'x' are missing"},
    {"x0,x1,y,z0\n", "1: no column 'z1'; 1 of the 2 values of 'z' is missing"},
    {"x0,\"x1,y\n", "1: a quoted cell without its final '\"'"},
    {"x0,\"x1\"x,y\n", "1: a quoted cell is followed by more than a comma"},
};

START_TEST(rows_are_read_or_refused_with_their_line) {
  char *rows = read_rows(files[_i].text, buses, 3);
  ck_assert_str_eq(rows, files[_i].rows);
  free(rows);
}
END_TEST

START_TEST(names_of_buses_may_end_in_digits) {
  // x10 may be value 10 of x or value 0 of x1; x1 is the bus of that name
  static const struct csv_bus wide[] = {{"x", 12, true, NULL},
                                        {"x1", 3, true, NULL}};
  static const struct csv_bus single[] = {
      {"x", 12, true, NULL}, {"x1", 1, true, NULL}, {"label", 1, true, NULL}};
  char *rows = read_rows("x10\n1\n", wide, 2);
  ck_assert_str_eq(rows, "1: column 'x10' may be a value of two buses");
  free(rows);
  rows = read_rows("x1,label\n7,8\n", single, 3);
  ck_assert_str_eq(rows, "- - - - - | - -\n");
  free(rows);
}
END_TEST

START_TEST(numbers_are_read_on_demand) {
  struct csv c;
  struct error err = {0};
  bool end;
  double d;
  mpz_t z;
  mpz_init(z);
  write_file("x0,y,x1\n0x10,2.5,-7\n,oops,1\n");
  ck_assert(csv_open(&c, path, buses, 2, &err));
  ck_assert(csv_next(&c, &end) && !end);
  ck_assert(csv_integer(&c, 0, z) && !mpz_cmp_si(z, 16));
  ck_assert(csv_integer(&c, 1, z) && !mpz_cmp_si(z, -7));
  ck_assert(csv_double(&c, 2, &d) && d == 2.5);
  ck_assert(!csv_integer(&c, 2, z));
  ck_assert_str_eq(err.message, "column 2: '2.5' is no integer");
  ck_assert(csv_next(&c, &end) && !end);
  ck_assert(!csv_double(&c, 2, &d));
  ck_assert_str_eq(err.message, "column 2: 'oops' is no decimal number");
  ck_assert(!csv_integer(&c, 0, z));
  ck_assert_str_eq(err.message, "column 1: '' is no integer");
  ck_assert_uint_eq(err.line, 3);
  ck_assert(csv_next(&c, &end) && end);
  csv_close(&c);
  unlink(path);
  mpz_clear(z);
}
END_TEST

START_TEST(digits_of_a_bus_are_one_column) {
  static const char *const text[] = {"y,x\n7,.4\n9,1-\n8,123\n",
                                     ".4,7\n1-,9\n123,8\n"};
  for (size_t i = 0; i < 2; i++) {
    struct csv c;
    struct error err = {0};
    bool end;
    double d;
    mpz_t z;
    mpz_init(z);
    write_file(text[i]);
    ck_assert(csv_open(&c, path, buses, 2, &err));
    ck_assert(csv_next(&c, &end) && !end);
    ck_assert(csv_integer(&c, 0, z) && !mpz_cmp_si(z, 0));
    ck_assert(csv_integer(&c, 1, z) && !mpz_cmp_si(z, 4));
    ck_assert(csv_integer(&c, 2, z) && !mpz_cmp_si(z, 7));
    ck_assert(csv_double(&c, 1, &d) && d == 4);
    ck_assert(csv_next(&c, &end) && !end);
    ck_assert(!csv_double(&c, 1, &d));
    ck_assert(strstr(err.message, "'1-' is no decimal number"));
    ck_assert(!csv_next(&c, &end));
    ck_assert(strstr(err.message, "'123' is not 2 digits"));
    csv_close(&c);
    unlink(path);
    mpz_clear(z);
  }
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named) {
  struct csv c;
  struct error err = {0};
  ck_assert(!csv_open(&c, "/nonexistent/a.csv", buses, 3, &err));
  ck_assert_str_eq(err.file, "/nonexistent/a.csv");
  ck_assert_str_eq(err.message, "cannot open: No such file or directory");
  csv_close(&c);
}
END_TEST

START_TEST(a_nul_byte_is_refused) {
  struct csv c;
  struct error err = {0};
  strcpy(path + sizeof path - 7, "XXXXXX");
  FILE *f = fdopen(mkstemp(path), "wb");
  ck_assert(fwrite("1,2\0,3\n", 1, 7, f) == 7 && !fclose(f));
  ck_assert(!csv_open(&c, path, buses, 3, &err));
  ck_assert_str_eq(err.message, "a NUL byte; this is not a text file");
  csv_close(&c);
  unlink(path);
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("csv");
  TCase *literals = tcase_create("literals"), *rows = tcase_create("rows");
  tcase_add_loop_test(literals, integers_are_read_or_refused, 0,
                      LENGTH(integers));
  tcase_add_test(literals, integers_have_at_most_2_to_the_20_bits);
  tcase_add_loop_test(literals, reals_are_read_or_refused, 0, LENGTH(reals));
  tcase_add_loop_test(rows, rows_are_read_or_refused_with_their_line, 0,
                      LENGTH(files));
  tcase_add_test(rows, names_of_buses_may_end_in_digits);
  tcase_add_test(rows, numbers_are_read_on_demand);
  tcase_add_test(rows, digits_of_a_bus_are_one_column);
  tcase_add_test(rows, a_file_that_is_not_there_is_named);
  tcase_add_test(rows, a_nul_byte_is_refused);
  suite_add_tcase(s, literals);
  suite_add_tcase(s, rows);
  return suite_run(s);
}
