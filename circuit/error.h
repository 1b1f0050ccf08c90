/* error.h - three kinds of failure, three ways to say so

   The input is at fault: fill in a struct error and return false; the caller
   that has a terminal prints it. The machine is at its limits: die(), which
   prints and exits with 3. We are at fault: BUG(), which aborts.

     if (!colon)
       return error_set(err, line, "'%s' has no colon", word); */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct error {
  const char *file;  // borrowed; NULL if no file is to blame
  size_t line;       // from 1; 0 when no line is to blame
  char message[400]; // longer messages are cut
  bool is_limit;     // what was asked for is too large, not wrong
};

/* Set line and message, keep `file`, and return false. */
bool error_set(struct error *err, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for what would be too large to make. */
bool error_limit(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put '?' for control characters of a message that quotes what a file says, and
   return false. */
bool error_in_one_line(struct error *err);

/* Out of memory or past a limit of the representation: prints, exits with 3. */
_Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

_Noreturn void bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define BUG(...) bug(__FILE__, __LINE__, __VA_ARGS__)

#endif
