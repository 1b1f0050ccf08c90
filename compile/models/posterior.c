#include "compile/models/posterior.h"
#include "circuit/array.h"

/* e^(k at[j] x) for x = 0..cells - 1 and each coordinate of each point, where k
   is what the score has before <x, m>; the constant part of the score with the
   weight goes with coordinate 0. */
struct powers {
  size_t cells;
  mpfr_t *at; // [point][coordinate][cell]
};

static mpfr_t *power(const struct powers *w, const struct points *p, size_t m,
                     unsigned j, size_t cell) {
  return &w->at[(m * p->d + j) * w->cells + cell];
}

/* k = unit^2 cos / sin^2. */
static void find_factor(mpfr_t k, const struct posterior_step *s,
                        size_t cells) {
  mpfr_set_ui(k, 8, MPFR_RNDN);
  mpfr_div_ui(k, k, cells, MPFR_RNDN);
  mpfr_div(k, k, s->sin, MPFR_RNDN);
  mpfr_sqr(k, k, MPFR_RNDN);
  mpfr_mul(k, k, s->cos, MPFR_RNDN);
}

/* w e^(score) at cell -cells / 2 of coordinate j, of this coordinate alone. */
static void first_power(mpfr_t y, const struct points *p, size_t m, unsigned j,
                        const struct posterior_step *s, mpfr_srcptr k,
                        size_t cells) {
  long at = p->at[m][j];
  mpfr_mul_si(y, s->cos, -at * at, MPFR_RNDN);
  mpfr_div_2ui(y, y, 1, MPFR_RNDN);
  mpfr_sub_si(y, y, at * (long)(cells / 2), MPFR_RNDN);
  mpfr_mul(y, y, k, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  if (!j)
    mpfr_mul_si(y, y, p->weight[m], MPFR_RNDN);
}

static void powers_init(struct powers *w, const struct points *p,
                        const struct posterior_step *s, size_t cells) {
  size_t n = p->n * p->d * cells;
  mpfr_t k, ratio;
  *w = (struct powers){cells, xmalloc(n * sizeof *w->at)};
  for (size_t i = 0; i < n; i++)
    mpfr_init2(w->at[i], POSTERIOR_PRECISION);
  mpfr_inits2(POSTERIOR_PRECISION, k, ratio, (mpfr_ptr)0);
  find_factor(k, s, cells);
  for (size_t m = 0; m < p->n; m++)
    for (unsigned j = 0; j < p->d; j++) {
      first_power(*power(w, p, m, j, 0), p, m, j, s, k, cells);
      mpfr_mul_si(ratio, k, p->at[m][j], MPFR_RNDN);
      mpfr_exp(ratio, ratio, MPFR_RNDN);
      for (size_t x = 1; x < cells; x++)
        mpfr_mul(*power(w, p, m, j, x), *power(w, p, m, j, x - 1), ratio,
                 MPFR_RNDN);
    }
  mpfr_clears(k, ratio, (mpfr_ptr)0);
}

static void powers_clear(struct powers *w, const struct points *p) {
  for (size_t i = 0; i < p->n * p->d * w->cells; i++)
    mpfr_clear(w->at[i]);
  free(w->at);
}

/* The integer next to 2^guard x, half to even. What is that near to a half is
   one: at any other place numbers like these are not. */
static long round_half(mpfr_t x, unsigned guard) {
  const unsigned near = 100;
  mpfr_mul_2ui(x, x, guard + near, MPFR_RNDN);
  mpfr_rint(x, x, MPFR_RNDN);
  mpfr_div_2ui(x, x, near, MPFR_RNDN);
  return mpfr_get_si(x, MPFR_RNDN);
}

/* Scratch of the loop over states. */
struct mean {
  mpfr_t weight, part, below, above[POSTERIOR_MOST_D];
};

/* above[j] / below is what is expected at this state. */
static void weigh(struct mean *e, const struct powers *w,
                  const struct points *p, const size_t *cell) {
  mpfr_set_zero(e->below, 1);
  for (unsigned j = 0; j < p->d; j++)
    mpfr_set_zero(e->above[j], 1);
  for (size_t m = 0; m < p->n; m++) {
    mpfr_set(e->weight, *power(w, p, m, 0, cell[0]), MPFR_RNDN);
    for (unsigned j = 1; j < p->d; j++)
      mpfr_mul(e->weight, e->weight, *power(w, p, m, j, cell[j]), MPFR_RNDN);
    mpfr_add(e->below, e->below, e->weight, MPFR_RNDN);
    for (unsigned j = 0; j < p->d; j++) {
      mpfr_mul_si(e->part, e->weight, p->at[m][j], MPFR_RNDN);
      mpfr_add(e->above[j], e->above[j], e->part, MPFR_RNDN);
    }
  }
}

void posterior_round(long *y, const struct points *p,
                     const struct posterior_step *s, size_t cells,
                     unsigned guard) {
  struct powers w;
  struct mean e;
  size_t states = 1, cell[POSTERIOR_MOST_D];
  powers_init(&w, p, s, cells);
  mpfr_inits2(POSTERIOR_PRECISION, e.weight, e.part, e.below, (mpfr_ptr)0);
  for (unsigned j = 0; j < p->d; j++) {
    mpfr_init2(e.above[j], POSTERIOR_PRECISION);
    states *= cells;
  }
  for (size_t state = 0; state < states; state++) {
    for (size_t j = 0, rest = state; j < p->d; j++, rest /= cells)
      cell[j] = rest % cells;
    weigh(&e, &w, p, cell);
    for (unsigned j = 0; j < p->d; j++) {
      mpfr_div(e.above[j], e.above[j], e.below, MPFR_RNDN);
      mpfr_mul(e.above[j], e.above[j], s->b, MPFR_RNDN);
      mpfr_mul_si(e.weight, s->a, (long)cell[j] - (long)(cells / 2), MPFR_RNDN);
      mpfr_add(e.above[j], e.above[j], e.weight, MPFR_RNDN);
      y[j * states + state] = round_half(e.above[j], guard);
    }
  }
  for (unsigned j = 0; j < p->d; j++)
    mpfr_clear(e.above[j]);
  mpfr_clears(e.weight, e.part, e.below, (mpfr_ptr)0);
  powers_clear(&w, p);
}
