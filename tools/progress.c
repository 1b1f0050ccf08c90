#include "tools/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static struct {
  const char *what;
  bool is_on, is_shown;
  time_t begun, last;
} bar;

void progress_begin(const struct arguments *a, const char *what) {
  bar.what = what;
  bar.is_on = isatty(STDERR_FILENO) && !has_option(a, "quiet");
  bar.is_shown = false;
  bar.begun = bar.last = time(NULL);
}

/* Once a second, from the third on. */
static bool is_due(void) {
  time_t now = bar.is_on ? time(NULL) : bar.last;
  if (now == bar.last || now - bar.begun < 2)
    return false;
  bar.last = now;
  return bar.is_shown = true;
}

void progress_update(uint64_t done, uint64_t all) {
  enum {
    WIDTH = 40
  };
  if (!is_due())
    return;
  double share = all ? (double)done / (double)all : 1;
  int full = (int)(share * WIDTH);
  fprintf(stderr, "\r%s [%.*s%*s] %3.0f%%", bar.what, full,
          "########################################", WIDTH - full, "",
          100 * share);
  fflush(stderr);
}

void progress_gates(const struct circuit *c) {
  if (!is_due())
    return;
  fprintf(stderr, "\r%s: %zu gates, %zu MB ", bar.what, c->bits.n - c->inputs.n,
          circuit_bytes(c) >> 20);
  fflush(stderr);
}

void progress_end(void) {
  if (bar.is_shown)
    fputs("\r\033[K", stderr);
  bar.is_on = false;
}

void progress_points(const struct arguments *a, size_t done, size_t all) {
  static time_t begun, last;
  time_t now = time(NULL);
  if (!begun)
    begun = last = now;
  if (now == last || now - begun < 2 || !isatty(STDERR_FILENO) ||
      has_option(a, "quiet"))
    return;
  last = now;
  fprintf(stderr, "\r\033[K%zu of %zu points ", done, all);
  fflush(stderr);
  bar.is_shown = true; // for progress_end()
}
