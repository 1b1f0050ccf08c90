#include "compile/program/fold.h"
#include "circuit/error.h"

#include <assert.h>
#include <string.h>

const struct fold_axis *fold_axis(const struct instance *in, size_id length) {
  const struct fold *f = in->fold;
  for (size_t i = 0; f && i < f->n; i++)
    if (in->program->exchanges.at[i].length == length)
      return &f->axis[i];
  return NULL;
}

static const struct exchange *exchange_of(const struct instance *in,
                                          const struct fold_axis *a) {
  return &in->program->exchanges.at[a - in->fold->axis];
}

size_t fold_length(const struct instance *in, size_id axis, size_t length) {
  const struct fold_axis *a = fold_axis(in, axis);
  return !a ? length : a->classes < length ? a->classes : length;
}

bool fold_is_folded(const struct instance *in, value_id v) {
  const struct dims *d = &in->program->values.at[v].dims;
  for (unsigned i = 0; i < d->rank; i++)
    if (fold_axis(in, d->at[i]))
      return true;
  return false;
}

/* ---- Classes ---- */

static void find_periods(struct fold_axis *a, size_t length, size_t period) {
  a->classes = period < length ? period : length;
  a->copies = xcalloc(a->classes, sizeof *a->copies);
  for (size_t i = 0; i < a->classes; i++)
    a->copies[i] = (length - i - 1) / period + 1;
}

static void find_positions(struct fold_axis *a, size_t length,
                           const size_t *split, size_t splits) {
  a->copies = xcalloc(splits + 1, sizeof *a->copies);
  a->classes = 0;
  for (size_t i = 0, from = 0; i <= splits && from < length; i++) {
    size_t to = i < splits && split[i] < length ? split[i] : length;
    a->copies[a->classes++] = to - from;
    from = to;
  }
}

static bool find_axis(struct instance *in, size_t i, const size_t *split,
                      size_t splits, struct error *err) {
  const struct program *p = in->program;
  const struct exchange *e = &p->exchanges.at[i];
  struct fold_axis *a = &in->fold->axis[i];
  long length;
  if (!instance_find_size(in, e->length, 0, &length, err))
    return false;
  a->axes = UINT32_C(1) << i;
  for (size_t k = 0; k < p->exchanges.n; k++)
    a->is_rows |=
        p->exchanges.at[k].is_causal && p->exchanges.at[k].part[0] == e->length;
  if (a->is_rows)
    find_positions(a, (size_t)length, split, splits);
  else if (e->kind == EXCHANGE_PERIOD)
    find_periods(a, (size_t)length, e->period);
  return true;
}

/* Products and keys, of axes before them. */
static void derive_axis(struct instance *in, size_t i) {
  const struct exchange *e = &in->program->exchanges.at[i];
  struct fold_axis *a = &in->fold->axis[i];
  if (e->kind == EXCHANGE_PERIOD)
    return;
  a->classes = 1;
  a->axes = 0;
  for (unsigned k = 0; k < e->parts; k++) {
    const struct fold_axis *part = fold_axis(in, e->part[k]);
    if (!part)
      BUG("a part of an axis that may not be exchanged");
    a->classes *= part->classes;
    a->axes |= part->axes;
  }
}

bool fold_init(struct instance *in, const size_t *split, size_t splits,
               struct error *err) {
  size_t n = in->program->exchanges.n;
  in->fold = xcalloc(1, sizeof *in->fold);
  in->fold->axis = xcalloc(n, sizeof *in->fold->axis);
  in->fold->n = n;
  for (size_t i = 0; i < n; i++)
    if (!find_axis(in, i, split, splits, err))
      return false;
  for (size_t i = 0; i < n; i++)
    derive_axis(in, i);
  return true;
}

void fold_free(struct fold *f) {
  for (size_t i = 0; f && i < f->n; i++)
    free(f->axis[i].copies);
  if (f)
    free(f->axis);
  free(f);
}

/* ---- Copies ---- */

/* Of class i: copies *= how many. */
static void multiply_class(const struct instance *in, const struct fold_axis *a,
                           size_t i, mpz_t copies) {
  const struct exchange *e = exchange_of(in, a);
  if (a->copies) {
    mpz_mul_ui(copies, copies, a->copies[i]);
    return;
  }
  for (unsigned k = e->parts; k-- > 0;) { // the innermost is the lowest digit
    const struct fold_axis *part = fold_axis(in, e->part[k]);
    multiply_class(in, part, i % part->classes, copies);
    i /= part->classes;
  }
}

/* Class i of the rows that the keys of axis k of v go with, if v has them. */
static const struct fold_axis *find_rows(const struct instance *in, value_id v,
                                         unsigned k, const size_t *index,
                                         size_t *row) {
  const struct dims *d = &in->program->values.at[v].dims;
  const struct fold_axis *keys = fold_axis(in, d->at[k]);
  const struct exchange *e = exchange_of(in, keys);
  bool tells_rows = e->is_causal || e->is_other;
  for (unsigned i = 0; tells_rows && i < d->rank; i++)
    if (d->at[i] == e->part[0]) {
      *row = index[i];
      return fold_axis(in, d->at[i]);
    }
  return NULL;
}

