#include "compile/models/weights.h"
#include "circuit/random.h"

#include <flint/fmpz_vec.h>

void weights_init(struct weights *w, uint64_t seed, enum weights_kind kind,
                  unsigned bits) {
  *w = (struct weights){
      .kind = kind, .state = seed, .most = (1L << (bits - 1)) - 1};
}

void weights_clear(struct weights *w) {
  free(w->matrix); // small integers hold no memory of their own
  free(w->bias);
}

uint64_t weights_draw(struct weights *w, uint64_t n) {
  return random_below(&w->state, n);
}

static long entry(struct weights *w, long most) {
  return (long)weights_draw(w, 2 * (uint64_t)most + 1) - most;
}

/* No 0, and along rows and columns both signs. */
static long generic_entry(struct weights *w, size_t i, size_t j) {
  long v = 1 + (long)weights_draw(w, (uint64_t)w->most);
  return (i + j) % 2 ? -v : v;
}

static struct matrix draw_matrix(struct weights *w, size_t rows,
                                 size_t columns) {
  bool is_generic = w->kind == WEIGHTS_GENERIC;
  free(w->matrix);
  w->matrix = xcalloc(rows * columns, sizeof *w->matrix);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++)
      w->matrix[i * columns + j] =
          is_generic ? generic_entry(w, i, j) : entry(w, w->most);
  return (struct matrix){rows, columns, w->matrix};
}

static size_t period(const struct weights *w, size_t n) {
  return w->kind == WEIGHTS_GENERIC ? WEIGHTS_PERIOD : n;
}

struct matrix weights_matrix(struct weights *w, size_t rows, size_t columns) {
  return draw_matrix(w, period(w, rows), period(w, columns));
}

struct matrix weights_rows(struct weights *w, size_t rows, size_t columns) {
  return draw_matrix(w, rows, period(w, columns));
}

struct matrix weights_columns(struct weights *w, size_t rows, size_t columns) {
  return draw_matrix(w, period(w, rows), columns);
}

const fmpz *weights_bias(struct weights *w, const struct matrix *of,
                         long most) {
  free(w->bias);
  w->bias = xcalloc(of->rows, sizeof *w->bias);
  for (size_t i = 0; i < of->rows; i++)
    w->bias[i] = entry(w, most);
  return w->bias;
}
