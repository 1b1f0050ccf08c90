#include "compile/program/formula.h"

#include <assert.h>
#include <string.h>

#include <flint/fmpz_vec.h>

void formulas_init(struct formulas *f, const struct program *p) {
  *f = (struct formulas){.program = p};
  for (size_t i = 0; i < p->sizes.parameters.n; i++)
    array_push(&f->variable, xstrdup(p->sizes.parameters.at[i].name));
  for (size_t s = 0; s < p->sizes.nodes.n; s++)
    if (p->sizes.nodes.at[s].kind == SIZE_DIV ||
        p->sizes.nodes.at[s].kind == SIZE_LOG2) {
      array_push(&f->opaque, (size_id)s);
      array_push(&f->variable, size_text(&p->sizes, (size_id)s));
    }
  fmpz_mpoly_ctx_init(f->ring, (slong)f->variable.n, ORD_DEGLEX);
}

void formulas_clear(struct formulas *f) {
  for (size_t i = 0; i < f->variable.n; i++)
    free(f->variable.at[i]);
  array_clear(&f->variable);
  array_clear(&f->opaque);
  fmpz_mpoly_ctx_clear(f->ring);
}

static slong opaque_variable(const struct formulas *f, size_id s) {
  size_t i = 0;
  while (f->opaque.at[i] != s)
    i++;
  return (slong)(f->program->sizes.parameters.n + i);
}

void formula_size(const struct formulas *f, fmpz_mpoly_t r, size_id s) {
  const struct size_node *node = &f->program->sizes.nodes.at[s];
  if (node->kind == SIZE_CONSTANT) {
    fmpz_mpoly_set_si(r, node->value, f->ring);
    return;
  }
  if (node->kind == SIZE_PARAMETER) {
    fmpz_mpoly_gen(r, node->value, f->ring);
    return;
  }
  if (node->kind == SIZE_DIV || node->kind == SIZE_LOG2) {
    fmpz_mpoly_gen(r, opaque_variable(f, s), f->ring);
    return;
  }
  if (node->kind == SIZE_COPY) {
    formula_size(f, r, node->a);
    return;
  }
  fmpz_mpoly_t a, b;
  fmpz_mpoly_init(a, f->ring);
  fmpz_mpoly_init(b, f->ring);
  formula_size(f, a, node->a);
  formula_size(f, b, node->b);
  if (node->kind == SIZE_ADD)
    fmpz_mpoly_add(r, a, b, f->ring);
  else if (node->kind == SIZE_SUB)
    fmpz_mpoly_sub(r, a, b, f->ring);
  else
    fmpz_mpoly_mul(r, a, b, f->ring);
  fmpz_mpoly_clear(a, f->ring);
  fmpz_mpoly_clear(b, f->ring);
}

/* r = a with each parameter x replaced by x + its least value. */
static void shift(const struct formulas *f, fmpz_mpoly_t r,
                  const fmpz_mpoly_t a) {
  size_t n = f->variable.n;
  fmpz_mpoly_struct *to = xcalloc(n, sizeof *to);
  fmpz_mpoly_struct **at = xcalloc(n, sizeof *at);
  for (size_t i = 0; i < n; i++) {
    at[i] = &to[i];
    fmpz_mpoly_init(at[i], f->ring);
    fmpz_mpoly_gen(at[i], (slong)i, f->ring);
    if (i < f->program->sizes.parameters.n)
      fmpz_mpoly_add_si(at[i], at[i], f->program->sizes.parameters.at[i].least,
                        f->ring);
  }
  fmpz_mpoly_compose_fmpz_mpoly(r, a, at, f->ring, f->ring);
  for (size_t i = 0; i < n; i++)
    fmpz_mpoly_clear(at[i], f->ring);
  free(to);
  free(at);
}

bool formula_is_at_most(const struct formulas *f, const fmpz_mpoly_t a,
                        const fmpz_mpoly_t b) {
  fmpz_mpoly_t d;
  fmpz_mpoly_init(d, f->ring);
  fmpz_mpoly_sub(d, b, a, f->ring);
  bool ok = formula_is_at_least_0(f, d);
  fmpz_mpoly_clear(d, f->ring);
  return ok;
}

bool formula_is_at_least_0(const struct formulas *f, const fmpz_mpoly_t a) {
  fmpz_mpoly_t d;
  fmpz_t coefficient;
  bool ok = true;
  fmpz_init(coefficient);
  fmpz_mpoly_init(d, f->ring);
  fmpz_mpoly_set(d, a, f->ring);
  if (f->variable.n)
    shift(f, d, d);
  for (slong i = 0; ok && i < fmpz_mpoly_length(d, f->ring); i++) {
    fmpz_mpoly_get_term_coeff_fmpz(coefficient, d, i, f->ring);
    ok = fmpz_sgn(coefficient) > 0;
  }
  fmpz_mpoly_clear(d, f->ring);
  fmpz_clear(coefficient);
  return ok;
}

