#include "tools/axis.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A whole number at *at, which is moved behind it. */
static bool take(const char **at, long *value) {
  char *end;
  errno = 0;
  if (!isdigit((unsigned char)**at))
    return false;
  *value = strtol(*at, &end, 10);
  *at = end;
  return !errno;
}

/* After FROM..: TO, and *K or +K, which is +1 if it is not there. */
static bool take_range(struct axis *x, const char *at) {
  long from = array_last(&x->value), to, step = 1;
  bool doubles = false;
  if (!take(&at, &to))
    return false;
  if (*at == '*' || *at == '+') {
    doubles = *at++ == '*';
    if (!take(&at, &step))
      return false;
  }
  if (*at || to < from || step < (doubles ? 2 : 1) || (doubles && !from))
    return false;
  while (doubles ? from <= to / step : from <= to - step) {
    from = doubles ? from * step : from + step;
    if (x->value.n == AXIS_MOST)
      return false;
    array_push(&x->value, from);
  }
  return true;
}

/* Behind the '='. */
static bool take_values(struct axis *x, const char *at) {
  long value;
  for (;; at++) {
    if (!take(&at, &value) || x->value.n == AXIS_MOST ||
        (x->value.n && value <= array_last(&x->value)))
      return false;
    array_push(&x->value, value);
    if (!strncmp(at, "..", 2) && x->value.n == 1)
      return take_range(x, at + 2);
    if (!*at)
      return true;
    if (*at != ',')
      return false;
  }
}

static bool has_values(const char *word) {
  const char *equals = strchr(word, '=');
  return equals && isdigit((unsigned char)equals[1]) &&
         (strstr(equals, "..") || strchr(equals, ','));
}

bool axes_find(struct axes *x, const struct arguments *a, struct error *err) {
  memset(x, 0, sizeof *x);
  for (size_t i = 1; i < a->words.n; i++) {
    const char *word = a->words.at[i];
    if (!has_values(word))
      continue;
    if (x->n == AXES)
      return error_set(err, 0, "'%s': at most %d parameters can vary", word,
                       AXES);
    struct axis *axis = &x->of[x->n++];
    axis->word = i;
    axis->name = xstrdup(word);
    *strchr(axis->name, '=') = '\0';
    if (!take_values(axis, strchr(word, '=') + 1))
      return error_set(err, 0,
                       "'%s': must be ascending, as %s=4..64, %s=4..64+4, "
                       "%s=4..1024*2 or %s=4,8,16, of at most %d values",
                       word, axis->name, axis->name, axis->name, axis->name,
                       AXIS_MOST);
  }
  return x->n || error_set(err, 0,
                           "no parameter varies: give one several values, as "
                           "n=4..64");
}

void axes_clear(struct axes *x) {
  for (size_t i = 0; i < x->n; i++) {
    free(x->of[i].name);
    array_clear(&x->of[i].value);
  }
}

void axes_at(const struct axes *x, const size_t *place, long *at) {
  for (size_t i = 0; i < x->n; i++)
    at[i] = x->of[i].value.at[place[i]];
}

bool axes_next(const struct axes *x, size_t *place) {
  for (size_t i = x->n; i-- > 0; place[i] = 0)
    if (++place[i] < x->of[i].value.n)
      return true;
  return false;
}

char **axes_words(const struct axes *x, const struct arguments *a,
                  const long *at) {
  char **word = xmalloc(a->words.n * sizeof *word);
  for (size_t i = 0; i < a->words.n; i++)
    word[i] = xstrdup(a->words.at[i]);
  for (size_t i = 0; i < x->n; i++) {
    size_t room = strlen(x->of[i].name) + 30;
    char **to = &word[x->of[i].word];
    free(*to);
    *to = xmalloc(room);
    snprintf(*to, room, "%s=%ld", x->of[i].name, at[i]);
  }
  return word;
}

void axes_words_free(char **word, const struct arguments *a) {
  for (size_t i = 0; i < a->words.n; i++)
    free(word[i]);
  free(word);
}
