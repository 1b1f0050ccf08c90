/* Every example of every command's help: runs with status 0, prints what it
   says, and valid JSON where it says --json. Runs the program that was built.
 */
#include "tests/tools/tool.h"
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <jansson.h>

struct shown {
  const struct command *command;
  const struct example *example;
};

static struct shown examples[256];
static int n_examples;

static void collect(void) {
  for (size_t i = 0; commands[i]; i++)
    for (const struct example *e = commands[i]->examples; e && e->line; e++)
      examples[n_examples++] = (struct shown){commands[i], e};
}

START_TEST(an_example_prints_what_the_help_says) {
  static char text[1 << 20];
  const struct example *e = examples[_i].example;
  int status = tool_run(e->line, text, sizeof text);
  ck_assert_msg(status == 0, "tc0 %s: status %d", e->line, status);
  if (e->output)
    ck_assert_str_eq(text, e->output);
  if (strstr(e->line, "--json")) {
    json_error_t err;
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err);
    ck_assert_msg(j != NULL, "tc0 %s: %s", e->line, err.text);
    ck_assert_int_eq(json_integer_value(json_object_get(j, "schema")), 1);
    json_decref(j);
  }
}
END_TEST

static const struct {
  const char *line;
  int status;
  const char *message; // on standard error, its last line
} wrong[] = {
    {"stats nothing", 2,
     "tc0: 'nothing' is neither a task nor a file; 'tc0 list' has the tasks\n"},
    {"stats add n=0", 2,
     "tc0: 'n=0': n must be a whole number from 1 to 10000\n"},
    {"stats add n=1e3", 2,
     "tc0: 'n=1e3': n must be a whole number from 1 to 10000\n"},
    {"stats add m=3", 2, "tc0: 'add' has no parameter 'm=3'; it has n=\n"},
    {"stats", 2,
     "tc0: 'stats' needs a source: tc0 stats SOURCE [key=value ...] ...\n"},
    {"stats add --wrong", 2,
     "tc0: 'stats' has no option '--wrong'; 'tc0 stats --help' lists them\n"},
    {"stats add --threads 0", 2,
     "tc0: --threads 0: must be a whole number from 1 to 1024\n"},
    {"eval add --set x=1", 2, "tc0: input 'y' has no value: --set y=INTEGER\n"},
    {"eval add n=8 --set x=256 --set y=0", 2,
     "tc0: x: 256 does not fit 8 bits\n"},
    {"eval add --set q=0", 2,
     "tc0: 'q=0' sets no input; the inputs are x, y\n"},
    {"eval add --set x=0xg --set y=0", 2,
     "tc0: x: '0xg' is not an integer (decimal, 0x or 0b)\n"},
    {"build add", 2, "tc0: 'build' needs a file: -o FILE.tc or FILE.tcb\n"},
    {"build add -o x.abc", 2,
     "tc0: 'x.abc' ends in no known format: --to tc or tcb\n"},
    {"stats ./none.tc", 2,
     "tc0: ./none.tc: cannot open: No such file or directory\n"},
    {"check examples/adder2.tc", 2, NULL},
    {"check add n=4 --max-gates 7", 1, ""},
    {"check add n=2 --circuit examples/adder2.tc", 0, ""},
    {"check add n=3 --circuit examples/adder2.tc", 2, NULL},
    {"stats multiply n=2000 --max-memory 8M", 3, NULL},
    {"unknown", 2, NULL},
};

START_TEST(a_wrong_command_line_has_one_message_and_a_status) {
  static char text[1 << 16];
  char line[600];
  snprintf(line, sizeof line, "%s 2>&1 >/dev/null", wrong[_i].line);
  int status = tool_run(line, text, sizeof text);
  ck_assert_msg(status == wrong[_i].status, "tc0 %s: status %d, said %s",
                wrong[_i].line, status, text);
  if (wrong[_i].message)
    ck_assert_str_eq(text, wrong[_i].message);
}
END_TEST

START_TEST(help_lines_are_short_and_in_one_style) {
  for (size_t i = 0; commands[i]; i++) {
    ck_assert_uint_le(strlen(commands[i]->help), 60);
    ck_assert_ptr_nonnull(commands[i]->examples);
    for (const struct option *o = commands[i]->options; o && o->name; o++) {
      ck_assert_uint_le(strlen(o->help), 60);
      ck_assert(o->help[strlen(o->help) - 1] != '.');
    }
  }
}
END_TEST

int main(void) {
  collect();
  Suite *s = suite_create("examples");
  TCase *t = tcase_create("help");
  tcase_add_checked_fixture(t, tool_enter, tool_leave);
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, an_example_prints_what_the_help_says, 0, n_examples);
  tcase_add_loop_test(t, a_wrong_command_line_has_one_message_and_a_status, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(t, help_lines_are_short_and_in_one_style);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