/* Keys of a row in its own class: twice their mean. */
static size_t own_keys(const struct exchange *e, size_t n) {
  size_t twice = e->is_causal ? n + 1 : 2 * n;
  return e->is_other ? twice - 2 : twice;
}

/* Class `key` of keys with class `row` of rows, where the copies of the row
   were multiplied already. */
static void multiply_pairs(const struct exchange *e,
                           const struct fold_axis *rows, size_t row, size_t key,
                           mpz_t copies) {
  if (key == row) {
    mpz_mul_ui(copies, copies, own_keys(e, rows->copies[key]));
    mpz_divexact_ui(copies, copies, 2);
  } else {
    bool is_read = key < row || !e->is_causal;
    mpz_mul_ui(copies, copies, is_read ? rows->copies[key] : 0);
  }
}

static void find_index(size_t *index, const struct shape_of *s, size_t j) {
  for (unsigned i = s->rank; i-- > 0; j /= s->at[i])
    index[i] = j % s->at[i];
}

void fold_element(const struct instance *in, value_id v, size_t j, mpz_t copies,
                  uint32_t *axes) {
  const struct dims *d = &in->program->values.at[v].dims;
  const struct shape_of *s = &in->shape[v];
  size_t index[SHAPE_MAX], row;
  mpz_set_ui(copies, 1);
  *axes = 0;
  find_index(index, s, j);
  for (int keys = 0; keys < 2; keys++) // pairs once their rows are there
    for (unsigned i = 0; i < d->rank; i++) {
      const struct fold_axis *a = fold_axis(in, d->at[i]);
      if (!a)
        continue;
      const struct fold_axis *rows = find_rows(in, v, i, index, &row);
      *axes |= a->axes;
      if (keys && rows)
        multiply_pairs(exchange_of(in, a), rows, row, index[i], copies);
      else if (!keys && !rows)
        multiply_class(in, a, index[i], copies);
    }
}

/* Of class i of an axis, or of its parts. */
static void set_copies(const struct instance *in, const struct fold_axis *a,
                       size_t i, struct copies *copies) {
  const struct exchange *e = exchange_of(in, a);
  if (a->copies) {
    int bit = __builtin_ctz(a->axes);
    copies->axes |= a->axes;
    copies->of[bit].most = a->copies[i];
    copies->of[bit].six = 6 * a->copies[i];
    return;
  }
  for (unsigned k = e->parts; k-- > 0;) {
    const struct fold_axis *part = fold_axis(in, e->part[k]);
    set_copies(in, part, i % part->classes, copies);
    i /= part->classes;
  }
}

size_t fold_class(const struct instance *in, size_id length, size_t i) {
  const struct fold_axis *a = fold_axis(in, length);
  return a && a->copies ? a->copies[i] : 1;
}

void fold_copies(const struct instance *in, value_id v, unsigned axis, size_t i,
                 size_t row, struct copies *copies) {
  const struct fold_axis *a =
      fold_axis(in, in->program->values.at[v].dims.at[axis]);
  copies->axes = 0;
  if (!a)
    return;
  set_copies(in, a, i, copies);
  const struct exchange *e = exchange_of(in, a);
  if ((e->is_causal || e->is_other) && i == row) {
    int bit = __builtin_ctz(a->axes);
    size_t n = copies->of[bit].most;
    copies->of[bit].six = 3 * own_keys(e, n);
    if (e->is_causal && in->fold->takes_least)
      n = 1;
    copies->of[bit].most = n - e->is_other;
  }
}

/* Key `key` stands for c keys: each has c - 1 others among them, but in row r
   of the class, 1..c, only r - 1. There are as many such keys in that row, so
   the mean over all is sum of r(r - 1) over sum of r, 2(c - 1)/3. */
bool fold_other_keys(const struct instance *in, value_id v, unsigned axis,
                     size_t i, size_t key, size_t row, struct copies *copies) {
  const struct fold_axis *a =
      fold_axis(in, in->program->values.at[v].dims.at[axis]);
  copies->axes = 0;
  if (!a)
    return i != key;
  fold_copies(in, v, axis, i, i == key ? SIZE_MAX : row, copies);
  if (i != key)
    return true;
  int bit = __builtin_ctz(a->axes);
  size_t others = copies->of[bit].most - 1;
  bool is_triangle = exchange_of(in, a)->is_causal && i == row;
  copies->of[bit].most = is_triangle && in->fold->takes_least ? 0 : others;
  copies->of[bit].six = (is_triangle ? 4 : 6) * others;
  return others;
}

size_t fold_row(const struct instance *in, value_id v, unsigned axis,
                size_t j) {
  size_t index[SHAPE_MAX], row = 0;
  if (fold_axis(in, in->program->values.at[v].dims.at[axis])) {
    find_index(index, &in->shape[v], j);
    find_rows(in, v, axis, index, &row);
  }
  return row;
}
