/* tool.h - run the program that was built, in a folder of its own */
#ifndef TOOL_H
#define TOOL_H

#include <stddef.h>

/* A new folder with a link to the examples; the fixture of a test case. */
void tool_enter(void);
void tool_leave(void);

/* Standard output of a shell's command, or of "tc0 <line>"; returns the exit
   status. */
int tool_shell(const char *command, char *text, size_t room);
int tool_run(const char *line, char *text, size_t room);

#endif