void formula_max(const struct formulas *f, fmpz_mpoly_t r, const fmpz_mpoly_t a,
                 const fmpz_mpoly_t b) {
  if (formula_is_at_most(f, a, b))
    fmpz_mpoly_set(r, b, f->ring);
  else if (formula_is_at_most(f, b, a))
    fmpz_mpoly_set(r, a, f->ring);
  else
    fmpz_mpoly_add(r, a, b, f->ring);
}

char *formula_text(const struct formulas *f, const fmpz_mpoly_t a) {
  char *flint = fmpz_mpoly_get_str_pretty(
      a, (const char **)(void *)f->variable.at, f->ring);
  char *text = xstrdup(flint);
  flint_free(flint);
  return text;
}

/* ---- Growth with one parameter ---- */

static bool depends(const struct sizes *t, size_id s, size_t parameter) {
  const struct size_node *node = &t->nodes.at[s];
  if (node->kind == SIZE_CONSTANT)
    return false;
  if (node->kind == SIZE_PARAMETER)
    return (size_t)node->value == parameter;
  return depends(t, node->a, parameter) ||
         (node->kind != SIZE_LOG2 && node->kind != SIZE_COPY &&
          depends(t, node->b, parameter));
}

static bool variable_depends(const struct formulas *f, size_t variable,
                             size_t parameter) {
  const struct sizes *t = &f->program->sizes;
  return variable < t->parameters.n
             ? variable == parameter
             : depends(t, f->opaque.at[variable - t->parameters.n], parameter);
}

static bool is_divided(const ulong *a, const ulong *by, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (a[i] < by[i])
      return false;
  return true;
}

/* power[0..n) of each term that may grow, those of other variables 0. */
static size_t list_powers(const struct formulas *f, const fmpz_mpoly_t a,
                          size_t parameter, ulong *power) {
  size_t n = f->variable.n, terms = 0;
  fmpz_t factor;
  fmpz_init(factor);
  for (slong i = 0; i < fmpz_mpoly_length(a, f->ring); i++) {
    ulong *to = power + terms * n;
    fmpz_mpoly_get_term_coeff_fmpz(factor, a, i, f->ring);
    if (fmpz_sgn(factor) < 0)
      continue;
    fmpz_mpoly_get_term_exp_ui(to, a, i, f->ring);
    for (size_t k = 0; k < n; k++)
      if (!variable_depends(f, k, parameter))
        to[k] = 0;
    terms++;
  }
  fmpz_clear(factor);
  return terms;
}

char *formula_growth(const struct formulas *f, const fmpz_mpoly_t a,
                     size_t parameter) {
  size_t n = f->variable.n, room = (size_t)fmpz_mpoly_length(a, f->ring) + 1;
  ulong *power = xcalloc(n * room, sizeof *power);
  size_t terms = list_powers(f, a, parameter, power);
  fmpz_mpoly_t r;
  fmpz_mpoly_init(r, f->ring);
  for (size_t i = 0; i < terms; i++) {
    bool is_greatest = true;
    for (size_t k = 0; is_greatest && k < terms; k++)
      is_greatest = k == i || !is_divided(power + k * n, power + i * n, n) ||
                    (k > i && is_divided(power + i * n, power + k * n, n));
    if (is_greatest)
      fmpz_mpoly_push_term_ui_ui(r, 1, power + i * n, f->ring);
  }
  fmpz_mpoly_sort_terms(r, f->ring);
  char *text = terms ? formula_text(f, r) : xstrdup("1");
  fmpz_mpoly_clear(r, f->ring);
  free(power);
  return text;
}

bool formula_value(const struct formulas *f, fmpz_t value, const fmpz_mpoly_t a,
                   const long *parameter) {
  size_t n = f->variable.n, parameters = f->program->sizes.parameters.n;
  fmpz *x = _fmpz_vec_init((slong)n), **at = xcalloc(n, sizeof *at);
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    long v = 0;
    if (i < parameters)
      v = parameter[i];
    else
      ok &= size_value(&f->program->sizes, f->opaque.at[i - parameters],
                       parameter, &v);
    fmpz_set_si(x + i, v);
    at[i] = x + i;
  }
  ok = ok && fmpz_mpoly_evaluate_all_fmpz(value, a, at, f->ring);
  _fmpz_vec_clear(x, (slong)n);
  free(at);
  return ok;
}

static bool is_log(const struct formulas *f, size_t variable) {
  const struct sizes *t = &f->program->sizes;
  size_t n = t->parameters.n;
  return variable >= n &&
         t->nodes.at[f->opaque.at[variable - n]].kind == SIZE_LOG2;
}

bool formula_is_polylog(const struct formulas *f, const fmpz_mpoly_t a,
                        size_t parameter, unsigned long *logs) {
  size_t n = f->variable.n, room = (size_t)fmpz_mpoly_length(a, f->ring) + 1;
  ulong *power = xcalloc(n * room, sizeof *power);
  size_t terms = list_powers(f, a, parameter, power);
  bool ok = true;
  *logs = 0;
  for (size_t i = 0; i < terms; i++) {
    unsigned long sum = 0;
    for (size_t k = 0; k < n; k++) {
      ok &= !power[i * n + k] || is_log(f, k);
      sum += power[i * n + k];
    }
    *logs = sum > *logs ? sum : *logs;
  }
  free(power);
  return ok;
}
