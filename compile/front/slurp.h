/* slurp.h - all of a file in memory

     struct slurp s = {0};
     if (slurp_file(&s, path, limit, err))
       ... s.at[0..s.n) ...
     array_clear(&s);

   Errors   err->file is the path, which must outlive err. More than `limit`
            bytes are refused, of a regular file without reading any. */
#ifndef SLURP_H
#define SLURP_H

#include "circuit/array.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slurp {
  uint8_t *at;
  size_t n, cap;
};

/* "-" is standard input. */
bool slurp_file(struct slurp *s, const char *path, size_t limit,
                struct error *err);

#endif
