/* json.h: values as the file has them, and what is refused of hostile ones */
#include "compile/front/json.h"
#include "tests/suite.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <jansson.h>

static bool read_text(struct json **root, const char *text, struct error *err) {
  memset(err, 0, sizeof *err);
  return json_read_bytes(root, (const uint8_t *)text, strlen(text), SIZE_MAX,
                         err);
}

static struct json *get_text(const char *text) {
  struct json *root;
  struct error err;
  ck_assert_msg(read_text(&root, text, &err), "%.80s: %s", text, err.message);
  return root;
}

/* ---- What is read ---- */

static const struct {
  const char *text; // of a list with one value
  enum json_kind kind;
  const char *shown; // by its only other reader, below
} values[] = {
    {"[null]", JSON_KIND_NULL, ""},
    {"[true]", JSON_KIND_BOOL, "true"},
    {"[false]", JSON_KIND_BOOL, "false"},
    {"[9007199254740993]", JSON_KIND_INTEGER,
     "9007199254740993 9007199254740992"},
    {"[-9223372036854775808]", JSON_KIND_INTEGER,
     "-9223372036854775808 -9223372036854775808"},
    {"[9223372036854775807]", JSON_KIND_INTEGER,
     "9223372036854775807 9223372036854775808"},
    {"[-0]", JSON_KIND_INTEGER, "0 0"},
    {"[10000.0]", JSON_KIND_REAL, "10000"},
    {"[-25e-2]", JSON_KIND_REAL, "-0.25"},
    {"[\"\"]", JSON_KIND_TEXT, "''"},
    {"[\"a\\u00e9\\n]\"]", JSON_KIND_TEXT, "'a\303\251\n]'"},
    {"[[1,2,3]]", JSON_KIND_LIST, "3 values"},
    {"[{\"a\":1,\"b\":2}]", JSON_KIND_OBJECT, "2 values"},
};

/* All that it may be read as. */
static void show(char *out, size_t room, const struct json *v) {
  bool b;
  int64_t z;
  double x;
  size_t n = 0;
  out[0] = 0;
  if (json_to_bool(v, &b))
    n += (size_t)snprintf(out + n, room - n, b ? "true" : "false");
  if (json_to_integer(v, &z))
    n += (size_t)snprintf(out + n, room - n, "%lld ", (long long)z);
  if (json_to_real(v, &x))
    n += (size_t)snprintf(out + n, room - n, "%.20g", x);
  if (json_text(v))
    n += (size_t)snprintf(out + n, room - n, "'%s'", json_text(v));
  if (json_size(v))
    snprintf(out + n, room - n, "%zu values", json_size(v));
}

START_TEST(a_value_is_what_the_file_says_and_nothing_else) {
  struct json *root = get_text(values[_i].text);
  char shown[100];
  ck_assert_uint_eq(json_size(root), 1);
  show(shown, sizeof shown, json_at(root, 0));
  ck_assert_uint_eq(json_kind(json_at(root, 0)), values[_i].kind);
  ck_assert_str_eq(shown, values[_i].shown);
  ck_assert_ptr_null(json_at(root, 1));
  ck_assert_ptr_null(json_find(json_at(root, 0), "z"));
  json_free(root);
}
END_TEST

START_TEST(members_are_found_by_name_and_come_in_order) {
  struct json *root =
      get_text("{\"b\": 1, \"a\": {\"b\": 2}, \"\": 3, \"c\": null}");
  int64_t z;
  ck_assert(json_to_integer(json_find(root, "b"), &z) && z == 1);
  ck_assert(json_to_integer(json_find(json_find(root, "a"), "b"), &z));
  ck_assert_int_eq(z, 2);
  ck_assert(json_to_integer(json_find(root, ""), &z) && z == 3);
  ck_assert_uint_eq(json_kind(json_find(root, "c")), JSON_KIND_NULL);
  ck_assert_ptr_null(json_find(root, "d"));
  char order[100] = "";
  for (struct json_member m = json_first(root); m.key; m = json_next(root, m)) {
    ck_assert_ptr_eq(m.value, json_find(root, m.key));
    strcat(strcat(order, m.key), ";");
  }
  ck_assert_str_eq(order, "b;a;;c;");
  json_free(root);
}
END_TEST

