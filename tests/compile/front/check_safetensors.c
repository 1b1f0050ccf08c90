/* safetensors.h: weights that are read, and what is wrong with files */
#include "circuit/array.h"
#include "compile/front/onnx.h"
#include "compile/front/safetensors.h"
#include "compile/front/slurp.h"
#include "tests/compile/front/spoil.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

struct bytes {
  uint8_t *at;
  size_t n, cap;
};

static void append(struct bytes *b, const void *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    array_push(b, ((const uint8_t *)at)[i]);
}

/* A header and its length, and data; in memory of just that. */
static struct bytes file_of(const char *header, const void *data, size_t n) {
  struct bytes b = {0};
  for (unsigned i = 0; i < 8; i++)
    array_push(&b, (uint8_t)(strlen(header) >> 8 * i));
  append(&b, header, strlen(header));
  append(&b, data, n);
  b.at = realloc(b.at, b.n);
  return b;
}

/* All that a caller may look at. */
static void walk(const struct safetensors *s) {
  double sum = 0;
  for (size_t i = 0; i < s->tensors.n; i++) {
    const struct safetensor *t = &s->tensors.at[i];
    size_t n = 1;
    ck_assert_ptr_eq(safetensors_find(s, t->name), t);
    for (size_t k = 0; k < t->rank; k++)
      n *= t->dims[k];
    ck_assert_uint_eq(n, t->n);
    for (size_t k = 0; k < n; k++)
      sum += safetensor_double(t, k);
  }
  ck_assert(sum >= 0 || sum < 0 || isnan(sum));
}

#define HEADER(entries) "{" entries "}"
#define T(name, type, shape, from, to)                     \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape \
  "],\"data_offsets\":[" from "," to "]}"

/* ---- What is read ---- */

static const struct {
  const char *type, *data;
  size_t bytes, n;
  bool is_integer;
  double value[4];
} elements[] = {
    {"BOOL", "\1\0", 2, 2, true, {1, 0}},
    {"U8", "\0\xff", 2, 2, true, {0, 255}},
    {"I8", "\x80\x7f", 2, 2, true, {-128, 127}},
    {"U16", "\1\0\xff\xff", 4, 2, true, {1, 65535}},
    {"I16", "\0\x80\xff\x7f", 4, 2, true, {-32768, 32767}},
    {"U32", "\xfe\xff\xff\xff", 4, 1, true, {4294967294.0}},
    {"I32", "\xfe\xff\xff\xff\0\0\0\x80", 8, 2, true, {-2, -2147483648.0}},
    {"U64",
     "\xff\xff\xff\xff\xff\xff\xff\x7f",
     8,
     1,
     true,
     {9223372036854775808.0}},
    {"I64",
     "\xff\xff\xff\xff\xff\xff\xdf\xff",
     8,
     1,
     true,
     {-9007199254740992.0}},
    {"F16",
     "\xff\x83\x55\x35\0\x7c\0\x80",
     8,
     4,
     false,
     {-0x3ffp-24, 0x555p-12, INFINITY, -0.0}},
    {"BF16", "\x49\x40\x80\xff", 4, 2, false, {3.140625, -INFINITY}},
    {"F32", "\0\0\xc0\x3f\0\0\0\x80", 8, 2, false, {1.5, -0.0}},
    {"F64", "\x9a\x99\x99\x99\x99\x99\xb9\x3f", 8, 1, false, {0.1}},
};

START_TEST(elements_are_exact) {
  char header[200];
  struct safetensors s;
  struct error err = {0};
  sprintf(header, HEADER(T("a b", "%s", "1, %zu", "0", "%zu")),
          elements[_i].type, elements[_i].n, elements[_i].bytes);
  struct bytes b = file_of(header, elements[_i].data, elements[_i].bytes);
  ck_assert_msg(safetensors_read_bytes(&s, b.at, b.n, &err), "%s", err.message);
  walk(&s);
  const struct safetensor *t = safetensors_find(&s, "a b");
  ck_assert_str_eq(safetensor_type_name(t->type), elements[_i].type);
  ck_assert_uint_eq(t->n, elements[_i].n);
  for (size_t i = 0; i < t->n; i++) {
    double d = safetensor_double(t, i);
    ck_assert(d == elements[_i].value[i]);
    ck_assert(!signbit(d) == !signbit(elements[_i].value[i]));
    if (elements[_i].is_integer)
      ck_assert((double)safetensor_integer(t, i) == d);
    else if (t->type != SAFETENSOR_F64)
      ck_assert((double)safetensor_float(t, i) == d);
  }
  ck_assert_int_eq(safetensor_type_is_integer(t->type),
                   elements[_i].is_integer);
  safetensors_clear(&s);
  free(b.at);
}
END_TEST

