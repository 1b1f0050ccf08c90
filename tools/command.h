/* command.h - what a command of tc0 is, and what its command line said

   A command is one file with one constant and a line in main.c. Parsing,
   --help and the tests of the examples all come from the constant.

     static int run(const struct arguments *a);
     const struct command command_stats = {.name = "stats", ...};

   tc0 COMMAND SOURCE key=value ... --option ...: words belong to the source,
   options to the command. Exit status: see enum status. */
#ifndef COMMAND_H
#define COMMAND_H

#include "circuit/array.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum status {
  STATUS_YES = 0,    // done, or the answer is yes
  STATUS_NO = 1,     // not equal, a limit exceeded, a check failed
  STATUS_BAD = 2,    // the command line or an input is at fault
  STATUS_LIMITS = 3, // out of memory or over a limit
};

struct option {
  const char *name;     // long, without dashes; NULL after the last
  char letter;          // or 0
  const char *argument; // "FILE"; NULL for a switch
  const char *help;     // lower case, no full stop
};

struct example {
  const char *line;   // after "tc0 "; NULL after the last
  const char *output; // all of standard output; NULL if it is not compared
};

struct arguments;

struct command {
  const char *name;
  const char *arguments; // "SOURCE"
  const char *help;      // one line, lower case, no full stop
  const char *about;     // paragraphs
  const struct option *options;
  const struct example *examples;
  bool takes_source;   // SOURCE key=value ...; else other words
  bool compares_bases; // --basis may be all
  int (*run)(const struct arguments *a);
};

struct setting {
  const char *name, *value; // value is NULL for a switch
};

struct arguments {
  const struct command *command;
  ARRAY(const char *) words; // the source, and key=value
  ARRAY(struct setting) settings;
};

extern const struct command *const commands[]; // NULL after the last
extern const struct option common_options[];

/* Parse what follows the command's name; on failure err says why. */
bool arguments_parse(struct arguments *a, const struct command *c, int n,
                     char **word, struct error *err);
void arguments_clear(struct arguments *a);

bool has_option(const struct arguments *a, const char *name);
/* The value of the last one given, or NULL. */
const char *option_value(const struct arguments *a, const char *name);
/* False, with a message, unless it is absent (*value stays) or a whole number
   from `least` to `most`. K, M and G stand for 2^10, 2^20 and 2^30 if allowed.
 */
bool option_count(const struct arguments *a, const char *name, uint64_t least,
                  uint64_t most, bool binary_units, uint64_t *value,
                  struct error *err);

void command_print_help(const struct command *c);

/* Print "tc0: file:line: message"; STATUS_LIMITS if it is over a limit, else
   STATUS_BAD. */
int report(const struct error *err);

#endif
