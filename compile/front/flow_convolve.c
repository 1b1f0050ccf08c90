/* Convolutions: windows of an image times a matrix for each group. */
#include "compile/front/flow.h"

#include <string.h>

/* Windows of some channels [batch, channels, spatial ..] as rows of a matrix
   [batch * places, channels * window elements]. */
static flow_id rows_of_windows(struct flow *f, flow_id x,
                               const struct flow_window *w) {
  flow_id y = flow_windows(f, x, w, 0);
  if (y == FLOW_NONE)
    return y;
  const struct lengths *s = flow_shape(f, y);
  size_t batch = s->at[0], channels = s->at[1], elements = lengths_last(s);
  size_t places = lengths_product(s, 2, s->rank - 1);
  size_t at[] = {batch, channels, places, elements};
  y = flow_swap(f, flow_reshape_to(f, y, at, 4), 1, 2);
  return flow_reshape_to(f, y, (size_t[]){batch * places, channels * elements},
                         2);
}

/* [batch, rows, places] of one group, whose weights are some rows of w. */
static flow_id group(struct flow *f, flow_id x, flow_id w,
                     const struct flow_window *window, size_t places) {
  if (x == FLOW_NONE || w == FLOW_NONE)
    return FLOW_NONE;
  size_t rows = flow_shape(f, w)->at[0], batch = flow_shape(f, x)->at[0];
  size_t columns = lengths_product(flow_shape(f, w), 1, window->rank + 2);
  w = flow_reshape_to(f, w, (size_t[]){rows, columns}, 2);
  x = rows_of_windows(f, x, window);
  flow_id y = flow_matmul(f, x, flow_swap(f, w, 0, 1));
  y = flow_reshape_to(f, y, (size_t[]){batch, places, rows}, 3);
  return flow_swap(f, y, 1, 2);
}

static flow_id all_groups(struct flow *f, flow_id x, flow_id w,
                          const struct flow_window *window, size_t groups,
                          size_t places) {
  size_t channels = flow_shape(f, x)->at[1] / groups;
  size_t rows = flow_shape(f, w)->at[0] / groups;
  flow_id *part = xmalloc(groups * sizeof *part);
  for (size_t g = 0; g < groups; g++) {
    flow_id from =
        groups == 1 ? x : flow_slice(f, x, 1, g * channels, channels);
    flow_id by = groups == 1 ? w : flow_slice(f, w, 0, g * rows, rows);
    part[g] = group(f, from, by, window, places);
  }
  flow_id y = flow_concat(f, part, groups, 1);
  free(part);
  return y;
}

flow_id flow_convolve(struct flow *f, flow_id x, flow_id w,
                      const struct flow_window *window, size_t groups) {
  struct flow_window sized = *window;
  size_t at[FLOW_MAX_RANK], rank = window->rank + 2, places = 1;
  if (x == FLOW_NONE || w == FLOW_NONE)
    return FLOW_NONE;
  const struct lengths *s = flow_shape(f, x), *m = flow_shape(f, w);
  if (s->rank != rank || m->rank != rank || !groups || groups > s->at[1] ||
      s->at[1] % groups || m->at[0] % groups || !m->at[0] ||
      m->at[1] != s->at[1] / groups)
    return flow_error(f,
                      "an image of %zu channels by weights of %zu rows and "
                      "%zu channels, in %zu groups",
                      s->rank > 1 ? s->at[1] : 0, m->rank ? m->at[0] : 0,
                      m->rank > 1 ? m->at[1] : 0, groups);
  at[0] = s->at[0];
  at[1] = m->at[0];
  for (size_t i = 0; i < window->rank; i++) {
    sized.size[i] = m->at[2 + i];
    at[2 + i] = window->places[i];
    places *= window->places[i];
  }
  return flow_reshape_to(f, all_groups(f, x, w, &sized, groups, places), at,
                         rank);
}