START_TEST(a_list_or_nothing_has_no_members) {
  struct json *list = get_text("[1]"), *none = get_text("{}");
  ck_assert_ptr_null(json_first(list).key);
  ck_assert_ptr_null(json_first(none).key);
  json_free(list);
  json_free(none);
}
END_TEST

/* ---- What is refused ---- */

static const struct {
  const char *text;
  size_t line;
  const char *message;
} wrong[] = {
    {"", 1, "'[' or '{' expected near end of file"},
    {"1", 1, "'[' or '{' expected near '1'"},
    {"{\n\n\"a\": x}", 3, "invalid token near 'x'"},
    {"{\"a\": 1,\n\"a\": 2}", 2, "duplicate object key near '\"a\"'"},
    {"{} {}", 1, "end of file expected near '{'"},
    {"[9223372036854775808]", 1, "too big integer"},
    {"[1e999]", 1, "real number overflow"},
    {"[\"a\\u0000\"]", 1, "\\u0000 is not allowed"},
    {"[\"\xff\"]", 1, "unable to decode byte 0xff"},
    {"[\"a\nb\"]", 1, "unexpected newline"},
    {"[1,]", 1, "unexpected token near ']'"},
    {"{\"time_step_limit\": [0.0,\n Infinity]}", 2, "Infinity is no JSON"},
    {"[-Infinity]", 1, "Infinity is no JSON"},
    {"[NaN]", 1, "NaN is no JSON, though Python writes it: put null"},
    {"NaN", 1, "NaN is no JSON"},
    {"[Infinit]", 1, "invalid token near 'Infinit'"},
};

START_TEST(what_is_wrong_is_said_with_its_line) {
  struct json *root;
  struct error err;
  ck_assert(!read_text(&root, wrong[_i].text, &err));
  ck_assert_ptr_null(root);
  ck_assert_msg(strstr(err.message, wrong[_i].message), "%s", err.message);
  ck_assert_ptr_null(strchr(err.message, '\n'));
  ck_assert_uint_eq(err.line, wrong[_i].line);
}
END_TEST

/* Before, n times the middle, after. New. */
static char *repeat(const char *before, const char *middle, size_t n,
                    const char *after) {
  size_t each = strlen(middle);
  char *text = malloc(strlen(before) + n * each + strlen(after) + 1);
  char *at = stpcpy(text, before);
  for (size_t i = 0; i < n; i++, at += each)
    memcpy(at, middle, each);
  strcpy(at, after);
  return text;
}

START_TEST(lists_are_nested_2048_deep_but_not_deeper) {
  struct json *root;
  struct error err;
  char *close = repeat("", "]", 2047, ""), *text = repeat("", "[", 2047, close);
  json_free(get_text(text));
  char *deep = repeat("", "[", 200000, "");
  ck_assert(!read_text(&root, deep, &err));
  ck_assert_ptr_nonnull(strstr(err.message, "maximum parsing depth reached"));
  free(close);
  free(text);
  free(deep);
}
END_TEST

START_TEST(more_bytes_than_the_limit_are_refused) {
  struct json *root;
  struct error err = {0};
  ck_assert(json_read_bytes(&root, (const uint8_t *)"[1]", 3, 3, &err));
  json_free(root);
  ck_assert(!json_read_bytes(&root, (const uint8_t *)"[1] ", 4, 3, &err));
  ck_assert_str_eq(err.message, "the file has more than 3 bytes");
}
END_TEST

START_TEST(values_that_take_over_64_times_the_file_are_refused) {
  struct json *root;
  struct error err;
  char *text = repeat("[0", ",0", 342000, "]");
  json_free(get_text(text)); // 342001, and 342250 may be
  free(text);
  text = repeat("[0", ",0", 343000, "]");
  ck_assert(!read_text(&root, text, &err));
  ck_assert_str_eq(err.message,
                   "the file has more than 342628 values in its 686003 bytes");
  free(text);
  text = repeat("[\"\\\"", ",[", 343000, "\"]");
  json_free(get_text(text)); // in text they do not count
  free(text);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_blamed_by_name) {
  struct json *root;
  struct error err = {0};
  ck_assert(!json_read_file(&root, "/nonexistent/x.json", 1, &err));
  ck_assert_str_eq(err.file, "/nonexistent/x.json");
}
END_TEST

