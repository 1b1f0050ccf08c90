/* file.h: files that appear whole or not at all */
#include "circuit/file.h"
#include "tests/suite.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

static char folder[64];

static void enter_folder(void) {
  strcpy(folder, "/tmp/check_file.XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert(!chdir(folder));
}

static void leave_folder(void) {
  DIR *d = opendir(".");
  for (struct dirent *e; (e = readdir(d));)
    if (*e->d_name != '.')
      unlink(e->d_name);
  closedir(d);
  ck_assert(!chdir("/") && !rmdir(folder));
}

static size_t files(void) {
  size_t n = 0;
  DIR *d = opendir(".");
  for (struct dirent *e; (e = readdir(d));)
    n += *e->d_name != '.';
  closedir(d);
  return n;
}

static void put(const char *path, const char *text) {
  FILE *out = fopen(path, "w");
  fputs(text, out);
  fclose(out);
}

static void expect(const char *path, const char *text) {
  char got[100] = "";
  FILE *in = fopen(path, "r");
  ck_assert_ptr_nonnull(in);
  got[fread(got, 1, sizeof got - 1, in)] = 0;
  fclose(in);
  ck_assert_str_eq(got, text);
}

static bool write_well(FILE *out, const void *context) {
  return fputs(context, out) >= 0;
}
static bool write_badly(FILE *out, const void *context) {
  fputs(context, out);
  fflush(out);
  return false;
}
static bool write_and_end(FILE *out, const void *context) {
  fputs("half", out);
  fflush(out);
  int number = *(const int *)context;
  if (!number)
    die("no memory");
  raise(number);
  return true;
}

START_TEST(a_file_is_made_or_replaced) {
  struct error err = {0};
  struct stat s;
  put("old", "old");
  ck_assert(!chmod("old", 0640));
  ck_assert(!symlink("old", "link"));
  ck_assert(file_replace("link", write_well, "new", &err));
  expect("old", "new");
  ck_assert(!lstat("link", &s) && S_ISLNK(s.st_mode));
  ck_assert(!stat("old", &s));
  ck_assert_int_eq(s.st_mode & 0777, 0640);
  ck_assert(file_replace("fresh", write_well, "fresh", &err));
  expect("fresh", "fresh");
  ck_assert_uint_eq(files(), 3);
}
END_TEST

START_TEST(a_failure_leaves_what_was_there) {
  struct error err = {0};
  put("old", "old");
  ck_assert(!file_replace("old", write_badly, "x", &err));
  ck_assert_str_eq(err.file, "old");
  ck_assert(!file_replace("none", write_badly, "x", &err));
  expect("old", "old");
  ck_assert_uint_eq(files(), 1);
  ck_assert(!file_replace("no/where", write_well, "x", &err));
  ck_assert_str_eq(err.message,
                   "cannot create a file beside it: No such file or directory");
  ck_assert(!file_replace(".", write_well, "x", &err));
  ck_assert_str_eq(err.message, "cannot open: Is a directory");
  ck_assert(file_replace("/dev/null", write_well, "x", &err));
  struct stat s;
  ck_assert(!stat("/dev/null", &s) && S_ISCHR(s.st_mode));
  if (!stat("/dev/full", &s)) {
    ck_assert(!file_replace("/dev/full", write_well, "x", &err));
    ck_assert_str_eq(err.message, "cannot write: No space left on device");
  }
}
END_TEST

START_TEST(an_interruption_leaves_what_was_there) {
  static const int numbers[] = {0, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
  put("old", "old");
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    int status;
    pid_t child = fork();
    if (!child) {
      struct error err;
      ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
      for (size_t k = 1; k < sizeof numbers / sizeof *numbers; k++)
        signal(numbers[k], SIG_DFL); // Check has handlers of its own
      file_replace("old", write_and_end, &numbers[i], &err);
      _exit(99);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (numbers[i])
      ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
    else
      ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    expect("old", "old");
    ck_assert_uint_eq(files(), 1);
  }
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored) {
  struct error err;
  int number = SIGHUP;
  signal(SIGHUP, SIG_IGN);
  ck_assert(file_replace("file", write_and_end, &number, &err));
  expect("file", "half");
  ck_assert(signal(SIGHUP, SIG_DFL) == SIG_IGN);
}
END_TEST

static void build(struct circuit *c) {
  circuit_init(c);
  bit_id x = circuit_add_input(c);
  circuit_add_input_bus(c, "x", 1, 1, false);
  circuit_add_wire_si(c, x, -1);
  circuit_add_output(c, circuit_add_gate_si(c, 0));
}

START_TEST(files_are_told_apart_by_content) {
  struct circuit c, d;
  struct error err = {0};
  build(&c);
  ck_assert(circuit_write_file(&c, "a.tc", FORMAT_BINARY, &err));
  ck_assert(circuit_write_file(&c, "b.tcb", FORMAT_TEXT, &err));
  expect("b.tcb", "circuit 1\ninput x\n$3 = -x >= 0\noutput = $3\n");
  for (int i = 0; i < 2; i++) {
    circuit_init(&d);
    ck_assert(circuit_read_file(&d, i ? "a.tc" : "b.tcb", &err));
    ck_assert(circuit_write_file(&d, "again", FORMAT_TEXT, &err));
    expect("again", "circuit 1\ninput x\n$3 = -x >= 0\noutput = $3\n");
    circuit_clear(&d);
  }
  circuit_clear(&c);
}
END_TEST

START_TEST(standard_input_and_output_are_files) {
  struct circuit c, d;
  struct error err = {0};
  build(&c);
  ck_assert_ptr_nonnull(freopen("out", "w", stdout));
  ck_assert(circuit_write_file(&c, "-", FORMAT_BINARY, &err));
  fclose(stdout);
  ck_assert_ptr_nonnull(freopen("out", "r", stdin));
  circuit_init(&d);
  ck_assert(circuit_read_file(&d, "-", &err));
  ck_assert_uint_eq(d.bits.n, 4);
  circuit_clear(&c);
  circuit_clear(&d);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error) {
  struct circuit c;
  struct error err = {0};
  circuit_init(&c);
  ck_assert(!circuit_read_file(&c, "none", &err));
  ck_assert_str_eq(err.message, "cannot open: No such file or directory");
  ck_assert_str_eq(err.file, "none");
  ck_assert(!circuit_read_file(&c, ".", &err));
  ck_assert_str_eq(err.message, "cannot read: Is a directory");
  put("empty", "");
  ck_assert(!circuit_read_file(&c, "empty", &err));
  ck_assert_uint_eq(err.line, 1);
  circuit_clear(&c);
}
END_TEST

START_TEST(an_integer_too_long_for_files_is_not_written) {
  struct circuit c;
  struct error err = {0};
  mpz_t z;
  mpz_init(z);
  mpz_setbit(z, 1 << 20);
  circuit_init(&c);
  circuit_add_gate(&c, z);
  ck_assert(!circuit_write_file(&c, "file", FORMAT_TEXT, &err));
  ck_assert_str_eq(err.message, "the circuit has an integer of 1048577 bits; "
                                "files hold at most 2^20");
  ck_assert_uint_eq(files(), 0);
  mpz_clear(z);
  circuit_clear(&c);
}
END_TEST

START_TEST(the_end_of_a_path_says_the_format) {
  enum circuit_format f;
  ck_assert(circuit_format_of_path("a/b.tc", &f) && f == FORMAT_TEXT);
  ck_assert(circuit_format_of_path("b.tcb", &f) && f == FORMAT_BINARY);
  ck_assert(!circuit_format_of_path("tcb", &f));
  ck_assert(!circuit_format_of_path(".tc", &f) || f == FORMAT_TEXT);
  ck_assert(!circuit_format_of_path("a.aig", &f));
}
END_TEST

int main(void) {
  Suite *s = suite_create("file");
  TCase *corners = tcase_create("corners");
  tcase_add_checked_fixture(corners, enter_folder, leave_folder);
  tcase_add_test(corners, a_file_is_made_or_replaced);
  tcase_add_test(corners, a_failure_leaves_what_was_there);
  tcase_add_test(corners, an_interruption_leaves_what_was_there);
  tcase_add_test(corners, an_ignored_signal_stays_ignored);
  tcase_add_test(corners, files_are_told_apart_by_content);
  tcase_add_test(corners, standard_input_and_output_are_files);
  tcase_add_test(corners, a_file_that_cannot_be_read_is_an_error);
  tcase_add_test(corners, an_integer_too_long_for_files_is_not_written);
  tcase_add_test(corners, the_end_of_a_path_says_the_format);
  suite_add_tcase(s, corners);
  return suite_run(s);
}
