/* Perception: which digit is in an image of 8 x 8 pixels? A score for each
   digit is a sum of pixels with small weights, and the greatest says which.
   Each sum reads all pixels at once, so two levels of gates do: they compare
   scores, and find the one that no other exceeds.

   The weights are integers from -7 to 7, trained by gradient descent on the
   logistic loss of rounded weights (straight through: Bengio, Leonard and
   Courville 2013) on 1,437 images of the UCI data set "Optical Recognition of
   Handwritten Digits" (E. Alpaydin and C. Kaynak 1998, doi:10.24432/C50P49,
   CC BY 4.0). They are right on 1,428 of these (99.4%), and on 346 of the 360
   others (96.1%), which are in examples/digits-int8/test.csv. Pixels are 0 to
   16 there; brighter ones, up to 31, mean what they say. tools/train-digits.py
   makes the weights anew. */
#include "circuit/random.h"
#include "tasks/task.h"

enum {
  DIGITS = 10,
  SIDE = 8,
  PIXELS = SIDE * SIDE,
  INK = 16
};

/* clang-format off */
static const signed char weights[DIGITS][PIXELS] = {
    { // 0
       0,  0, -1,  3,  0, -6, -5, -1,  0, -1, -1,  3,  2,  2, -1, -1,
       0,  2,  3,  0, -7,  6,  4,  0,  0,  4,  3, -5, -7,  0,  4,  0,
       0,  5,  3, -6, -7,  0,  1,  0,  0, -1,  7, -5, -4,  2,  1,  0,
       0, -5,  2,  0,  3,  1, -2, -1,  0,  0, -2,  4, -2, -3, -1, -1,
    },
    { // 1
       0, -1, -2, -2, -7,  4,  0, -1,  0, -7, -7, -3,  3,  0, -7, -1,
       0,  4,  0,  7,  7, -2,  1,  0,  0, -2,  2,  2,  4,  3, -2,  0,
       0,  0,  3,  0,  2,  2, -3,  0,  0, -7, -3,  4,  2, -5, -7, -1,
       0, -2, -1,  3,  4,  0, -1,  7,  0, -1, -3, -1,  0,  2,  5,  7,
    },
    { // 2
       0,  0,  1,  2,  2, -2, -4,  0, -1,  7,  3,  0,  6, -1, -2,  0,
       0, -2, -3, -7,  2, -1,  4,  0,  0, -7, -7, -7, -3,  1, -1,  0,
       0, -5, -7, -5,  2, -7, -7,  0,  0,  3,  1,  7, -7, -7, -6,  0,
       0,  2,  2,  7,  7,  6,  4,  1,  0,  1,  2,  2,  1,  6,  6,  5,
    },
    { // 3
       0,  5, -1,  2,  7,  2,  0,  0,  0,  4,  2, -1,  2,  3,  7,  0,
       0, -1, -7, -7,  2, -4, -3,  0,  0, -2, -7, -2,  5, -7, -7,  0,
       0, -5, -5,  0,  4, -1,  0,  0,  0,  0, -6, -7,  1,  5,  6,  0,
       0, -1,  0, -3,  2,  4,  7, -4,  0,  1,  4,  2,  1,  1,  0, -4,
    },
    { // 4
       0, -1, -3, -5, -3, -7, -7,  4,  0,  0, -2, -2, -6, -5, -5,  1,
       0, -3,  3,  4,  1,  2,  6,  1,  0,  4,  6,  0,  1,  2,  7,  0,
       0,  5,  4, -3,  5,  4,  7,  0,  0,  7,  1,  7,  7,  3,  3,  0,
       0,  7, -6,  1,  2, -5, -6,  0,  0, -2, -2, -5, -3, -4, -3,  0,
    },
    { // 5
       0,  4,  7, -1,  0,  7,  7, -2,  0, -2,  4,  3, -2, -4, -1, -1,
       0,  1,  5, -1, -7, -7, -7,  0,  0,  4,  6,  0,  3, -3, -7,  0,
       0, -1,  2, -4, -3,  1,  5,  0,  0, -7, -5, -4, -3,  3,  1,  0,
       0, -3, -2, -1,  0,  1, -4, -1,  0,  2,  7,  4,  0, -1, -3, -4,
    },
    { // 6
       0,  0, -5, -2, -2, -5, -2,  0,  0, -6, -2,  1, -7, -4,  1,  0,
       0, -4,  4,  1, -7, -7, -3,  0,  0,  4,  2,  2, -2, -3, -7,  0,
       0,  5,  4,  3, -1,  0,  2,  0,  0, -3,  7,  1,  3,  3,  3,  1,
       0, -5,  4,  3, -2,  4,  3, -6,  0,  0, -6, -1,  1,  5, -1, -5,
    },
    { // 7
       0,  2,  2,  2,  3,  2,  5,  2,  0,  5,  3,  2,  7,  0,  1,  3,
       0, -6, -5, -6,  1,  2,  4,  0,  0, -6,  0, -6,  0,  5,  3,  0,
       0,  4,  0,  0,  3,  7,  7,  0,  0, -2, -1,  4,  2, -2, -1,  0,
       0, -3, -1,  2, -6, -7, -5,  0,  0,  1,  2, -4, -6, -7, -3,  0,
    },
    { // 8
       0, -4,  0, -3,  0, -2, -7,  0,  1,  0,  3, -1, -4,  5,  2,  0,
       0,  3,  3, -1,  0,  4,  4,  0,  0, -1, -1,  7, -2, -1, -4,  0,
       0, -4, -3,  6,  2, -5, -7,  0,  0,  3,  5,  4,  1,  3, -1,  0,
       0, -1,  4, -7, -5,  2,  0, -1,  0,  1, -6,  1,  4,  0, -4, -3,
    },
    { // 9
       0, -4, -3,  4,  3, -4,  2, -3,  0,  4,  3,  0, -1,  2,  4, -1,
       0,  2,  4,  0,  2,  7,  2, -1,  0,  1,  3,  6,  5,  7,  2,  0,
       0, -7, -2,  3, -6, -1, -1,  0,  0, -4, -7, -7, -7, -3, -2,  0,
       0,  4, -3, -7, -3, -4,  0,  4,  0, -2,  0,  2,  2, -2, -2,  0,
    },
};
/* clang-format on */
static const signed char bias[DIGITS] = {-2, -12, -2, 5, 18, 2, -3, 2, 5, -5};

