/* Every command that README.md shows, in its order and in one folder, prints
   what README.md says.

   A command is an indented line that begins with "$ ", with the lines up to END
   if it says so. What follows it, indented, is its output; "..." stands for any
   text of a line, and a line of "..." for any lines. */
#include "tests/suite.h"
#include "tests/tools/tool.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

enum {
  LINES = 1000,
  ROOM = 1 << 20
};

struct lines {
  char *at[LINES]; // without their newlines
  size_t n;
};

static void split(struct lines *l, char *text) {
  for (char *end; *text; text = end + 1) {
    end = strchr(text, '\n');
    if (!end) // the last
      end = text + strlen(text) - 1;
    else
      *end = '\0';
    ck_assert_uint_lt(l->n, LINES);
    l->at[l->n++] = text;
  }
}

static void read_readme(struct lines *l) {
  static char text[ROOM];
  FILE *f = fopen(SOURCE_TREE "/README.md", "r");
  ck_assert_ptr_nonnull(f);
  text[fread(text, 1, ROOM - 1, f)] = '\0';
  fclose(f);
  split(l, text);
}

/* "..." in the pattern stands for any text. */
static bool line_matches(const char *pattern, const char *line) {
  size_t n = strcspn(pattern, ".");
  while (pattern[n] && strncmp(pattern + n, "...", 3))
    n += 1 + strcspn(pattern + n + 1, ".");
  if (!pattern[n])
    return !strcmp(pattern, line);
  if (strncmp(pattern, line, n))
    return false;
  for (line += n;; line++) {
    if (line_matches(pattern + n + 3, line))
      return true;
    if (!*line)
      return false;
  }
}

static bool lines_match(char *const *pattern, size_t n, char *const *line,
                        size_t k) {
  if (!n)
    return !k;
  bool is_any = !strcmp(*pattern, "...");
  if (is_any && lines_match(pattern + 1, n - 1, line, k))
    return true;
  return k && (is_any || line_matches(*pattern, *line)) &&
         lines_match(is_any ? pattern : pattern + 1, is_any ? n : n - 1,
                     line + 1, k - 1);
}

static bool is_command(const char *line) {
  return !strncmp(line, "    $ ", 6);
}

static const char *indented(const char *line) {
  return strncmp(line, "    ", 4) ? NULL : line + 4;
}

/* The command of line i with the text that it reads; moves i past it. */
static void take_command(const struct lines *l, size_t *i, char *command) {
  bool reads_on = strstr(l->at[*i], "<<'END'");
  size_t n = (size_t)sprintf(command, "%s\n", indented(l->at[(*i)++]) + 2);
  while (reads_on && *i < l->n) {
    const char *line = indented(l->at[(*i)++]);
    ck_assert_ptr_nonnull(line);
    n += (size_t)sprintf(command + n, "%s\n", line);
    reads_on = strcmp(line, "END");
  }
}

/* Up to the next command or paragraph; a blank line may be in between. */
static void take_output(const struct lines *l, size_t *i, struct lines *out) {
  static char nothing[] = "";
  out->n = 0;
  for (; *i < l->n; ++*i) {
    char *line = l->at[*i];
    if (indented(line) && !is_command(line))
      out->at[out->n++] = line + 4;
    else if (!*line && *i + 1 < l->n && indented(l->at[*i + 1]))
      out->at[out->n++] = nothing;
    else
      break;
  }
}

static bool is_missing(const char *command) {
  return !strncmp(command, "dot ", 4) &&
         system("command -v dot >/dev/null 2>&1");
}

static void run(const char *command, char *text) {
  FILE *f = fopen("command", "w");
  ck_assert_ptr_nonnull(f);
  fputs(command, f);
  fclose(f);
  FILE *p = popen("sh ./command 2>&1", "r");
  ck_assert_ptr_nonnull(p);
  text[fread(text, 1, ROOM - 1, p)] = '\0';
  pclose(p);
}

START_TEST(the_commands_of_the_readme_print_what_it_says) {
  static struct lines readme, expected, got;
  static char command[ROOM], text[ROOM], shown[ROOM];
  size_t commands = 0;
  read_readme(&readme);
  for (size_t i = 0; i < readme.n;) {
    if (!is_command(readme.at[i])) {
      i++;
      continue;
    }
    size_t line = i + 1;
    take_command(&readme, &i, command);
    take_output(&readme, &i, &expected);
    if (is_missing(command))
      continue;
    run(command, text);
    strcpy(shown, text);
    got.n = 0;
    split(&got, text);
    ck_assert_msg(lines_match(expected.at, expected.n, got.at, got.n),
                  "README.md:%zu: %sprints\n%.3000s", line, command, shown);
    commands++;
  }
  ck_assert_uint_ge(commands, 20);
}
END_TEST

START_TEST(dots_stand_for_anything) {
  ck_assert(line_matches("a...c...", "abc"));
  ck_assert(line_matches("...", ""));
  ck_assert(line_matches("1.5 s. ... x", "1.5 s. 17 x"));
  ck_assert(!line_matches("a...c", "abcd"));
  ck_assert(!line_matches("1.5", "1.55"));
  char a[] = "a", b[] = "b", any[] = "...";
  char *pattern[] = {any, a, any, b}, *line[] = {b, a, a, b, b};
  ck_assert(lines_match(pattern, 4, line, 5));
  ck_assert(!lines_match(pattern, 2, line, 5));
  ck_assert(!lines_match(pattern, 0, line, 1));
  ck_assert(lines_match(pattern, 3, line, 3));
}
END_TEST

static void enter(void) {
  tool_enter();
  char path[4096];
  ck_assert_int_lt(
      snprintf(path, sizeof path, "%s:%s", BUILD_TREE, getenv("PATH")),
      (int)sizeof path);
  ck_assert_int_eq(setenv("PATH", path, 1), 0);
}

int main(void) {
  Suite *s = suite_create("readme");
  TCase *t = tcase_create("commands");
  tcase_add_checked_fixture(t, enter, tool_leave);
  tcase_set_timeout(t, 300);
  tcase_add_test(t, the_commands_of_the_readme_print_what_it_says);
  tcase_add_test(t, dots_stand_for_anything);
  suite_add_tcase(s, t);
  return suite_run(s);
}
