#include "tools/open.h"
#include "tools/limits.h"

#include <string.h>

bool open_source(struct source *s, const struct arguments *a) {
  struct error err = {0};
  struct source_options options = {
      .max_bytes = limits_memory(),
      .calibrate = option_value(a, "calibrate"),
  };
  source_init(s);
  if (source_open(s, a->words.at, a->words.n, &options, &err))
    return true;
  if (err.is_limit)
    die("%s", err.message);
  report(&err);
  return false;
}

bool option_method(const struct arguments *a, enum evaluation *how,
                   struct error *err) {
  const char *method = option_value(a, "method");
  *how = EVALUATE_RUNGS;
  if (method && !strcmp(method, "ladders"))
    *how = EVALUATE_LADDERS;
  else if (method && strcmp(method, "rungs"))
    return error_set(err, 0, "--method %s: must be rungs or ladders", method);
  return true;
}
