/* beside.h - files that another file names

   A model may say that its weights are in other files. It may come from
   anywhere, so only regular files in its own folder, or in one below that, are
   opened: no absolute path, no "..", no symbolic link on the way.

     struct beside b = {0};
     const struct mapped *f = beside_find(&b, "models/a.onnx", "a.data", err);
     if (f)
       ... f->at[0..f->n) ... // models/a.data
     beside_clear(&b);

   Nothing is copied: pages are read as they are looked at, and take no memory
   that others could not have back. So a file must not become shorter while it
   is in use.

   Errors   err->file stays what it is, and messages name the file.
   mapped_clear() is fine after a failure, and twice. */
#ifndef BESIDE_H
#define BESIDE_H

#include "circuit/array.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapped {
  const uint8_t *at; // NULL if n is 0
  size_t n;
};

/* Clearing is fine after a failure, and twice. A regular file that the user
   named; links are followed. */
bool mapped_open(struct mapped *f, const char *path, struct error *err);
void mapped_clear(struct mapped *f);

#define BESIDE_MAX_FILES 1000

/* Zero bytes are none. */
struct beside {
  ARRAY(struct beside_file {
    char *name;
    struct mapped data;
  })
  files;
};

/* The file `name` in the folder that the file `path` is in, mapped once; NULL
   if it must not or cannot be opened. Until the next one. O(files). */
const struct mapped *beside_find(struct beside *b, const char *path,
                                 const char *name, struct error *err);
void beside_clear(struct beside *b);

#endif
