#include "tests/fuzz/memory.h"

#if defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define HAS_HOOKS
#  endif
#elif defined(__SANITIZE_ADDRESS__)
#  define HAS_HOOKS
#endif

#ifdef HAS_HOOKS
#  include <stdatomic.h>
#  include <stdint.h>
#  include <stdio.h>
#  include <stdlib.h>

/* gcc has them in its library, but not their header. */
size_t __sanitizer_get_allocated_size(const volatile void *p);
int __sanitizer_install_malloc_and_free_hooks(
    void (*at_malloc)(const volatile void *, size_t),
    void (*at_free)(const volatile void *));

/* What was there before and is freed meanwhile makes it less than 0. */
static atomic_llong in_use;
static atomic_llong limit = INT64_MAX;

static void count_malloc(const volatile void *p, size_t n) {
  (void)p;
  long long now = atomic_fetch_add(&in_use, (long long)n) + (long long)n;
  if (now <= atomic_load(&limit))
    return;
  fprintf(stderr, "%lld bytes are in use, %zu of the last malloc()\n", now, n);
  memory_unwatch();
  abort();
}

static void count_free(const volatile void *p) {
  if (p)
    atomic_fetch_sub(&in_use, (long long)__sanitizer_get_allocated_size(p));
}

void memory_watch(size_t n) {
  static int is_hooked;
  if (!is_hooked)
    is_hooked =
        __sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
  if (!is_hooked)
    abort();
  atomic_store(&in_use, 0);
  atomic_store(&limit, 64 * (long long)n + (64 << 20));
}

void memory_unwatch(void) {
  atomic_store(&limit, INT64_MAX);
}
#else
void memory_watch(size_t n) {
  (void)n;
}

void memory_unwatch(void) {
}
#endif
