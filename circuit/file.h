/* file.h - files that appear whole or not at all, and circuits in them

   Errors    err->file is the path, which must outlive err.
   Threads   one file is written at a time in a process. */
#ifndef FILE_H
#define FILE_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stdio.h>

enum circuit_format {
  FORMAT_TEXT,  // .tc
  FORMAT_BINARY // .tcb
};

/* Into an initialised, empty circuit. "-" is standard input. What kind of
   file it is shows in its first byte, never in its name. */
bool circuit_read_file(struct circuit *c, const char *path, struct error *err);

/* By the end of the path; false if it is neither .tc nor .tcb. */
bool circuit_format_of_path(const char *path, enum circuit_format *f);

/* Also refuses integers that no reader would accept. */
bool circuit_write_file(const struct circuit *c, const char *path,
                        enum circuit_format f, struct error *err);

/* What `write` writes becomes the file at `path`: it is written beside it,
   brought to the disk and renamed. If `write` returns false, the process
   exits, or one of the signals that end it comes (hangup, interrupt, quit,
   terminate), whatever was at `path` stays as it was and nothing is left
   beside it. "-" is standard output; that, and a path that is no regular
   file, such as /dev/null, is written to directly. */
bool file_replace(const char *path,
                  bool (*write)(FILE *out, const void *context),
                  const void *context, struct error *err);

#endif
