/* axis.h - parameters of a command line that take several values

     struct axes x;
     if (!axes_find(&x, a, &err)) ...
     size_t place[AXES] = {0};
     do {
       axes_at(&x, place, at);                       // at[i] of axis i
       char **word = axes_words(&x, a, at);          // "n=8" for "n=4..64"
       ...
       axes_words_free(word, a);
     } while (axes_next(&x, place));
     axes_clear(&x); // in any case */
#ifndef AXIS_H
#define AXIS_H

#include "tools/command.h"

enum {
  AXES = 2 // at most
};

#define AXIS_MOST 100000 // values

struct axes {
  size_t n; // at least 1
  struct axis {
    char *name;
    size_t word;       // of the command line
    ARRAY(long) value; // ascending
  } of[AXES];
};

bool axes_find(struct axes *x, const struct arguments *a, struct error *err);
void axes_clear(struct axes *x);
void axes_at(const struct axes *x, const size_t *place, long *at);
/* False after the last; the last axis changes fastest. */
bool axes_next(const struct axes *x, size_t *place);
/* As many words as the command line has. */
char **axes_words(const struct axes *x, const struct arguments *a,
                  const long *at);
void axes_words_free(char **word, const struct arguments *a);

#endif
