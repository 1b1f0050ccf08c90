#include "analysis/class.h"
#include "compile/models/models.h"
#include "compile/program/certify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static char *written(const char *format,
                                                           ...) {
  char text[4000];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  return xstrdup(text);
}

/* ---- What is known of classes ---- */

static const struct {
  const char *below, *above;
} known[] = {
    {"AC0 is less than TC0 (proved: parity; Furst, Saxe and Sipser 1984)",
     "TC0 <= NC1 <= L <= NL <= AC1 <= TC1 <= P; that any of these differ is "
     "not "
     "proved (conditional: TC0 != NC1)"},
    {"TC0 <= NC1 <= L <= NL <= AC1 <= TC1; that any of these differ is not "
     "proved (conditional: TC0 != NC1)",
     "TC1 <= NC2 <= NC = TC <= P; that NC and P differ is not proved "
     "(conditional: NC != P)"},
    {"NC^i <= AC^i <= TC^i for each i; that any of these differ is not proved",
     "TC^i <= NC^(i+1) <= NC = TC <= P; that NC and P differ is not proved "
     "(conditional: NC != P)"},
    {"no TC^i follows from such a depth; another circuit may be shallower, and "
     "that it may not is not proved (conditional: NC != P)",
     "P, as gates are polynomial and one program makes all circuits"},
};

static void say_known(struct family_class *k) {
  size_t i = 3;
  if (strcmp(k->class, "none"))
    i = k->logs > 1 ? 2 : k->logs;
  k->below = known[i].below;
  k->above = i < 3 || k->gates ? known[i].above : NULL;
}

/* ---- Premises ---- */

static struct class_premise *
add_premise(struct family_class *k, const char *name, enum class_holds holds) {
  struct class_premise *p = &k->premise[k->premises++];
  p->name = name;
  p->holds = holds;
  return p;
}

/* Value i of what words set: "bits"; -1 if there is none. */
static long find_bits(const struct source *s) {
  for (size_t i = 0; s->parameters && s->parameters->parameters[i].name; i++)
    if (!strcmp(s->parameters->parameters[i].name, "bits"))
      return s->value[i];
  return -1;
}

/* Of inputs and outputs. */
enum width_kind {
  WIDTH_ONE,    // single bits
  WIDTH_HELD,   // a number of bits
  WIDTH_OTHER,  // it depends on another parameter
  WIDTH_STRING, // it grows, of bits that may be no integer
  WIDTH_GROWS
};

static enum width_kind width_kind(const struct source *s,
                                  const struct formulas *f,
                                  const struct port *port, size_t place) {
  const struct size_node *n = &s->instance.program->sizes.nodes.at[port->width];
  fmpz_mpoly_t w;
  if (n->kind == SIZE_CONSTANT)
    return n->value <= 1 || port->is_bits ? WIDTH_ONE : WIDTH_HELD;
  fmpz_mpoly_init(w, f->ring);
  formula_size(f, w, port->width);
  char *growth = formula_growth(f, w, place);
  bool grows = strcmp(growth, "1");
  free(growth);
  fmpz_mpoly_clear(w, f->ring);
  return !grows ? WIDTH_OTHER : port->is_bits ? WIDTH_STRING : WIDTH_GROWS;
}

/* The port whose kind is the last. */
static const struct port *find_port(const struct source *s,
                                    const struct formulas *f, size_t place,
                                    enum width_kind *kind) {
  const struct program *p = s->instance.program;
  const struct port *best = NULL;
  *kind = WIDTH_ONE;
  for (size_t i = 0; i < p->inputs.n + p->outputs.n; i++) {
    const struct port *port =
        i < p->inputs.n ? &p->inputs.at[i] : &p->outputs.at[i - p->inputs.n];
    enum width_kind k = width_kind(s, f, port, place);
    if (k <= *kind)
      continue;
    *kind = k;
    best = port;
  }
  return best;
}

static char *say_precision(const struct source *s, enum width_kind kind,
                           const char *width, const char *name) {
  long bits = find_bits(s);
  if (kind == WIDTH_GROWS)
    return written("precision: grows, as integers have %s bits: it is part of "
                   "the size",
                   width);
  if (kind == WIDTH_STRING)
    return written("precision: inputs are strings of %s bits, which are the "
                   "size itself",
                   width);
  if (bits >= 0)
    return written("precision: is held at bits=%ld, whatever %s is; each bits "
                   "is a program of its own",
                   bits, name);
  if (kind == WIDTH_OTHER)
    return written("precision: %s bits, a parameter that is held as %s grows",
                   width, name);
  if (kind == WIDTH_HELD)
    return written("precision: %s bits, whatever %s is", width, name);
  return written("precision: inputs and outputs are bits");
}

