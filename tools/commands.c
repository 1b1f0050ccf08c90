/* The table of all commands, in the order in which help shows them. */
#include "tools/command.h"

extern const struct command command_build, command_check, command_dot,
    command_eval, command_inspect, command_list, command_path, command_stats,
    command_vote, command_derandomize;

const struct command *const commands[] = {
    &command_list, &command_inspect,     &command_stats, &command_build,
    &command_path, &command_eval,        &command_check, &command_dot,
    &command_vote, &command_derandomize, NULL,
};