static const char several[] =
    HEADER(T("late", "I64", "1", "8",
             "16") ","
                   "\"__metadata__\":{\"format\":\"pt\",\"x\":\"\"}," //
           T("none", "F32", "3,0", "8", "8") ","                      //
           T("m", "F32", "2,1", "0", "8")) "   ";

START_TEST(tensors_come_in_the_order_of_their_data) {
  struct safetensors s;
  struct error err = {0};
  struct bytes b =
      file_of(several, "\0\0\x80\x3f\0\0\0\x40\1\0\0\0\0\0\x20\0", 16);
  ck_assert_msg(safetensors_read_bytes(&s, b.at, b.n, &err), "%s", err.message);
  walk(&s);
  static const char *const names[] = {"m", "none", "late"};
  ck_assert_uint_eq(s.tensors.n, 3);
  for (size_t i = 0; i < 3; i++)
    ck_assert_str_eq(s.tensors.at[i].name, names[i]);
  const struct safetensor *m = safetensors_find(&s, "m");
  ck_assert_uint_eq(m->rank, 2);
  ck_assert(m->dims[0] == 2 && m->dims[1] == 1);
  ck_assert(safetensor_float(m, 0) == 1 && safetensor_float(m, 1) == 2);
  ck_assert_int_eq(safetensor_integer(safetensors_find(&s, "late"), 0),
                   9007199254740993);
  ck_assert_ptr_null(safetensors_find(&s, "__metadata__"));
  ck_assert_ptr_null(safetensors_find(&s, ""));
  safetensors_clear(&s);
  free(b.at);
}
END_TEST

/* ---- What is wrong ---- */

