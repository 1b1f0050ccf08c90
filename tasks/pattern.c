/* Template matching (a classical task of perception): where is a template of
   tw x th pixels in an image of w x h, with at most `errors` pixels that
   differ? Each place is a sum of pixels and one gate, however large the image
   is: nothing waits for anything. Places are numbered row by row. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

enum {
  W,
  H,
  TW,
  TH,
  ERRORS,
  TEMPLATE,
  GIVEN,
  FIND,
  MOST_SIDE = 64
};

enum {
  CONSTANT, // in GIVEN
  INPUT
};

enum {
  ALL, // in FIND
  BEST
};

struct matcher {
  const fmpz *value;
  value_id image;    // (h, w)
  value_id template; // (th, tw), if it is an input
  size_id rows, columns;
};

static bool template_pixel(const fmpz *value, long row, long column) {
  return fmpz_tstbit(&value[TEMPLATE], (ulong)(row * value[TW] + column));
}

/* The pixels that this one of the template lies on, of all places. */
static value_id add_pixels(struct program *p, const struct matcher *m, long row,
                           long column) {
  struct sizes *t = &p->sizes;
  value_id rows =
      program_slice(p, "rows", m->image, 0, size_si(t, row), m->rows);
  return program_slice(p, "pixels", rows, 1, size_si(t, column), m->columns);
}

static value_id add_template_pixel(struct program *p, const struct matcher *m,
                                   long row, long column) {
  size_id one = size_si(&p->sizes, 1);
  value_id rows = program_slice(p, "template row", m->template, 0,
                                size_si(&p->sizes, row), one);
  return program_slice(p, "template pixel", rows, 1, size_si(&p->sizes, column),
                       one);
}

/* How many pixels are as the template has them, at each place, less `more`: an
   equal pixel is x where it is known to be 1 and 1 - x where it is 0, and of
   two inputs 1 - x - t + 2xt. */
static value_id count_equal(struct program *p, const struct matcher *m,
                            long more) {
  size_t n = (size_t)(m->value[TW] * m->value[TH]), terms = 0;
  value_id *x = xmalloc(3 * n * sizeof *x);
  long *weight = xmalloc(3 * n * sizeof *weight), constant = -more;
  for (long row = 0; row < m->value[TH]; row++)
    for (long column = 0; column < m->value[TW]; column++) {
      value_id pixel = add_pixels(p, m, row, column);
      bool is_one =
          m->value[GIVEN] == CONSTANT && template_pixel(m->value, row, column);
      x[terms] = pixel;
      weight[terms++] = is_one ? 1 : -1;
      constant += !is_one;
      if (m->value[GIVEN] == CONSTANT)
        continue;
      x[terms] = add_template_pixel(p, m, row, column);
      x[terms + 1] = program_multiply(p, "both", pixel, x[terms]);
      weight[terms] = -1;
      weight[terms + 1] = 2;
      terms += 2;
    }
  value_id equal = program_combine(p, "equal", x, weight, terms, constant);
  free(x);
  free(weight);
  return equal;
}

static void build(struct program *p, const fmpz *value) {
  struct sizes *t = &p->sizes;
  size_id w = family_size(p, &task_pattern, W);
  size_id h = family_size(p, &task_pattern, H);
  struct matcher m = {.value = value,
                      .rows = size_sub(t, h, size_si(t, value[TH] - 1)),
                      .columns = size_sub(t, w, size_si(t, value[TW] - 1))};
  m.image = program_input_bits(p, "image", vector(h), w);
  if (value[GIVEN] == INPUT)
    m.template = program_input_bits(
        p, "template", vector(size_si(t, value[TH])), size_si(t, value[TW]));
  if (value[FIND] == ALL) {
    long needed = value[TW] * value[TH] - value[ERRORS];
    program_output_bits(p, "match",
                        program_at_least(p, "match", count_equal(p, &m, needed),
                                         size_si(t, 0)));
    return;
  }
  value_id all = program_reshape(p, "places", count_equal(p, &m, 0),
                                 vector(size_mul(t, m.rows, m.columns)));
  program_output_bits(p, "place", program_argmax_bits(p, "best", all));
}

static bool check(const fmpz *value, struct error *err) {
  static const char *const name[] = {"w", "h", "tw", "th"};
  for (int i = 0; i < 2; i++)
    if (value[TW + i] > value[W + i])
      return error_set(err, 0, "%s=%ld: a template is not larger than %s=%ld",
                       name[TW + i], value[TW + i], name[i], value[i]);
  long area = value[TW] * value[TH];
  if (value[ERRORS] > area)
    return error_set(err, 0, "errors=%ld: a template has %ld pixels",
                     value[ERRORS], area);
  if ((long)fmpz_bits(&value[TEMPLATE]) > area)
    return error_set(err, 0, "template has bits above tw * th = %ld", area);
  double places =
      (double)(value[W] - value[TW] + 1) * (double)(value[H] - value[TH] + 1);
  double wires = places * (double)area * (value[GIVEN] == INPUT ? 3 : 1);
  return task_check_wires(value[FIND] == BEST ? wires * places : wires, err);
}

