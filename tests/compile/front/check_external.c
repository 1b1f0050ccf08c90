/* onnx.h, beside.h: data of tensors in other files, and who may not have it */
#include "compile/front/onnx.h"
#include "compile/front/onnx.pb-c.h"
#include "tests/compile/front/prototext.h"
#include "tests/compile/front/walk.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#define HALVES "\0\x3c\0\xc0\1\0" // 1, -2, 2^-24
#define TENSOR(name, rest) \
  "initializer{name:'" name "' data_location:1 " rest "} "
#define KEY(key, value) "external_data{key:'" key "' value:'" value "'} "
#define AT(file) KEY("location", file)
#define PLACE(file, offset, length) \
  AT(file) KEY("offset", offset) KEY("length", length)

static char folder[] = "/tmp/tc0-external-XXXXXX";

static void write_file(const char *name, const void *bytes, size_t n) {
  FILE *out = fopen(name, "wb");
  ck_assert(fwrite(bytes, 1, n, out) == n && !fclose(out));
}

/* The tests run in a folder in which the model is in `in`. */
static void make_folder(void) {
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert(!chdir(folder) && !mkdir("in", 0700) && !mkdir("in/sub", 0700));
  write_file("outside", "12345678", 8);
  write_file("in/w.bin", "1234\xfe\xff\xff\xff\1\0\0\0", 12);
  write_file("in/sub/half", HALVES, 6);
  write_file("in/none", "", 0);
  ck_assert(!symlink("w.bin", "in/link") && !symlink("../outside", "in/leads"));
  ck_assert(!symlink("sub", "in/linked") && !symlink("..", "in/up"));
  ck_assert(!mkfifo("in/pipe", 0600));
  ck_assert(!symlink("in/w.onnx", "linked.onnx") && !symlink("in", "there"));
}

static void remove_folder(void) {
  ck_assert(!chdir("/"));
  char command[100];
  snprintf(command, sizeof command, "rm -r %s", folder);
  ck_assert_int_eq(system(command), 0);
}

static void write_model(const char *path, const char *tensors) {
  char *text = malloc(strlen(tensors) + 200);
  sprintf(text,
          "ir_version:8 opset_import{version:13} graph{%s output{name:'w'}}",
          tensors);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  write_file(path, b.at, b.n);
  free(b.at);
  free(text);
}

static const char good[] =
    TENSOR("w", "data_type:6 dims:2 " PLACE("w.bin", "4", "8"))
        TENSOR("h", "data_type:10 dims:3 " AT("sub/half")) TENSOR(
            "h2", "data_type:10 dims:1 " AT("./sub//half") KEY("offset", "002"))
            TENSOR("p", "data_type:22 dims:2 " AT("w.bin") KEY("offset", "4")
                            KEY("checksum", "?"))
                TENSOR("e", "data_type:1 dims:[3 0] " AT("none")) TENSOR(
                    "z", "data_type:1 dims:0 " PLACE("w.bin", "12", "0"));

static const struct onnx_tensor *constant(const struct onnx_model *m,
                                          const char *name) {
  return onnx_constant(&m->graph, onnx_find(&m->graph, name));
}

static void expect_good(const char *path) {
  struct onnx_model m;
  struct error err = {0};
  ck_assert_msg(onnx_read(&m, path, &err), "%s", err.message);
  walk_model(&m);
  ck_assert_int_eq(onnx_int64(constant(&m, "w"), 0), -2);
  ck_assert_int_eq(onnx_int64(constant(&m, "w"), 1), 1);
  ck_assert(onnx_float(constant(&m, "h"), 0) == 1);
  ck_assert(onnx_float(constant(&m, "h"), 2) == 0x1p-24f);
  ck_assert(onnx_float(constant(&m, "h2"), 0) == -2);
  ck_assert_int_eq(onnx_int64(constant(&m, "p"), 0), -2);
  ck_assert_int_eq(onnx_int64(constant(&m, "p"), 1), -1);
  ck_assert_uint_eq(constant(&m, "e")->n, 0);
  ck_assert_uint_eq(m.files.files.n, 4); // each once
  onnx_clear(&m);
}

