/* The table of all commands, in the order in which help shows them. */
#include "tools/command.h"

#define COMMANDS(X) \
  X(list)           \
  X(inspect)        \
  X(stats)          \
  X(build)          \
  X(path)           \
  X(eval)           \
  X(check)          \
  X(dot)            \
  X(growth)         \
  X(schedule)       \
  X(map)            \
  X(chain)          \
  X(vote)           \
  X(derandomize)    \
  X(budget)         \
  X(diffusion)      \
  X(lab)

#define DECLARE(name) extern const struct command command_##name;
#define ADDRESS(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands[] = {COMMANDS(ADDRESS) NULL};