static void add_precision(struct family_class *k, const struct source *s,
                          const struct formulas *f, size_t place,
                          const char *name) {
  enum width_kind kind;
  const struct port *port = find_port(s, f, place, &kind);
  char *width =
      port ? size_text(&s->instance.program->sizes, port->width) : xstrdup("1");
  add_premise(k, "precision", kind < WIDTH_STRING ? CLASS_YES : CLASS_NO)
      ->says = say_precision(s, kind, width, name);
  free(width);
}

static void add_weights(struct family_class *k, const struct certificate *c) {
  struct class_premise *p =
      add_premise(k, "weights", c->most ? CLASS_YES : CLASS_NOT_JUDGED);
  p->says = c->most ? written("weights: polynomial, as every number that the "
                              "program has is at most %s",
                              c->most)
                    : written("weights: no polynomial bound was derived, so "
                              "some up to 2^n, n the bits of a number, may "
                              "occur; majority gates alone then take at most "
                              "one level more (Goldmann and Karpinski 1998)");
}

static bool is_model(const struct source *s) {
  return s->kind == SOURCE_CONFIG || s->has_model ||
         (s->family && family_find(models, s->family->name));
}

static void add_premises(struct family_class *k, const struct source *s,
                         const struct certificate *c, size_t place,
                         const char *name) {
  add_precision(k, s, &c->formulas, place, name);
  add_weights(k, c);
  add_premise(k, "arithmetic", CLASS_YES)->says = written(
      is_model(s)
          ? "arithmetic: numbers are fixed point, rounded as the reports say; "
            "of another arithmetic nothing follows"
          : "arithmetic: integers, exact");
  add_premise(k, "uniformity", CLASS_YES)->says =
      written("uniformity: that of this generator, as one program makes the "
              "circuits for all %s",
              name);
  if (s->basis != BASIS_THRESHOLD)
    add_premise(k, "basis", CLASS_NO)->says =
        written("basis: the bounds are of the circuit of threshold gates, not "
                "of the one in the basis %s",
                basis_names[s->basis]);
}

/* ---- The class ---- */

/* The place of a parameter among the program's sizes; false if it chooses among
   programs. */
static bool find_size(const struct source *s, const char *name, size_t *place) {
  const struct sizes *t = &s->instance.program->sizes;
  for (*place = 0; *place < t->parameters.n; ++*place)
    if (!strcmp(t->parameters.at[*place].name, name))
      return true;
  return false;
}

/* "n", or "floor(n/41)". */
static bool is_linear(const char *growth, const char *name) {
  static const char floor[] = "floor(";
  size_t n = strlen(name);
  if (!strcmp(growth, name))
    return true;
  if (strncmp(growth, floor, strlen(floor)))
    return false;
  growth += strlen(floor);
  if (strncmp(growth, name, n) || growth[n] != '/')
    return false;
  growth += n + 1;
  return !strcmp(growth + strspn(growth, "0123456789"), ")");
}

static void judge(struct family_class *k, const struct certificate *c,
                  size_t place, const char *name) {
  k->growth = formula_growth(&c->formulas, c->of_depth, place);
  if (!formula_is_polylog(&c->formulas, c->of_depth, place, &k->logs)) {
    k->logs = 0;
    k->how = is_linear(k->growth, name) ? CLASS_LINEAR : CLASS_OTHER;
    return;
  }
  k->how = k->logs ? CLASS_POLYLOG : CLASS_CONSTANT;
  if (k->gates)
    snprintf(k->class, sizeof k->class, "TC%lu", k->logs);
}

static void prove(struct family_class *k, const struct source *s,
                  const struct certificate *c, size_t place, const char *name) {
  k->is_proved = true;
  k->depth = xstrdup(c->depth);
  k->gates = c->gates ? xstrdup(c->gates) : NULL;
  judge(k, c, place, name);
  say_known(k);
  add_premises(k, s, c, place, name);
  k->because = written(
      "inner depth at most %s and %s%s for every value of the parameters: each "
      "operation adds a constant, a loop its rounds",
      k->depth, k->gates ? "gates at most " : "no bound on gates",
      k->gates ? k->gates : "");
}

void class_find(struct family_class *k, const struct source *s,
                const char *parameter) {
  struct certificate c;
  struct error err = {0};
  size_t place;
  *k = (struct family_class){.class = "none", .how = CLASS_UNKNOWN};
  if (!source_has_program(s)) {
    k->because = written("a circuit file has no growth: it is one circuit, and "
                         "a class is of families, one circuit for each size");
  } else if (!find_size(s, parameter, &place)) {
    k->because =
        written("each %s is a program of its own, so nothing is proved for all",
                parameter);
  } else {
    bool ok =
        program_certify(&c, s->instance.program, s->instance.levels, &err);
    if (ok)
      prove(k, s, &c, place, parameter);
    else
      k->because = written("%s", err.message);
    certificate_clear(&c);
  }
}

void class_clear(struct family_class *k) {
  free(k->depth);
  free(k->gates);
  free(k->growth);
  free(k->because);
  for (size_t i = 0; i < k->premises; i++)
    free(k->premise[i].says);
}
