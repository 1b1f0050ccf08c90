#include "compile/models/wave.h"

#include <mpfr.h>

enum {
  PRECISION = 200 // bits; results have 16
};

struct wave {
  long most, last; // of values, of t
  long at[];       // for t = 0..last
};

static void call_wave(mpz_t y, const mpz_t t, const void *wave) {
  const struct wave *w = wave;
  long i = mpz_sgn(t) < 0               ? 0
           : mpz_cmp_si(t, w->last) > 0 ? w->last
                                        : mpz_get_si(t);
  mpz_set_si(y, w->at[i]);
}

/* most * sin(t / 10000^(i / half)), or the cosine, to the nearest integer, half
   to even. */
static long wave_value(long t, long i, long half, bool is_cosine, long most) {
  mpfr_t x;
  mpfr_init2(x, PRECISION);
  mpfr_set_si(x, -i, MPFR_RNDN);
  mpfr_div_si(x, x, half, MPFR_RNDN);
  mpfr_ui_pow(x, 10000, x, MPFR_RNDN);
  mpfr_mul_si(x, x, t, MPFR_RNDN);
  (is_cosine ? mpfr_cos : mpfr_sin)(x, x, MPFR_RNDN);
  mpfr_mul_si(x, x, most, MPFR_RNDN);
  mpfr_rint(x, x, MPFR_RNDN);
  long y = mpfr_get_si(x, MPFR_RNDN);
  mpfr_clear(x);
  return y;
}

static struct function wave_new(struct program *p, long i, long half,
                                unsigned tbits, long most) {
  long n = 1L << tbits;
  struct wave *w = program_alloc(p, 1, sizeof *w + (size_t)n * sizeof w->at[0]);
  w->most = most;
  w->last = n - 1;
  for (long t = 0; t < n; t++)
    w->at[t] = wave_value(t, i % half, half, i >= half, w->most);
  return (struct function){call_wave, w, false};
}

/* t for each element, which makes no gates, and a function of it for each. */
value_id wave_embedding(struct program *p, value_id t, size_t n, unsigned tbits,
                        long most) {
  struct function *f = xcalloc(n, sizeof *f);
  fmpz *zeros = xcalloc(n, sizeof *zeros);
  for (size_t i = 0; i < n; i++)
    f[i] = wave_new(p, (long)i, ((long)n + 1) / 2, tbits, most);
  value_id z = program_constant(p, "zeros", vector(size_si(&p->sizes, (long)n)),
                                zeros, n);
  value_id e = program_add(p, "time", t, z);
  e = program_apply_bounded(p, "embedding", e, f, n, most);
  free(zeros);
  free(f);
  return e;
}