static void build(struct program *p, const fmpz *value) {
  struct sizes *t = &p->sizes;
  fmpz weight[DIGITS * PIXELS], constant[DIGITS];
  (void)value;
  for (int i = 0; i < DIGITS; i++) {
    constant[i] = bias[i];
    for (int j = 0; j < PIXELS; j++)
      weight[i * PIXELS + j] = weights[i][j];
  }
  value_id x =
      program_input(p, "x", vector(size_si(t, PIXELS)), size_si(t, 5), false);
  value_id scores =
      program_linear(p, "scores", x, DIGITS, PIXELS, weight, constant);
  program_output_bits(p, "label", program_argmax_bits(p, "greatest", scores));
}

/* One digit after the other, from the last. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long best = 0, label = DIGITS;
  (void)value;
  for (int i = DIGITS; i-- > 0;) {
    long score = bias[i];
    for (int j = 0; j < PIXELS; j++)
      score += weights[i][j] * (long)in[j];
    if (label == DIGITS || score >= best) {
      best = score;
      label = i;
    }
  }
  fmpz_set_si(out, label);
}

static void put_ink(fmpz *in, long row, long column, long amount) {
  fmpz *pixel = in + row * SIDE + column % SIDE;
  *pixel = *pixel + amount > INK ? INK : *pixel + amount;
}

/* A stroke of a pen that turns now and then. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  static const int step[8][2] = {{0, 1},  {1, 1},   {1, 0},  {1, -1},
                                 {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}};
  long row = (long)random_below(random, SIDE), column = 2;
  uint64_t way = random_below(random, 8);
  (void)value;
  for (int i = 0; i < PIXELS; i++)
    fmpz_zero(in + i);
  for (uint64_t i = 8 + random_below(random, 16); i-- > 0;) {
    put_ink(in, row, column, 8 + (long)random_below(random, 9));
    put_ink(in, row, column + 1, (long)random_below(random, 9));
    way = (way + 7 + random_below(random, 3)) % 8;
    row = (row + step[way][0] + SIDE) % SIDE;
    column = (column + step[way][1] + SIDE) % SIDE;
  }
}

const struct family task_digits = {
    .name = "digits",
    .about = "which digit is in an image of 8 x 8 pixels? trained, 96.1% right",
    .formula = "inner depth 2: 45 gates compare scores, 9 find the greatest; "
               "4 more in depth 3 are the digit's bits",
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "sums of pixels and a greatest among them: depth is "
                           "constant however many pixels and kinds there are",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
    .draw = draw,
};
