/* beside.h - files that another file names

   A model may say that its weights are in other files. It may come from
   anywhere, so only regular files in its own folder, or in one below that, are
   opened: no absolute path, no "..", no symbolic link on the way.

     struct mapped f;
     if (beside_map(&f, "models/a.onnx", "a.weights", err))
       ... f.at[0..f.n) ... // models/a.weights
     mapped_clear(&f);

   Nothing is copied: pages are read as they are looked at, and take no memory
   that others could not have back. So a file must not become shorter while it
   is in use.

   Errors   err->file stays what it is, and messages name the file.
   mapped_clear() is fine after a failure, and twice. */
#ifndef BESIDE_H
#define BESIDE_H

#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapped {
  const uint8_t *at; // NULL if n is 0
  size_t n;
};

/* The file `name` in the folder that the file `path` is in. */
bool beside_map(struct mapped *f, const char *path, const char *name,
                struct error *err);

/* A regular file that the user named; links are followed. */
bool mapped_open(struct mapped *f, const char *path, struct error *err);

void mapped_clear(struct mapped *f);

#endif