/* ---- What it costs ---- */

/* Hostile files make the most memory of the fewest bytes. */
static const struct {
  const char *before, *middle, *after;
  size_t values; // of a middle
} greedy[] = {
    {"[0", ",0", "]", 1},     {"[{}", ",{}", "]", 1},
    {"[[]", ",[]", "]", 1},   {"[\"\"", ",\"\"", "]", 1},
    {"[[0]", ",[0]", "]", 2}, {"[{\"\":{}}", ",{\"\":{}}", "]", 2},
};

/* What jansson holds, and malloc's own part of it. */
static size_t held;

static void *hold(size_t size) {
  size_t *at = malloc(sizeof(max_align_t) + size);
  held += *at = (size + 8 + 15) / 16 * 16;
  return (char *)at + sizeof(max_align_t);
}

static void let_go(void *p) {
  size_t *at = p ? (size_t *)((char *)p - sizeof(max_align_t)) : NULL;
  held -= at ? *at : 0;
  free(at);
}

START_TEST(memory_is_320_bytes_a_value_and_2_a_byte) {
  size_t n = 10000;
  char *text =
      repeat(greedy[_i].before, greedy[_i].middle, n, greedy[_i].after);
  json_set_alloc_funcs(hold, let_go);
  struct json *root = get_text(text);
  ck_assert_uint_gt(held, n);
  ck_assert_uint_lt(held, 320 * n * greedy[_i].values + 2 * strlen(text));
  json_free(root);
  ck_assert_uint_eq(held, 0);
  free(text);
}
END_TEST

/* A header of safetensors: "tI": {"dtype": ..., "shape": [..], ...}, ... */
START_TEST(a_header_of_100000_tensors_is_read_in_order) {
  size_t n = 100000, at = 0, i = 0;
  char *text = malloc(n * 100), key[20];
  for (size_t k = 0; k < n; k++)
    at += (size_t)sprintf(text + at,
                          "%c\"t%zu\": {\"dtype\": \"F32\", \"shape\": "
                          "[2, 3], \"data_offsets\": [%zu, %zu]}",
                          k ? ',' : '{', k, 24 * k, 24 * k + 24);
  strcpy(text + at, "}");
  struct json *root = get_text(text);
  ck_assert_uint_eq(json_size(root), n);
  for (struct json_member m = json_first(root); m.key;
       m = json_next(root, m), i++) {
    int64_t from;
    sprintf(key, "t%zu", i);
    ck_assert_str_eq(m.key, key);
    ck_assert(json_to_integer(
        json_at(json_find(json_find(root, key), "data_offsets"), 0), &from));
    ck_assert_int_eq(from, (int64_t)(24 * i));
  }
  ck_assert_uint_eq(i, n);
  json_free(root);
  free(text);
}
END_TEST

int main(void) {
  Suite *s = suite_create("json");
  TCase *t = tcase_create("json");
  tcase_set_timeout(t,
                    60); // of 100,000 tensors, on a machine that has other work
  tcase_add_loop_test(t, a_value_is_what_the_file_says_and_nothing_else, 0,
                      sizeof values / sizeof *values);
  tcase_add_test(t, members_are_found_by_name_and_come_in_order);
  tcase_add_test(t, a_list_or_nothing_has_no_members);
  tcase_add_loop_test(t, what_is_wrong_is_said_with_its_line, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(t, lists_are_nested_2048_deep_but_not_deeper);
  tcase_add_test(t, more_bytes_than_the_limit_are_refused);
  tcase_add_test(t, values_that_take_over_64_times_the_file_are_refused);
  tcase_add_test(t, a_file_that_is_not_there_is_blamed_by_name);
  tcase_add_loop_test(t, memory_is_320_bytes_a_value_and_2_a_byte, 0,
                      sizeof greedy / sizeof *greedy);
  tcase_add_test(t, a_header_of_100000_tensors_is_read_in_order);
  suite_add_tcase(s, t);
  return suite_run(s);
}
