/* lstm: a state of two integers, or with cell=gru of one, and gates that open.

   Sums W x + U h + b are rounded and clipped to p = bits bits that stand for
   y / 2^(p-3); sigmoid and tanh of them are tables, in units of 2^(p-1) - 1.
   lstm (Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000):
     i, f, o = sigmoid, g = tanh of the four sums       1 level
     c = (4 f c + i g) / 2^(p+1), rounded and clipped    2 levels: products
   first h = o tanh(c), exactly                              1 level, tanh is
   free U h is divided by 2^(p-1) with the shift of W x raised by it, so nothing
   is rounded between h and the next sums: 4 levels a step, and one to round the
   last h. gru (Cho et al. 2014):
     z, r = sigmoid of two sums                          1
     s = tanh of W x + U (r h)                           2
     h = (2^(p-1) h + (s - h) z) / 2^(p-1), rounded, clipped   2
   5 levels a step, 3 for the first, which reads h = 0. */
#include "compile/models/models.h"
#include "compile/models/recurrent.h"

enum {
  CELL = RECURRENT_PARAMETERS_END
};

/* A table of W x 2^lift + U h + b, whose second part is of scale 2^lift. */
static value_id add_gate(struct recurrent *m, const char *name, value_id x,
                         value_id h, unsigned long lift, enum activation f) {
  value_id sum = program_combine(
      m->p, "sum", (value_id[]){recurrent_input(m, x), recurrent_state(m, h)},
      (long[]){1L << lift, 1}, 2, 0);
  return model_quantise(m->p, name, sum, recurrent_shift(m) + lift, f, m->bits);
}

static value_id multiply(struct recurrent *m, const char *name, value_id a,
                         value_id b) {
  return program_multiply(m->p, name, a, b);
}

/* tanh(c), which reads one ladder: free. */
static value_id tanh_of(struct recurrent *m, value_id c) {
  return model_quantise(m->p, "tanh c", c, 0, ACTIVATION_TANH, m->bits);
}

static void build_lstm(struct recurrent *m) {
  struct program *p = m->p;
  struct composition loop;
  unsigned long lift = m->bits - 1;
  value_id made[2], start[] = {m->zero, m->zero, m->x};
  program_begin_loop(p, &loop, "step", start, 2, 1, m->n);
  value_id h = loop.argument[0], c = loop.argument[1], x = loop.argument[2];
  value_id i = add_gate(m, "i", x, h, lift, ACTIVATION_SIGMOID);
  value_id f = add_gate(m, "f", x, h, lift, ACTIVATION_SIGMOID);
  value_id o = add_gate(m, "o", x, h, lift, ACTIVATION_SIGMOID);
  value_id g = add_gate(m, "g", x, h, lift, ACTIVATION_TANH);
  value_id sum = program_combine(
      p, "sum",
      (value_id[]){multiply(m, "f c", f, c), multiply(m, "i g", i, g)},
      (long[]){4, 1}, 2, 0);
  c = model_quantise(p, "c", sum, m->bits + 1, ACTIVATION_NONE, m->bits);
  h = multiply(m, "h", o, tanh_of(m, c));
  program_end(p, &loop, (value_id[]){h, c}, 2, made);
  program_output(
      p, "h",
      model_quantise(p, "last h", made[0], lift, ACTIVATION_NONE, m->bits));
}

static void build_gru(struct recurrent *m) {
  struct program *p = m->p;
  struct composition loop;
  unsigned long lift = m->bits - 1;
  value_id h1;
  program_begin_loop(p, &loop, "step", (value_id[]){m->zero, m->x}, 1, 1, m->n);
  value_id h = loop.argument[0], x = loop.argument[1];
  value_id z = add_gate(m, "z", x, h, 0, ACTIVATION_SIGMOID);
  value_id r = add_gate(m, "r", x, h, 0, ACTIVATION_SIGMOID);
  value_id s =
      add_gate(m, "s", x, multiply(m, "r h", r, h), lift, ACTIVATION_TANH);
  value_id sum = program_combine(
      p, "sum",
      (value_id[]){h, multiply(m, "z s", z, s), multiply(m, "z h", z, h)},
      (long[]){1L << lift, 1, -1}, 3, 0);
  h = model_quantise(p, "h", sum, lift, ACTIVATION_NONE, m->bits);
  program_end(p, &loop, &h, 1, &h1);
  program_output(p, "h", h1);
}

static void build(struct program *p, const fmpz *value) {
  struct recurrent m;
  recurrent_init(&m, p, &model_lstm, value);
  if (value[CELL])
    build_gru(&m);
  else
    build_lstm(&m);
  recurrent_clear(&m);
}

static const char *const cells[] = {"lstm", "gru"};

const struct family model_lstm = {
    .name = "lstm",
    .about = "a recurrent network with gates: the state after n steps",
    .formula = "depth 4n + 2, cell=gru 5n - 1",
    .parameters = {RECURRENT_PARAMETERS,
                   {.name = "cell",
                    .about = "which one",
                    .standard = 0,
                    .most = 1,
                    .choices = cells}},
    .build = build,
};