/* With 8 bytes of data, all 2. */
static const struct {
  const char *header, *message;
} wrong[] = {
    // clang-format off
{"", "the header does not begin with '{'"},
{" {}", "the header does not begin with '{'"},
{"[]", "the header does not begin with '{'"},
{"{", "line 1 of the header: no JSON: string or '}' expected near end of file"},
{"{}x", "line 1 of the header: no JSON: end of file expected near 'x'"},
{HEADER(T("a", "F32", "1", "0", "4") ",\n" T("a", "F32", "1", "4", "8")), "line 2 of the header: no JSON: duplicate object key near '\"a\"'"},
{HEADER(""), "the last 8 bytes are of no tensor"},
{HEADER("\"a\":1"), "tensor 'a' is no object"},
{HEADER("\"a\":{\"shape\":[1],\"data_offsets\":[0,8]}"), "tensor 'a' has no 'dtype' that is text"},
{HEADER("\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,8]}"), "tensor 'a' has no 'dtype' that is text"},
{HEADER("\"a\":{\"dtype\":\"F64\",\"data_offsets\":[0,8]}"), "tensor 'a' has no 'shape' that is a list"},
{HEADER("\"a\":{\"dtype\":\"F64\",\"shape\":{},\"data_offsets\":[0,8]}"), "tensor 'a' has no 'shape' that is a list"},
{HEADER("\"a\":{\"dtype\":\"F64\",\"shape\":[1]}"), "tensor 'a' has no 'data_offsets' that are two ascending integers"},
{HEADER("\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8,8]}"), "tensor 'a' has no 'data_offsets' that are two ascending integers"},
{HEADER("\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8],\"x\":1}"), "tensor 'a' has 'x', which is not known"},
{HEADER(T("a", "F64", "1", "8", "0")), "tensor 'a' has no 'data_offsets' that are two ascending integers"},
{HEADER(T("a", "F64", "1", "-8", "0")), "tensor 'a' has no 'data_offsets' that are two ascending integers"},
{HEADER(T("a", "F64", "1", "0", "8.0")), "tensor 'a' has no 'data_offsets' that are two ascending integers"},
{HEADER(T("a", "F64", "1", "0", "18446744073709551624")), "line 1 of the header: no JSON: too big integer near '18446744073709551624'"},
{HEADER(T("a", "F64", "2", "0", "16")), "tensor 'a' ends at byte 16 of the data, which are 8"},
{HEADER(T("a", "F64", "1", "8", "16")), "tensor 'a' ends at byte 16 of the data, which are 8"},
{HEADER(T("a", "F64", "1", "9223372036854775800", "9223372036854775807")), "tensor 'a' ends at byte 9223372036854775807 of the data, which are 8"},
{HEADER(T("a", "F32", "3", "0", "8")), "tensor 'a' has 8 bytes of data, but its shape needs 12"},
{HEADER(T("a", "F32", "", "0", "8")), "tensor 'a' has 8 bytes of data, but its shape needs 4"},
{HEADER(T("a", "F32", "2,0", "0", "8")), "tensor 'a' has 8 bytes of data, but its shape needs 0"},
{HEADER(T("a", "F32", "2305843009213693954,8", "0", "8")), "tensor 'a' has dimensions that multiply to over 2^56"},
{HEADER(T("a", "F32", "4294967296,4294967296", "0", "8")), "tensor 'a' has dimensions that multiply to over 2^56"},
{HEADER(T("a", "F32", "0,9223372036854775807", "0", "0")), "tensor 'a' has dimensions that multiply to over 2^56"},
{HEADER(T("a", "F64", "72057594037927936", "0", "8")), "tensor 'a' has 8 bytes of data, but its shape needs 576460752303423488"},
{HEADER(T("a", "F32", "-2", "0", "8")), "tensor 'a' has a dimension that is no integer from 0 on"},
{HEADER(T("a", "F32", "2.0", "0", "8")), "tensor 'a' has a dimension that is no integer from 0 on"},
{HEADER(T("a", "F32", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "0", "4")), "tensor 'a' has more than 64 dimensions"},
{HEADER(T("a", "F8_E4M3", "8", "0", "8")), "tensor 'a' is of type F8_E4M3, which is not supported"},
{HEADER(T("a", "F4", "16", "0", "8")), "tensor 'a' is of type F4, which is not supported"},
{HEADER(T("a", "C64", "1", "0", "8")), "tensor 'a' is of type C64, which is not supported"},
{HEADER(T("a", "f32", "2", "0", "8")), "tensor 'a' is of the unknown type 'f32'"},
{HEADER(T("a", "F32", "1", "0", "4")), "the last 4 bytes are of no tensor"},
{HEADER(T("a", "F32", "1", "4", "8")), "tensor 'a' begins at byte 4 of the data, after a hole that begins at 0"},
{HEADER(T("a", "I8", "2", "0", "2") "," T("b", "F32", "1", "4", "8")), "tensor 'b' begins at byte 4 of the data, after a hole that begins at 2"},
{HEADER(T("a", "F32", "2", "0", "8") "," T("b", "F32", "1", "4", "8")), "tensor 'b' begins at byte 4 of the data, within another that ends at 8"},
{HEADER(T("a", "F64", "1", "0", "8") "," T("b", "F64", "1", "0", "8")), "tensor 'b' begins at byte 0 of the data, within another that ends at 8"},
{HEADER(T("a", "F64", "1", "0", "8") "," T("b", "F64", "0", "3", "3")), "tensor 'b' begins at byte 3 of the data, within another that ends at 8"},
{HEADER(T("a", "BOOL", "8", "0", "8")), "tensor 'a' has a BOOL that is neither 0 nor 1"},
{HEADER("\"__metadata__\":[]," T("a", "F64", "1", "0", "8")), "'__metadata__' is no object"},
{HEADER("\"__metadata__\":{\"x\":1}," T("a", "F64", "1", "0", "8")), "'x' of '__metadata__' is no text"},
    // clang-format on
};

static void expect_error(const uint8_t *bytes, size_t n, const char *message) {
  struct safetensors s;
  struct error err = {0};
  ck_assert(!safetensors_read_bytes(&s, bytes, n, &err));
  ck_assert_str_eq(err.message, message);
  ck_assert_uint_eq(err.line, 0);
  safetensors_clear(&s);
}

START_TEST(what_is_wrong_is_said) {
  struct bytes b = file_of(wrong[_i].header, "\2\2\2\2\2\2\2\2", 8);
  expect_error(b.at, b.n, wrong[_i].message);
  free(b.at);
}
END_TEST

#define BYTES(text) (const uint8_t *)text, sizeof text - 1

