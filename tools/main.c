/* tc0: dispatch to a command. */
#include "config.h"
#include "tools/command.h"
#include "tools/limits.h"

#include <stdio.h>
#include <string.h>

static void print_usage(FILE *out) {
  fputs("tc0 turns models and algorithms into circuits of threshold gates.\n\n"
        "  tc0 COMMAND SOURCE key=value ... --option ...\n\n"
        "A source is a task ('tc0 list'), a model file (.onnx, "
        ".safetensors),\nan architecture (config.json) or a circuit file (.tc, "
        ".tcb). 'tc0 COMMAND --help'\nsays more.\n\n",
        out);
  for (size_t i = 0; commands[i]; i++)
    fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->help);
  fputs("\nExit status: 0 done or yes, 1 no, 2 usage or bad input, 3 out of "
        "memory.\n",
        out);
}

static const struct command *find_command(const char *name) {
  for (size_t i = 0; commands[i]; i++)
    if (!strcmp(commands[i]->name, name))
      return commands[i];
  return NULL;
}

static void print_version(void) {
  puts("tc0 " PACKAGE_VERSION);
}

static int run_command(const struct command *c, int n, char **word) {
  struct arguments a;
  struct error err = {0};
  int status;
  bool ok = arguments_parse(&a, c, n, word, &err);
  if (ok && has_option(&a, "version")) {
    print_version();
    status = STATUS_YES;
  } else if (!ok || !limits_set(&a, &err)) {
    status = report(&err);
  } else if (has_option(&a, "help")) {
    command_print_help(c);
    status = STATUS_YES;
  } else {
    status = c->run(&a);
  }
  arguments_clear(&a);
  return status;
}

/* A full disk or a closed pipe must not look like success; who has said so
   already does not say it again. */
static int finish(int status) {
  if (!fflush(stdout) && !ferror(stdout))
    return status;
  if (status < STATUS_BAD)
    perror("tc0: standard output");
  return STATUS_LIMITS;
}

/* tc0 help [COMMAND] */
static int help(const char *name) {
  const struct command *c = name ? find_command(name) : NULL;
  if (c)
    command_print_help(c);
  else
    print_usage(stdout);
  return STATUS_YES;
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "--version")) {
    print_version();
    return finish(STATUS_YES);
  }
  if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
    return finish(help(argc > 2 ? argv[2] : NULL));
  const struct command *c = find_command(name);
  if (!c) {
    if (argc > 1)
      fprintf(stderr, "tc0: there is no command '%s'\n", name);
    print_usage(stderr);
    return STATUS_BAD;
  }
  return finish(run_command(c, argc - 2, argv + 2));
}
