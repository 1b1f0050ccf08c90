#include "compile/program/operation.h"

#include <assert.h>

value_id step_result(const struct reading *r, const struct step *s) {
  return program_result(r->in->program, s, 0);
}

value_id step_operand(const struct reading *r, const struct step *s, size_t i) {
  return program_operand(r->in->program, s, i);
}

const struct shape_of *step_shape(const struct reading *r,
                                  const struct step *s) {
  return reading_shape(r, step_result(r, s));
}

struct dims dims_of_bits(struct dims dims, size_id width) {
  assert(dims.rank < SHAPE_MAX);
  dims.at[dims.rank++] = width;
  return dims;
}

unsigned step_levels(const struct reading *r, const struct step *s) {
  const unsigned char *levels = r->in->levels;
  return levels ? levels[s - r->in->program->steps.at] : 1;
}

size_t step_width(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  return shape->at[shape->rank - 1];
}

void step_put_bits(const struct reading *r, const struct step *s, size_t j,
                   const fmpz_t v) {
  size_t width = step_width(r, s);
  fmpz *y = r->tensor[step_result(r, s)].whole + j * width;
  for (size_t k = 0; k < width; k++)
    fmpz_set_si(y + k, fmpz_tstbit(v, k));
}

struct number *step_bits(const struct reading *r, const struct step *s,
                         size_t j) {
  return r->tensor[step_result(r, s)].number + j * step_width(r, s);
}

void run_bits(struct reading *r, const struct step *s) {
  value_id x = step_operand(r, s, 0);
  for (size_t j = 0; j < reading_shape(r, x)->n; j++)
    step_put_bits(r, s, j, r->tensor[x].whole + j);
}

size_t broadcast_index(const struct shape_of *big, const struct shape_of *small,
                       size_t j) {
  size_t index = 0, stride = 1;
  if (small->n == big->n)
    return j;
  for (unsigned i = 0; stride < small->n; i++) { // axes before are of length 1
    size_t length = small->at[small->rank - 1 - i];
    size_t of_big = big->at[big->rank - 1 - i], rest = j / of_big;
    if (length > 1)
      index += stride * (j - rest * of_big);
    j = rest;
    stride *= length;
  }
  return index;
}

struct dims broadcast_dims(const struct program *p, const value_id *v,
                           size_t n) {
  struct dims r = {0};
  for (size_t i = 0; i < n; i++) {
    struct dims d = program_dims(p, v[i]);
    for (; r.rank < d.rank; r.rank++) { // a new axis in front
      for (unsigned k = r.rank; k > 0; k--)
        r.at[k] = r.at[k - 1];
      r.at[0] = d.at[d.rank - 1 - r.rank];
    }
    for (unsigned k = 0; k < d.rank; k++) {
      size_id *length = &r.at[r.rank - 1 - k];
      size_id other = d.at[d.rank - 1 - k];
      const struct size_node *one = &p->sizes.nodes.at[*length];
      if (one->kind == SIZE_CONSTANT && one->value == 1)
        *length = other;
      one = &p->sizes.nodes.at[other];
      assert(*length == other ||
             (one->kind == SIZE_CONSTANT && one->value == 1));
    }
  }
  return r;
}