START_TEST(lengths_are_checked) {
  expect_error(BYTES("1234567"), "7 bytes are too few for a safetensors file");
  expect_error(BYTES("\0\0\0\0\0\0\0\0"), "the header does not begin with '{'");
  expect_error(BYTES("\3\0\0\0\0\0\0\0{}"),
               "the header has 3 bytes, but the file only 2");
  expect_error(BYTES("\1\xe1\xf5\5\0\0\0\0{}"),
               "the header has 100000001 bytes, more than the 100000000 that "
               "may be; is it a safetensors file?");
  expect_error(BYTES("\xff\xff\xff\xff\xff\xff\xff\xff{}"),
               "the header has 18446744073709551615 bytes, more than the "
               "100000000 that may be; is it a safetensors file?");
  struct bytes b =
      file_of(HEADER(T("a", "U64", "1", "0", "8")), "\0\0\0\0\0\0\0\x80", 8);
  expect_error(b.at, b.n, "tensor 'a' has a U64 of 2^63 or more");
  free(b.at);
}
END_TEST

static void read_spoilt(const uint8_t *bytes, size_t n) {
  struct safetensors s;
  struct error err = {0};
  if (safetensors_read_bytes(&s, bytes, n, &err))
    walk(&s);
  else
    ck_assert(err.message[0] && !strchr(err.message, '\n'));
  safetensors_clear(&s);
}

START_TEST(a_spoilt_file_is_refused_or_read) {
  struct bytes b = file_of(several, "0123456789abcdef", 16);
  spoil_each(b.at, b.n, _i, read_spoilt);
  free(b.at);
}
END_TEST

/* ---- Files and folders ---- */

static char folder[] = "/tmp/tc0-safetensors-XXXXXX";

static void write_bytes(const char *name, const void *bytes, size_t n) {
  FILE *out = fopen(name, "wb");
  ck_assert(fwrite(bytes, 1, n, out) == n && !fclose(out));
}

static void write_text(const char *name, const char *text) {
  write_bytes(name, text, strlen(text));
}

static void write_tensors(const char *name, const char *header,
                          const void *data, size_t n) {
  struct bytes b = file_of(header, data, n);
  write_bytes(name, b.at, b.n);
  free(b.at);
}

static void make_folder(void) {
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert(!chdir(folder) && !mkdir("one", 0700) && !mkdir("many", 0700));
  ck_assert(!mkdir("dit", 0700) && !mkdir("dits", 0700));
  ck_assert(!mkdir("none", 0700));
  write_tensors("one/model.safetensors", HEADER(T("a", "I8", "2", "0", "2")),
                "\1\2", 2);
  write_tensors("dit/diffusion_pytorch_model.safetensors",
                HEADER(T("a", "I8", "2", "0", "2")), "\1\2", 2);
  write_tensors("dits/1.st", HEADER(T("a", "I8", "2", "0", "2")), "\1\2", 2);
  write_text("dits/diffusion_pytorch_model.safetensors.index.json",
             "{\"weight_map\":{\"a\":\"1.st\"}}");
  write_tensors("many/1.st",
                HEADER(T("a", "I8", "2", "0", "2") "," //
                       T("hidden", "I8", "1", "2", "3")),
                "\1\2\3", 3);
  write_tensors("many/2.st", HEADER(T("b", "I16", "1", "0", "2")), "\xff\xff",
                2);
  write_tensors("many/bad.st", HEADER(T("b", "I16", "1", "0", "2")), "?", 1);
  write_text("many/model.safetensors.index.json",
             "{\"metadata\":{\"total_size\":5},\"weight_map\":{"
             "\"b\":\"2.st\",\"a\":\"1.st\"}}");
  ck_assert(!symlink("one/model.safetensors", "link"));
  ck_assert(!symlink("../one/model.safetensors", "many/link"));
}

static void remove_folder(void) {
  ck_assert(!chdir("/"));
  char command[100];
  snprintf(command, sizeof command, "rm -r %s", folder);
  ck_assert_int_eq(system(command), 0);
}

static void open_good(struct safetensors *s, const char *path, size_t n) {
  struct error err = {0};
  ck_assert_msg(safetensors_open(s, path, &err), "%s", err.message);
  ck_assert_str_eq(err.file, path);
  walk(s);
  ck_assert_uint_eq(s->tensors.n, n);
  const struct safetensor *a = safetensors_find(s, "a");
  ck_assert(safetensor_integer(a, 0) == 1 && safetensor_integer(a, 1) == 2);
}

