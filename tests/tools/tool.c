#include "tests/tools/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

static char folder[40];

void tool_enter(void) {
  strcpy(folder, "/tmp/tc0-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  ck_assert_int_eq(symlink(SOURCE_TREE "/examples", "examples"), 0);
}

void tool_leave(void) {
  char line[100];
  ck_assert_int_eq(chdir("/"), 0);
  snprintf(line, sizeof line, "rm -rf %s", folder);
  ck_assert_int_eq(system(line), 0);
}

int tool_shell(const char *command, char *text, size_t room) {
  FILE *p = popen(command, "r");
  ck_assert_ptr_nonnull(p);
  size_t n = fread(text, 1, room - 1, p);
  text[n] = '\0';
  int status = pclose(p);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int tool_run(const char *line, char *text, size_t room) {
  char command[1000];
  snprintf(command, sizeof command, "%s %s", PROGRAM, line);
  return tool_shell(command, text, room);
}
