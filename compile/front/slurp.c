#include "compile/front/slurp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool fail_io(struct error *err, const char *what) {
  return error_set(err, 0, "cannot %s: %s", what, strerror(errno));
}

static bool fail_limit(struct error *err, size_t limit) {
  return error_set(err, 0, "the file has more than %zu bytes", limit);
}

static bool read_all(struct slurp *s, FILE *in, size_t limit,
                     struct error *err) {
  for (;;) {
    if (s->cap == s->n)
      array_reserve(s, s->cap ? 2 * s->cap : 1 << 16);
    size_t n = fread(s->at + s->n, 1, s->cap - s->n, in);
    s->n += n;
    if (s->n > limit)
      return fail_limit(err, limit);
    if (!n)
      return !ferror(in) || fail_io(err, "read");
  }
}

bool slurp_file(struct slurp *s, const char *path, size_t limit,
                struct error *err) {
  struct stat st;
  bool is_stdin = !strcmp(path, "-");
  err->file = is_stdin ? "standard input" : path;
  FILE *in = is_stdin ? stdin : fopen(path, "rb");
  if (!in)
    return fail_io(err, "open");
  bool is_regular = !fstat(fileno(in), &st) && S_ISREG(st.st_mode);
  bool ok = !is_regular || (uintmax_t)st.st_size <= limit
                ? true
                : fail_limit(err, limit);
  if (ok && is_regular) // and a byte to see the end by
    array_reserve(s, (size_t)st.st_size + 1);
  ok = ok && read_all(s, in, limit, err);
  if (!is_stdin)
    fclose(in);
  return ok;
}