START_TEST(data_are_read_from_files_beside_the_model) {
  write_model("in/w.onnx", good);
  expect_good("in/w.onnx");
  expect_good("there/w.onnx"); // as the user named it
  char path[100];
  snprintf(path, sizeof path, "%s/in/w.onnx", folder);
  expect_good(path);
  ck_assert(!chdir("in"));
  expect_good("w.onnx");
  ck_assert(!chdir(".."));
}
END_TEST

/* Of two floats. */
static const struct {
  const char *place, *message;
} wrong[] = {
    // clang-format off
{AT(""), "the name of a file is empty"},
{AT("/etc/passwd"), "'/etc/passwd' is an absolute path; it must be in the folder of the file that names it"},
{AT("../outside"), "'../outside' leads out of the folder of the file that names it"},
{AT("sub/../w.bin"), "'sub/../w.bin' leads out of the folder of the file that names it"},
{AT("sub/.."), "'sub/..' leads out of the folder of the file that names it"},
{AT(".."), "'..' leads out of the folder of the file that names it"},
{AT("leads"), "'leads' cannot be opened: it is a symbolic link, or reached by one"},
{AT("link"), "'link' cannot be opened: it is a symbolic link, or reached by one"},
{AT("linked/half"), "'linked/half' cannot be opened: it is a symbolic link, or reached by one"},
{AT("up/outside"), "'up/outside' cannot be opened: it is a symbolic link, or reached by one"},
{AT("pipe"), "'pipe' cannot be opened: it is no regular file"},
{AT("sub"), "'sub' cannot be opened: it is no regular file"},
{AT("."), "'.' cannot be opened: it is no regular file"},
{AT("sub/"), "'sub/' cannot be opened: it is no regular file"},
{AT("w.bin/x"), "'w.bin/x' cannot be opened: Not a directory"},
{AT("..."), "'...' cannot be opened: No such file or directory"},
{AT("w.bin") KEY("offset", "5"), "the data of tensor 'w' are in another file, but 'w.bin' has 12 bytes, not 8 from byte 5 on"},
{AT("w.bin") KEY("offset", "13"), "the data of tensor 'w' are in another file, but 'w.bin' has 12 bytes, not 8 from byte 13 on"},
{AT("w.bin") KEY("offset", "9223372036854775799"), "the data of tensor 'w' are in another file, but 'w.bin' has 12 bytes, not 8 from byte 9223372036854775799 on"},
{AT("w.bin") KEY("offset", "18446744073709551612"), "the data of tensor 'w' are in another file, but '18446744073709551612' is no offset in bytes"},
{AT("w.bin") KEY("offset", "18446744073709551617"), "the data of tensor 'w' are in another file, but '18446744073709551617' is no offset in bytes"},
{AT("w.bin") KEY("offset", "-4"), "the data of tensor 'w' are in another file, but '-4' is no offset in bytes"},
{AT("w.bin") KEY("offset", ""), "the data of tensor 'w' are in another file, but '' is no offset in bytes"},
{AT("w.bin") KEY("offset", "0x4"), "the data of tensor 'w' are in another file, but '0x4' is no offset in bytes"},
{AT("w.bin") KEY("length", "12"), "the data of tensor 'w' are in another file, but it needs 8 bytes, not 12"},
{AT("w.bin") KEY("length", "0"), "the data of tensor 'w' are in another file, but it needs 8 bytes, not 0"},
{AT("w.bin") KEY("length", "8 "), "the data of tensor 'w' are in another file, but '8 ' is no length in bytes"},
{AT("none"), "the data of tensor 'w' are in another file, but 'none' has 0 bytes, not 8 from byte 0 on"},
{AT("w.bin") AT("w.bin"), "the place of the data of tensor 'w' has 'location' twice"},
{AT("w.bin") KEY("basepath", "/"), "the place of the data of tensor 'w' has 'basepath', which is not known"},
{KEY("offset", "0"), "the data of tensor 'w' are in another file, but it is not said which"},
{AT("w.bin") "raw_data:'12345678'", "tensor 'w' has its data twice, here and in another file"},
{AT("w.bin") "float_data:[1 2]", "tensor 'w' has its data twice, here and in another file"},
    // clang-format on
};

