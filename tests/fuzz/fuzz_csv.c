#include "compile/front/csv.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* The reader wants a path; the file has none but this. */
static FILE *temporary(const uint8_t *data, size_t n, char path[40]) {
  FILE *out = tmpfile();
  if (!out || (n && fwrite(data, 1, n, out) != n) || fflush(out))
    abort();
  snprintf(path, 40, "/proc/self/fd/%d", fileno(out));
  return out;
}

static void read_rows(struct csv *c, const struct error *err) {
  bool end = false;
  mpz_t z;
  mpz_init(z);
  while (csv_next(c, &end) && !end)
    for (size_t i = 0; i < 4; i++) {
      double d;
      if (!csv_text(c, i))
        continue;
      if (!csv_integer(c, i, z))
        fuzz_check_error(err);
      if (!csv_double(c, i, &d))
        fuzz_check_error(err);
      else if (!isfinite(d))
        abort();
    }
  mpz_clear(z);
  if (!end)
    fuzz_check_error(err);
}

/* As rows for two buses, of which one may be left out. */
void fuzz(const uint8_t *data, size_t n) {
  static const struct csv_bus buses[] = {{"x", 3, false, NULL},
                                         {"z", 1, true, NULL}};
  struct csv c;
  struct error err = {0};
  char path[40];
  FILE *file = temporary(data, n, path);
  if (csv_open(&c, path, buses, 2, &err))
    read_rows(&c, &err);
  else
    fuzz_check_error(&err);
  csv_close(&c);
  fclose(file);
}
