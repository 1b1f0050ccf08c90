#include "tools/open.h"
#include "tools/limits.h"

bool open_source(struct source *s, const struct arguments *a) {
  struct error err = {0};
  struct source_options options = {
      .max_bytes = limits_memory(),
      .calibrate = option_value(a, "calibrate"),
  };
  source_init(s);
  if (source_open(s, a->words.at, a->words.n, &options, &err))
    return true;
  report(&err);
  return false;
}