/* With rows as integers: shifted, compared by exclusive or, counted. */
static long count_errors(const fmpz *value, const fmpz *image,
                         const fmpz *template, long row, long column) {
  long errors = 0;
  fmpz_t part;
  fmpz_init(part);
  for (long i = 0; i < value[TH]; i++) {
    fmpz_fdiv_q_2exp(part, image + row + i, (ulong)column);
    fmpz_fdiv_r_2exp(part, part, (ulong)value[TW]);
    fmpz_xor(part, part, template + i);
    errors += (long)fmpz_popcnt(part);
  }
  fmpz_clear(part);
  return errors;
}

static void read_template(const fmpz *value, fmpz *row) {
  for (long i = 0; i < value[TH]; i++) {
    fmpz_fdiv_q_2exp(row + i, &value[TEMPLATE], (ulong)(i * value[TW]));
    fmpz_fdiv_r_2exp(row + i, row + i, (ulong)value[TW]);
  }
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz kept[MOST_SIDE] = {0};
  const fmpz *template = value[GIVEN] == INPUT ? in + value[H] : kept;
  long columns = value[W] - value[TW] + 1, least = value[TW] * value[TH] + 1;
  read_template(value, kept);
  for (long row = 0; row + value[TH] <= value[H]; row++) {
    if (value[FIND] == ALL)
      fmpz_zero(out + row);
    for (long column = 0; column < columns; column++) {
      long errors = count_errors(value, in, template, row, column);
      if (value[FIND] == ALL && errors <= value[ERRORS])
        fmpz_setbit(out + row, (ulong)column);
      if (value[FIND] == BEST && errors < least) {
        least = errors;
        fmpz_set_si(out, row * columns + column);
      }
    }
  }
  for (int i = 0; i < MOST_SIDE; i++)
    fmpz_clear(&kept[i]);
}

/* Noise, and the template in it once or twice, with an error here and there. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  fmpz kept[MOST_SIDE] = {0};
  long rows = value[H] + (value[GIVEN] == INPUT ? value[TH] : 0);
  for (long i = 0; i < rows; i++) {
    fmpz_zero(in + i);
    for (long j = 0; j < (i < value[H] ? value[W] : value[TW]); j++)
      if (random_below(random, 3) == 0)
        fmpz_setbit(in + i, (ulong)j);
  }
  read_template(value, kept);
  const fmpz *template = value[GIVEN] == INPUT ? in + value[H] : kept;
  for (int copy = 0; copy < 2; copy++) {
    long row = (long)random_below(random, (uint64_t)(value[H] - value[TH] + 1));
    long at = (long)random_below(random, (uint64_t)(value[W] - value[TW] + 1));
    for (long i = 0; i < value[TH]; i++)
      for (long j = 0; j < value[TW]; j++) {
        bool is_error = random_below(random, 12) == 0;
        if (fmpz_tstbit(template + i, (ulong)j) != is_error)
          fmpz_setbit(in + row + i, (ulong)(at + j));
        else
          fmpz_clrbit(in + row + i, (ulong)(at + j));
      }
  }
  for (int i = 0; i < MOST_SIDE; i++)
    fmpz_clear(&kept[i]);
}

static const char *const given[] = {"constant", "input", NULL};
static const char *const find[] = {"all", "best", NULL};

const struct family task_pattern = {
    .name = "pattern",
    .about = "where is a template in an image, with some errors, or best?",
    .formula = "P = (w - tw + 1)(h - th + 1): all: depth 1, P gates; with the "
               "template as an input depth 2, P (tw * th + 1); best: inner "
               "depth 2, P(P-1)/2 + P - 1, or 3, and P * tw * th more",
    .parameters =
        {{"w", "columns of the image", 8, 1, 10000, .is_size = true},
         {"h", "its rows", 8, 1, 10000, .is_size = true},
         {"tw", "columns of the template", 3, 1, MOST_SIDE, .is_size = false},
         {"th", "its rows", 3, 1, MOST_SIDE, .is_size = false},
         {"errors", "pixels that may differ, where all are found", 1, 0,
          MOST_SIDE *MOST_SIDE, .is_size = false},
         {.name = "template",
          .about = "bit i * tw + j is row i, column j; 186 is a cross",
          .standard = 186,
          .least = 0,
          .most = MOST_SIDE * MOST_SIDE,
          .is_long = true},
         {.name = "given",
          .about = "the template: a constant of the circuit, or an input",
          .standard = CONSTANT,
          .most = INPUT,
          .choices = given},
         {.name = "find",
          .about = "all places, as rows of bits, or the first of the best",
          .standard = ALL,
          .most = BEST,
          .choices = find}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "TC0-complete",
         .says = "a template of zeros as large as the image asks whether few "
                 "of n bits are 1, which is majority",
         .status = "proved",
         .source = "Chandra, Stockmeyer and Vishkin 1984"},
    .draw = draw,
};
