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
  X(chain)          \
  X(vote)           \
  X(derandomize)

#define DECLARE(name) extern const struct command command_##name;
#define ADDRESS(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands[] = {COMMANDS(ADDRESS) NULL};
extern const struct command command_build, command_check, command_diffusion,
    command_dot, command_eval, command_inspect, command_list, command_path,
    command_stats;

const struct command *const commands[] = {
    &command_list,  &command_inspect,   &command_stats,
    &command_build, &command_path,      &command_eval,
    &command_check, &command_diffusion, &command_dot,
    NULL,
};
