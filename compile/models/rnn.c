/* rnn: h = f(W x_t + U h + b) for each row x_t, from h = 0 (Elman 1990): sums
   are rounded, clipped and activated in one table, so n steps have depth n, and
   an integer of the state takes at most 2^bits - 1 gates a step. */
#include "compile/models/models.h"
#include "compile/models/recurrent.h"

enum {
  ACTIVATION = RECURRENT_PARAMETERS_END
};

static void build(struct program *p, const fmpz *value) {
  struct recurrent m;
  struct composition loop;
  value_id h;
  recurrent_init(&m, p, &model_rnn, value);
  program_begin_loop(p, &loop, "step", (value_id[]){m.zero, m.x}, 1, 1, m.n);
  value_id x = recurrent_input(&m, loop.argument[1]);
  value_id sum =
      program_add(p, "sum", x, recurrent_state(&m, loop.argument[0]));
  static const enum activation f[] = {ACTIVATION_TANH, ACTIVATION_RELU};
  value_id y = model_quantise(p, "h", sum, recurrent_shift(&m),
                              f[value[ACTIVATION]], m.bits);
  program_end(p, &loop, &y, 1, &h);
  program_output(p, "h", h);
  recurrent_clear(&m);
}

static const char *const activations[] = {"tanh", "relu"};

const struct family model_rnn = {
    .name = "rnn",
    .about = "a recurrent network: the state after n steps",
    .formula = "depth n + 1, at most 2^bits - 1 gates an integer and step",
    .parameters = {RECURRENT_PARAMETERS,
                   {.name = "activation",
                    .about = "of the state",
                    .standard = 0,
                    .most = 1,
                    .choices = activations}},
    .build = build,
};
