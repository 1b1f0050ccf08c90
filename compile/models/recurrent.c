#include "compile/models/recurrent.h"

const char *const recurrent_weights[] = {"random", "generic"};

static size_id size_of(struct recurrent *m, const struct family *f,
                       const fmpz *value, size_t i) {
  return m->weights.kind == WEIGHTS_GENERIC
             ? family_size(m->p, f, i)
             : size_si(&m->p->sizes, (long)value[i]);
}

/* No weight but 0 on the first row: a state of any length. */
static value_id make_zero(struct recurrent *m) {
  static const fmpz nothing = 0;
  struct sizes *t = &m->p->sizes;
  size_id one = size_si(t, 1), first = size_si(t, 0);
  value_id row = program_slice(m->p, "first", m->x, 0, first, one);
  value_id zero = program_linear_matrix(m->p, "zero", row, m->ff,
                                        &(struct matrix){1, 1, &nothing}, NULL);
  return program_reshape(m->p, "zero", zero, vector(m->ff));
}

void recurrent_init(struct recurrent *m, struct program *p,
                    const struct family *f, const fmpz *value) {
  *m = (struct recurrent){.p = p,
                          .bits = (unsigned)value[RECURRENT_BITS],
                          .inputs = (long)value[RECURRENT_INPUTS],
                          .state = (long)value[RECURRENT_STATE]};
  weights_init(&m->weights, p->seed,
               (enum weights_kind)value[RECURRENT_WEIGHTS], m->bits);
  m->n = family_size(p, f, RECURRENT_STEPS);
  m->d = size_of(m, f, value, RECURRENT_INPUTS);
  m->ff = size_of(m, f, value, RECURRENT_STATE);
  if (m->weights.kind == WEIGHTS_GENERIC) {
    program_exchange(p, m->d, WEIGHTS_PERIOD);
    program_exchange(p, m->ff, WEIGHTS_PERIOD);
  }
  m->x = program_input(p, "x", matrix(m->n, m->d), size_si(&p->sizes, m->bits),
                       true);
  m->zero = make_zero(m);
}

void recurrent_clear(struct recurrent *m) {
  weights_clear(&m->weights);
}

unsigned long recurrent_shift(const struct recurrent *m) {
  return model_shift((size_t)(m->inputs + m->state), m->bits);
}

value_id recurrent_input(struct recurrent *m, value_id x) {
  struct matrix w =
      weights_matrix(&m->weights, (size_t)m->state, (size_t)m->inputs);
  const fmpz *bias = weights_bias(&m->weights, &w, 1L << recurrent_shift(m));
  return program_linear_matrix(m->p, "W x", x, m->ff, &w, bias);
}

value_id recurrent_state(struct recurrent *m, value_id h) {
  struct matrix w =
      weights_matrix(&m->weights, (size_t)m->state, (size_t)m->state);
  return program_linear_matrix(m->p, "U h", h, m->ff, &w, NULL);
}