static void expect_error(const char *tensors, const char *message) {
  struct onnx_model m;
  struct error err = {0};
  write_model("in/w.onnx", tensors);
  ck_assert_msg(!onnx_read(&m, "in/w.onnx", &err), "accepted: %s", tensors);
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.file, "in/w.onnx");
  onnx_clear(&m);
}

START_TEST(what_is_wrong_with_a_place_is_said) {
  char text[1000];
  snprintf(text, sizeof text, TENSOR("w", "data_type:1 dims:2 %s"),
           wrong[_i].place);
  expect_error(text, wrong[_i].message);
}
END_TEST

START_TEST(shapes_are_checked_before_anything_is_opened) {
  expect_error(TENSOR("w", "data_type:1 dims:[4294967296 4294967296] " AT("?")),
               "the dimensions of tensor 'w' multiply to over 2^56");
  expect_error(TENSOR("w", "data_type:1 dims:-1 " AT("?")),
               "dimension 0 of tensor 'w' is -1");
  expect_error(
      TENSOR("w", "data_type:11 dims:72057594037927936 " AT("w.bin")),
      "the data of tensor 'w' are in another file, but 'w.bin' has 12 bytes, "
      "not 576460752303423488 from byte 0 on");
  expect_error(TENSOR("w", "data_type:9 dims:4 " AT("w.bin")),
               "element 0 of tensor 'w' is 49, which is no bool");
}
END_TEST

/* One tensor each for ./w.bin, ././w.bin, ... */
START_TEST(models_with_data_in_many_files_are_refused) {
  static char text[4 << 20];
  size_t n = 0;
  for (int i = 0; i <= BESIDE_MAX_FILES; i++) {
    n += (size_t)sprintf(text + n,
                         "initializer{name:'w%d' data_location:1 data_type:2 "
                         "external_data{key:'location' value:'",
                         i);
    for (int k = 0; k < i; k++)
      n += (size_t)sprintf(text + n, "./");
    n += (size_t)sprintf(text + n, "w.bin'}} ");
  }
  expect_error(text, "data are in more than 1000 files");
}
END_TEST

/* There, the name of its folder is that of the link. */
START_TEST(what_has_no_folder_has_no_files_beside_it) {
  struct onnx_model m;
  struct error err = {0};
  write_model("in/w.onnx", good);
  ck_assert(!onnx_read(&m, "linked.onnx", &err));
  ck_assert_str_eq(err.message,
                   "'w.bin' cannot be opened: No such file or directory");
  onnx_clear(&m);
  ck_assert_ptr_nonnull(freopen("in/w.onnx", "rb", stdin));
  ck_assert(!onnx_read(&m, "-", &err));
  ck_assert_str_eq(err.message, "the data of tensor 'w' are in another file, "
                                "but there are none beside what is read");
  onnx_clear(&m);
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("external");
  TCase *t = tcase_create("external");
  tcase_add_unchecked_fixture(t, make_folder, remove_folder);
  tcase_add_test(t, data_are_read_from_files_beside_the_model);
  tcase_add_loop_test(t, what_is_wrong_with_a_place_is_said, 0, LENGTH(wrong));
  tcase_add_test(t, shapes_are_checked_before_anything_is_opened);
  tcase_add_test(t, models_with_data_in_many_files_are_refused);
  tcase_add_test(t, what_has_no_folder_has_no_files_beside_it);
  suite_add_tcase(s, t);
  return suite_run(s);
}
