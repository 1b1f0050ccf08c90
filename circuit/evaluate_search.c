#include "circuit/evaluate_search.h"

enum {
  MAX_COUNT = 12, // thresholds that are compared with one by one
  MAX_TRIES = 40  // slopes of a line
};

/* Lines: level i + 1 begins at threshold i, so a line L will do if
   L(t[i]) >= i + 1 and L(t[i] - 1) < i + 1 for all i. With x counted from
   t[0] - 1, L(x) = slope * x + at. */

struct line {
  double slope, at;
  double room; // of `at`; it will do if this is positive
};

/* The best line of this slope; *tilt is positive if a greater slope would give
   more room. */
static struct line make_line(const int64_t *t, size_t n, double slope,
                             double *tilt) {
  double least = -1e300, most = 1e300, least_x = 0, most_x = 0;
  for (size_t i = 0; i < n; i++) {
    double x = (double)(t[i] - t[0] + 1), level = (double)(i + 1);
    if (level - slope * x > least) {
      least = level - slope * x;
      least_x = x;
    }
    if (level - slope * (x - 1) < most) {
      most = level - slope * (x - 1);
      most_x = x - 1;
    }
  }
  *tilt = least_x - most_x;
  return (struct line){slope, (least + most) / 2, most - least};
}

/* The room is a concave function of the slope, and at most the slope itself.
   Not all thresholds may be equal. */
static struct line find_line(const int64_t *t, size_t n) {
  double mean = (double)(n - 1) / (double)(t[n - 1] - t[0]), tilt;
  double low = mean * (1 - 2.0 / (double)n),
         high = mean * (1 + 2.0 / (double)n);
  struct line best = make_line(t, n, mean, &tilt);
  for (int i = 0; i < MAX_TRIES && best.room < mean / 4; i++) {
    *(tilt > 0 ? &low : &high) = i ? (low + high) / 2 : mean;
    struct line l = make_line(t, n, (low + high) / 2, &tilt);
    best = l.room > best.room ? l : best;
  }
  return best;
}

/* Does it give the level of every sum? */
static bool is_right(const struct sum_search *s, const int64_t *t, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int32_t x = (int32_t)(t[i] - s->lo);
    if (sum_line(x, (int)s->shift, s->add, s->factor) < (int32_t)i + 1 ||
        sum_line(x - 1, (int)s->shift, s->add, s->factor) > (int32_t)i)
      return false;
  }
  return sum_line(0, (int)s->shift, s->add, s->factor) == 0 &&
         sum_line((int32_t)(s->hi - s->lo), (int)s->shift, s->add, s->factor) ==
             (int32_t)n;
}

/* x << shift has 29 bits at most, and so has what is added. */
static bool make_product(struct sum_search *s, const int64_t *t, size_t n) {
  struct line l = find_line(t, n);
  s->shift = 0;
  while (s->shift < 16 && (s->hi - s->lo) << (s->shift + 1) < (1 << 29))
    s->shift++;
  double unit = (double)((int64_t)1 << s->shift);
  double add = l.at / l.slope * unit;
  if (l.room <= 0 || add < -(1 << 29) || add > 1 << 29)
    return false;
  s->how = FIND_LINE;
  s->add = (int32_t)add;
  s->factor = (float)(l.slope / unit);
  return is_right(s, t, n);
}

/* Buckets as wide as the least gap of thresholds, or wider so that there are
   not too many. */
static void make_buckets(struct sums *sums, struct sum_search *s,
                         const int64_t *t, size_t n) {
  uint64_t span = (uint64_t)t[n - 1] - (uint64_t)t[0], gap = span + 1;
  for (size_t i = 1; i < n; i++)
    if ((uint64_t)(t[i] - t[i - 1]) < gap)
      gap = (uint64_t)(t[i] - t[i - 1]);
  s->how = FIND_BUCKET;
  s->shift = 0;
  while ((gap >> s->shift) > 1 || span >> s->shift >= 8 * n + 64)
    s->shift++;
  s->base = sums->bases.n;
  uint64_t buckets = ((uint64_t)(s->hi - s->lo) >> s->shift) + 1;
  for (uint64_t i = 0, j = 0; i < buckets; i++) {
    size_t before = j; // bucket i holds [at..at + 2^shift)
    uint64_t end = (i + 1) << s->shift, at = i << s->shift;
    while (j < n && (uint64_t)(t[j] - s->lo) <= at)
      before = ++j;
    array_push(&sums->bases, (uint32_t)before);
    while (j < n && (uint64_t)(t[j] - s->lo) < end)
      j++;
    s->most = j - before > s->most ? (unsigned)(j - before) : s->most;
  }
}

struct sum_search search_make(struct sums *s, const int64_t *thresholds,
                              size_t n) {
  struct sum_search search = {.how = FIND_COUNT};
  if (n <= MAX_COUNT)
    return search;
  search.lo = thresholds[0] - 1;
  search.hi = thresholds[n - 1];
  if (thresholds[0] == search.hi || search.hi - search.lo >= 1 << 29 ||
      !make_product(&search, thresholds, n))
    make_buckets(s, &search, thresholds, n);
  return search;
}
