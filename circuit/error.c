#include "circuit/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool error_set(struct error *err, size_t line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(err->message, sizeof err->message, format, args);
  va_end(args);
  err->line = line;
  return false;
}

bool error_limit(struct error *err, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(err->message, sizeof err->message, format, args);
  va_end(args);
  err->line = 0;
  err->is_limit = true;
  return false;
}

bool error_in_one_line(struct error *err) {
  for (char *at = err->message; *at; at++)
    if ((unsigned char)*at < ' ' || *at == 127)
      *at = '?';
  return false;
}

void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("tc0: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(3);
}

void bug(const char *file, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "tc0: BUG at %s:%d: ", file, line);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  abort();
}