START_TEST(files_and_folders_are_opened) {
  static const char *const single[] = {"one/model.safetensors",
                                       "one",
                                       "one/",
                                       "link",
                                       "dit",
                                       "dits",
                                       "many/1.st"};
  static const char *const several_files[] = {
      "many", "many/model.safetensors.index.json"};
  struct safetensors s;
  for (int i = 0; i < 7; i++) {
    open_good(&s, single[i], i == 6 ? 2 : 1);
    safetensors_clear(&s);
  }
  for (int i = 0; i < 2; i++) {
    open_good(&s, several_files[i], 2);
    ck_assert_int_eq(safetensor_integer(safetensors_find(&s, "b"), 0), -1);
    ck_assert_str_eq(s.tensors.at[0].name, "b");
    ck_assert_ptr_null(safetensors_find(&s, "hidden"));
    safetensors_clear(&s);
  }
}
END_TEST

static void expect_not_opened(const char *path, const char *message) {
  struct safetensors s;
  struct error err = {0};
  ck_assert(!safetensors_open(&s, path, &err));
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.file, path);
  safetensors_clear(&s);
}

START_TEST(what_cannot_be_opened_is_said) {
  expect_not_opened("missing", "cannot open: No such file or directory");
  expect_not_opened("missing.json", "cannot open: No such file or directory");
  expect_not_opened("none",
                    "the folder has neither model.safetensors nor "
                    "model.safetensors.index.json, nor those of diffusers, "
                    "diffusion_pytorch_model.safetensors and "
                    "diffusion_pytorch_model.safetensors.index.json");
  expect_not_opened("/dev/null", "cannot open: it is no regular file");
  expect_not_opened("many/bad.st",
                    "tensor 'b' ends at byte 2 of the data, which are 1");
  write_bytes("empty", "", 0);
  expect_not_opened("empty", "0 bytes are too few for a safetensors file");
}
END_TEST

static const struct {
  const char *index, *message;
} indices[] = {
    // clang-format off
{"", "no JSON: '[' or '{' expected near end of file"},
{"{}", "the index has no 'weight_map' that is an object"},
{"{\"weight_map\":[]}", "the index has no 'weight_map' that is an object"},
{"{\"weight_map\":{\"a\":1}}", "'a' of 'weight_map' is no text"},
{"{\"weight_map\":{\"a\":\"2.st\"}}", "tensor 'a' is not in '2.st', as the index says"},
{"{\"weight_map\":{\"a\":\"1.st\",\"a\":\"2.st\"}}", "no JSON: duplicate object key near '\"a\"'"},
{"{\"weight_map\":{\"b\":\"bad.st\"}}", "'bad.st': tensor 'b' ends at byte 2 of the data, which are 1"},
{"{\"weight_map\":{\"a\":\"i.json\"}}", "'i.json': the header has 8388068008349082235 bytes, more than the 100000000 that may be; is it a safetensors file?"},
{"{\"weight_map\":{\"a\":\"../one/model.safetensors\"}}", "'../one/model.safetensors' leads out of the folder of the file that names it"},
{"{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "'/etc/passwd' is an absolute path; it must be in the folder of the file that names it"},
{"{\"weight_map\":{\"a\":\"link\"}}", "'link' cannot be opened: it is a symbolic link, or reached by one"},
{"{\"weight_map\":{\"a\":\"none\"}}", "'none' cannot be opened: No such file or directory"},
{"{\"weight_map\":{\"a\":\"\"}}", "the name of a file is empty"},
    // clang-format on
};

START_TEST(what_is_wrong_with_an_index_is_said) {
  write_text("many/i.json", indices[_i].index);
  expect_not_opened("many/i.json", indices[_i].message);
}
END_TEST

/* Of one that others wrote: a small Llama. */
static bool find_real(const char *name, char *path, size_t room) {
  const char *data = getenv("TEST_DATA");
  snprintf(path, room, "%s/onnx/llama_char_op17/%s", data ? data : "", name);
  return data && !access(path, R_OK);
}

START_TEST(a_file_of_another_writer_is_read) {
  char path[1000];
  struct safetensors s;
  struct error err = {0};
  if (!find_real("model.safetensors", path, sizeof path))
    return;
  ck_assert_msg(safetensors_open(&s, path, &err), "%s", err.message);
  walk(&s);
  const struct safetensor *t =
      safetensors_find(&s, "model.embed_tokens.weight");
  ck_assert(t->type == SAFETENSOR_F32 && t->rank == 2);
  ck_assert(t->dims[0] == 27 && t->dims[1] == 32);
  t = safetensors_find(&s, "model.norm.weight");
  ck_assert_uint_eq(t->n, 32);
  for (size_t i = 0; i < t->n; i++) // near 1, where training began
    ck_assert(fabsf(safetensor_float(t, i) - 1) < 1);
  safetensors_clear(&s);
}
END_TEST

/* The same network as ONNX; products with matrices have them transposed. */
static const struct {
  const char *ours, *theirs;
  bool is_transposed;
} same[] = {
    {"model.embed_tokens.weight", "e.weight", false},
    {"model.layers.0.input_layernorm.weight", "b.0.n1.w", false},
    {"model.layers.1.post_attention_layernorm.weight", "b.1.n2.w", false},
    {"model.norm.weight", "n.w", false},
    {"model.layers.0.self_attn.q_proj.weight", "onnx::MatMul_273", true},
    {"model.layers.0.self_attn.k_proj.weight", "onnx::MatMul_274", true},
    {"model.layers.1.mlp.down_proj.weight", "onnx::MatMul_290", true},
};

static void expect_same(const struct safetensor *t, const struct onnx_tensor *u,
                        bool is_transposed) {
  ck_assert(t && u && t->n == u->n && t->rank == u->rank);
  size_t columns = t->dims[t->rank - 1], rows = t->n / columns;
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < columns; k++)
      ck_assert(safetensor_float(t, i * columns + k) ==
                onnx_float(u, is_transposed ? k * rows + i : i * columns + k));
}

