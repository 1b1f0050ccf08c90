#include "tools/limits.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <omp.h>

#include <stdio.h>

#include <gmp.h>

static size_t memory;
static uint64_t seed = 1;

static void *gmp_new(size_t n) {
  return xmalloc(n);
}

static void *gmp_resize(void *at, size_t old, size_t n) {
  (void)old;
  at = realloc(at, n);
  if (!at)
    die("out of memory at %zu bytes", n);
  return at;
}

static void gmp_drop(void *at, size_t n) {
  (void)n;
  free(at);
}

/* What the limit on circuits does not see, such as the numbers on the way to
   one, is held back by the system. The sanitizers reserve far more. */
static void limit_process(size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  (void)bytes;
#else
#  if defined(__has_feature)
#    if __has_feature(address_sanitizer)
  return;
#    endif
#  endif
  struct rlimit r;
  rlim_t most = (rlim_t)bytes * 2 + ((rlim_t)256 << 20);
  if (!getrlimit(RLIMIT_DATA, &r) && most < r.rlim_max) {
    r.rlim_cur = most;
    setrlimit(RLIMIT_DATA, &r);
  }
#endif
}

bool limits_set(const struct arguments *a, struct error *err) {
  uint64_t threads = 0;
  uint64_t bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 * 3 *
                   (uint64_t)sysconf(_SC_PAGESIZE);
  if (!option_count(a, "threads", 1, 1024, false, &threads, err) ||
      !option_count(a, "seed", 0, UINT64_MAX, false, &seed, err) ||
      !option_count(a, "max-memory", 1 << 20, (uint64_t)1 << 50, true, &bytes,
                    err))
    return false;
  if (threads)
    omp_set_num_threads((int)threads);
  memory = bytes;
  mp_set_memory_functions(gmp_new, gmp_resize, gmp_drop);
  limit_process(memory);
  return true;
}

size_t limits_memory(void) {
  return memory;
}

uint64_t limits_seed(void) {
  return seed;
}
