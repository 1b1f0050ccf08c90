/* image_parts.h - between the files of images.h: windows over [channels, h, w]
 */
#ifndef IMAGE_PARTS_H
#define IMAGE_PARTS_H

#include "compile/program/operation.h"

/* How a square window moves. */
struct window {
  size_t size, stride, padding;
};

/* The places of h or w that it takes. */
size_id window_places(struct sizes *t, const struct window *w, size_id length);
/* Whether operand 0 of s is as large as the window, for op.check. */
bool window_check(const struct instance *in, const struct step *s,
                  const struct window *w, struct error *err);
/* For element j of the result, in order of rows: the elements of one channel
   of x, shape [channels, h, w], that its window reads; of those beyond the
   edges none. `at` has room for size * size. Returns how many. */
struct window_place {
  size_t weight;  // in the window, row by row
  size_t element; // in the channel
};
size_t window_read(struct window_place *at, const struct window *w,
                   const struct shape_of *y, const struct shape_of *x,
                   size_t j);

#endif
