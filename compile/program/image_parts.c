/* Windows that move over images. */
#include "compile/program/image_parts.h"

/* (length + 2 padding - size) / stride + 1, without what changes nothing: the
   same size as the length's where they are equal for every length. */
size_id window_places(struct sizes *t, const struct window *w, size_id length) {
  long more = 2 * (long)w->padding - (long)w->size + (long)w->stride;
  if (more)
    length = size_add(t, length, size_si(t, more));
  return w->stride == 1 ? length
                        : size_div(t, length, size_si(t, (long)w->stride));
}

bool window_check(const struct instance *in, const struct step *s,
                  const struct window *w, struct error *err) {
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  for (unsigned i = 1; i < 3; i++)
    if (x->at[i] + 2 * w->padding < w->size)
      return error_set(err, 0, "%s: a window of %zu does not fit on %zu by %zu",
                       s->name, w->size, x->at[1], x->at[2]);
  return true;
}

size_t window_read(struct window_place *at, const struct window *w,
                   const struct shape_of *y, const struct shape_of *x,
                   size_t j) {
  size_t h = x->at[1], width = x->at[2], n = 0;
  size_t top = j / y->at[2] % y->at[1] * w->stride;
  size_t left = j % y->at[2] * w->stride;
  for (size_t i = 0; i < w->size * w->size; i++) {
    size_t row = top + i / w->size, column = left + i % w->size;
    if (row < w->padding || column < w->padding || row - w->padding >= h ||
        column - w->padding >= width)
      continue;
    at[n++] = (struct window_place){i, (row - w->padding) * width + column -
                                           w->padding};
  }
  return n;
}