START_TEST(weights_of_one_network_are_equal_in_two_formats) {
  char path[1000], other[1000];
  struct safetensors s;
  struct onnx_model m;
  struct error err = {0};
  if (!find_real("model.safetensors", path, sizeof path) ||
      !find_real("model.onnx", other, sizeof other))
    return;
  ck_assert(safetensors_open(&s, path, &err) && onnx_read(&m, other, &err));
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    expect_same(safetensors_find(&s, same[i].ours),
                onnx_constant(&m.graph, onnx_find(&m.graph, same[i].theirs)),
                same[i].is_transposed);
  onnx_clear(&m);
  safetensors_clear(&s);
}
END_TEST

START_TEST(a_spoilt_file_of_another_writer_is_refused_or_read) {
  char path[1000];
  struct slurp file = {0};
  struct error err = {0};
  if (!find_real("model.safetensors", path, sizeof path))
    return;
  ck_assert(slurp_file(&file, path, 1 << 24, &err));
  spoil_each(file.at, is_full_run() ? file.n : 2000, _i, read_spoilt);
  array_clear(&file);
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("safetensors");
  TCase *read = tcase_create("read"), *errors = tcase_create("errors"),
        *files = tcase_create("files");
  tcase_set_timeout(errors, 60);
  tcase_add_unchecked_fixture(files, make_folder, remove_folder);
  tcase_add_loop_test(read, elements_are_exact, 0, LENGTH(elements));
  tcase_add_test(read, tensors_come_in_the_order_of_their_data);
  tcase_add_test(read, a_file_of_another_writer_is_read);
  tcase_add_test(read, weights_of_one_network_are_equal_in_two_formats);
  tcase_add_loop_test(errors, what_is_wrong_is_said, 0, LENGTH(wrong));
  tcase_add_test(errors, lengths_are_checked);
  tcase_add_loop_test(errors, a_spoilt_file_is_refused_or_read, 0, SPOIL_LOOPS);
  tcase_add_loop_test(errors,
                      a_spoilt_file_of_another_writer_is_refused_or_read, 0,
                      SPOIL_LOOPS);
  tcase_add_test(files, files_and_folders_are_opened);
  tcase_add_test(files, what_cannot_be_opened_is_said);
  tcase_add_loop_test(files, what_is_wrong_with_an_index_is_said, 0,
                      LENGTH(indices));
  suite_add_tcase(s, read);
  suite_add_tcase(s, errors);
  suite_add_tcase(s, files);
  return suite_run(s);
}
